"""The dock of channels once it is seen: where clients are, the channels, and one of them."""

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
)

from app.channels.details import Details
from app.channels.table import ChannelTable
from app.controls import paragraph
from app.icons import icon
from app.living import is_there
from app.looking import Looking
from app.presenters.channels import Overview, Route, data_from, overview, selected
from app.studio import Studio
from app.theme import current
from graph.errors import HeddleError

EVERY = 1000
"""Milliseconds between two looks at the channels, while somebody looks at them here."""

AGENT = "realtime_update"
SHOWN = 50
"""Events of a channel that are shown."""
SIGN = 16

NOTHING_YET = "Channels appear here once the runtime is ready."
NO_CHANNELS = (
    "No client is on a channel yet, and nothing was said.\n\n"
    "A flow says something with the block “Broadcast event”. Pages join with pusher-js,"
    " by the key {key}; its secret is in {credentials}."
)


class Panel(Looking):
    """Asks once a second, while it is seen."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(EVERY)
        self._studio = studio
        self._asked = False
        self._route: Route | None = None
        self.table, self.details = ChannelTable(self), Details(self)
        self.empty = paragraph(self, "empty", NOTHING_YET)
        self._sign = QLabel(self)
        self.route, self.figures = QLabel(self), QLabel(self)
        self.figures.setProperty("role", "muted")
        self.figures.setMinimumWidth(40)
        self._lay_out()
        self._connect()

    def look(self) -> None:
        """See how the channels are."""
        ready = self._studio.bridge.state in ("ready", "elsewhere")
        if ready and self.isVisible() and not self._asked:
            self._asked = True
            self._studio.bridge.agents(_told, self._take, self._not_told)
        elif not ready:
            self._show_nothing(NOTHING_YET)

    def _take(self, told: tuple[Any, Any]) -> None:
        self._asked = False
        if not is_there(self):
            return
        found = overview(*told)
        self._show_route(found)
        if found.rows:
            self.table.show_rows(found.rows)
            self._pages.setCurrentWidget(self._split)
            self._show_details()
        else:
            self._show_nothing(NO_CHANNELS.format(key=found.key, credentials=found.credentials))

    def _not_told(self, error: HeddleError) -> None:
        self._asked = False
        if is_there(self):
            self._bar.hide()
            self._show_nothing(str(error))

    def _show_nothing(self, why: str) -> None:
        self.empty.setText(why)
        self._pages.setCurrentWidget(self.empty)

    def _show_route(self, found: Overview) -> None:
        self._route = found.route
        self.route.setText(found.route.said)
        self.route.setToolTip(found.route.about)
        self.figures.setText(found.figures)
        self.figures.setToolTip(f"Key {found.key}; its secret is in {found.credentials}")
        self._bar.show()
        self._restyle()

    def _restyle(self) -> None:
        if self._route is not None:
            sign = icon(self._route.icon, getattr(current(), self._route.colour))
            self._sign.setPixmap(sign.pixmap(QSize(SIGN, SIGN)))

    def _show_details(self) -> None:
        row = self.table.selected
        if row is None:
            return

        async def ask(agents: Any) -> tuple[Any, Any]:
            named = {"channel": row.channel}
            said = await agents.perform(AGENT, "history", **named, limit=SHOWN, newest=True)
            if not row.channel.startswith("presence-"):
                return said, []
            return said, await agents.perform(AGENT, "presence", **named, server="own")

        def show(told: tuple[Any, Any]) -> None:
            now = self.table.selected if is_there(self) else None
            if now is not None and now.channel == row.channel:
                self.details.show_channel(selected(now, *told))

        self._studio.bridge.agents(ask, show, lambda _: None)

    def _say(self, channel: str, event: str, data: str) -> None:
        said = {"channels": [channel], "event": event, "data": data_from(data)}
        self._studio.bridge.agents(
            lambda agents: agents.perform(AGENT, "broadcast", **said),
            lambda _: self.look(),
            lambda error: self._studio.notices.tell(str(error), "error", key="channels"),
        )

    def _lay_out(self) -> None:
        self._bar = QFrame(self)
        self._bar.setProperty("bar", True)
        self._bar.hide()
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(8)
        bar.addWidget(self._sign)
        bar.addWidget(self.route)
        bar.addStretch(1)
        bar.addWidget(self.figures)
        self._split = QSplitter(self)
        self._split.addWidget(self.table)
        self._split.addWidget(self.details)
        self._split.setSizes([460, 560])
        self._split.setChildrenCollapsible(False)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._split)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._bar)
        whole.addLayout(self._pages, 1)

    def _connect(self) -> None:
        self.table.chosen.connect(self._show_details)
        self.details.said.connect(self._say)
        self._studio.bridge.state_changed.connect(lambda *_: self.look())
        self._studio.theme.changed.connect(self._restyle)


async def _told(agents: Any) -> tuple[Any, Any]:
    """The statistics and the channels of our own server, as JSON has them."""
    statistics = await agents.perform(AGENT, "statistics")
    return statistics, await agents.perform(AGENT, "channels", server="own", quiet=True)
