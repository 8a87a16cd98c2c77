"""What a station tells the other processes of its home."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from agents.swarm.realtime_update.protocol import Message
from agents.swarm.realtime_update.shapes import Event

Notice = Callable[[Mapping[str, Any]], None]
"""Is told what happens on channels, in the words of webhooks."""


class Outward(Protocol):
    """What the other processes of the home are told, if there are any that hear it."""

    def changed(self, channel: str) -> None:
        """Somebody came to a channel here, or went."""
        ...

    def passed_on(self, event: Event, message: Message) -> None:
        """A client here said something to the others on its channel."""
        ...

    def end(self, user: str) -> None:
        """A user's connections are to be closed."""
        ...

    def notice(self, event: Mapping[str, Any]) -> None:
        """Something happened on a channel, over all processes."""
        ...


class Alone:
    """There are no other processes that hear anything."""

    def __init__(self, tell: Notice) -> None:
        self.notice = tell

    def changed(self, channel: str) -> None:
        """Nobody needs to know."""

    def passed_on(self, event: Event, message: Message) -> None:
        """Nobody elsewhere hears it."""

    def end(self, user: str) -> None:
        """Nobody is elsewhere."""
