"""What all editors of fields have in common: they show a value, and tell what became of it."""

from typing import Any

import msgspec
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from app.editor.fields.surroundings import Surroundings
from graph.errors import Problem
from graph.spec import Parameter

UNSET = msgspec.UNSET
"""The value of a field that isn't set: its default holds."""


class Field(QWidget):
    """An editor. It tells only of what a person does, never of what it is made to show."""

    changed = Signal(object)
    """The new value, UNSET to set the field back to its default."""
    refused = Signal(str)
    """Why what is written is no value for the field; "" once it is one again."""
    left = Signal()
    """The keyboard went elsewhere: a word is over."""
    inline = False
    """Whether the editor is small enough to stand beside its label."""
    wheel_scrolls_form = False
    """Whether a wheel turned over the editor scrolls the form, and never changes the value."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self.around = around
        self.value: Any = UNSET
        self._watched: list[QWidget] = []

    @classmethod
    def shows(cls, value: Any) -> bool:
        """Whether the editor can show this value without changing it."""
        return isinstance(value, str)

    def show_value(self, value: Any) -> None:
        """Show a value (UNSET: the default), leaving the cursor where it is when it is shown."""
        self.value = value

    def refresh(self) -> None:
        """What surrounds the field has changed: other names, another run."""

    def pending(self) -> str:
        """What is written and was refused, to be shown again later; "" when there is none."""
        return ""

    def show_pending(self, text: str) -> None:
        """Show again what was written and refused."""

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor there, for editors that have lines."""

    def mark_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show in the text where problems are, for editors that have lines."""

    def describe(self, problem: str, *, wrong: bool) -> None:
        """Say a problem to screen readers, and mark the controls when what they hold is wrong."""
        for control in self._watched:
            control.setAccessibleDescription(f"{self.parameter.description} {problem}".strip())
            if bool(control.property("invalid")) != wrong:
                control.setProperty("invalid", wrong)
                control.style().unpolish(control)
                control.style().polish(control)

    @property
    def default(self) -> Any:
        """The default as JSON has it, UNSET when there is none."""
        default = self.parameter.default
        return UNSET if default is UNSET else msgspec.to_builtins(default)

    @property
    def shown(self) -> Any:
        """The value that holds: what is set, or the default."""
        return self.default if self.value is UNSET else self.value

    def attend(self, *controls: QWidget) -> None:
        """Name these for screen readers and notice when the keyboard leaves them."""
        for control in controls:
            if not control.accessibleName():
                control.setAccessibleName(self.around.name_of(self.parameter))
            control.setAccessibleDescription(self.parameter.description)
            control.installEventFilter(self)
            self._watched.append(control)
        if self.focusProxy() is None:
            self.setFocusProxy(controls[0])

    def become(self, value: Any) -> None:
        """A person made this of the value."""
        self.refused.emit("")
        if value is self.value or (value == self.value and type(value) is type(self.value)):
            return
        self.value = value
        self.changed.emit(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the keyboard leaves; a wheel turned over a control scrolls the form."""
        if event.type() == QEvent.Type.FocusOut and watched in self._watched:
            self.left.emit()
        if event.type() == QEvent.Type.Wheel and self.wheel_scrolls_form:
            event.ignore()
            return True
        return False
