"""Knows how to reach models: one speaker for each connection, kept while it is used."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar, TypeVar

from agents.contract import Grants, Health, Means
from agents.errors import AgentError
from agents.llm.catalogue import Catalogue
from agents.llm.keeping import Keeping
from agents.llm.kept_conversations import KeptConversation
from agents.llm.providers.scripted import NAME as SCRIPTED
from agents.llm.providers.scripted import ScriptedProvider
from agents.llm.shapes import Provider, Reply
from graph.connections import Connection
from graph.errors import BlockError

T = TypeVar("T")


class LlmAgent:
    """Speaks to the models of any connection; the same one is spoken to over the same wires."""

    kind: ClassVar[str] = "llm"

    def __init__(self, grants: Grants, means: Means | None = None) -> None:
        self.means = means
        self.catalogue = Catalogue()
        self._keeping = Keeping(means.folder) if means is not None else None
        self._grants = grants
        self._providers: dict[tuple[str, frozenset[tuple[str, str]]], Provider] = {}

    async def connect(self) -> None:
        """Read which models are known."""
        if self._grants.resources:
            self.catalogue = Catalogue.at(Path(self._grants.resources) / "models.json")

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

    def provider(self, connection: Connection) -> Provider:
        """Whoever speaks to the models of a connection. Raises BlockError for a foreign one."""
        key = (connection.kind, frozenset(connection.fields.items()))
        if key not in self._providers:
            self._providers[key] = _provider(connection)
        return self._providers[key]

    async def kept(self, key: bytes) -> Reply | None:
        """The reply that was kept under a key, None when there is none."""
        return None if self._keeping is None else await asyncio.to_thread(self._keeping.find, key)

    async def keep(self, key: bytes, reply: Reply) -> None:
        """Keep a reply for whoever asks the same again."""
        if self._keeping is not None:
            await asyncio.to_thread(self._keeping.keep, key, reply)

    def conversation(self, name: str) -> KeptConversation:
        """A conversation that is kept between runs, by its name among those of the flow's folder.

        Raises BlockError where nothing can be kept.
        """
        if self.means is None:
            raise BlockError("Nothing can be kept between runs here.")
        return KeptConversation(self.means.folder, self._grants.folder, name)

    async def guarded(
        self, connection: Connection, work: Callable[[], Awaitable[T]], *, within: float
    ) -> T:
        """The result of the work, done under the guard that the connection has to itself."""
        if self.means is None or connection.kind == SCRIPTED:
            return await work()
        return await self.means.guards.of(f"llm:{connection.name}").call(work, within=within)


def _provider(connection: Connection) -> Provider:
    match connection.kind:
        case "scripted":
            return ScriptedProvider()
    raise BlockError(
        f"The connection {connection.name!r} is of the kind {connection.kind!r}, "
        "which leads to no models."
    )


BUILT_IN = Connection(SCRIPTED, SCRIPTED)
"""The connection that is always there, and asks no model."""
