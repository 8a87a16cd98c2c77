"""The command palette: every action, dock, open flow and block, a few letters away."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QDockWidget

from app.actions import NATIVE, ROWS
from app.document import Level
from app.editor.choice_popup import ChoicePopup
from app.editor.choice_rows import Choice
from app.presenters.palette import Entry, Palette
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Block, Flow

WIDTH = 600
ROW = 34
TOP = 96
USED = "palette/used"
MOST_USED = 12
PLAIN = "mdi6.circle-small"
"""The sign of an action that has none."""

Offer = tuple[Entry, Callable[[], object]]


def install(studio: Studio) -> None:
    """Bind the action that opens the palette."""
    palette = CommandPalette(studio)
    studio.actions.bind("go.palette", palette.open)


class CommandPalette:
    """Opened anew each time, with what can be done then."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._deeds: dict[str, Callable[[], object]] = {}

    def open(self) -> ChoicePopup:
        """Show it at the top of the window."""
        offers = list(self._offers())
        self._deeds = {entry.id: do for entry, do in offers}
        palette = Palette((entry for entry, _ in offers), self._used())
        window = self._studio.window
        popup = ChoicePopup(
            window, "Search actions, docks, flows and blocks",
            lambda query: [
                Choice(e.title, e.id, e.detail, e.icon, e.hint, spans)
                for e, spans in palette.found(query)
            ],
            "Nothing that can be done now is called that. Try fewer letters.", width=WIDTH, row=ROW,
        )  # fmt: skip
        popup.chosen.connect(self._do)
        popup.open_at(window.mapToGlobal(QPoint((window.width() - WIDTH) // 2, TOP)))
        return popup

    def _do(self, id: object) -> None:
        name = str(id)
        kept = [name, *(other for other in self._used() if other != name)]
        self._studio.preferences.remember(USED, "\n".join(kept[:MOST_USED]))
        self._deeds[name]()

    def _used(self) -> list[str]:
        return [id for id in self._studio.preferences.text(USED).split("\n") if id]

    def _offers(self) -> Iterator[Offer]:
        yield from self._actions()
        yield from self._docks()
        yield from self._flows()
        front = self._studio.workspace.current
        if front is not None:
            yield from _blocks(front, front.document.flow, ())

    def _actions(self) -> Iterator[Offer]:
        actions = self._studio.actions
        actions.refresh()
        for id in actions.bound_ids():
            action, row = actions[id], ROWS[id]
            if id != "go.palette" and action.isEnabled():
                keys = action.shortcut().toString(NATIVE)
                hint = f"{row.menu}   {keys}" if keys else row.menu
                entry = Entry(id, row.title, "", row.icon or PLAIN, hint, f"{row.menu} {row.tip}")
                yield entry, action.trigger

    def _docks(self) -> Iterator[Offer]:
        if self._studio.workspace.current is None:
            return
        for dock in self._studio.window.findChildren(QDockWidget):
            show = dock.toggleViewAction()
            keys = show.shortcut().toString(NATIVE)
            hint = f"Dock   {keys}" if keys else "Dock"
            entry = Entry(dock.objectName(), dock.windowTitle(), "", "mdi6.dock-window", hint)
            yield entry, partial(_bring_up, dock)

    def _flows(self) -> Iterator[Offer]:
        workspace, preferences = self._studio.workspace, self._studio.preferences
        for bench in workspace:
            if bench is not workspace.current:
                entry = Entry(f"flow:{id(bench)}", bench.title, "", "mdi6.tab", "Open flow")
                yield entry, partial(workspace.show, bench)
        for path in preferences.recent():
            if workspace.at(path) is None:
                title = path.name.removesuffix(".json").removesuffix(".flow")
                entry = Entry(f"file:{path}", title, "", "mdi6.file-outline", "Recent flow",
                              quiet=True)  # fmt: skip
                yield entry, partial(self._studio.open_wanted.emit, path)


def _bring_up(dock: QDockWidget) -> None:
    dock.show()
    dock.raise_()
    inside = dock.widget()
    if inside is not None:
        inside.setFocus()


def _blocks(bench: Workbench, flow: Flow, level: Level) -> Iterator[Offer]:
    """Every block of a flow and of those inside it, to go to."""
    for block in flow.blocks.values():
        title, sign = _named(bench, block)
        place = " in " + " / ".join(level) if level else ""
        entry = Entry("/".join(("block:", *level, block.id)), title, "", sign,
                      f"Go to block{place}", f"{block.kind} {block.id}", quiet=True)  # fmt: skip
        yield entry, partial(bench.go_to, block.id, level)
    for name, inner in flow.flows.items():
        yield from _blocks(bench, inner, (*level, name))


def _named(bench: Workbench, block: Block) -> tuple[str, str]:
    spec = bench.catalog.get(block.kind)
    title = block.title or (spec.title if spec else block.kind)
    return title, spec.icon if spec else "mdi6.cube-outline"
