"""The processes of one home, which tell each other by Redis who is on their channels."""

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from agents.swarm.realtime_update.elsewhere import NOBODY, There
from agents.swarm.realtime_update.outward import Notice
from agents.swarm.realtime_update.protocol import Message
from agents.swarm.realtime_update.shapes import Event
from agents.swarm.realtime_update.station import Station

GATHERED = 0.05
"""Seconds for which changes are gathered, to be told together."""

BEAT = 1.0
"""Seconds after which a process that has nothing to tell says that it lives."""
SILENCE = 10.0
"""Seconds without a word after which a process is gone, and all who were there."""

PAUSES = (0.1, 0.25, 0.5, 1.0)
"""Seconds between attempts while Redis is away, the last again and again."""

MOST_WAITING = 1_000
"""What clients said to each other that may wait to be told; none of it is kept anywhere. As many
orders may: these wait for Redis."""


MISSED = 20.0
"""Seconds for which an order is given again to whoever may have missed it."""


class Word(msgspec.Struct, frozen=True, omit_defaults=True, tag=True):
    """What `who` tells the others."""

    who: str


class Lives(Word, frozen=True):
    """Nothing has changed."""


class Asks(Word, frozen=True):
    """Somebody is new here, or missed something: the others are to tell all."""


class Some(Word, frozen=True):
    """These channels are like this now."""

    channels: dict[str, There]


class All(Word, frozen=True):
    """All channels are these."""

    channels: dict[str, There]


class Goes(Word, frozen=True):
    """It ends."""


class Passes(Word, frozen=True):
    """One of its clients said this to the others; `text` is the message as it goes out."""

    event: Event
    text: str


class Ends(Word, frozen=True):
    """A user's connections are to be closed."""

    user: str


class Retargets(Word, frozen=True):
    """Others than before are to be told by webhooks."""


_decoder = msgspec.json.Decoder(Lives | Asks | Some | All | Goes | Passes | Ends | Retargets)
_encode = msgspec.json.Encoder().encode


class _Untold(NamedTuple):
    at: float
    event: Mapping[str, Any]


class Fellows:
    """Keeps a station's view of the other processes; what each tells of itself is never merged.

    Each shows its own clients all there are, so everybody comes and goes once for each of them.
    Webhooks are told by the eldest alone, which is whose id is the least; the next one makes up
    for what happened between its death and when that was noticed. While Redis is away everybody
    elsewhere stays: nobody knows better. `changed` hears, on the loop, that it is away or back,
    `retargeted` that others than before are to be told by webhooks.
    """

    def __init__(
        self,
        url: str,
        home: str,
        station: Station,
        tell: Notice,
        changed: Callable[[], None],
        retargeted: Callable[[], None],
    ) -> None:
        self._redis: Any = Redis.from_url(
            url,
            socket_timeout=SILENCE,
            socket_connect_timeout=SILENCE,
            retry=Retry(NoBackoff(), 0),  # whoever lost the line missed something, and asks
        )
        self._place = f"heddle:realtime:{home}"
        self._who = secrets.token_hex(8)
        self._station = station
        self._tell = tell
        self._report = changed
        self._retargeted = retargeted
        self._heard = dict[str, float]()
        self._changed = set[str]()
        self._tells_all = False
        self._words = deque[Word](maxlen=MOST_WAITING)
        self._orders = deque[Word](maxlen=MOST_WAITING)
        self._ordered = dict[Word, float]()
        self._something = asyncio.Event()
        self._hears = asyncio.Event()
        self._untold = deque[_Untold](maxlen=MOST_WAITING)
        self._meeting: asyncio.Task[None] | None = None
        self.away = ""

    def begin(self) -> None:
        """Meet the others, as soon as Redis can be reached."""
        self._meeting = asyncio.create_task(self._meet())

    async def close(self) -> None:
        """Tell the others that this process ends."""
        if self._meeting is not None:
            self._meeting.cancel()
            await asyncio.gather(self._meeting, return_exceptions=True)
        with contextlib.suppress(RedisError, OSError):
            if not self.away:
                await self._redis.publish(self._place, _encode(Goes(self._who)))
        await self._redis.aclose()

    def changed(self, channel: str) -> None:
        """Somebody came to a channel here, or went."""
        self._changed.add(channel)
        self._something.set()

    def passed_on(self, event: Event, message: Message) -> None:
        """A client here said something to the others on its channel."""
        self._say(Passes(self._who, event, message.texts[0].decode()))

    def end(self, user: str) -> None:
        """Have the others close a user's connections."""
        self._order(Ends(self._who, user))

    def retarget(self) -> None:
        """Have the others look anew who is to be told by webhooks."""
        self._order(Retargets(self._who))

    def notice(self, event: Mapping[str, Any]) -> None:
        """Something happened on a channel, over all processes: every one of them notices."""
        if self._is_eldest:
            self._tell(event)
        else:
            self._untold.append(_Untold(_now(), event))

    @property
    def trouble(self) -> str:
        """What follows from Redis being away."""
        return (
            f"Redis is away: {self.away}. Who is at other processes of this home is shown as it"
            " was; all that is said goes on."
        )

    @property
    def _is_eldest(self) -> bool:
        return all(self._who < other for other in self._heard)

    def _say(self, word: Word) -> None:
        self._words.append(word)
        self._something.set()

    def _order(self, word: Word) -> None:
        """Say what was promised to somebody: it waits while Redis is away."""
        self._ordered.pop(word, None)
        self._orders.append(word)
        self._something.set()

    async def _meet(self) -> None:
        failures = 0
        while True:
            try:
                async with self._redis.pubsub() as hearing:
                    await hearing.subscribe(self._place)
                    await self._talk(hearing)
            except* (RedisError, OSError) as errors:
                self._is_away(str(errors.exceptions[0]) or "no answer")
            failures = failures + 1 if self.away else 0
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])

    async def _talk(self, hearing: Any) -> None:
        """Hear the others and tell them, until Redis is lost."""
        self._words.clear()
        self._say(Asks(self._who))
        self._tells_all = True
        self._heard = dict.fromkeys(self._heard, _now())
        self._hears = asyncio.Event()
        async with asyncio.TaskGroup() as both:
            both.create_task(self._hear(hearing))
            both.create_task(self._tell_others())

    async def _hear(self, hearing: Any) -> None:
        while True:
            message = await hearing.get_message(timeout=SILENCE)
            if message is None:  # not even what this process says
                raise TimeoutError(f"It was silent for {SILENCE:g} s.")
            self._is_away("")
            if message["type"] == "subscribe":  # what was said before nobody heard here
                self._hears.set()
                self._retargeted()
            if message["type"] == "message":
                with contextlib.suppress(msgspec.DecodeError):  # of another version, say
                    self._take(_decoder.decode(message["data"]))

    async def _tell_others(self) -> None:
        await self._hears.wait()  # or the answer to what it asks might be missed
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT):
                    await self._something.wait()
                    await asyncio.sleep(GATHERED)
            self._something.clear()
            self._bury()
            for word in self._next():
                await self._redis.publish(self._place, _encode(word))
            await self._give_orders()

    async def _give_orders(self) -> None:
        while self._orders:
            await self._redis.publish(self._place, _encode(self._orders[0]))
            self._ordered.setdefault(self._orders.popleft(), _now())
        since = _now() - MISSED
        self._ordered = {word: at for word, at in self._ordered.items() if at > since}

    def _next(self) -> list[Word]:
        """What is to be told now."""
        words, changed, tells_all = list(self._words), self._changed, self._tells_all
        self._words.clear()
        self._changed, self._tells_all = set(), False
        if tells_all:
            here = {name: self._there(name) for name in self._station.hub.channels()}
            return [All(self._who, here), *words]
        if changed:
            return [Some(self._who, {name: self._there(name) for name in changed}), *words]
        return words or [Lives(self._who)]

    def _there(self, channel: str) -> There:
        hub = self._station.hub
        if not (count := hub.count(channel)):
            return NOBODY
        members = hub.members(channel)
        return There(count, {user: member.user_info for user, member in members.items()})

    def _take(self, word: Word) -> None:
        if word.who == self._who:
            return
        if word.who not in self._heard and not isinstance(word, All | Goes):
            self._say(Asks(self._who))
        self._heard[word.who] = _now()
        match word:
            case All():
                self._station.heard(self._station.elsewhere.take_all(word.who, word.channels))
            case Some():
                self._station.heard(self._station.elsewhere.take(word.who, word.channels))
            case Asks():
                self._tells_all = True
                self._orders.extend(self._ordered)
                self._something.set()
            case Passes():
                self._station.say_passed(word.event, Message(word.text.encode()))
            case Ends():
                self._station.end_here(word.user)
            case Retargets():
                self._retargeted()
            case Goes():
                self._forget(word.who)

    def _bury(self) -> None:
        """Have those be gone that were silent for too long."""
        now = _now()
        for who in [who for who, at in self._heard.items() if now - at > SILENCE]:
            self._forget(who)

    def _forget(self, who: str) -> None:
        heard = self._heard.pop(who)
        if self._is_eldest:
            for untold in self._untold:
                if untold.at > heard:
                    self._tell(untold.event)
            self._untold.clear()
        self._station.heard(self._station.elsewhere.forget(who))

    def _is_away(self, why: str) -> None:
        changed = bool(why) != bool(self.away)
        self.away = why
        if changed:
            self._report()


def _now() -> float:
    return asyncio.get_running_loop().time()
