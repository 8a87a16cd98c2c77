"""Who is on which channel at the other processes of this home: pure, a view of what they tell."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from agents.swarm.realtime_update.shapes import Member


class There(msgspec.Struct, frozen=True, omit_defaults=True):
    """A channel at one process: how many connections are on it, and its members by their id."""

    count: int = 0
    members: dict[str, Any] = {}


NOBODY = There()


class Change(NamedTuple):
    """What became other on a channel, over all other processes."""

    channel: str
    before: int
    after: int
    came: list[Member]
    went: list[Member]


class Elsewhere:
    """What each process told last counts; a member at several of them is one."""

    def __init__(self) -> None:
        self._processes = dict[str, dict[str, There]]()

    def take(self, who: str, told: Mapping[str, There]) -> list[Change]:
        """Some of a process's channels are like this now."""
        known = self._processes.setdefault(who, {})
        return [self._put(known, channel, there) for channel, there in told.items()]

    def take_all(self, who: str, told: Mapping[str, There]) -> list[Change]:
        """All of a process's channels are these."""
        gone = dict.fromkeys(self._processes.get(who, {}).keys() - told.keys(), NOBODY)
        return self.take(who, {**gone, **told})

    def forget(self, who: str) -> list[Change]:
        """A process is gone, and everybody there with it."""
        changes = self.take_all(who, {})
        self._processes.pop(who, None)
        return changes

    def count(self, channel: str) -> int:
        """How many connections are on a channel."""
        return sum(there.count for there in self._at(channel))

    def members(self, channel: str) -> dict[str, Member]:
        """Who is on a channel, by their id."""
        at = [there.members for there in self._at(channel)]
        return {user: Member(user, info) for members in at for user, info in members.items()}

    def channels(self, prefix: str = "") -> set[str]:
        """The channels that somebody is on."""
        known = self._processes.values()
        return {name for channels in known for name in channels if name.startswith(prefix)}

    def _put(self, known: dict[str, There], channel: str, there: There) -> Change:
        count, members = self.count(channel), self.members(channel)
        if there.count:
            known[channel] = there
        else:
            known.pop(channel, None)
        now = self.members(channel)
        return Change(
            channel,
            count,
            self.count(channel),
            [member for user, member in now.items() if user not in members],
            [member for user, member in members.items() if user not in now],
        )

    def _at(self, channel: str) -> Iterator[There]:
        return (known[channel] for known in self._processes.values() if channel in known)
