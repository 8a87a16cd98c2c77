"""Who is on which channel: the pure core of our server, without connections or clock."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from agents.swarm.realtime_update.shapes import Member

L = TypeVar("L", bound=Hashable)
"""Whatever stands for a connection."""


class Joined(NamedTuple):
    """What a connection's coming changed: whether it was the first, and who is new with it."""

    first: bool
    new: Member | None


class Left(NamedTuple):
    """What a connection's leaving changed: whether it was the last, and who is gone with it."""

    channel: str
    last: bool
    gone: Member | None


class _Channel(Generic[L]):
    def __init__(self) -> None:
        self.lines = dict[L, Member | None]()
        self.members = dict[str, list[Member]]()  # one for each connection, the first counts


class Hub(Generic[L]):
    """Channels with their connections, and on presence channels the members behind these.

    A member with several connections is one: here from the first until the last.
    """

    def __init__(self) -> None:
        self._channels = dict[str, _Channel[L]]()
        self._on = dict[L, dict[str, None]]()

    def join(self, line: L, channel: str, member: Member | None = None) -> Joined | None:
        """Put a connection on a channel; None when it is there already."""
        found = self._channels.get(channel)
        if found is not None and line in found.lines:
            return None
        if found is None:
            found = self._channels[channel] = _Channel()
        first = not found.lines
        found.lines[line] = member
        self._on.setdefault(line, {})[channel] = None
        if member is None:
            return Joined(first, None)
        there = found.members.setdefault(member.user_id, [])
        there.append(member)
        return Joined(first, member if len(there) == 1 else None)

    def leave(self, line: L, channel: str) -> Left | None:
        """Take a connection off a channel; None when it isn't there."""
        found = self._channels.get(channel)
        if found is None or line not in found.lines:
            return None
        member = found.lines.pop(line)
        on = self._on[line]
        del on[channel]
        if not on:
            del self._on[line]
        if not found.lines:
            del self._channels[channel]
        return Left(channel, not found.lines, _without(found, member))

    def leave_all(self, line: L) -> list[Left]:
        """Take a connection off all its channels."""
        left = (self.leave(line, channel) for channel in list(self._on.get(line, ())))
        return [one for one in left if one is not None]

    def audience(self, channel: str) -> Iterable[L]:
        """The connections on a channel."""
        found = self._channels.get(channel)
        return found.lines if found is not None else ()

    def is_on(self, line: L, channel: str) -> bool:
        """Whether a connection is on a channel."""
        found = self._channels.get(channel)
        return found is not None and line in found.lines

    def member(self, line: L, channel: str) -> Member | None:
        """Who a connection is on a channel, None where that isn't said."""
        found = self._channels.get(channel)
        return found.lines.get(line) if found is not None else None

    def members(self, channel: str) -> Mapping[str, Member]:
        """Who is on a channel, by their id, in the order they came."""
        found = self._channels.get(channel)
        return {user: there[0] for user, there in found.members.items()} if found else {}

    def count(self, channel: str) -> int:
        """How many connections are on a channel."""
        found = self._channels.get(channel)
        return len(found.lines) if found is not None else 0

    def channels(self, prefix: str = "") -> Iterator[str]:
        """The channels that somebody is on."""
        return (name for name in self._channels if name.startswith(prefix))

    def channels_of(self, line: L) -> tuple[str, ...]:
        """The channels that a connection is on."""
        return tuple(self._on.get(line, ()))


def _without(channel: _Channel[L], member: Member | None) -> Member | None:
    """Take a member's connection away; gives the member if that was the last."""
    if member is None:
        return None
    there = channel.members[member.user_id]
    there.remove(member)
    if there:
        return None
    del channel.members[member.user_id]
    return member
