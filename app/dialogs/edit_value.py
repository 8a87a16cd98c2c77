"""Another value for an input, a field or an output of a task that stands still."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QCheckBox, QWidget

from app.dialogs.sheet import Sheet
from app.editor.fields.editor import Editor, Mark
from app.editor.fields.json_field import NotJson, in_json, read_json
from graph.errors import HeddleError

Use = Callable[[Any, Callable[[HeddleError], object]], object]
"""Has a value used; the second hears why it can't be."""


class EditValueSheet(Sheet):
    """A text is written as it is, anything else as JSON. A refusal is said in place."""

    def __init__(self, parent: QWidget, name: str, value: Any, use: Use) -> None:
        super().__init__(
            parent,
            f"Change “{name}”",
            "The run goes on with this value instead. The flow stays as it is.",
            width=560,
        )
        self._use = use
        self.editor = Editor(self, "json", least=6, most=20)
        self.editor.setAccessibleName(f"Value of {name}")
        self.as_text = QCheckBox("It is a text", self)
        self.as_text.setToolTip("Take it letter by letter, instead of reading it as JSON")
        self.wrong = self.say("")
        self.wrong.setProperty("role", "error")
        self.wrong.hide()
        self.body.insertWidget(1, self.editor)
        self.body.insertWidget(2, self.as_text)
        is_text = isinstance(value, str)
        self.as_text.setChecked(is_text)
        self.editor.show_text(value if is_text else in_json(value))
        self.as_text.toggled.connect(self._turn)
        self.button("Cancel")
        self.button("Use this value", self._take, main=True, closes=False)
        self.editor.setFocus()

    def _turn(self, is_text: bool) -> None:
        """Write the same value the other way, as far as it can be."""
        text = self.editor.text
        if not is_text:
            self.editor.show_text(in_json(text))
        else:
            value = self._read(text)
            self.editor.show_text(value if isinstance(value, str) else text)
        self._say("")

    def _take(self) -> None:
        text = self.editor.text
        if self.as_text.isChecked():
            self._try(text)
            return
        try:
            value = read_json(text)
        except NotJson as error:
            at = Mark(error.line, error.column, error.column + 1, error.message)
            self.editor.show_marks((at,) if error.line else ())
            self._say(error.message)
            return
        self.editor.show_marks(())
        self._try(value)

    def _try(self, value: Any) -> None:
        self._say("")
        self._use(value, lambda error: self._say(str(error)))

    def _say(self, why: str) -> None:
        self.wrong.setText(why)
        self.wrong.setVisible(bool(why))

    @staticmethod
    def _read(text: str) -> Any:
        try:
            return read_json(text)
        except NotJson:
            return None
