"""A Python expression, with its value for what came in last."""

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.editor.fields.code import marks_in
from app.editor.fields.editor import Editor
from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from graph.errors import Problem
from graph.spec import Parameter


class ExpressionField(Field):
    """An expression of the block's inputs."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.editor = Editor(self, "python", least=1, most=10)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.editor)
        self.attend(self.editor)
        self.editor.typed.connect(self._typed)
        around.theme_changed.connect(self.editor.restyle)
        self.show_value(UNSET)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        self.editor.setPlaceholderText(self._hint())
        self.editor.show_text("" if value is UNSET else str(value))

    def _hint(self) -> str:
        return str(self.default) if self.default not in (UNSET, "", None) else "A Python expression"

    def go_to(self, line: int, column: int) -> None:
        self.editor.go_to(line, column)

    def mark_problems(self, problems: tuple[Problem, ...]) -> None:
        self.editor.show_marks(marks_in(self.editor.text, "expression", problems))

    def _typed(self, text: str) -> None:
        self.become(text if text.strip() else UNSET)
