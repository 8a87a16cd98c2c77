"""One session with one server: begun, used by many at a time, and ended as a whole."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import mcp
from mcp.shared.exceptions import MCPError
from mcp.types import (
    CONNECTION_CLOSED,
    METHOD_NOT_FOUND,
    REQUEST_TIMEOUT,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    Implementation,
    ToolListChangedNotification,
)

from agents.errors import AgentError, Refused, Rejected, Unavailable, Unreachable
from agents.mcp.bounds import Bounds
from agents.mcp.child import Child
from agents.mcp.servers import Address, Program
from agents.mcp.web import Web
from graph.connections import Connection

T = TypeVar("T")

BEGIN = 30.0
"""Seconds a server has to start and to greet."""

PATIENCE = 120.0
"""Seconds for an answer, where whoever asks names no limit of their own."""

PAGES = 50
"""Pages of a list that are read; a server could go on for ever."""

SESSION_GONE = "Session terminated"
"""What the SDK says of a server over HTTP that has forgotten the session."""

Progress = Callable[[float, float, str], None]


class Session:
    """A server that was greeted. A task of its own keeps it; whoever calls waits in theirs."""

    def __init__(
        self,
        connection: Connection,
        server: Program | Address,
        folder: Path,
        changed: "Callable[[Session], None]" = lambda _: None,
    ) -> None:
        """`folder` is where a program starts; `changed` is told when the tools may have."""
        self.name = connection.name
        self.connection = connection
        self.server = server
        self.used = 0.0
        """When it was last used, by the loop's clock."""
        self.busy = 0
        """Requests under way."""
        self._changed = changed
        self._bounds = Bounds()
        self._transport: Child | Web = (
            Child(server, folder, self._bounds)
            if isinstance(server, Program)
            else Web(server, self._bounds)
        )
        self._client: mcp.Client | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._over = asyncio.Event()

    @property
    def alive(self) -> bool:
        """Whether it can still be used, as far as is known."""
        kept = self._keeping is not None and not self._keeping.done()
        over = self._over.is_set() or self._bounds.ended or self._bounds.broken
        return kept and not over

    async def begin(self) -> None:
        """Start or call the server, and greet it. Raises AgentError."""
        ready: asyncio.Future[mcp.Client] = asyncio.get_running_loop().create_future()
        self._keeping = asyncio.create_task(self._keep(ready))
        try:
            async with asyncio.timeout(BEGIN):
                self._client = await asyncio.shield(ready)
        except TimeoutError:
            await self.end()
            raise self._silent(f"did not greet within {BEGIN:g} s") from None
        except BaseException:
            await self.end()
            raise

    async def end(self) -> None:
        """Let go of the server; a program is ended. Never raises."""
        self._over.set()
        if self._keeping is None:
            return
        if self._client is None:
            self._keeping.cancel()
        await asyncio.wait([self._keeping])

    async def _keep(self, ready: "asyncio.Future[mcp.Client]") -> None:
        """Enter and leave everything in this one task, as the SDK's scopes must be."""
        try:
            async with mcp.Client(
                self._transport,
                message_handler=self._hear,
                client_info=Implementation(name="heddle", version="0.1.0"),
                read_timeout_seconds=PATIENCE,
                cache=None,
            ) as client:
                if not ready.done():
                    ready.set_result(client)
                async with _listening(client, lambda: self._changed(self)):
                    await self._over.wait()
        except Exception as error:  # noqa: BLE001 - whoever began it is told
            if not ready.done():
                ready.set_exception(self._meant(_first(error), "greeting"))
                ready.exception()  # looked at, should nobody wait any more
        finally:
            self._over.set()
            if not ready.done():
                ready.cancel()

    async def _hear(self, message: Any) -> None:
        if isinstance(message, ToolListChangedNotification):
            self._changed(self)

    # What is asked of it.

    async def call(
        self, tool: str, arguments: dict[str, Any], within: float, tells: Progress
    ) -> CallToolResult:
        """The result of a tool, not looked at yet. Raises AgentError."""

        async def tell(progress: float, total: float | None, message: str | None) -> None:
            tells(progress, total or 0.0, (message or "")[:200])

        request = CallToolRequest(params=CallToolRequestParams(name=tool, arguments=arguments))
        return await self.ask(
            f"the tool {tool!r}",
            lambda client: client.session.send_request(
                request, CallToolResult,
                request_read_timeout_seconds=within, progress_callback=tell,
            ),
        )  # fmt: skip

    async def ask(self, what: str, work: Callable[[mcp.Client], Awaitable[T]]) -> T:
        """What the SDK gives for a request. Raises AgentError."""
        assert self._client is not None, "begin before asking"
        self.busy += 1
        try:
            return await work(self._client)
        except (MCPError, ValueError, RuntimeError, OSError) as error:
            raise self._meant(error, what) from None
        finally:
            self.busy -= 1
            self.used = asyncio.get_running_loop().time()

    # What its failures mean.

    def _meant(self, error: BaseException, what: str) -> AgentError:
        if isinstance(error, AgentError):
            return error
        if self._bounds.broken:
            return Rejected(
                f"The MCP server {self.name!r} was let go: {self._bounds.broken}.",
                cure="What it does wrong is for whoever wrote it to mend.",
            )
        if isinstance(self._transport, Web) and self._transport.status in (401, 403):
            return Refused(
                f"The MCP server {self.name!r} refused us with {self._transport.said}.",
                cure="Check the token and the headers of the connection.",
            )
        if isinstance(error, ValueError):
            return Rejected(f"The MCP server {self.name!r} answered {what} with what is no answer.")
        if not isinstance(error, MCPError):
            return self._silent(f"can't be reached ({_brief(str(error)) or type(error).__name__})")
        return self._told(error, what)

    def _told(self, error: MCPError, what: str) -> AgentError:
        if error.code == REQUEST_TIMEOUT:
            return self._silent(f"did not answer {what} in time")
        if error.code == CONNECTION_CLOSED or error.message == SESSION_GONE:
            self._bounds.ended = True
            return self._silent("ended", Unavailable)
        if error.code == METHOD_NOT_FOUND:
            return Rejected(f"The MCP server {self.name!r} does not know {what}.")
        return Rejected(f"The MCP server {self.name!r} refused {what}: {_brief(error.message)}")

    def _silent(self, how: str, kind: type[AgentError] = Unreachable) -> AgentError:
        said = self._bounds.babble or self._transport.said
        last = f" It last said: {_brief(said)}" if said else ""
        cure = (
            "Try its command in a terminal."
            if isinstance(self.server, Program)
            else "Check the address, and whether the server runs."
        )
        return kind(f"The MCP server {self.name!r} {how}.{last}", cure=cure)


@contextlib.asynccontextmanager
async def _listening(client: mcp.Client, changed: Callable[[], None]) -> Any:
    """Hear of changed tools from servers that tell only those who listen."""

    async def listen() -> None:
        with contextlib.suppress(Exception):  # a courtesy: the list is read anew anyway
            async with client.listen(tools_list_changed=True) as changes:
                async for _ in changes:
                    changed()

    listening = asyncio.create_task(listen())
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.wait([listening])


def _first(error: BaseException) -> BaseException:
    """What went wrong, out of the groups around it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else f"{line[:299]}…"


async def listed(read: Callable[[str | None], Awaitable[Any]], field: str, most: int) -> list[Any]:
    """The items of all pages of a list, `most` at the most."""
    items: list[Any] = []
    cursor: str | None = None
    for _ in range(PAGES):
        page = await read(cursor)
        items += getattr(page, field)
        cursor = page.next_cursor
        if cursor is None or len(items) >= most:
            break
    return items[:most]
