"""The agents of a runtime elsewhere: how they are, and what can be done about it."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol
from urllib.parse import quote

import msgspec

from agents.contract import Task
from agents.manager.status import AgentsStatus, AgentStatus, Happening
from runtime.remote_journal import Get

Hear = Callable[[str], AsyncIterator[bytes]]
"""The messages of a WebSocket at a path, until its end. Raises HeddleError."""

happening_of = msgspec.json.Decoder(Happening).decode


class Post(Protocol):
    """The answer to a POST to a path, with a query. Raises HeddleError."""

    async def __call__(self, path: str, /, **query: Any) -> bytes: ...


class Say(Protocol):
    """The answer to any request, with JSON for a body if there is one. Raises HeddleError."""

    async def __call__(self, method: str, path: str, body: bytes = b"", /) -> bytes: ...


class RemoteAgents:
    """Speaks of agents as `agents.manager.manager.Manager` does, over the wire."""

    def __init__(self, get: Get, post: Post, say: Say, hear: Hear) -> None:
        self._get = get
        self._post = post
        self._say = say
        self._hear = hear

    async def status(self) -> AgentsStatus:
        """How all agents are."""
        return _status(await self._get("/agents"))

    async def described(self, agent: str) -> AgentStatus:
        """How one is, with the schemas of what it can do. Raises NoSuchAgent."""
        found = await self._get(f"/agents/{quote(agent, '')}")
        return msgspec.json.decode(found, type=AgentStatus)

    async def perform(self, agent: str, capability: str, **arguments: Any) -> Any:
        """Have a task done, and its result as JSON has it. Raises HeddleError."""
        task = msgspec.json.encode(Task(capability, arguments))
        return msgspec.json.decode(
            await self._say("POST", f"/agents/{quote(agent, '')}/tasks", task)
        )

    async def check(self, agent: str = "") -> AgentsStatus:
        """Have all agents, or one, ask the outside how they are. Raises NoSuchAgent."""
        return _status(await self._post("/agents/health", agent=agent))

    async def restart(self, agent: str) -> AgentsStatus:
        """Make an agent anew. Raises NoSuchAgent, and what keeps it from starting."""
        return _status(await self._post(f"/agents/{quote(agent, '')}/restart"))

    async def drain(self, agent: str) -> AgentsStatus:
        """Give an agent no more to do, until it has ended what it does. Raises NoSuchAgent."""
        return _status(await self._post(f"/agents/{quote(agent, '')}/drain"))

    async def reset(self, guard: str) -> AgentsStatus:
        """Close a breaker. Raises NoSuchAgent."""
        return _status(await self._post("/agents/breakers/reset", guard=guard))

    async def hold(self, guard: str) -> AgentsStatus:
        """Keep a breaker open until it is reset. Raises NoSuchAgent."""
        return _status(await self._post("/agents/breakers/hold", guard=guard))

    async def happenings(self) -> AsyncIterator[Happening]:
        """What happens from now on, until the server hangs up. Raises HeddleError."""
        async for message in self._hear("/agents/happenings"):
            yield happening_of(message)


def _status(answer: bytes) -> AgentsStatus:
    return msgspec.json.decode(answer, type=AgentsStatus)
