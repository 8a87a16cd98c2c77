"""The Studios that are connected: one for each project, the last that came."""

import asyncio
import contextlib
import secrets
import time
from collections import deque

import msgspec

from agents.swarm.studio_bridge.pairing import Pass

SILENCE = 45.0
"""Seconds without a word after which a Studio counts as gone; it asks at least every 20."""

EVERY = 1.0
"""Seconds after which is looked again though nobody told: another process may have written."""


class Session(msgspec.Struct, kw_only=True):
    """A plugin at work. `refused` says why it couldn't take a version of a script."""

    id: str
    key: str
    project: str
    place: str
    plugin: str
    run: str
    seen: float
    at: float
    refused: dict[str, tuple[int, str]]

    @property
    def leaves(self) -> set[tuple[str, int]]:
        """The versions that it is not to be given again."""
        return {(script, version) for script, (version, _) in self.refused.items()}


class Sessions:
    """Who is connected, and who waits for what. Of one loop."""

    def __init__(self) -> None:
        self._sessions = dict[str, Session]()
        self._replaced = deque[str](maxlen=32)
        self._news = dict[str, asyncio.Event]()
        self.ended = False

    def begin(self, opened: Pass, *, place: str, plugin: str, run: str) -> Session:
        """A new session, which takes the place of the one that the project had."""
        if (before := self.of(opened.project)) is not None:
            del self._sessions[before.id]
            if before.run != run:
                self._replaced.append(before.id)
        made = Session(
            id=secrets.token_hex(12),
            key=opened.key,
            project=opened.project,
            place=place,
            plugin=plugin,
            run=run,
            seen=time.monotonic(),
            at=time.time(),
            refused={},
        )
        self._sessions[made.id] = made
        self.tell(made.project)
        return made

    def get(self, session: str) -> Session | None:
        """A session by its id; that it asks is noted."""
        if (found := self._sessions.get(session)) is not None:
            found.seen, found.at = time.monotonic(), time.time()
        return found

    def was_replaced(self, session: str) -> bool:
        """Whether another Studio took its place."""
        return session in self._replaced

    def of(self, project: str) -> Session | None:
        """The session that a project has, alive or not."""
        return next((one for one in self._sessions.values() if one.project == project), None)

    def connected(self, project: str) -> bool:
        """Whether a Studio is there for a project."""
        found = self.of(project)
        return found is not None and time.monotonic() - found.seen < SILENCE

    def end(self, session: Session) -> None:
        """The plugin says that it goes."""
        self._sessions.pop(session.id, None)
        self.tell(session.project)

    def end_of(self, key: str) -> None:
        """Whoever has a token that is good no longer is out."""
        for session in [one for one in self._sessions.values() if one.key.startswith(key)]:
            self.end(session)

    # News.

    def tell(self, project: str) -> None:
        """Something of the project is another now: whoever waits looks."""
        if (waited := self._news.pop(project, None)) is not None:
            waited.set()

    def end_all(self) -> None:
        """Nobody is to wait any longer."""
        self.ended = True
        for project in list(self._news):
            self.tell(project)

    def looks(self, project: str, within: float) -> "Looks":
        """Times to look at a project: at once, and whenever something of it is another."""
        return Looks(self, project, within)

    def news(self, project: str) -> asyncio.Event:
        """What is set when something of the project is another."""
        return self._news.setdefault(project, asyncio.Event())


class Looks:
    """`async for last in looks`: `last` says that there is no time to look again.

    One after the other, as soon as somebody tells of news, or a while after the one before.
    """

    def __init__(self, sessions: Sessions, project: str, within: float) -> None:
        self._sessions = sessions
        self._project = project
        self._until = asyncio.get_running_loop().time() + within
        self._news: asyncio.Event | None = None
        self._over = False

    def __aiter__(self) -> "Looks":
        return self

    async def __anext__(self) -> bool:
        if self._over:
            raise StopAsyncIteration
        loop = asyncio.get_running_loop()
        if self._news is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(min(self._until, loop.time() + EVERY)):
                    await self._news.wait()
        # Taken before the look, so that what changes during it is seen by the next.
        self._news = self._sessions.news(self._project)
        self._over = self._sessions.ended or loop.time() >= self._until
        return self._over
