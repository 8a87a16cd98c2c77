"""One open flow: the document, what of it is shown and selected, and the run that is watched."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.checking import Checker, is_large
from app.document import Change, Document, Level
from app.known_connections import KnownConnections
from app.known_endpoints import KnownEndpoints
from app.presenters.addresses import on_canvas
from app.presenters.connection_list import unknown
from app.presenters.deprecated import deprecated_endpoints
from app.presenters.live_run import LiveRun
from app.presenters.missing_models import missing_models
from graph.catalog import Catalog
from graph.compile.checks import check
from graph.compile.ports import INPUT, Ports, ports_of
from graph.compile.ports import Level as PortsLevel
from graph.diff import diff
from graph.edits import Edit, Position
from graph.errors import EditRefused, Problem
from graph.flow import Block, End, Flow
from graph.spec import Needs
from runtime.events import block_of
from runtime.flow_files import NOTHING

CHECK_DELAY = 250
"""Milliseconds without an edit after which the flow is checked."""


class Workbench(QObject):
    """What widgets show and change of one flow. All changes go through `do`."""

    changed = Signal(Change)
    """A Change of the document, after it happened."""
    level_changed = Signal()
    selection_changed = Signal()
    problems_changed = Signal()
    run_changed = Signal(object)
    """The addresses of blocks that have news in the watched run (a frozenset); None for all."""
    moment_changed = Signal()
    """A moment of the past is shown, another one, or the run as it is now again."""
    round_changed = Signal()
    """Values of another round of a loop are to be shown."""
    saved_changed = Signal()
    catalog_changed = Signal()
    """There are other kinds of blocks; the flow is what it was."""
    trust_changed = Signal()
    refused = Signal(str)
    """An edit didn't fit; why, and what to do instead."""
    reveal = Signal(str)
    """The block of this id on the shown level is to be brought into view."""

    def __init__(
        self, document: Document, catalog: Catalog, path: Path | None = None,
        parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.document = document
        self.catalog = catalog
        self.path = path
        self.digest = NOTHING
        """Of what the file held when it was opened or saved last."""
        self.scratch: Path | None = None
        """The folder a flow has that isn't saved in a file yet."""
        self.is_from_template = False
        """Whether the flow was made of a template, and nothing is lost if it is closed as it is."""
        self.is_planned = False
        """Whether a model has drawn the flow, or a part of it."""
        self.sample: Mapping[str, Any] = {}
        """Inputs that came with the template, offered until others have been given."""
        self.is_trusted = True
        """Whether the flow may run and be changed: made here, or agreed to by the person."""
        self.allowed = Needs()
        """What a run may touch beyond what the flow says it does."""
        self.level: Level = ()
        self.blocks_into: tuple[str, ...] = ()
        """The blocks through which the shown level was entered, outermost first."""
        self.selected: frozenset[str] = frozenset()
        self.selected_links: frozenset[End] = frozenset()
        self.selected_frames: frozenset[str] = frozenset()
        self.looks_at: Position = (0.0, 0.0)
        """The middle of what the canvas shows, in canvas units; the canvas keeps it."""
        self.zoom = 0.0
        """How large the canvas shows it: 1.0 is full size, 0 not yet said; the canvas keeps it."""
        self.problems: tuple[Problem, ...] = ()
        self.connections: KnownConnections | None = None
        """What is known of connections; None as long as nobody has said."""
        self.endpoints: KnownEndpoints | None = None
        """The same of endpoints."""
        self._here: tuple[tuple[Problem, ...], Level, dict[str, list[Problem]]] = ((), (), {})
        self.is_closed = False
        self.live: LiveRun | None = None
        """The watched run as it is now."""
        self.moment: LiveRun | None = None
        """The watched run as it was when the person looks at its past."""
        self.stale: frozenset[str] = frozenset()
        """The addresses of blocks whose values in the watched run are out of date."""
        self.faulty: frozenset[str] = frozenset()
        """The addresses of blocks at which something goes wrong on purpose."""
        self.before: LiveRun | None = None
        """The run that was watched before, to compare with."""
        self.round = ""
        """The round of a loop whose values are shown (`each[3]`); "" for the last of each block."""
        self._stop_listening = document.listen(self._on_change)
        self._checker = Checker(self)
        self._checker.found.connect(self._found)
        self._check_timer = QTimer(self, singleShot=True, interval=CHECK_DELAY)
        self._check_timer.timeout.connect(self._check)
        self._check_timer.start()

    # What is shown.

    @property
    def flow(self) -> Flow:
        """The flow at the shown level."""
        return self.document.at(self.level)

    @property
    def title(self) -> str:
        """What the tab says: the file's name, or that of the flow."""
        if self.path:
            return self.path.name.removesuffix(".json").removesuffix(".flow")
        return self.document.flow.name or "Untitled"

    @property
    def spoken_name(self) -> str:
        """What runs of the flow are called: its name, or that of its file; "" when it has none."""
        return self.document.flow.name or (self.title if self.path else "")

    @property
    def folder(self) -> Path:
        """Where the relative paths of the flow start."""
        return self.path.resolve().parent if self.path else self.scratch or Path.cwd()

    @property
    def ports_level(self) -> PortsLevel:
        """The shown flow as port look-ups want it."""
        return PortsLevel(self.flow, self.catalog, self.document.around(self.level), self.level)

    def ports(self, block: Block) -> Ports:
        """The ports of a block of the shown flow; none when its kind isn't installed."""
        spec = self.catalog.get(block.kind)
        return Ports({}, {}) if spec is None else ports_of(block, spec, self.ports_level)

    def address(self, block: str) -> str:
        """The block as runs name it: `loop/block` inside the body of `loop`."""
        return "/".join((*self.blocks_into, block))

    def enter(self, name: str, through: str) -> None:
        """Show the embedded flow `name` that the shown block `through` runs."""
        found = self.ports_level.find(name)
        if found is not None and self.document.has(found.path):
            self.show_level(found.path, (*self.blocks_into, through))

    def leave(self) -> None:
        """Show the flow around the shown one."""
        if self.blocks_into:
            *around, block = self.blocks_into
            self.show_level(self.level_of(tuple(around), block), tuple(around))
        elif self.level:
            self.show_level(self.level[:-1])

    def show_level(self, level: Level, blocks_into: tuple[str, ...] = ()) -> None:
        """Show the flow at a level, entered through those blocks (as far as that is known)."""
        if not self.document.has(level):
            level, blocks_into = (), ()
        if (level, blocks_into) == (self.level, self.blocks_into):
            return
        self.level, self.blocks_into = level, blocks_into
        self.select(())
        self.level_changed.emit()

    def level_of(self, blocks: tuple[str, ...], holding: str = "", body: str = "") -> Level:
        """The level reached by entering the blocks one after another, from the outermost.

        Of several flows that a block runs it is the one that has the next of them, or the block
        `holding`; of several that have it, the one called `body`.
        """
        at = PortsLevel(self.document.flow, self.catalog)
        for id, after in pairwise((*blocks, holding)):
            block = at.flow.blocks.get(id)
            if block is None:
                break
            inside = list(at.run_by(block))
            through = [one for one in inside if after in one.flow.blocks] or inside or [at]
            at = next((one for one in through if one.path[-1:] == (body,)), through[0])
        return at.path

    # Selecting.

    def select(
        self, blocks: Iterable[str] = (), links: Iterable[End] = (), frames: Iterable[str] = ()
    ) -> None:
        """Select exactly these (links by the port they end in)."""
        wanted = frozenset(blocks), frozenset(links), frozenset(frames)
        if wanted != (self.selected, self.selected_links, self.selected_frames):
            self.selected, self.selected_links, self.selected_frames = wanted
            self.selection_changed.emit()

    def go_to(self, block: str, level: Level = ()) -> None:
        """Show the level, select the block, and bring it into view."""
        if level != self.level:
            self.show_level(level)
        if block in self.flow.blocks:
            self.select((block,))
            self.reveal.emit(block)

    def go_to_address(self, address: str) -> None:
        """Show, select and reveal the block that a run names so (`loop[3]/block`)."""
        *into, block = self.on_canvas(address).split("/")
        level = self.level_of(tuple(into), block, self._body_around(address))
        self.show_level(level, tuple(into))
        self.go_to(block, self.level)

    def _body_around(self, task: str) -> str:
        """The flow that the round runs in which a task is, "" where that isn't known."""
        scope = task[: task.rfind("]") + 1]
        round = self.run.scopes.get(block_of(scope), {}).get(scope) if self.run and scope else None
        return round.body if round else ""

    def on_canvas(self, address: str) -> str:
        """The address on the canvas of what a run names so (`loop[3]/block`)."""
        return on_canvas(self.document.flow, self.catalog, address)

    def title_at(self, address: str) -> str:
        """What the block is called that a run names so; the address when there is none."""
        *into, id = self.on_canvas(address).split("/")
        block = self.document.at(self.level_of(tuple(into), id)).blocks.get(id)
        spec = self.catalog.get(block.kind) if block else None
        return (block.title if block else "") or (spec.title if spec else address)

    # Changing.

    def do(
        self, *edits: Edit, label: str = "", merge: str = "", level: Level | None = None
    ) -> bool:
        """Edit the shown flow, or that at a level, as one step; whether it was done.

        A refusal is told by `refused`.
        """
        if not self.is_trusted:
            self.refused.emit("You are only looking at this flow. Let it run to change it.")
            return False
        at = self.level if level is None else level
        try:
            self.document.do(*edits, level=at, label=label, merge=merge)
        except EditRefused as error:
            self.refused.emit(str(error))
            return False
        return True

    def become(self, flow: Flow, label: str) -> bool:
        """Make the whole flow another, as one step; whether that could be done."""
        try:
            self.document.do(*diff(self.document.flow, flow), label=label)
        except EditRefused as error:
            self.refused.emit(str(error))
            return False
        return True

    def undo(self) -> None:
        self.document.undo()

    def redo(self) -> None:
        self.document.redo()

    def mark_saved(self, path: Path, digest: str = NOTHING, flow: Flow | None = None) -> None:
        """The flow (this one, or the one that was written) stands in the file, which has a digest.

        It is the flow's own file from now on.
        """
        self.path, self.digest = path, digest
        self.document.mark_saved(flow)
        self.saved_changed.emit()

    def allow(self, allowed: Needs) -> None:
        """Say what a run may touch beyond what the flow says it does."""
        if allowed != self.allowed:
            self.allowed = allowed
            self.trust_changed.emit()

    def trust(self, yes: bool = True) -> None:
        """Let the flow run, or keep it from running."""
        if yes != self.is_trusted:
            self.is_trusted = yes
            self.trust_changed.emit()

    def _on_change(self, change: Change) -> None:
        if not self.document.has(self.level):
            self.level, self.blocks_into = (), ()
            self.level_changed.emit()
        if change.cause != "edit" and change.level != self.level:
            self.show_level(change.level)
        self._drop_gone()
        self.changed.emit(change)
        self.saved_changed.emit()
        self._check_timer.start()

    def _drop_gone(self) -> None:
        """What is selected must be there."""
        flow = self.flow
        self.select(
            self.selected & flow.blocks.keys(),
            (end for end in self.selected_links if end in flow.links),
            self.selected_frames & flow.view.frames.keys(),
        )

    # Problems.

    def check_now(self) -> None:
        """Find what is wrong with the flow."""
        self._check_timer.stop()
        self._checker.drop()
        self._found(tuple(check(self.document.flow, self.catalog)))

    def know(self, connections: KnownConnections, endpoints: KnownEndpoints | None = None) -> None:
        """Look which connections and endpoints there are from now on."""
        self.connections = connections
        connections.changed.connect(self._check_timer.start)
        self.endpoints = endpoints
        if endpoints is not None:
            endpoints.altered.connect(self._check_timer.start)

    def renew(self, catalog: Catalog) -> None:
        """Take these kinds of blocks for those there are."""
        self.catalog = catalog
        self._check()
        self.catalog_changed.emit()

    def _check(self) -> None:
        """Find what is wrong, apart when that takes longer than a frame."""
        if is_large(self.document.flow):
            self._checker.ask(self.document.flow, self.catalog)
        else:
            self.check_now()

    def _found(self, found: tuple[Problem, ...]) -> None:
        if self.connections is not None and self.connections.seen is not None:
            seen = self.connections.seen
            flow = self.document.flow
            models = missing_models(flow, self.catalog, seen)
            found = (*found, *unknown(flow, seen), *models)
        if self.endpoints is not None and self.endpoints.seen is not None:
            flow = self.document.flow
            found = (*found, *deprecated_endpoints(flow, self.endpoints.seen))
        if found != self.problems:
            self.problems = found
            self.problems_changed.emit()

    def problems_here(self) -> Mapping[str, list[Problem]]:
        """The problems of blocks of the shown flow, by block."""
        problems, level, _ = self._here
        if problems is not self.problems or level != self.level:
            by_block = _by_block(self.problems, "/".join(self.level))
            self._here = (self.problems, self.level, by_block)
        return self._here[2]

    # Runs.

    @property
    def run(self) -> LiveRun | None:
        """What is shown of the watched run: a moment of its past, or how it is now."""
        return self.moment or self.live

    def watch(self, run: LiveRun | None) -> None:
        """Show a run on the canvas and in the docks; None shows none."""
        if self.live is not None and self.live.is_over:
            self.before = self.live
        self.live = run
        self.show_round("")
        if self.moment is not None and (run is None or run.run != self.moment.run):
            self.show_moment(None)
        else:
            self.run_changed.emit(None)

    def mark_stale(self, stale: frozenset[str]) -> None:
        """Say what of the watched run is out of date."""
        if stale != self.stale:
            news, self.stale = stale ^ self.stale, stale
            self.run_changed.emit(news)

    def is_stale(self, address: str) -> bool:
        """Whether what is shown of a block is out of date; nothing of the past ever is."""
        return self.moment is None and address in self.stale

    def mark_faulty(self, faulty: frozenset[str]) -> None:
        """Say at which blocks something goes wrong on purpose."""
        if faulty != self.faulty:
            self.faulty = faulty
            self.run_changed.emit(None)

    def show_moment(self, moment: LiveRun | None, news: frozenset[str] | None = None) -> None:
        """Show the watched run as it was; None shows it as it is now.

        `news` are the addresses of the blocks that differ from what was shown; None for all.
        """
        if moment is None and self.moment is None:
            return
        self.moment = moment
        self.run_changed.emit(news)
        self.moment_changed.emit()

    def show_round(self, scope: str) -> None:
        """Show the values of one round of a loop; "" shows the last of each block again."""
        if scope != self.round:
            self.round = scope
            self.round_changed.emit()

    def values(self, id: str) -> Mapping[str, Any]:
        """What came out of a block of the shown flow in the watched run, by port."""
        block = self.flow.blocks.get(id)
        if self.run is None or block is None:
            return {}
        address = self.address(id)
        if block.settings.each and self.round.startswith(f"{address}["):
            return self.run.outputs(f"{address}/{id}", self.round)
        if block.kind != INPUT:
            return self.run.outputs(address, self.round)
        given = self.run.inputs(self.blocks_into, self.round)
        name = str(block.fields.get("name", id))
        return {"value": given[name]} if name in given else {}

    def close(self) -> None:
        """Let go of the document."""
        self.is_closed = True
        self._check_timer.stop()
        self._checker.close()
        self._stop_listening()


def _by_block(problems: Iterable[Problem], flow: str) -> dict[str, list[Problem]]:
    found = dict[str, list[Problem]]()
    for problem in problems:
        if problem.flow == flow and problem.block:
            found.setdefault(problem.block, []).append(problem)
    return found
