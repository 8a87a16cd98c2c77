"""Keeps one session per connection, through a guard each, and ends what nobody uses any more."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import mcp

from agents.contract import Grants, Guard, Health, Means
from agents.errors import AgentError
from agents.hosts import allow_connection
from agents.mcp.answers import Answer, answer_of, plain_of
from agents.mcp.looking import offered
from agents.mcp.servers import Address, server_of
from agents.mcp.session import BEGIN, Progress, Session
from agents.mcp.snapshot import Snapshot, keep
from agents.worker import Worker, capability
from graph.connections import Connection

T = TypeVar("T")

IDLE = 300.0
"""Seconds after which a server that nobody uses is let go."""


class McpAgent(Worker):
    """Speaks with MCP servers: each is started or called when it is first needed.

    A person agreed to each connection by name, and that is what is granted: the same one
    serves all flows.
    """

    kind: ClassVar[str] = "mcp"
    title: ClassVar[str] = "MCP servers"
    for_all: ClassVar[bool] = True

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._guards = means.guards
        self._folder = means.folder
        self._sessions: dict[str, Session] = {}
        self._known: dict[str, Snapshot] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._tending: asyncio.Task[None] | None = None
        self._looking: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        """Begin to look after sessions; there are none yet."""
        if self._tending is None:
            self._tending = asyncio.create_task(self._tend())

    async def close(self) -> None:
        """End every session, and with it every program that was started."""
        tasks = [*self._looking, *([self._tending] if self._tending else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._tending = None
        sessions, self._sessions = list(self._sessions.values()), {}
        await asyncio.gather(*(session.end() for session in sessions))

    async def health(self, *, deep: bool = False) -> Health:
        """Basic: which servers are gone. Deep: whether the others still answer."""
        gone = [name for name, session in self._sessions.items() if not session.alive]
        for name, session in list(self._sessions.items()) if deep else ():
            if name not in gone:
                try:
                    await offered(session)
                except AgentError:
                    gone.append(name)
        if gone:
            return Health("degraded", f"No answer from {', '.join(sorted(gone))}.")
        return Health("ok")

    @capability("write")
    async def call(
        self, connection: Connection, tool: str, arguments: Mapping[str, Any],
        *, within: float, again: bool = False, progress: Progress = lambda *_: None,
    ) -> Answer:  # fmt: skip
        """What a tool gives. `again` says that calling it twice does no harm.

        Raises ToolFailed, AgentError, BadInput.
        """
        plain = plain_of(arguments)
        result = await self._through(
            connection, lambda session: session.call(tool, plain, within, progress), within, again
        )
        known = self._known.get(connection.name)
        return answer_of(result, tool, connection.name, known.tool(tool) if known else None)

    @capability("read")
    async def read(self, connection: Connection, uri: str, *, within: float) -> Any:
        """The contents of a resource, as the SDK gives them. Raises AgentError."""
        return await self._asked(
            connection, f"the resource {uri!r}", lambda client: client.read_resource(uri), within
        )

    @capability("read")
    async def prompt(
        self, connection: Connection, name: str, arguments: Mapping[str, str], *, within: float
    ) -> Any:
        """A prompt with its places filled in, as the SDK gives it. Raises AgentError."""
        return await self._asked(
            connection,
            f"the prompt {name!r}",
            lambda client: client.get_prompt(name, dict(arguments)),
            within,
        )

    @capability("read")
    async def tools(self, connection: Connection) -> Snapshot:
        """What tools the server has now, which is kept. Raises AgentError."""
        return await self._through(connection, self._look, BEGIN, again=True)

    # How it is done.

    async def _asked(
        self, connection: Connection, what: str,
        work: Callable[[mcp.Client], Awaitable[T]], within: float,
    ) -> T:  # fmt: skip
        return await self._through(
            connection, lambda session: session.ask(what, work), within, again=True
        )

    async def _through(
        self, connection: Connection, work: Callable[[Session], Awaitable[T]],
        within: float, again: bool,
    ) -> T:  # fmt: skip
        """Have the work done in the connection's session, through its guard."""
        guard = self._guards.of(f"mcp:{connection.name}")
        # To begin does no harm twice, whatever the work is.
        await guard.call(lambda: self._session(connection), within=BEGIN + 5)

        async def attempt() -> T:
            return await work(await self._session(connection))

        return await _called(guard, attempt, within + BEGIN + 5, again)

    async def _session(self, connection: Connection) -> Session:
        """The session with the server that the connection means now. Raises AgentError."""
        server = server_of(connection)
        if isinstance(server, Address):
            allow_connection(self.grants, connection.name, *server.place)
        async with self._turns.setdefault(connection.name, asyncio.Lock()):
            session = self._sessions.get(connection.name)
            if session is not None and session.alive and session.server == server:
                changed = session.connection.get("reads") != connection.get("reads")
                session.connection = connection
                if changed:
                    self._look_again(session)
                return session
            if session is not None:
                del self._sessions[connection.name]
                await session.end()
            made = Session(connection, server, self._home(connection), self._look_again)
            await made.begin()
            self._sessions[connection.name] = made
            await self._looked(made)
            return made

    def _home(self, connection: Connection) -> Path:
        """Where a program starts: never in a folder that came with a flow."""
        return self._folder / "servers" / connection.name.replace("/", "_").lstrip(".")

    async def _look(self, session: Session) -> Snapshot:
        found = await offered(session)
        self._known[session.name] = found
        await asyncio.to_thread(keep, self._folder, found)
        return found

    def _look_again(self, session: Session) -> None:
        """Look once more, unless somebody is about to: a server may say so ever so often."""
        if len(self._looking) < 2:
            task = asyncio.create_task(self._looked(session))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def _looked(self, session: Session) -> None:
        with contextlib.suppress(AgentError, OSError):  # what else it is asked may go well
            await self._look(session)

    async def _tend(self) -> None:
        """Let go of the servers that nobody has used for a while."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(IDLE / 10)
            for name, session in list(self._sessions.items()):
                idle = not session.busy and loop.time() - session.used > IDLE
                if idle or not session.alive:
                    del self._sessions[name]
                    await session.end()


async def _called(guard: Guard, work: Callable[[], Awaitable[T]], within: float, again: bool) -> T:
    return await guard.call(work, within=within, again=again)
