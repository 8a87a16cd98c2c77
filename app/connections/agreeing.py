"""Asks a person whether flows may start this command, or speak to this host: word by word."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.dialogs.sheet import Sheet
from app.known_connections import KnownConnections
from graph.errors import HeddleError
from runtime.connections.contents import Shown

COMMAND = "It starts a program on this computer, which may do what you may do:"
HOST = "What flows give it is sent to this address:"


class AgreeSheet(Sheet):
    """Nothing is agreed to by closing it."""

    def __init__(
        self, parent: QWidget, known: KnownConnections, shown: Shown,
        then: Callable[[Shown], object] = lambda _: None,
    ) -> None:  # fmt: skip
        super().__init__(parent, f"May flows use “{shown.name}”?", width=560)
        self._known, self._shown, self._then = known, shown, then
        kind = known.kind(shown.kind)
        self.exact: dict[str, QLabel] = {}
        for name, value in shown.agrees_to.items():
            field = kind.field(name) if kind else None
            editor = field.editor if field else "text"
            title = field.title if field and field.title else name
            self.say({"command": COMMAND, "url": HOST}.get(editor, f"{title}:"))
            self.exact[name] = self._exact(title, value)
        self.told = self.say("You are asked again when any of this changes.", small=True)
        self.button("Not now", main=True)
        self.button("Let flows use it", self._agree, closes=False)

    def _exact(self, title: str, value: str) -> QLabel:
        """What is agreed to, as it is, to the last character."""
        label = QLabel(value, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setWordWrap(True)
        label.setProperty("role", "mono")
        label.setAccessibleName(f"{title}: {value}")
        self.body.addWidget(label)
        return label

    def _agree(self) -> None:
        self._known.agree(self._shown, self._agreed, self._refused)

    def _agreed(self, shown: Shown) -> None:
        self._then(shown)
        self.accept()

    def _refused(self, error: HeddleError) -> None:
        self.told.setText(str(error))
