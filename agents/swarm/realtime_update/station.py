"""Our server's inside: who is connected and on which channel, what is said to them, what was."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from agents.swarm.realtime_update import protocol
from agents.swarm.realtime_update.elsewhere import Change, Elsewhere
from agents.swarm.realtime_update.history import History
from agents.swarm.realtime_update.hub import Hub, Left
from agents.swarm.realtime_update.lines import Line
from agents.swarm.realtime_update.log import Due
from agents.swarm.realtime_update.outward import Alone, Notice, Outward
from agents.swarm.realtime_update.protocol import Message, NotLetIn
from agents.swarm.realtime_update.shapes import ChannelInfo, Event, Member, Missed

RECOVERED_BYTES = 256 * 1024
"""How much of what a client missed it gets at once."""
MOST_RECOVERED = MOST_KEPT = 1_000

ACTIVITY = 120
"""Seconds of silence after which a client is asked for a sign of life."""
PONG = 30.0
"""Seconds that it has to give one."""


class Station:
    """Use it from one event loop; nothing here waits.

    `hub` holds who is here, `elsewhere` who is at other processes of the home; to everybody, both
    are one.
    """

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self.outward: Outward = Alone(notice)
        self.hub = Hub[Line]()
        self.elsewhere = Elsewhere()
        self.history = History()
        self.epoch = ""
        self.lines = dict[str, Line]()
        self._followers = dict[str, set[Line]]()
        self._listeners = dict[str, list[Callable[[Event], None]]]()
        self.said = self.delivered = self.dropped = 0

    def remember(self, epoch: str, begins: int, events: Iterable[Event]) -> None:
        """Begin with what was said before, all of it after the offset `begins`."""
        self.epoch = epoch
        self.history = History(begins)
        for event in events:
            self.history.add(event)

    def deliver(self, due: Iterable[Due]) -> None:
        """Say kept events, in their order, to those on their channels."""
        for (channel, but), together in itertools.groupby(due, key=_to_whom):
            self._deliver_together(channel, [one.event for one in together], but)

    def _deliver_together(self, channel: str, events: Sequence[Event], but: str) -> None:
        """Say events that come one after the other on a channel: one write for each client.

        Who follows the channel is told of each where it is, so it gets them one by one.
        """
        for event in events:
            self.history.add(event)
        if not (followers := self._followers.get(channel, ())):
            self._say(events, protocol.said_on(*events), but)
            return
        for event in events:
            self._say([event], protocol.said_on(event), but)
            for line in followers:
                line.write(protocol.offset_of(event))

    def pass_on(self, event: Event, message: Message, but: Line) -> None:
        """Say what one client said to the others, here and elsewhere; it isn't kept."""
        self._say([event], message, but.socket_id)
        self.outward.passed_on(event, message)
        told: dict[str, Any] = {
            "name": "client_event", "channel": event.channel, "event": event.name,
            "data": event.data, "socket_id": but.socket_id,
        }  # fmt: skip
        self._notice(told | ({"user_id": event.user_id} if event.user_id else {}))

    def say_passed(self, event: Event, message: Message) -> None:
        """Say here what a client elsewhere said."""
        self._say([event], message, "")

    def _say(self, events: Sequence[Event], message: Message, but: str) -> None:
        channel = events[0].channel
        self.said += len(events)
        self.delivered += len(events) * self.write_to(channel, message, but)
        for listener in tuple(self._listeners.get(channel, ())):
            for event in events:
                listener(event)

    def write_to(self, channel: str, message: Message, but: str = "") -> int:
        """Have all on a channel told, except one; gives how many were."""
        told = 0
        for line in self.hub.audience(channel):
            if line.socket_id != but:
                told += line.write(message)
        return told

    def write_to_all(self, message: Message) -> None:
        """Have everybody told, whatever channels they are on."""
        for line in self.lines.values():
            line.write(message)

    def enter(self, line: Line) -> None:
        """Let a client in."""
        self.lines[line.socket_id] = line
        line.write(protocol.established(line.socket_id, ACTIVITY))

    def depart(self, line: Line) -> None:
        """A client is gone."""
        self.lines.pop(line.socket_id, None)
        for channel in tuple(line.follows):
            self._unfollow(line, channel)
        for left in self.hub.leave_all(line):
            self._left(left)
        if line.closed is not None and line.closed[0] == protocol.TOO_SLOW:
            self.dropped += 1

    def join(self, line: Line, channel: str, member: Member | None) -> None:
        """Put a client on a channel. Raises NotLetIn when it is there already."""
        joined = self.hub.join(line, channel, member)
        if joined is None:
            raise NotLetIn("The connection is on the channel already.")
        self.outward.changed(channel)
        members = self.members(channel) if member is not None else None
        line.write(protocol.succeeded(channel, members, self.history.offset))
        if joined.first and not self.elsewhere.count(channel):
            self._occupied(channel)
        if joined.new and joined.new.user_id not in self.elsewhere.members(channel):
            self._came(channel, joined.new, line.socket_id)
        self._count(channel)

    def leave(self, line: Line, channel: str) -> None:
        """Take a client off a channel, if it is on it."""
        self._unfollow(line, channel)
        if (left := self.hub.leave(line, channel)) is not None:
            self._left(left)

    def _left(self, left: Left) -> None:
        self.outward.changed(left.channel)
        if left.gone and left.gone.user_id not in self.elsewhere.members(left.channel):
            self._went(left.channel, left.gone)
        self._count(left.channel)

    def heard(self, changes: Iterable[Change]) -> None:
        """Other processes told what became other there."""
        for change in changes:
            here, channel = self.hub.members(change.channel), change.channel
            if change.after and not change.before and not self.hub.count(channel):
                self._occupied(channel)
            for member in change.came:
                if member.user_id not in here:
                    self._came(channel, member)
            for member in change.went:
                if member.user_id not in here:
                    self._went(channel, member)
            if change.after != change.before:
                self._count(channel)

    def _occupied(self, channel: str) -> None:
        self.outward.notice({"name": "channel_occupied", "channel": channel})

    def _came(self, channel: str, member: Member, but: str = "") -> None:
        self.write_to(channel, protocol.came(channel, member), but)
        told = {"name": "member_added", "channel": channel, "user_id": member.user_id}
        self.outward.notice(told)

    def _went(self, channel: str, member: Member) -> None:
        self.write_to(channel, protocol.went(channel, member))
        told = {"name": "member_removed", "channel": channel, "user_id": member.user_id}
        self.outward.notice(told)

    def _count(self, channel: str) -> None:
        """Tell how many are on a channel now, or that it is empty."""
        if not (count := self.count(channel)):
            self.outward.notice({"name": "channel_vacated", "channel": channel})
            return
        told = {"name": "subscription_count", "channel": channel, "subscription_count": count}
        self.outward.notice(told)

    def members(self, channel: str) -> dict[str, Member]:
        """Who is on a channel, by their id."""
        return {**self.elsewhere.members(channel), **self.hub.members(channel)}

    def count(self, channel: str) -> int:
        """How many connections are on a channel."""
        return self.hub.count(channel) + self.elsewhere.count(channel)

    def channels(self, prefix: str = "") -> list[str]:
        """The channels that somebody is on."""
        here = dict.fromkeys(self.hub.channels(prefix))
        return [*here, *sorted(self.elsewhere.channels(prefix) - here.keys())]

    def end(self, user: str) -> None:
        """Close a user's connections, wherever they are."""
        self.end_here(user)
        self.outward.end(user)

    def end_here(self, user: str) -> None:
        """Close a user's connections to this process."""
        for line in tuple(self.lines.values()):
            if line.user_id == user:
                line.close(protocol.UNAUTHORISED, "The app ended the user's connections.")

    def repeat_last(self, line: Line, channel: str) -> None:
        """Give a client on a cache channel what was said last, or say that there is nothing."""
        if (last := self.history.last(channel)) is not None:
            line.write(protocol.said_on(last))
            return
        line.write(protocol.told("pusher:cache_miss", channel=channel))
        self._notice({"name": "cache_miss", "channel": channel})

    def recover(self, line: Line, channel: str, since: int | None) -> None:
        """Give a client what it missed, and the offsets of all that comes from now on."""
        line.follows.add(channel)
        self._followers.setdefault(channel, set()).add(line)
        self.make_up(line, channel, self.history.offset if since is None else since)

    def make_up(self, line: Line, channel: str, since: int) -> None:
        """Give a client what was said on its channel after an offset, as far as is known."""
        events, complete = self.history.since(channel, since, MOST_RECOVERED)
        given = list(_up_to(events, RECOVERED_BYTES))
        more = len(given) < len(events) or len(events) == MOST_RECOVERED
        for event in given:
            line.write(protocol.said_on(event))
        told = {
            "offset": given[-1].offset if more else self.history.offset,
            "events": len(given),
            "complete": complete,
            "more": more,
            "epoch": self.epoch,
        }
        line.write(protocol.told(protocol.RECOVERED, told, channel))

    def missed(self, channel: str, since: int, most: int) -> Missed:
        """What was said on a channel after an offset."""
        events, complete = self.history.since(channel, since, most)
        offset = events[-1].offset if len(events) == most else max(since, self.history.offset)
        return Missed(events=events, complete=complete, offset=offset, epoch=self.epoch)

    def latest(self, channel: str, most: int) -> Missed:
        """What was said on a channel last, and where to go on from."""
        events = self.history.newest(channel, most)
        return Missed(events=events, complete=True, offset=self.history.offset, epoch=self.epoch)

    def said_since(self, channel: str, at: float | None) -> list[Event]:
        """What was said on a channel since a time, in seconds since the epoch; None for now."""
        if at is None:
            return []
        return [event for event in self.history.since(channel, 0, MOST_KEPT)[0] if event.at >= at]

    def info(self, channel: str) -> ChannelInfo:
        """How many are on a channel."""
        members = len(self.members(channel)) if channel.startswith("presence-") else None
        return ChannelInfo(
            channel=channel,
            subscriptions=self.count(channel),
            users=members,
            offset=self.history.offset_of(channel),
        )

    @contextlib.contextmanager
    def listening(self, channel: str, listener: Callable[[Event], None]) -> Iterator[None]:
        """Have `listener` called for all that is said on a channel meanwhile."""
        self._listeners.setdefault(channel, []).append(listener)
        try:
            yield
        finally:
            self._listeners[channel].remove(listener)
            if not self._listeners[channel]:
                del self._listeners[channel]

    def look_for_life(self) -> None:
        """Ask the silent for a sign of life, and close those that were asked and gave none."""
        now = asyncio.get_running_loop().time()
        for line in tuple(self.lines.values()):
            if line.asked is not None and now - line.asked > PONG:
                line.close(protocol.NO_PONG, "No pong came in time.")
            elif line.asked is None and now - line.heard > ACTIVITY:
                line.asked = now
                line.write(protocol.told("pusher:ping"))

    def _unfollow(self, line: Line, channel: str) -> None:
        if channel not in line.follows:
            return
        line.follows.remove(channel)
        self._followers[channel].discard(line)
        if not self._followers[channel]:
            del self._followers[channel]


def _to_whom(due: Due) -> tuple[str, str]:
    return due.event.channel, due.but


def _up_to(events: list[Event], most: int) -> Iterator[Event]:
    """The first of the events that have so many bytes together, one at least."""
    size = 0
    for number, event in enumerate(events):
        size += len(event.data)
        if number and size > most:
            return
        yield event
