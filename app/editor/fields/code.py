"""Code: Python as the sandbox runs it, and statements of SQL."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.editor.fields.completer import Completer
from app.editor.fields.editor import Editor, Mark
from app.editor.fields.field import UNSET, Field
from app.editor.fields.lines import UNUSUAL
from app.editor.fields.preview import Preview
from app.editor.fields.surroundings import Surroundings
from app.icons import icon
from app.presenters.completion import Completions, completions
from app.theme import current
from graph.errors import Problem
from graph.expressions import Form, problems_in
from graph.spec import Parameter


class CodeField(Field):
    """Python, underlined where the sandbox would refuse it."""

    language = "python"
    hint = "A Python function's body: `return` gives the value"

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.editor = Editor(self, self.language, numbers=True, least=6, most=28)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.editor)
        self.attend(self.editor)
        if self.language == "python":
            self._completer = Completer(self.editor, self._complete)
            self._add_try(column)
        self.editor.setPlaceholderText(self.hint)
        self.editor.typed.connect(self._typed)
        around.theme_changed.connect(self.editor.restyle)
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        """Texts; how their lines are parted means nothing in code."""
        return isinstance(value, str) and not UNUSUAL.search(value.replace("\r\n", "\n"))

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        self.editor.show_text("" if value is UNSET else str(value))

    def _add_try(self, column: QVBoxLayout) -> None:
        self.try_out = QPushButton(icon("mdi6.play-outline", current().accent), "Try it", self)
        self.try_out.setProperty("link", True)
        self.try_out.setToolTip("Run the code, in the sandbox, on the last values")
        self.try_out.setAccessibleName(f"Try {self.around.name_of(self.parameter)}")
        self.try_out.clicked.connect(self.try_now)
        self.preview = Preview(self.around, self.parameter, self)
        column.setSpacing(4)
        column.addWidget(self.try_out, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.preview)

    def try_now(self) -> None:
        """Run the code on the last values, and show what it gives."""
        if self.around.workbench.is_trusted:
            self.preview.show_value_of(self.editor.text, "code")

    def go_to(self, line: int, column: int) -> None:
        self.editor.go_to(line, column)

    def mark_problems(self, problems: tuple[Problem, ...]) -> None:
        self.editor.show_marks(marks_in(self.editor.text, "code", problems))

    def _complete(self, before: str) -> Completions:
        names = self.around.names_for(self.parameter)
        return completions(before, self.around.expected(self.parameter), names)

    def _typed(self, text: str) -> None:
        self.become(text if text.strip() else UNSET)


class SqlField(CodeField):
    """One statement of SQL."""

    language = "sql"
    hint = "select … from … where name = :name"

    def mark_problems(self, problems: tuple[Problem, ...]) -> None:
        self.editor.show_marks(_placed(problems))


def marks_in(text: str, form: Form, problems: tuple[Problem, ...]) -> tuple[Mark, ...]:
    """Where to underline: what is wrong with the text itself, and what checking the flow found."""
    if not text.strip():
        return ()
    own = [
        Mark(found.line, found.column, found.end_column, found.message)
        for found in problems_in(text, known=None, form=form)
    ]
    places = {(mark.line, mark.column) for mark in own}
    return (*own, *(mark for mark in _placed(problems) if (mark.line, mark.column) not in places))


def _placed(problems: tuple[Problem, ...]) -> tuple[Mark, ...]:
    return tuple(Mark(p.line, p.column, p.column + 1, p.message) for p in problems if p.line)
