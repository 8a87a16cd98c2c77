"""Who looks at which component, and what each has yet to be told."""

import asyncio
from collections import deque
from collections.abc import Iterator
from functools import cached_property

import msgspec

from agents.swarm.ui_sync.messages import Changed, State, told
from agents.swarm.ui_sync.shapes import Change, Stored
from agents.swarm.ui_sync.store import TOLD, Newest


class Watcher:
    """Somebody who is told of components. What it holds never grows with what happens."""

    def __init__(self) -> None:
        self.stirred = asyncio.Event()
        self._known = dict[str, int]()
        self._due = dict[str, Live]()

    def begin(self, live: "Live", since: int | None) -> None:
        """Be told of a component, of which a version is known."""
        self._known[live.name] = -1 if since is None else since
        live.watchers.add(self)
        self.stir(live)

    def end(self, live: "Live") -> None:
        """Be told no more."""
        live.watchers.discard(self)
        self._known.pop(live.name, None)
        self._due.pop(live.name, None)

    def stir(self, live: "Live") -> None:
        """There is something to tell of a component."""
        self._due[live.name] = live
        self.stirred.set()

    @property
    def watched(self) -> int:
        """How many components it looks at."""
        return len(self._known)

    def news(self) -> Iterator[str]:
        """What there is to tell, until there is nothing; it may take any time between two."""
        while self._due:
            name, live = next(iter(self._due.items()))
            del self._due[name]
            known, self._known[name] = self._known[name], live.version
            yield from live.since(known)


class Live:
    """A component that somebody looks at: its state, and what lately led to it."""

    def __init__(self, name: str, newest: Newest) -> None:
        self.name = name
        self.watchers = set[Watcher]()
        self._stored = newest.stored
        self._recent = deque((_Told(name, change) for change in newest.changes), TOLD)
        self._state = ""

    @property
    def version(self) -> int:
        """The newest version."""
        return self._stored.version

    @property
    def stored(self) -> Stored:
        """The newest state."""
        return self._stored

    def take(self, newest: Newest) -> None:
        """Become newer, and tell. What is older than what is known comes late, and is let be."""
        if newest.stored.version > self.version:
            fresh = [one for one in newest.changes if one.version > self.version]
            if len(fresh) < newest.stored.version - self.version:
                self._recent.clear()
            self._recent.extend(_Told(self.name, change) for change in fresh)
            self._become(newest.stored)

    def restart(self, newest: Newest) -> None:
        """Become what is kept, also where that is older: as after a backup was put back."""
        self._recent.clear()
        self._become(newest.stored)

    def since(self, known: int) -> list[str]:
        """The messages for whoever knows that version, -1 for none; never more than needed."""
        missed = self.version - known
        if missed == 0:
            return []
        if 0 < missed <= len(self._recent) and known >= 0:
            told = list(self._recent)[-missed:]
            if sum(one.size for one in told) <= max(len(self._stored.value), 256):
                return [one.message for one in told]
        return [self._whole(anew=known > self.version)]

    def _become(self, stored: Stored) -> None:
        self._stored, self._state = stored, ""
        for watcher in self.watchers:
            watcher.stir(self)

    def _whole(self, *, anew: bool) -> str:
        value = msgspec.Raw(self._stored.value.encode())
        if anew:
            return told(State(self.name, self.version, value, anew=True))
        self._state = self._state or told(State(self.name, self.version, value))
        return self._state


class _Told:
    """A change, and how it is told: written once, whoever it is for."""

    def __init__(self, name: str, change: Change) -> None:
        self._name = name
        self._change = change

    @cached_property
    def message(self) -> str:
        one = self._change
        return told(
            Changed(
                component=self._name, version=one.version, id=one.id,
                patch=one.patch, merge=one.merge,
            )
        )  # fmt: skip

    @property
    def size(self) -> int:
        return len(self.message)
