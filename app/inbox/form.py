"""One question: what it is about, what there is to see, and the fields of its answer."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.input_fields import InputFields
from app.icons import icon
from app.panes.wrapping import Wrapping
from app.presenters.inbox import about, fields_of, flaws, is_decision, is_urgent, key_of, left
from app.presenters.input_form import NoValue
from app.results.pane import ValuePane
from app.theme import current
from app.workbench import Workbench
from runtime.projections.inbox import Question

TALLEST, MANY = 180, 6
"""Pixels for each thing that is shown at the most, and rows of one that is no list."""


class Form(QWidget):
    """Is made anew for every question; the buttons stay in sight while the rest scrolls."""

    answered = Signal(Question, object)
    """The question, and the values of its form."""
    block_wanted = Signal()
    link_wanted = Signal()

    def __init__(self, question: Question, bench: Workbench, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.question = question
        self._all: list[QPushButton] = []
        self._signs: list[tuple[QAbstractButton, str]] = []
        self._panes: list[ValuePane] = []
        inside = QWidget(self)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(16, 12, 16, 8)
        self._column.setSpacing(8)
        self._heading()
        for place, value in question.shows.items():
            self._show(place, value)
        self.fields = InputFields(bench, fields_of(question.takes), inside)
        self._column.addWidget(self.fields)
        self._column.addStretch(1)
        self.by = QLineEdit(name, self)
        self.by.setMaximumWidth(130)
        self.by.setAccessibleName("Your name, kept with the answer")
        self.trouble = QLabel(self)
        self.trouble.setProperty("role", "error")
        self.trouble.setTextFormat(Qt.TextFormat.PlainText)
        self.trouble.setWordWrap(True)
        self.trouble.setContentsMargins(16, 4, 16, 0)
        self.trouble.hide()
        self._lay_out(inside)

    def _lay_out(self, inside: QWidget) -> None:
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self.trouble)
        outer.addLayout(self._foot())

    def _foot(self) -> Wrapping:
        row = self._buttons(self)
        row.setContentsMargins(16, 8, 16, 10)
        row.addWidget(self._named("as", self.by))
        row.addWidget(_spring(self))
        self.go = self._tool(row, "Go to the block", "mdi6.crosshairs-gps")
        self.go.clicked.connect(self.block_wanted)
        self.copy = self._tool(row, "Copy a link for somebody else", "mdi6.link-variant")
        self.copy.clicked.connect(self.link_wanted)
        self.copy.setVisible(bool(self.question.link))
        return row

    def _named(self, title: str, field: QWidget) -> QWidget:
        """A field after its title, from which it isn't parted."""
        both = QWidget(self)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel(title, both)
        label.setBuddy(field)
        row.addWidget(label)
        row.addWidget(field)
        return both

    def _tool(self, row: Wrapping, title: str, sign: str) -> QToolButton:
        button = QToolButton(self)
        self._sign(button, sign)
        button.setToolTip(title)
        button.setAccessibleName(title)
        row.addWidget(button)
        return button

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self.fields.restyle()
        for pane in self._panes:
            pane.restyle()
        for button, sign in self._signs:
            button.setIcon(icon(sign, current().text))

    def _sign(self, button: QAbstractButton, sign: str) -> None:
        button.setIcon(icon(sign, current().text))
        self._signs.append((button, sign))

    def is_of(self, question: Question) -> bool:
        """Whether it is the form of that question, whoever is asked and by which link."""
        mine = (key_of(self.question), self.question.since, self.question.takes)
        return mine == (key_of(question), question.since, question.takes)

    def become(self, question: Question) -> None:
        """The question was passed on, or another runtime has it: nothing else changes."""
        self.question = question
        self.copy.setVisible(bool(question.link))

    def tick(self, now: float) -> None:
        """Say how much time there is; in a line of its own when that is little."""
        urgent, time = is_urgent(self.question, now), left(self.question, now)
        said = about(self.question, now)
        self._about.setText(" · ".join(filter(None, (said, "" if urgent else time))))
        self._left.setText(time)
        self._left.setVisible(urgent)

    def tell(self, trouble: str) -> None:
        """Say why the answer wasn't taken."""
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        for button in self._all:
            button.setEnabled(True)

    def _heading(self) -> None:
        title = self._label(self.question.title, "title")
        title.setObjectName("question")
        self._about, self._left = self._label("", "muted"), self._label("", "warning")
        if self.question.text:
            self._label(self.question.text, "")

    def _label(self, text: str, role: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if role:
            label.setProperty("role", role)
        self._column.addWidget(label)
        return label

    def _show(self, place: str, value: Any) -> None:
        if place != "value":
            self._label(place, "heading")
        if isinstance(value, str) and len(value) < 400:
            self._label(value, "")
            return
        pane = ValuePane(self)
        self._panes.append(pane)
        pane.show_value(value)
        rows = len(value) + 1 if isinstance(value, list) else MANY
        pane.setFixedHeight(min(TALLEST, 16 + 27 * rows))
        self._column.addWidget(pane.switch, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(pane)

    def _buttons(self, parent: QWidget) -> Wrapping:
        row = Wrapping()
        row.setSpacing(8)
        if is_decision(self.question.takes):
            self._add(row, "Approve", "mdi6.check", {"approved": True}, parent, primary=True)
            self._add(row, "Refuse", "mdi6.close", {"approved": False}, parent)
        else:
            self._add(row, "Send answer", "mdi6.send-outline", {}, parent, primary=True)
        return row

    def _add(
        self, row: Wrapping, title: str, sign: str, values: Mapping[str, Any], parent: QWidget,
        *, primary: bool = False,
    ) -> None:  # fmt: skip
        button = QPushButton(title, parent)
        button.setProperty("primary", primary)
        button.setAccessibleName(f"{title}: {self.question.title}")
        if not primary:
            self._sign(button, sign)
        button.clicked.connect(lambda: self._answer(values))
        button.ensurePolished()  # else it is measured without the room that the style gives it
        button.setMinimumWidth(button.sizeHint().width() + 12)
        self._all.append(button)
        row.addWidget(button)

    def _answer(self, values: Mapping[str, Any]) -> None:
        try:
            given = {**self.fields.given(), **values}
        except NoValue as error:
            wrong = {error.field: str(error)}
        else:
            wrong = flaws(self.question.takes, given)
        self.tell("")
        if (first := self.fields.blame(wrong)) is not None:
            first.setFocus()
            self._scroll.ensureWidgetVisible(first, 0, 60)  # with what is said below it
            return
        for button in self._all:
            button.setEnabled(False)  # until it is known what became of it
        self.answered.emit(self.question, given)


def _spring(parent: QWidget) -> QWidget:
    """Takes what room is left in a line."""
    made = QWidget(parent)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made
