"""One line beneath an expression: what it gives for the last values."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.editor.fields.surroundings import Surroundings
from app.editor.previewer import Outcome
from app.presenters.trying import is_small, unknown_yet
from graph.expressions import Form
from graph.spec import Parameter

LONGEST = 400
"""Letters of a text that are shown."""


class Preview(QLabel):
    """Hidden until there is something to say."""

    def __init__(self, around: Surroundings, parameter: Parameter, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around
        self._parameter = parameter
        self._ticket = 0
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.setProperty("role", "small")
        self.setAccessibleName(f"Preview of {around.name_of(parameter)}")
        if around.previewer is not None:
            around.previewer.done.connect(self._take)
        self.hide()

    def show_value_of(self, code: str, form: Form = "expression") -> None:
        """Work some code out, and show what it gives once that is known."""
        names = self._around.names_for(self._parameter)
        missing = unknown_yet(code, names, self._around.expected(self._parameter), form)
        if missing:
            what = " and ".join(repr(name) for name in missing)
            self._say(f"Run the flow once to see a value: nothing is known of {what} yet.", "small")
        elif not is_small(names):
            self._say("What came in last is too large for a preview.", "small")
        elif self._around.previewer is not None:
            self._ticket = self._around.previewer.ask(code, names, form)
            if self.isHidden():
                self._say("Working it out…", "small")

    def show_text(self, text: str) -> None:
        """Show a text that is known already."""
        self._say(text if len(text) <= LONGEST else f"{text[:LONGEST]}…", "small")
        self.setToolTip("With the last values")

    def _take(self, outcome: Outcome) -> None:
        if outcome.ticket != self._ticket:
            return
        if outcome.failed:
            self._say(f"With the last values: {outcome.text}", "warning")
        else:
            printed = f"\nprinted {outcome.printed}" if outcome.printed else ""
            self._say(f"= {outcome.text}{printed}", "mono")
            self.setToolTip(f"{outcome.kind}, with the last values")

    def _say(self, text: str, role: str) -> None:
        self.setText(text)
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)
        self.show()
