"""Where flows are run: on this machine, or by a runtime elsewhere."""

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from app.bridge.bridge import Bridge
from app.bridge.process import Place
from app.dialogs.sheet import Sheet
from app.studio import Studio
from graph.errors import HeddleError

REMEMBERED = "runtime/address"


def connect(studio: Studio) -> "ConnectSheet":
    """Ask for an address and a token, and speak to the runtime there if it answers."""
    sheet = ConnectSheet(
        studio.window,
        studio.bridge,
        studio.preferences.text(REMEMBERED),
        lambda address: studio.preferences.remember(REMEMBERED, address),
    )
    sheet.open()
    return sheet


class ConnectSheet(Sheet):
    """The token is kept as long as the studio is open, and nowhere but in its memory."""

    def __init__(
        self, parent: QWidget, bridge: Bridge, address: str, remember: Callable[[str], object]
    ) -> None:
        super().__init__(
            parent,
            "Run flows elsewhere",
            "Flows are run by a runtime on this machine, or by one that “heddle serve” started"
            " elsewhere. It says its address and token when it starts.",
        )
        self._bridge = bridge
        self._remember = remember
        self.address = self._field("Address", bridge.address or address, "http://127.0.0.1:8004")
        self.token = self._field("Token", "", "What the runtime printed when it started")
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.told = self.say("The token is forgotten when the studio closes.", small=True)
        if bridge.address:
            self.button("Back to this machine", bridge.restart, left=True)
        self.button("Cancel")
        self._connect = self.button("Connect", self._try, main=True, closes=False)
        (self.token if self.address.text() else self.address).setFocus()

    def _field(self, title: str, text: str, hint: str) -> QLineEdit:
        label = QLabel(title, self)
        field = QLineEdit(text, self)
        field.setPlaceholderText(hint)
        field.setAccessibleName(title)
        label.setBuddy(field)
        pair = QVBoxLayout()
        pair.setSpacing(4)
        pair.addWidget(label)
        pair.addWidget(field)
        self.body.addLayout(pair)
        return field

    def _try(self) -> None:
        place = Place(_address(self.address.text()), self.token.text().strip())
        self._connect.setEnabled(False)
        self._say("Looking whether it answers…", "small")
        self._bridge.try_out(place, lambda: self._use(place), self._refuse)

    def _use(self, place: Place) -> None:
        if self.isVisible():
            self._remember(place.address)
            self._bridge.connect_to(place)
            self.accept()

    def _refuse(self, error: HeddleError) -> None:
        if self.isVisible():
            self._connect.setEnabled(True)
            self._say(str(error), "error")

    def _say(self, text: str, role: str) -> None:
        self.told.setText(text)
        self.told.setProperty("role", role)
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)


def _address(text: str) -> str:
    text = text.strip().rstrip("/")
    return text if "://" in text or not text else f"http://{text}"
