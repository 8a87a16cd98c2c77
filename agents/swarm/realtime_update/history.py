"""What was said lately on each channel, bounded; pure."""

from collections import OrderedDict, deque
from collections.abc import Iterator

from agents.swarm.realtime_update.shapes import Event

PER_CHANNEL = 1_000
IN_ALL = 50_000
MOST_BYTES = 64 * 1024 * 1024

BESIDE = 200
"""Bytes that an event takes besides its data."""


class History:
    """Events by channel, the oldest first. Offsets only ever grow.

    `begins` is the offset up to which nothing is known of any channel.
    """

    def __init__(
        self,
        begins: int = 0,
        *,
        per_channel: int = PER_CHANNEL,
        in_all: int = IN_ALL,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._per_channel = per_channel
        self._in_all = in_all
        self._most_bytes = most_bytes
        self._channels = dict[str, deque[Event]]()
        self._order = OrderedDict[int, str]()
        self._forgotten = dict[str, int]()
        self._begins = begins
        self._bytes = 0
        self.offset = begins

    def add(self, event: Event) -> None:
        """Keep an event, which comes after all there are, and forget what is too much."""
        self._channels.setdefault(event.channel, deque()).append(event)
        self._order[event.offset] = event.channel
        self._bytes += BESIDE + len(event.data)
        self.offset = event.offset
        if len(self._channels[event.channel]) > self._per_channel:
            self._forget(event.channel)
        while len(self._order) > self._in_all or self._bytes > self._most_bytes:
            self._forget(next(iter(self._order.values())))

    def since(self, channel: str, offset: int, most: int) -> tuple[list[Event], bool]:
        """Up to `most` events after an offset, and whether none before them is missing."""
        kept = self._channels.get(channel, ())
        later = [event for event in kept if event.offset > offset]
        complete = self._known_from(channel) <= offset <= self.offset
        return later[:most], complete

    def newest(self, channel: str, most: int) -> list[Event]:
        """Up to `most` events that were said last, the oldest first."""
        return list(self._channels.get(channel, ()))[-most:]

    def channels(self, prefix: str = "") -> Iterator[str]:
        """The channels of which something is known."""
        return (name for name in self._channels if name.startswith(prefix))

    def last(self, channel: str) -> Event | None:
        """What was said last on a channel, None when that isn't known."""
        kept = self._channels.get(channel)
        return kept[-1] if kept else None

    def offset_of(self, channel: str) -> int:
        """The offset of what was said last on a channel, 0 when that isn't known."""
        return last.offset if (last := self.last(channel)) is not None else 0

    def _known_from(self, channel: str) -> int:
        """The offset after which all of a channel is known."""
        return max(self._begins, self._forgotten.get(channel, 0))

    def _forget(self, channel: str) -> None:
        """Forget the oldest event of a channel.

        What is said of channels of which nothing is left goes into `begins`, so that names which
        are used once don't pile up.
        """
        kept = self._channels[channel]
        gone = kept.popleft()
        del self._order[gone.offset]
        self._bytes -= BESIDE + len(gone.data)
        self._forgotten[channel] = gone.offset
        if not kept:
            del self._channels[channel]
            self._begins = max(self._begins, self._forgotten.pop(channel))
