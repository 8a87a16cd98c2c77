"""A Python expression, with its value for what came in last."""

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.editor.fields.code import marks_in
from app.editor.fields.completer import Completer
from app.editor.fields.editor import Editor
from app.editor.fields.field import UNSET, Field
from app.editor.fields.preview import Preview
from app.editor.fields.surroundings import Surroundings
from app.presenters.completion import Completions, completions
from graph.errors import Problem
from graph.expressions import problems_in
from graph.spec import Parameter

PAUSE = 250
"""Milliseconds without a keystroke after which an expression is tried."""


class ExpressionField(Field):
    """An expression of the block's inputs. It is tried only once a person has typed in it."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.editor = Editor(self, "python", least=1, most=10)
        self.editor.setLineWrapMode(Editor.LineWrapMode.WidgetWidth)
        self.preview = Preview(around, parameter, self)
        self._completer = Completer(self.editor, self._complete)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.editor)
        column.addWidget(self.preview)
        self.attend(self.editor)
        self.editor.typed.connect(self._typed)
        around.theme_changed.connect(self.editor.restyle)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.try_now)
        self._touched = False
        self.show_value(UNSET)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        default = self.default
        hint = default if isinstance(default, str) and default else "A Python expression"
        self.editor.setPlaceholderText(hint)
        self.editor.show_text("" if value is UNSET else str(value))

    def refresh(self) -> None:
        if self._touched:
            self._pause.start()

    def go_to(self, line: int, column: int) -> None:
        self.editor.go_to(line, column)

    def mark_problems(self, problems: tuple[Problem, ...]) -> None:
        self.editor.show_marks(marks_in(self.editor.text, "expression", problems))

    def try_now(self) -> None:
        """Work the expression out for the last values, unless it can't be read."""
        self._pause.stop()
        text = self.editor.text
        if text.strip() and not problems_in(text, known=None, form="expression"):
            self.preview.show_value_of(text)
        else:
            self.preview.hide()

    def _typed(self, text: str) -> None:
        self._touched = True
        self.become(text if text.strip() else UNSET)
        self._pause.start()

    def _complete(self, before: str) -> Completions:
        names = self.around.names_for(self.parameter)
        known = [*self.around.expected(self.parameter), *names]
        return completions(before, known, names)
