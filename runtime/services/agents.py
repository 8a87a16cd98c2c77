"""The agents of a runtime over HTTP: how they are, what happens to them, and what can be done."""

import asyncio
import contextlib
from typing import Any

import msgspec
from litestar import Request, Response, WebSocket, get, post, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath, FromQuery, JSONBody, SkipValidation

from agents.contract import Grants, Task
from agents.manager.status import AgentsStatus, AgentStatus
from runtime.runtime import Runtime
from runtime.services.recording import note, noted_by_itself
from runtime.services.roles import ByRole
from runtime.wire import JSON, as_json

Engine = NamedDependency[SkipValidation[Runtime]]
Own = NamedDependency[SkipValidation[Grants]]

NAMED = 64
"""Characters of a capability, which may be anything, that are noted of it."""


@get("/agents")
async def agents(runtime: Engine) -> AgentsStatus:
    """How every agent is, those that nobody has needed yet as well."""
    return runtime.agents.status()


@get("/agents/{name:str}")
async def agent(runtime: Engine, name: FromPath[str]) -> AgentStatus:
    """How an agent is, and all that is known of what it can do."""
    return runtime.agents.described(name)


@post("/agents/health", status_code=200)
async def check(runtime: Engine, agent: FromQuery[str] = "") -> AgentsStatus:
    """Have all agents, or one, ask the outside how they are."""
    return await runtime.agents.check(deep=True, agent=agent)


@post("/agents/breakers/reset", status_code=200)
async def reset(runtime: Engine, guard: FromQuery[str]) -> AgentsStatus:
    """Close a breaker, and let it decide by itself from here on."""
    runtime.agents.reset(guard)
    return runtime.agents.status()


@post("/agents/breakers/hold", status_code=200)
async def hold(runtime: Engine, guard: FromQuery[str]) -> AgentsStatus:
    """Keep a breaker open until it is reset: what it guards isn't asked meanwhile."""
    runtime.agents.hold(guard)
    return runtime.agents.status()


@post("/agents/{name:str}/restart", status_code=200)
async def restart(runtime: Engine, name: FromPath[str]) -> AgentsStatus:
    """Make an agent anew, also one that was drained."""
    await runtime.agents.restart(name)
    return runtime.agents.status()


@post("/agents/{name:str}/drain", status_code=200)
async def drain(runtime: Engine, name: FromPath[str]) -> AgentsStatus:
    """Give an agent no more to do; the answer comes once it has ended what it does."""
    await runtime.agents.drain(name)
    return runtime.agents.status()


@post("/agents/{name:str}/tasks", status_code=200)
async def perform(
    request: Request[Any, Any, Any],
    runtime: Engine,
    grants: Own,
    name: FromPath[str],
    data: JSONBody[Task],
) -> Response[bytes]:
    """Have a task done: one of the capabilities of an agent, with its arguments by name."""
    note(request, f"{name}.{data.capability[:NAMED]}")
    result = await runtime.agents.perform_named(name, grants, data)
    if _only_reads(runtime.agents.described(name), data.capability):
        noted_by_itself(request)  # nothing was changed, and docks ask every second
    return Response(as_json(result), media_type=JSON)


def _only_reads(agent: AgentStatus, capability: str) -> bool:
    return any(one.name == capability and one.effect == "read" for one in agent.capabilities)


@websocket("/agents/happenings")
async def happenings(socket: WebSocket[Any, Any, Any], runtime: Engine) -> None:
    """What happens to agents from now on, each as a record in JSON."""
    with runtime.agents.happenings.watch() as watcher:
        await socket.accept()
        gone = asyncio.create_task(_until_gone(socket))
        told = asyncio.ensure_future(anext(aiter(watcher), None))
        try:
            while True:
                await asyncio.wait((told, gone), return_when=asyncio.FIRST_COMPLETED)
                if gone.done() or (happening := told.result()) is None:
                    break
                told = asyncio.ensure_future(anext(aiter(watcher), None))
                await socket.send_text(msgspec.json.encode(happening).decode())
        except (WebSocketDisconnect, ConnectionError):
            return
        finally:
            told.cancel()
            gone.cancel()
            await asyncio.wait((told, gone))
        with contextlib.suppress(Exception):  # it may be gone by now
            await socket.close(1000, "That was all.")


async def _until_gone(socket: WebSocket[Any, Any, Any]) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_data("text")


AGENTS = ByRole(
    viewer=(agents, agent, happenings),
    runner=(check, perform),
    admin=(hold, reset, restart, drain),
)
