"""The fields of a record, drawn: a line for each, with its type and what it means."""

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.editor.fields.field import UNSET
from app.editor.fields.schema import SchemaField
from app.editor.fields.surroundings import Surroundings
from app.icons import icon
from app.presenters.drawn_fields import (
    DEEPEST,
    TYPES,
    Drawn,
    fields_of_schema,
    holds_records,
    schema_of_fields,
    wrong_with,
)
from app.theme import current
from graph.spec import Parameter

INSET = 16


class Line(QWidget):
    """One field: its name, type and meaning, and the fields inside it if it holds records."""

    def __init__(self, around: "Lines", drawn: Drawn) -> None:
        super().__init__(around)
        self._around = around
        self.name = QLineEdit(drawn.name, self)
        self.name.setPlaceholderText("Name")
        self.type = QComboBox(self)
        self.type.addItems(list(TYPES))
        self.type.setCurrentText(drawn.type)
        self.type.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.type.setMinimumContentsLength(9)
        self.required = self._button("mdi6.asterisk", "It must be there")
        self.required.setCheckable(True)
        self.required.setChecked(drawn.required)
        self.gone = self._button("mdi6.close", "Take this field out")
        self.means = QLineEdit(drawn.description, self)
        self.means.setPlaceholderText("What it means")
        self.choices = QLineEdit(", ".join(drawn.choices), self)
        self.choices.setPlaceholderText("Choices, with commas between")
        self.inner = Lines(self, around.edited, around.done, drawn.inner, around.nesting + 1)
        self._lay_out()
        self._name_parts()
        self._fit()
        for line in (self.name, self.means, self.choices):
            line.textEdited.connect(around.edited)
            line.editingFinished.connect(around.done)
        self.type.activated.connect(self._retyped)
        self.required.clicked.connect(around.edited)
        self.gone.clicked.connect(lambda: around.take_out(self))

    def drawn(self) -> Drawn:
        """What is drawn."""
        type = self.type.currentText()
        split = (choice.strip() for choice in self.choices.text().split(","))
        return Drawn(
            self.name.text().strip(), type, self.means.text().strip(), self.required.isChecked(),
            tuple(dict.fromkeys(c for c in split if c)) if type == "Choice" else (),
            self.inner.drawn() if holds_records(type) else (),
        )  # fmt: skip

    def _retyped(self) -> None:
        self._fit()
        if holds_records(self.type.currentText()) and not self.inner.lines:
            self.inner.add_line(Drawn(""))
        self._around.edited()

    def _fit(self) -> None:
        type = self.type.currentText()
        self.choices.setVisible(type == "Choice")
        self.inner.setVisible(holds_records(type))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.name, 3)
        head.addWidget(self.type, 2)
        head.addWidget(self.required)
        head.addWidget(self.gone)
        below = QVBoxLayout()
        below.setContentsMargins(INSET, 0, 0, 6)
        below.setSpacing(4)
        for part in (self.means, self.choices, self.inner):
            below.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(below)

    def _name_parts(self) -> None:
        """What a screen reader says of them."""
        parts = {
            "Name": self.name, "Type": self.type, "Required": self.required,
            "Meaning": self.means, "Choices": self.choices, "Take out": self.gone,
        }  # fmt: skip
        for title, part in parts.items():
            part.setAccessibleName(f"{title} of field {self._around.count + 1}")

    def _button(self, sign: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(sign, current().muted))
        button.setIconSize(QSize(14, 14))
        button.setProperty("small", True)
        button.setToolTip(tip)
        return button


class Lines(QWidget):
    """The fields of one record. `edited` hears of every change, `done` when a word is over."""

    def __init__(
        self, parent: QWidget, edited: Callable[..., object], done: Callable[[], object],
        fields: Iterable[Drawn], nesting: int,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.edited = edited
        self.done = done
        self.nesting = nesting
        self.lines: list[Line] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        self.add = QPushButton(icon("mdi6.plus", current().muted), "Field", self)
        self.add.setProperty("plain", True)
        self.add.setAccessibleName("Add a field")
        self.add.clicked.connect(lambda: self.add_line(Drawn("")).name.setFocus())
        self.add.setVisible(nesting <= DEEPEST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._column)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        for drawn in fields:
            self.add_line(drawn)

    @property
    def count(self) -> int:
        return len(self.lines)

    def drawn(self) -> tuple[Drawn, ...]:
        """What is drawn."""
        return tuple(line.drawn() for line in self.lines)

    def show_fields(self, fields: Iterable[Drawn]) -> None:
        """Show these instead."""
        for line in self.lines:
            self._put_away(line)
        self.lines = []
        for drawn in fields:
            self.add_line(drawn)

    def add_line(self, drawn: Drawn) -> Line:
        """Show one more."""
        line = Line(self, drawn)
        self.lines.append(line)
        self._column.addWidget(line)
        return line

    def take_out(self, line: Line) -> None:
        """A person wants it gone."""
        self.lines.remove(line)
        self._put_away(line)
        self.edited()

    def _put_away(self, line: Line) -> None:
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()


class DrawnField(SchemaField):
    """A JSON Schema, drawn as long as it can be; as JSON where it says more, or on request."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        self._is_written = False
        super().__init__(parameter, around, parent)

    def _drawing(self) -> "Lines":
        """The drawing, made when the field is first shown."""
        if not hasattr(self, "lines"):
            self.lines = Lines(self, self._drawn, self.left.emit, (), 0)
            self.other = QPushButton(self)
            self.other.setProperty("plain", True)
            self.other.clicked.connect(self._switch)
            column = self.layout()
            assert isinstance(column, QVBoxLayout)
            column.insertWidget(0, self.lines)
            column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignRight)
        return self.lines

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        lines = self._drawing()
        fields = () if value is UNSET else fields_of_schema(value)
        if fields is not None and schema_of_fields(lines.drawn()) != schema_of_fields(fields):
            lines.show_fields(fields)
        self._fit()

    def _drawn(self, *_: object) -> None:
        fields = self.lines.drawn()
        if reason := wrong_with(fields):
            self.refused.emit(reason)
            return
        made = schema_of_fields(fields)
        self.become(made if made["properties"] else UNSET)
        self._fit()

    def _switch(self) -> None:
        self._is_written = not self._is_written
        self.show_value(self.value)

    def _fit(self) -> None:
        """Show the drawing or the text, and the way to the other."""
        can_be_drawn = self.value is UNSET or fields_of_schema(self.value) is not None
        is_written = self._is_written or not can_be_drawn
        self.lines.setVisible(not is_written)
        self.editor.setVisible(is_written)
        self.other.setVisible(can_be_drawn)
        self.other.setText("Draw the fields" if is_written else "Write it as JSON")
