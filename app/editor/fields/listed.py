"""A line to type into with a list of what there is to choose."""

from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit

from app.editor.fields.field import UNSET, Field


class ListedField(Field):
    """Holds a text of one line, typed or chosen; whoever derives from it `lets_choose`."""

    wheel_scrolls_form = True

    def lets_choose(self, box: QComboBox, line: QLineEdit) -> None:
        """Take a box that can be typed into, and the line of it."""
        self.box, self.line = box, line
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(box, 1)
        self.attend(box, line)
        line.textEdited.connect(self._edited)
        box.activated.connect(lambda _: self._chosen())
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        return isinstance(value, str) and "\n" not in value

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        text = "" if value is UNSET else str(value)
        if text != self.line.text():
            self.box.setEditText(text)

    def _edited(self, text: str) -> None:
        self.become(text.strip() or UNSET)

    def _chosen(self) -> None:
        self._edited(self.box.currentText())
        self.left.emit()
