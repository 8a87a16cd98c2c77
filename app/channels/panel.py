"""The dock of channels once it is seen: where clients are, the channels, and one of them."""

from typing import Any

from app.channels.details import Details
from app.channels.table import ChannelTable
from app.living import is_there
from app.panes.bar import Standing
from app.panes.pane import ListPane
from app.presenters.channels import ChannelRow, data_from, overview, selected
from app.results.elided_label import ElidedLabel
from app.studio import Studio

AGENT = "realtime_update"
SHOWN = 50
"""Events of a channel that are shown."""

NO_CHANNELS = (
    "No client is on a channel yet, and nothing was said.\n\n"
    "A flow says something with the block “Broadcast event”. Pages join with pusher-js,"
    " by the key {key}; its secret is in {credentials}."
)


class Panel(ListPane[ChannelRow]):
    """Asks for what was said on the selected channel each time, too."""

    name = "channels"
    sign = "mdi6.broadcast"
    not_ready = "Channels appear here once the runtime is ready."
    shares = (5, 6)

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.table, self.details = ChannelTable(self), Details(self)
        self.route, self.figures = Standing(self), ElidedLabel(self)
        self.figures.setProperty("role", "muted")
        self.bar.fill(self.route, self.figures, self.words)
        self.hold_list(self.table, self.details)
        self.details.said.connect(self._say)

    async def ask(self, agents: Any) -> tuple[Any, Any]:
        """Ask for the statistics and the channels of our own server, as JSON has them."""
        statistics = await agents.perform(AGENT, "statistics")
        return statistics, await agents.perform(AGENT, "channels", server="own", quiet=True)

    def take(self, told: tuple[Any, Any]) -> None:
        """Show where clients are, and the channels."""
        found = overview(*told)
        self.route.show_sign(found.route)
        self.figures.show_text(found.figures)
        self.figures.setToolTip(f"Key {found.key}; its secret is in {found.credentials}")
        self.bar.show()
        nothing = NO_CHANNELS.format(key=found.key, credentials=found.credentials)
        self.show_rows(found.rows, nothing)

    def show_selected(self) -> None:
        """Ask for what was said on the selected channel and who is there, and show that."""
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
            self.tell_trouble,
        )
