"""Knows how to reach models: one speaker for each connection, kept while it is used."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, TypeVar

from agents.contract import Grants, Health, Means
from agents.errors import AgentError
from agents.llm.catalogue import Catalogue
from agents.llm.keeping import Keeping
from agents.llm.kept_conversations import KeptConversation
from agents.llm.providers import making
from agents.llm.providers.scripted import NAME as SCRIPTED
from agents.llm.shapes import Provider, Reply
from agents.policy import POLICIES, Policy
from agents.worker import Worker, capability
from graph.connections import Connection

T = TypeVar("T")

REMEMBERED = 20
"""Answers of which is remembered how long they took."""


class LlmAgent(Worker):
    """Speaks to the models of any connection; the same one is spoken to over the same wires."""

    kind: ClassVar[str] = "llm"
    title: ClassVar[str] = "Models"

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self.catalogue = Catalogue()
        self.took: dict[str, deque[float]] = {}
        self.busy = Counter[str]()
        self._policies: dict[str, Policy] = {}
        self._keeping = Keeping(means.folder)
        self._providers: dict[tuple[str, frozenset[tuple[str, str]]], Provider] = {}

    async def connect(self) -> None:
        """Read which models are known: Heddle's own list, and HOME/models.json over it."""
        home = self.means.folder.parent.parent  # our folder is HOME/agents/llm
        places = [home / "models.json"]
        if self.grants.resources:
            places.insert(0, Path(self.grants.resources) / "models.json")
        self.catalogue = Catalogue.at(*places)

    async def close(self) -> None:
        providers, self._providers = list(self._providers.values()), {}
        for provider in providers:
            await provider.close()

    async def health(self, *, deep: bool = False) -> Health:
        """Basic: from what is known. Deep: whether every service spoken to still answers."""
        providers = list(self._providers.values()) if deep else []
        troubles: list[str] = []
        for provider in providers:
            try:
                await provider.models()
            except AgentError as error:
                troubles.append(str(error))
        if not troubles:
            return Health("ok")
        return Health("down" if len(troubles) == len(providers) else "degraded", " ".join(troubles))

    async def provider(self, connection: Connection) -> Provider:
        """Whoever speaks to the models of a connection.

        Raises BlockError for a foreign one, NotGranted for one to a host that isn't granted.
        """
        key = (connection.kind, frozenset(connection.fields.items()))
        if key not in self._providers:
            # In a thread: what it imports takes seconds, during which everything else goes on.
            made = await asyncio.to_thread(making.made, connection, self.catalogue, self.grants)
            if key in self._providers:  # somebody else was as quick
                await made.close()
            else:
                self._providers[key] = made
        return self._providers[key]

    def policy(self, name: str) -> Policy:
        """The policy of that name, which remembers what it chose before."""
        if name not in self._policies:
            self._policies[name] = POLICIES[name]()
        return self._policies[name]

    @contextmanager
    def busy_with(self, model: str) -> Iterator[None]:
        """Count an answer as under way, and remember how long it took once it is there."""
        began = time.perf_counter()
        self.busy[model] += 1
        try:
            yield
            took = self.took.setdefault(model, deque(maxlen=REMEMBERED))
            took.append(time.perf_counter() - began)
        finally:
            self.busy[model] -= 1

    async def kept(self, key: bytes) -> Reply | None:
        """The reply that was kept under a key, None when there is none."""
        return await asyncio.to_thread(self._keeping.find, key)

    async def keep(self, key: bytes, reply: Reply) -> None:
        """Keep a reply for whoever asks the same again."""
        await asyncio.to_thread(self._keeping.keep, key, reply)

    def conversation(self, name: str) -> KeptConversation:
        """A conversation kept between runs, by its name among those of the flow's folder."""
        return KeptConversation(self.means.folder, self.grants.folder, name)

    async def guarded(
        self, connection: Connection, work: Callable[[], Awaitable[T]], *, within: float
    ) -> T:
        """The result of the work, done under the guard that the connection has to itself."""
        began = time.perf_counter()
        self.work.calls += 1
        self.work.in_flight += 1
        try:
            if connection.kind == SCRIPTED:
                return await work()
            return await self.means.guards.of(f"llm:{connection.name}").call(work, within=within)
        except BaseException as error:
            self.work.failed(error)
            raise
        finally:
            self.work.left(time.perf_counter() - began)

    @capability("read")
    async def known_models(self) -> list[str]:
        """The names of all models that are known, connected or not."""
        return [known.model for known in self.catalogue]


BUILT_IN = Connection(SCRIPTED, SCRIPTED)
"""The connection that is always there, and asks no model."""
