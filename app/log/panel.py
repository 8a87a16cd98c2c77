"""The log dock once it is seen: how Studio is connected, and what is said there."""

from typing import Any

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedLayout,
    QVBoxLayout,
)

from app.controls import paragraph, small_button
from app.icons import icon
from app.living import is_there
from app.log.table import LogTable
from app.looking import Looking
from app.presenters.studio_log import LEVELS, Connection, code_of, connection_of, read, rows_of
from app.studio import Studio
from app.theme import current
from graph.errors import HeddleError

EVERY = 1000
"""Milliseconds between two looks, while somebody looks at the dock."""
AGENT = "studio_bridge"
AT_ONCE = 1_000
"""Messages that are read at a time."""
PAUSE = 150
"""Milliseconds without a key after which the list follows what was typed."""
SIGN = 16

NOT_READY = "Studio's messages appear here once the runtime is ready."
NO_MESSAGES = (
    "What scripts say in Roblox Studio appears here.\n\n"
    "Put the plugin among Studio's plugins: “heddle roblox plugin” writes it. Open the place, then"
    " “Connect Studio” gives the code that is entered in the plugin once."
)
NONE_LIKE_IT = "No message is like that."


class Panel(Looking):
    """Asks once a second, while it is seen, for what is new."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(EVERY)
        self._studio = studio
        self._asked = False
        self._last = 0
        self._turn = 0
        self._connection: Connection | None = None
        self.table = LogTable(self)
        self.empty = paragraph(self, "empty", NOT_READY)
        self.status = QLabel(self)
        self.code = paragraph(self, "")
        self.words, self.level = QLineEdit(self), QComboBox(self)
        self._sign = QLabel(self)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE)
        self._make_controls()
        self._lay_out()
        self._connect()

    def look(self) -> None:
        """See what is new."""
        ready = self._studio.bridge.state in ("ready", "elsewhere")
        if ready and self.isVisible() and not self._asked:
            self._asked = True
            turn, wanted = self._turn, self._wanted()

            async def ask(agents: Any) -> tuple[Any, Any]:
                said = await agents.perform(AGENT, "logs", **wanted)
                return said, await agents.perform(AGENT, "status")

            self._studio.bridge.agents(ask, lambda told: self._take(turn, *told), self._not_told)
        elif not ready:
            self._show_nothing(NOT_READY)

    def pair(self) -> None:
        """Have the code shown that is entered in the plugin."""

        def show(told: Any) -> None:
            self.code.setText(code_of(told, self._address))
            self.code.show()

        self._studio.bridge.agents(
            lambda agents: agents.perform(AGENT, "pair"),
            show,
            lambda error: self._studio.notices.tell(str(error), "error", key="log"),
        )

    def clear(self) -> None:
        """Show only what is said from here on."""
        self.table.messages.clear()
        self._show_rows()

    @property
    def _address(self) -> str:
        """Where the plugin finds the runtime."""
        place = self._studio.bridge.place
        return place.address if place else ""

    def _wanted(self) -> dict[str, Any]:
        return {
            "after": self._last,
            "level": self.level.currentData(),
            "contains": self.words.text().strip(),
            "limit": AT_ONCE,
        }

    def _anew(self) -> None:
        """Other messages are meant: read from the beginning."""
        self._turn += 1
        self._last = 0
        self._asked = False
        self.table.messages.clear()
        self.look()

    def _take(self, turn: int, said: Any, status: Any) -> None:
        if not is_there(self) or turn != self._turn:
            return
        self._asked = False
        found = read(said)
        if found.last < self._last:  # another runtime, which counts from one
            self._anew()
            return
        self._last = found.last
        self._show_connection(connection_of(status, self._address))
        self.table.add(rows_of(found.lines))
        self._show_rows()

    def _not_told(self, error: HeddleError) -> None:
        self._asked = False
        if is_there(self):
            self._bar.hide()
            self._show_nothing(str(error))

    def _show_rows(self) -> None:
        if self.table.messages.rows:
            self._pages.setCurrentWidget(self.table)
        else:
            narrow = self.words.text().strip() or self.level.currentIndex()
            self._show_nothing(NONE_LIKE_IT if narrow else NO_MESSAGES)

    def _show_nothing(self, why: str) -> None:
        self.empty.setText(why)
        self._pages.setCurrentWidget(self.empty)

    def _show_connection(self, found: Connection) -> None:
        if found.icon == "mdi6.power-plug-outline":
            self.code.hide()
        self._connection = found
        self.status.setText(found.said)
        self.status.setToolTip(found.about)
        self._bar.show()
        self._restyle()

    def _restyle(self) -> None:
        if (found := self._connection) is not None:
            sign = icon(found.icon, getattr(current(), found.colour))
            self._sign.setPixmap(sign.pixmap(QSize(SIGN, SIGN)))
        self.table.viewport().update()

    def _make_controls(self) -> None:
        self.words.setPlaceholderText("Find in messages")
        self.words.setAccessibleName("Words that messages hold")
        self.words.setClearButtonEnabled(True)
        self.words.setMaximumWidth(220)
        for title, level in LEVELS.items():
            self.level.addItem(title, level)
        self.level.setAccessibleName("How grave messages are at least")
        self.code.hide()
        self.code.setContentsMargins(12, 2, 12, 6)
        self.connect_studio = small_button(
            self, "Connect Studio", "Show the code that is entered in the plugin", self.pair
        )
        self._clear = small_button(self, "Clear", "Show only what is said from now on", self.clear)

    def _lay_out(self) -> None:
        self._bar = QFrame(self)
        self._bar.setProperty("bar", True)
        self._bar.hide()
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(8)
        self.status.setMinimumWidth(60)
        bar.addWidget(self._sign)
        bar.addWidget(self.status, 1)
        for widget in (self.words, self.level, self._clear, self.connect_studio):
            bar.addWidget(widget)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._bar)
        whole.addWidget(self.code)
        whole.addLayout(self._pages, 1)

    def _connect(self) -> None:
        self._soon.timeout.connect(self._anew)
        self.words.textChanged.connect(lambda _: self._soon.start())
        self.level.currentIndexChanged.connect(lambda _: self._anew())
        self._studio.bridge.state_changed.connect(lambda *_: self.look())
        self._studio.theme.changed.connect(self._restyle)
