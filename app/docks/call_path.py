"""The way to the selected or held task: flow, sub-flows, rounds of loops, block."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.debugging.subject import task_in_question
from app.docks import Dock
from app.icons import icon
from app.presenters.call_path import RoundLine, Step, call_path, rounds_of
from app.studio import Studio
from app.theme import BODY, ROW, current, font
from app.workbench import Workbench
from runtime.recorded import scope_of

Index = QModelIndex | QPersistentModelIndex
DELAY = 80
"""Milliseconds in which news is gathered before it is shown."""

INDENT = 14
ICONS = {
    "flow": "mdi6.sitemap-outline", "inside": "mdi6.arrow-down-right", "round": "mdi6.repeat",
    "block": "mdi6.circle-medium",
}  # fmt: skip
MARKS = {
    "running": ("mdi6.progress-clock", "running"), "done": ("mdi6.check", "done"),
    "failed": ("mdi6.close-circle-outline", "failed"), "stopped": ("mdi6.minus", "skipped"),
}  # fmt: skip
NOTHING = "Run the flow and select a block, to see here how the run came to it."


class StepsModel(QAbstractListModel):
    """The steps, outermost first."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.steps: Sequence[Step] = ()
        self.notes: Sequence[str] = ()

    def show_steps(self, steps: Sequence[Step], notes: Sequence[str]) -> None:
        """Show these, `notes` being what is said beside each."""
        if (list(steps), list(notes)) != (list(self.steps), list(self.notes)):
            self.beginResetModel()
            self.steps, self.notes = steps, notes
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.steps)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        step, note = self.steps[index.row()], self.notes[index.row()]
        is_last = index.row() == len(self.steps) - 1
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{step.title}  {note}".rstrip()
            case Qt.ItemDataRole.ToolTipRole:
                return step.task or step.title
            case Qt.ItemDataRole.DecorationRole:
                return icon(ICONS[step.kind], current().accent if is_last else current().muted)
            case Qt.ItemDataRole.FontRole:
                return font(BODY, bold=is_last)
            case Qt.ItemDataRole.UserRole:
                return step.depth
        return None


class Indented(QStyledItemDelegate):
    """Moves each step in by its depth."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        depth = index.data(Qt.ItemDataRole.UserRole)
        option.rect.adjust(INDENT * int(depth or 0), 0, 0, 0)

    def sizeHint(
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002 - Qt's
        index: Index,  # noqa: ARG002 - Qt's
    ) -> QSize:
        return QSize(0, ROW)  # as wide as the list, and no wider


class RoundsList(QAbstractListModel):
    """The rounds of one loop."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: Sequence[RoundLine] = ()

    def show_lines(self, lines: Sequence[RoundLine]) -> None:
        is_same = [line.scope for line in lines] == [line.scope for line in self.lines]
        if is_same:
            self.lines = lines
            if lines:
                self.dataChanged.emit(self.index(0), self.index(len(lines) - 1), [])
            return
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        name, colour = MARKS[line.state]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{line.number:,}   {line.said}"
            case Qt.ItemDataRole.ToolTipRole:
                return line.said
            case Qt.ItemDataRole.DecorationRole:
                return icon(name, getattr(current(), colour))
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(0, ROW - 3)  # as wide as the list, and no wider
            case Qt.ItemDataRole.ForegroundRole if line.state == "failed":
                return QColor(current().failed)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"Round {line.number}, {line.state}, {line.said}"
        return None


class CallPath(QWidget):
    """A click or Enter on a step goes there, one on a round shows its values."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._front: Workbench | None = None
        self._task = ""
        self.steps_model, self.rounds_model = StepsModel(self), RoundsList(self)
        self.steps = _list("Call path", self.steps_model, self)
        self.steps.setAccessibleDescription("Enter goes to a step.")
        self.steps.setItemDelegate(Indented(self.steps))
        self.rounds = _list("Rounds of the loop", self.rounds_model, self)
        self.rounds.setAccessibleDescription("Enter shows the values of a round.")
        self.title = QLabel(self)
        self.only_failed = QCheckBox("Only failed", self)
        self.before = self._button("Round before", -1)
        self.after = self._button("Round after", 1)
        self.empty = QLabel(NOTHING, self)
        self.loop = QWidget(self)
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.refresh)
        self.only_failed.toggled.connect(lambda _: self.refresh())
        for view, go in ((self.steps, self._go), (self.rounds, self._show_round)):
            view.clicked.connect(lambda index, go=go: go(index.row()))
            view.activated.connect(lambda index, go=go: go(index.row()))
        studio.workspace.current_changed.connect(self._follow)
        studio.theme.changed.connect(self._restyle)
        self._restyle()
        self._follow()

    def _lay_out(self) -> None:
        self.empty.setProperty("role", "empty")
        self.empty.setWordWrap(True)
        self.title.setProperty("role", "small")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 8, 2)
        head.setSpacing(4)
        head.addWidget(self.title, 1)
        for widget in (self.only_failed, self.before, self.after):
            head.addWidget(widget)
        line = QFrame(self.loop)
        line.setProperty("line", True)
        below = QVBoxLayout(self.loop)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(line)
        below.addLayout(head)
        below.addWidget(self.rounds, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.steps, 2)
        layout.addWidget(self.loop, 3)
        layout.addWidget(self.empty, 1)

    # What is followed.

    def _follow(self) -> None:
        if self._front is not None and not self._front.is_closed:
            for signal in _signals(self._front):
                signal.disconnect(self._news)
        self._front = self._studio.workspace.current
        if self._front is not None:
            for signal in _signals(self._front):
                signal.connect(self._news)
        self.refresh()

    def _news(self, _: object = None) -> None:
        if not self._soon.isActive():
            self._soon.start()

    # What is shown.

    def refresh(self) -> None:
        """Show the way as it is now."""
        front = self._front
        self._task = task_in_question(front)
        has_way = bool(self._task) and front is not None
        self.steps.setVisible(has_way)
        self.empty.setVisible(not has_way)
        if front is None or not has_way:
            self.loop.hide()
            return
        steps = call_path(self._task, front.title, front.title_at)
        self.steps_model.show_steps(
            [self._named(step) for step in steps], [self._note(step) for step in steps]
        )
        self.steps.setCurrentIndex(self.steps_model.index(len(steps) - 1))
        self._show_loop()

    def _named(self, step: Step) -> Step:
        if step.kind != "round":
            return step
        label = step.title
        return step._replace(title=f"Round {int(label) + 1}" if label.isdigit() else label)

    def _note(self, step: Step) -> str:
        """How many rounds there are, for a round."""
        run = self._front.run if self._front else None
        view = run.block(step.address) if run and step.kind == "round" else None
        total = max(int(view.total), view.rounds) if view else 0
        return f"of {total:,}" if total > 1 else ""

    def _show_loop(self) -> None:
        """The rounds of the innermost loop on the way."""
        front, scope = self._front, self._scope()
        self.loop.setVisible(bool(scope))
        if front is None or front.run is None or not scope:
            return
        loop = scope.rpartition("[")[0]
        address = self._address_of(loop)
        self.title.setText(f"Rounds of {front.title_at(address)}")
        lines = rounds_of(front.run, address, loop, self.only_failed.isChecked())
        self.rounds_model.show_lines(lines)
        at = [line.scope for line in lines]
        here = at.index(scope) if scope in at else -1
        self.rounds.setCurrentIndex(self.rounds_model.index(here))
        self.before.setEnabled(here > 0 or (here < 0 and bool(at)))
        self.after.setEnabled(0 <= here < len(at) - 1 or (here < 0 and bool(at)))

    def _scope(self) -> str:
        """The innermost round on the way."""
        return scope_of(self._task)

    @staticmethod
    def _address_of(task: str) -> str:
        return call_path(task, "", str)[-1].address

    # Going there.

    def _go(self, row: int) -> None:
        front = self._front
        if front is None or not 0 <= row < len(self.steps_model.steps):
            return
        step = self.steps_model.steps[row]
        task, steps = self._task, self.steps_model.steps
        match step.kind:
            case "flow":
                front.show_level(())
                front.select(())
            case "round":
                front.show_round(step.task)
                if row + 1 < len(steps):
                    front.go_to_address(steps[row + 1].address)
            case _:
                if scope := scope_of(step.task or task):
                    front.show_round(scope)
                front.go_to_address(step.address)

    def _show_round(self, row: int) -> None:
        """Show the values of a round; the block that is looked at stays the same."""
        front, lines = self._front, self.rounds_model.lines
        if front is None or not 0 <= row < len(lines):
            return
        address = self._address_of(self._task)
        front.show_round(lines[row].scope)
        if not front.selected:
            front.go_to_address(address)

    def _step(self, by: int) -> None:
        count, now = len(self.rounds_model.lines), self.rounds.currentIndex().row()
        if count:
            self._show_round(min(count - 1, max(0, now + by)) if now >= 0 else count - 1)

    def _button(self, tip: str, by: int) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIconSize(QSize(16, 16))
        button.clicked.connect(lambda: self._step(by))
        return button

    def _restyle(self) -> None:
        self.before.setIcon(icon("mdi6.chevron-left"))
        self.after.setIcon(icon("mdi6.chevron-right"))
        for view in (self.steps, self.rounds):
            view.viewport().update()


def _signals(workbench: Workbench) -> tuple[Any, ...]:
    return (
        workbench.run_changed, workbench.selection_changed, workbench.level_changed,
        workbench.round_changed,
    )  # fmt: skip


def _list(name: str, model: QAbstractListModel, parent: QWidget) -> QListView:
    view = QListView(parent)
    view.setModel(model)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setUniformItemSizes(True)
    view.setIconSize(QSize(16, 16))
    view.setAccessibleName(name)
    return view


DOCK = Dock("call_path", "Call path", "mdi6.map-marker-path", "right", CallPath, order=20)
