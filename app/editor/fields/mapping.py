"""A record, as names with values."""

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.editor.fields.cells import read_cell, written_cell
from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from app.icons import icon
from app.theme import current
from graph.spec import Parameter

SECRET = "$secret"


class Pair(QWidget):
    """A name and its value, which may be that of a secret."""

    def __init__(self, field: "MappingField", name: str, value: Any) -> None:
        super().__init__(field)
        self.name = QLineEdit(name, self)
        self.name.setPlaceholderText("Name")
        self.text = QLineEdit(self)
        self.key = self._button("mdi6.key-outline", "Fill in from a secret, by its name")
        self.key.setCheckable(True)
        self.gone = self._button("mdi6.close", "Take this line out")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.name, 2)
        row.addWidget(self.text, 3)
        row.addWidget(self.key)
        row.addWidget(self.gone)
        self._only_texts = field.only_texts
        self.show_value(value)
        self.key.toggled.connect(self._hint)

    def show_value(self, value: Any) -> None:
        """Show a value, or the name of a secret."""
        secret = isinstance(value, dict) and list(value) == [SECRET]
        self.key.setChecked(secret)
        text = str(value[SECRET]) if secret else self._written(value)
        if text != self.text.text():
            self.text.setText(text)
        self._hint()

    def value(self) -> Any:
        """What is typed."""
        text = self.text.text()
        if self.key.isChecked():
            return {SECRET: text.strip()}
        return text if self._only_texts else read_cell(text)

    def _written(self, value: Any) -> str:
        if isinstance(value, str) and (self._only_texts or not value):
            return value
        return written_cell(value)

    def _hint(self) -> None:
        secret = self.key.isChecked()
        self.text.setPlaceholderText("Name of the secret" if secret else "Value")

    def _button(self, sign: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(sign, current().muted))
        button.setIconSize(QSize(14, 14))
        button.setProperty("small", True)
        button.setToolTip(tip)
        return button


class MappingField(Field):
    """Lines of names and values."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        item = parameter.type.item
        self.only_texts = bool(item and item.kind == "text")
        self.pairs: list[Pair] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        self.add = QPushButton(icon("mdi6.plus", current().muted), "Add", self)
        self.add.setProperty("plain", True)
        self.add.setAccessibleName(f"Add a line to {around.name_of(parameter)}")
        self.add.clicked.connect(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._lines)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.attend(self.add)
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        """Records that stand for themselves."""
        return isinstance(value, dict) and not any(str(name).startswith("$") for name in value)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        shown = self.shown if isinstance(self.shown, dict) else {}
        if self._said() == (shown, ""):
            return
        names = [pair.name.text() for pair in self.pairs]
        if names != list(shown):
            self._rebuild(shown)
            return
        for pair, one in zip(self.pairs, shown.values(), strict=True):
            pair.show_value(one)

    def pending(self) -> str:
        return self._said()[1]

    def _rebuild(self, shown: dict[str, Any]) -> None:
        for pair in self.pairs:
            self._lines.removeWidget(pair)
            pair.hide()
            pair.deleteLater()
        self.pairs = []
        for name, value in shown.items():
            self._append(name, value)

    def _append(self, name: str, value: Any) -> Pair:
        pair = Pair(self, name, value)
        of = self.around.name_of(self.parameter)
        number = len(self.pairs) + 1
        pair.name.setAccessibleName(f"Name {number} in {of}")
        pair.text.setAccessibleName(f"Value {number} in {of}")
        pair.key.setAccessibleName(f"Value {number} from a secret, in {of}")
        pair.gone.setAccessibleName(f"Take out line {number} of {of}")
        self.attend(pair.name, pair.text)
        pair.name.textEdited.connect(self._edited)
        pair.text.textEdited.connect(self._edited)
        pair.key.clicked.connect(self._edited)
        pair.gone.clicked.connect(lambda: self._take_out(pair))
        self.pairs.append(pair)
        self._lines.addWidget(pair)
        self.setFocusProxy(self.pairs[0].name)
        return pair

    def _add(self) -> None:
        self._append("", "").name.setFocus()

    def _take_out(self, pair: Pair) -> None:
        self.pairs.remove(pair)
        self._lines.removeWidget(pair)
        pair.hide()
        pair.deleteLater()
        self.setFocusProxy(self.pairs[0].name if self.pairs else self.add)
        self._edited()
        self.left.emit()

    def _said(self) -> tuple[dict[str, Any], str]:
        """The record that is typed, and why it is none."""
        made = dict[str, Any]()
        for pair in self.pairs:
            name, value = pair.name.text().strip(), pair.value()
            if not name:
                if pair.text.text():
                    return made, "A value has no name yet."
                continue
            if name in made:
                return made, f"Two lines are called {name!r}. Rename one."
            if value == {SECRET: ""}:
                return made, f"{name!r} needs the name of a secret."
            made[name] = value
        return made, ""

    def _edited(self) -> None:
        made, wrong = self._said()
        if wrong:
            self.refused.emit(wrong)
            return
        empty = not made and self.default in (UNSET, None, {})
        self.become(UNSET if empty else made)
