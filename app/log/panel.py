"""The log dock once it is seen: how Studio is connected, and what is said there."""

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox

from app.controls import paragraph, small_button
from app.log.table import LogTable
from app.panes.bar import Standing, finder
from app.panes.pane import Pane
from app.presenters.studio_log import LEVELS, code_of, connection_of, is_connected, read, rows_of
from app.studio import Studio

AGENT = "studio_bridge"
AT_ONCE = 1_000
"""Messages that are read at a time."""
PAUSE = 150
"""Milliseconds without a key after which the list follows what was typed."""

NO_MESSAGES = (
    "What scripts say in Roblox Studio appears here.\n\n"
    "Put the plugin among Studio's plugins: “heddle roblox plugin” writes it. Open the place, then"
    " “Connect Studio” gives the code that is entered in the plugin once."
)
NONE_LIKE_IT = "No message is like that."


class Panel(Pane):
    """Asks for what is new, and how Studio is connected."""

    name = "log"
    sign = "mdi6.text-box-outline"
    not_ready = "Studio's messages appear here once the runtime is ready."

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._last = 0
        self.table = LogTable(self)
        self.status = Standing(self)
        self.code = paragraph(self, "")
        self.words, self.level = finder(self), QComboBox(self)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE)
        self._make_controls()
        self.bar.fill(self.status, self.words, self.level, self._clear, self.connect_studio)
        self._whole.insertWidget(1, self.code)
        self.hold(self.table)
        self._soon.timeout.connect(self._anew)
        self.words.textChanged.connect(lambda _: self._soon.start())
        self.level.currentIndexChanged.connect(lambda _: self._anew())

    async def ask(self, agents: Any) -> tuple[Any, Any]:
        """Ask what is new, and how Studio is connected."""
        said = await agents.perform(AGENT, "logs", **self._wanted())
        return said, await agents.perform(AGENT, "status")

    def take(self, told: tuple[Any, Any]) -> None:
        """Show both."""
        found = read(told[0])
        if found.last < self._last:  # another runtime, which counts from one
            self._anew()
            return
        self._last = found.last
        self._show_connection(told[1])
        self.table.add(rows_of(found.lines))
        self._show_rows()

    def pair(self) -> None:
        """Have the code shown that is entered in the plugin."""

        def show(told: Any) -> None:
            self.code.setText(code_of(told, self._address))
            self.code.show()

        self._studio.bridge.agents(
            lambda agents: agents.perform(AGENT, "pair"),
            show,
            self.tell_trouble,
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

    def restyle(self) -> None:
        super().restyle()
        self.table.viewport().update()

    def _anew(self) -> None:
        """Other messages are meant: read from the beginning."""
        self._last = 0
        self.table.messages.clear()
        self.read_anew()

    def _show_rows(self) -> None:
        if self.table.messages.rows:
            self.show_body()
        else:
            narrow = self.words.text().strip() or self.level.currentIndex()
            self.show_nothing(NONE_LIKE_IT if narrow else NO_MESSAGES)

    def _show_connection(self, told: Any) -> None:
        if is_connected(told):
            self.code.hide()
        self.status.show_sign(connection_of(told, self._address))
        self.bar.show()

    def _make_controls(self) -> None:
        self.words.setAccessibleName("Words that messages hold")
        for title, level in LEVELS.items():
            self.level.addItem(title, level)
        self.level.setAccessibleName("How grave messages are at least")
        self.code.hide()
        self.code.setContentsMargins(12, 2, 12, 6)
        self.connect_studio = small_button(
            self, "Connect Studio", "Show the code that is entered in the plugin", self.pair
        )
        self._clear = small_button(self, "Clear", "Show only what is said from now on", self.clear)
