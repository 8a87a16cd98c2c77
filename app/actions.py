"""The one table of everything the studio can do, which every menu, palette and page reads."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.icons import icon


class Row(NamedTuple):
    """One action: `id` names it, `menu` is where it stands, `keys` are its shortcuts."""

    id: str
    title: str
    menu: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    checkable: bool = False


NATIVE = QKeySequence.SequenceFormat.NativeText

MENUS = ("File", "Edit", "Insert", "Arrange", "View", "Go", "Run", "Debug", "Help")

# In the order of the menus; "---" begins a new group.
TABLE: tuple[Row | str, ...] = (
    Row("file.new", "New flow", "File", ("Ctrl+N",), "mdi6.file-plus-outline"),
    Row("file.plan", "Plan a goal…", "File", ("Ctrl+Alt+N",), "mdi6.creation-outline",
        "Have a model draw a flow for what you put into words"),
    Row("file.open", "Open…", "File", ("Ctrl+O",), "mdi6.folder-open-outline"),
    Row("file.welcome", "Welcome page", "File", (), "mdi6.home-outline"),
    "---",
    Row("file.save", "Save", "File", ("Ctrl+S",), "mdi6.content-save-outline"),
    Row("file.save_as", "Save as…", "File", ("Ctrl+Shift+S",),
        "mdi6.content-save-edit-outline"),
    Row("file.versions", "Versions…", "File", (), "mdi6.history",
        "Name how the flow is now, look at earlier versions and backups, and bring one back"),
    Row("file.save_template", "Save as template…", "File", (), "mdi6.bookshelf",
        "Keep the flow in the library, to begin others with"),
    Row("file.export_python", "Export as Python…", "File", (), "mdi6.language-python"),
    Row("file.offer_as_tool", "Offer as an MCP tool…", "File", (), "mdi6.toolbox-outline",
        "What other programs need to call the flow as a tool"),
    Row("file.properties", "Flow properties…", "File", (), "mdi6.text-box-edit-outline",
        "The name and description of the flow"),
    Row("file.permissions", "What the flow may touch…", "File", (), "mdi6.shield-outline",
        "Hosts, files, databases and secrets that it reaches when it runs"),
    "---",
    Row("file.import_templates", "Import templates…", "File", (), "mdi6.import",
        "Put the templates of a pack into the library"),
    Row("file.export_templates", "Export my templates…", "File", (), "mdi6.export",
        "Write your own templates into one file, to hand on"),
    "---",
    Row("file.close", "Close flow", "File", ("Ctrl+W",), "mdi6.close"),
    Row("file.quit", "Quit", "File", ("Ctrl+Q",), "mdi6.exit-to-app",
        "Unsaved flows are kept and open again next time"),
    Row("edit.undo", "Undo", "Edit", ("Ctrl+Z",), "mdi6.undo"),
    Row("edit.redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "mdi6.redo"),
    "---",
    Row("edit.cut", "Cut", "Edit", ("Ctrl+X",), "mdi6.content-cut"),
    Row("edit.copy", "Copy", "Edit", ("Ctrl+C",), "mdi6.content-copy"),
    Row("edit.paste", "Paste", "Edit", ("Ctrl+V",), "mdi6.content-paste"),
    Row("edit.duplicate", "Duplicate", "Edit", ("Ctrl+D",), "mdi6.content-duplicate"),
    Row("edit.delete", "Delete", "Edit", ("Del", "Backspace"), "mdi6.delete-outline"),
    Row("edit.remove_keeping", "Delete and keep links", "Edit", ("Ctrl+Del",),
        "mdi6.vector-polyline-remove",
        "Take the blocks out and join what stood around them"),
    Row("edit.plan_again", "Plan anew…", "Edit", (), "mdi6.auto-fix",
        "Have a model draw other blocks in place of those that failed, or are selected"),
    "---",
    Row("edit.select_all", "Select all", "Edit", ("Ctrl+A",), "mdi6.select-all"),
    Row("edit.select_linked", "Select what is linked", "Edit", ("Ctrl+L",),
        "mdi6.vector-selection"),
    Row("edit.find", "Find in flow…", "Edit", ("Ctrl+F",), "mdi6.magnify",
        "Find words in titles, fields and the values of the run"),
    Row("edit.find_next", "Find next", "Edit", ("F3",), "mdi6.chevron-down"),
    Row("edit.find_previous", "Find previous", "Edit", ("Shift+F3",), "mdi6.chevron-up"),
    Row("edit.rename", "Rename", "Edit", ("F2",), "mdi6.rename-outline"),
    Row("edit.inspect", "Edit fields", "Edit", ("Return",), "mdi6.form-textbox",
        "Put the cursor into the form of the selected block"),
    Row("edit.connections", "Connect runtime…", "Edit", (), "mdi6.server-network",
        "Run flows on this machine or on a runtime elsewhere"),
    Row("insert.block", "Add block…", "Insert", ("Tab",), "mdi6.plus-box-outline"),
    Row("insert.note", "Note", "Insert", ("Shift+N",), "mdi6.note-outline"),
    Row("insert.frame", "Frame", "Insert", ("Shift+F",), "mdi6.rectangle-outline"),
    Row("insert.link", "Link from selected block…", "Insert", ("L",), "mdi6.transit-connection",
        "Choose a port of the selected block, then a port that it fits"),
    Row("insert.flow_file", "Flow from file…", "Insert", (), "mdi6.file-link-outline"),
    Row("insert.template", "Template…", "Insert", (), "mdi6.bookshelf",
        "Find a template, to put its blocks into the flow or to begin another with it"),
    Row("arrange.layout", "Arrange automatically", "Arrange", ("Ctrl+Shift+L",),
        "mdi6.graph-outline"),
    "---",
    Row("arrange.left", "Align left", "Arrange", ("Alt+Shift+Left",),
        "mdi6.align-horizontal-left"),
    Row("arrange.centre", "Align centres", "Arrange", (), "mdi6.align-horizontal-center"),
    Row("arrange.right", "Align right", "Arrange", ("Alt+Shift+Right",),
        "mdi6.align-horizontal-right"),
    Row("arrange.top", "Align tops", "Arrange", ("Alt+Shift+Up",), "mdi6.align-vertical-top"),
    Row("arrange.middle", "Align middles", "Arrange", (), "mdi6.align-vertical-center"),
    Row("arrange.bottom", "Align bottoms", "Arrange", ("Alt+Shift+Down",),
        "mdi6.align-vertical-bottom"),
    Row("arrange.distribute_across", "Distribute across", "Arrange", (),
        "mdi6.distribute-horizontal-center"),
    Row("arrange.distribute_down", "Distribute down", "Arrange", (),
        "mdi6.distribute-vertical-center"),
    Row("arrange.snap", "Snap to grid", "Arrange", (), "mdi6.grid", "", True),
    "---",
    Row("arrange.collapse", "Collapse to sub-flow", "Arrange", ("Ctrl+G",),
        "mdi6.arrow-collapse-all"),
    Row("arrange.expand", "Expand sub-flow", "Arrange", ("Ctrl+Shift+G",),
        "mdi6.arrow-expand-all"),
    Row("arrange.bypass", "Bypass", "Arrange", ("B",), "mdi6.debug-step-over",
        "Let values pass the block by", True),
    Row("arrange.pin", "Pin the outputs", "Arrange", ("P",), "mdi6.pin-outline",
        "Give what the block gave in the shown run instead of doing its work", True),
    Row("arrange.colour", "Colour…", "Arrange", (), "mdi6.palette-outline"),
    Row("arrange.reroute", "Straighten links", "Arrange", (), "mdi6.vector-line",
        "Take the reroute points out of the selected links"),
    Row("view.fit", "Fit all", "View", ("Home", "Ctrl+0"), "mdi6.fit-to-page-outline"),
    Row("view.fit_selection", "Fit selection", "View", ("F",), "mdi6.image-filter-center-focus"),
    Row("view.zoom_in", "Zoom in", "View", ("Ctrl++", "Ctrl+="), "mdi6.magnify-plus-outline"),
    Row("view.zoom_out", "Zoom out", "View", ("Ctrl+-",), "mdi6.magnify-minus-outline"),
    Row("view.actual", "Actual size", "View", ("Ctrl+1",), "mdi6.numeric-1-box-outline"),
    "---",
    Row("view.minimap", "Minimap", "View", ("M",), "mdi6.map-outline", "", True),
    Row("view.values", "Values on links", "View", ("V",), "mdi6.label-outline", "", True),
    "---",
    Row("view.dark", "Dark theme", "View", (), "mdi6.weather-night", "", True),
    Row("view.light", "Light theme", "View", (), "mdi6.white-balance-sunny", "", True),
    Row("view.system", "Theme of the system", "View", (), "mdi6.theme-light-dark", "", True),
    "---",
    Row("view.reset_layout", "Put the docks back", "View", (), "mdi6.restore"),
    Row("go.palette", "Command palette…", "Go", ("Ctrl+K",), "mdi6.console-line"),
    Row("go.back", "Back", "Go", ("Alt+Left",), "mdi6.arrow-left"),
    Row("go.forward", "Forward", "Go", ("Alt+Right",), "mdi6.arrow-right"),
    "---",
    Row("go.enter", "Enter sub-flow", "Go", ("Alt+Down",), "mdi6.arrow-down-bold-box-outline"),
    Row("go.leave", "Leave sub-flow", "Go", ("Alt+Up",), "mdi6.arrow-up-bold-box-outline"),
    Row("go.bookmark", "Bookmark this view…", "Go", ("Ctrl+B",), "mdi6.bookmark-plus-outline"),
    Row("go.bookmarks", "Go to bookmark…", "Go", ("Ctrl+Shift+B",), "mdi6.bookmark-outline"),
    Row("go.next_problem", "Next problem", "Go", ("F8",), "mdi6.alert-circle-outline"),
    Row("go.agents", "To the agents", "Go", (), "mdi6.account-hard-hat-outline",
        "Show how the agents of the runtime are"),
    Row("go.canvas", "To the canvas", "Go", ("F6", "Ctrl+E"),
        "mdi6.cursor-default-click-outline",
        "Put the keyboard's focus on the canvas"),
    Row("run.start", "Run", "Run", ("F5",), "mdi6.play",
        "Run the flow up to its breakpoints; go on with a run that stands still"),
    Row("run.without", "Run without breakpoints", "Run", ("Ctrl+Shift+R",), "mdi6.play-outline"),
    Row("run.to_here", "Run to here", "Run", ("Ctrl+F5",), "mdi6.ray-end-arrow",
        "Run what the selected block needs, and the block itself"),
    Row("run.from_here", "Run from here", "Run", ("Shift+F5",), "mdi6.ray-start-arrow",
        "Run again from the selected block; what came before is reused"),
    Row("run.changed", "Run what changed", "Run", ("Alt+Shift+F5",), "mdi6.update",
        "Run again what is out of date since the flow was changed; the rest is reused"),
    Row("run.again", "Run again with the same inputs", "Run", ("Ctrl+Shift+F5",),
        "mdi6.restart"),
    "---",
    Row("run.cancel", "Cancel", "Run", ("Ctrl+.",), "mdi6.stop"),
    Row("run.pause", "Pause", "Run", ("Ctrl+Shift+P", "Pause"), "mdi6.pause",
        "Start nothing new, and stand before what comes next"),
    Row("run.continue", "Continue", "Run", (), "mdi6.play-pause"),
    Row("run.resume", "Resume interrupted run", "Run", (), "mdi6.play-circle-outline"),
    "---",
    Row("run.export", "Export the run…", "Run", (), "mdi6.export",
        "Write the shown run into a file, to be looked at on another machine"),
    Row("run.open", "Open a run from a file…", "Run", (), "mdi6.import"),
    Row("run.hide", "Hide the run", "Run", ("Escape",), "mdi6.eye-off-outline",
        "Show the flow without a run"),
    "---",
    Row("test.run", "Run the tests", "Run", ("Ctrl+Shift+T",), "mdi6.test-tube",
        "Run all tests of the flow; they ask nothing of the outside"),
    Row("test.keep", "Save run as test…", "Run", (), "mdi6.content-save-check-outline",
        "Keep the shown run as a test: the same inputs have to give the same again"),
    Row("test.make_up", "Try made-up inputs", "Run", (), "mdi6.dice-multiple-outline",
        "Look for inputs by which the flow fails; the simplest found becomes a test"),
    "---",
    Row("run.restart_runtime", "Restart the runtime", "Run", (), "mdi6.power-cycle"),
    Row("debug.toggle", "Toggle breakpoint", "Debug", ("F9",), "mdi6.circle",
        "At the selected blocks or links, or at the port under the mouse"),
    Row("debug.edit", "Edit breakpoint…", "Debug", ("Ctrl+F9",), "mdi6.circle-edit-outline",
        "Give a breakpoint a condition, a count, a message, a limit"),
    Row("debug.switch", "Disable or enable breakpoint", "Debug", ("Shift+F9",),
        "mdi6.circle-outline"),
    Row("debug.whole", "Stop the whole run when…", "Debug", (), "mdi6.cash-clock",
        "A breakpoint on errors anywhere, or on what the run spends"),
    Row("debug.mute", "Disable all breakpoints", "Debug", (), "mdi6.circle-off-outline",
        "They stay where they are and stop nothing", True),
    Row("debug.remove_all", "Remove all breakpoints", "Debug", (),
        "mdi6.close-circle-multiple-outline"),
    "---",
    Row("debug.start", "Run to the first block", "Debug", (), "mdi6.ray-start",
        "Begin a run that stands still before its first block"),
    Row("debug.over", "Step over", "Debug", ("F10",), "mdi6.debug-step-over",
        "Do the block, and stand before the one that comes next"),
    Row("debug.into", "Step into", "Debug", ("F11",), "mdi6.debug-step-into",
        "Stand before the first block inside the sub-flow or loop"),
    Row("debug.out", "Step out", "Debug", ("Shift+F11",), "mdi6.debug-step-out",
        "Finish the sub-flow or loop, and stand after it"),
    Row("debug.back", "Step back", "Debug", ("Ctrl+Shift+F10",), "mdi6.step-backward",
        "Undo what was done last, and stand before it"),
    Row("debug.run_to", "Go on to here", "Debug", ("Ctrl+F10",), "mdi6.ray-end-arrow",
        "Let the run go on until it comes to the selected block"),
    "---",
    Row("debug.skip", "Skip the block", "Debug", (), "mdi6.skip-next-outline",
        "Don't do the block that stands; what needs its values is left out"),
    Row("debug.retry", "Do the block again", "Debug", (), "mdi6.restart",
        "Make a new attempt at the block that stands"),
    "---",
    Row("debug.fault", "Make it go wrong…", "Debug", ("Ctrl+Shift+F9",),
        "mdi6.lightning-bolt-outline",
        "Put a fault in: the selected block or link is late, fails or gives a damaged value"),
    Row("debug.no_faults", "Take all faults out", "Debug", (), "mdi6.flash-off-outline"),
    "---",
    Row("debug.show", "Show where the run stands", "Debug", (), "mdi6.crosshairs-gps"),
    Row("debug.follow", "Follow the run", "Debug", (), "mdi6.target",
        "Show the block at which a run stops, in whichever sub-flow it is", True),
    Row("debug.wheel", "Take the wheel", "Debug", (), "mdi6.ship-wheel",
        "Steer a run that another studio steers"),
    Row("help.shortcuts", "Keyboard shortcuts", "Help", ("F1",), "mdi6.keyboard-outline"),
    Row("help.block", "About the selected block", "Help", ("Shift+F1",),
        "mdi6.help-circle-outline"),
    Row("help.about", "About Heddle", "Help", (), "mdi6.information-outline"),
)  # fmt: skip

ON_CANVAS = frozenset({
    "edit.cut", "edit.copy", "edit.paste", "edit.delete", "edit.remove_keeping",
    "edit.select_all", "edit.rename", "edit.inspect", "insert.block", "insert.note",
    "insert.frame", "insert.link", "arrange.bypass", "arrange.pin", "view.fit",
    "view.fit_selection", "view.minimap", "view.values", "run.hide",
})  # fmt: skip
"""What has keys that mean something else in a form or a list: they count on the canvas only."""

ROWS: Mapping[str, Row] = {row.id: row for row in TABLE if isinstance(row, Row)}


class ActionSet(QObject):
    """The actions of a window. An action nobody has bound is not shown."""

    bound = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions = {row.id: _action(row, window) for row in ROWS.values()}
        self._enabled: dict[str, Callable[[], bool]] = {}
        self._checked: dict[str, Callable[[], bool]] = {}
        for action in self._actions.values():
            action.setVisible(False)
            if action.objectName() not in ON_CANVAS:
                window.addAction(action)

    def listen_on(self, canvas: QWidget) -> None:
        """Let the keys of `ON_CANVAS` count while that widget (or what is in it) has the focus."""
        for id in self._actions:
            if id in ON_CANVAS:
                canvas.addAction(self._actions[id])

    def __getitem__(self, id: str) -> QAction:
        return self._actions[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def bind(
        self, id: str, do: Callable[[], object], *,
        enabled: Callable[[], bool] | None = None, checked: Callable[[], bool] | None = None,
    ) -> None:  # fmt: skip
        """Let the action do something; `enabled` and `checked` are asked by `refresh`."""
        action = self._actions[id]
        action.triggered.connect(lambda: do())
        action.setVisible(True)
        if enabled:
            self._enabled[id] = enabled
        if checked:
            self._checked[id] = checked
        self.bound.emit(id)

    def bound_ids(self) -> list[str]:
        """The actions that do something, in the order of the table."""
        return [id for id, action in self._actions.items() if action.isVisible()]

    def refresh(self) -> None:
        """Ask anew which actions can be done and which are on."""
        for id, enabled in self._enabled.items():
            self._actions[id].setEnabled(enabled())
        for id, checked in self._checked.items():
            self._actions[id].setChecked(checked())

    def restyle(self) -> None:
        """Draw the icons in the colours of the theme."""
        for id, action in self._actions.items():
            if ROWS[id].icon:
                action.setIcon(icon(ROWS[id].icon))


def _action(row: Row, window: QWidget) -> QAction:
    action = QAction(row.title, window)
    action.setObjectName(row.id)
    action.setCheckable(row.checkable)
    action.setShortcuts([QKeySequence(keys) for keys in row.keys])
    if row.id in ON_CANVAS:
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    tip = row.tip or row.title.rstrip("…")
    action.setToolTip(f"{tip} ({action.shortcut().toString(NATIVE)})" if row.keys else tip)
    action.setStatusTip(row.tip)
    return action
