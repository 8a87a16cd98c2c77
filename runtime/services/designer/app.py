"""The app of the agent designer: tasks for the agent that keeps definitions."""

from typing import Annotated, Any

import msgspec
from litestar import Litestar, Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation

from agents.contract import Grants, Task
from graph.errors import BadInput
from runtime.commands import StartRun
from runtime.runtime import Runtime
from runtime.services.designer.shapes import AgentDraft, AgentVersion, Trial, TrialBegun
from runtime.services.house import Home, House, app_of
from runtime.services.paging import Limit, Page
from runtime.services.refusals import ServiceError
from runtime.services.roles import ByRole, principal_of
from runtime.services.steering import started, word_of

PREFIX = "/api/v1/designer"
KEEPER = "defined_agents"
"""The agent that keeps definitions and has them work."""

Engine = NamedDependency[SkipValidation[Runtime]]
Own = NamedDependency[SkipValidation[Grants]]
AnyRequest = Request[Any, Any, Any]
After = Annotated[str, QueryParameter(max_length=200, description="The last name known.")]
Version = Annotated[int, QueryParameter(ge=0, le=2**53, description="0 for the newest.")]


class BadDefinition(ServiceError):
    """What was sent defines no agent."""

    status = 422


class NoSuchDefinition(ServiceError):
    """No agent is defined under that name."""

    status = 404


@get("/agents")
async def agents(
    runtime: Engine, grants: Own, cursor: After = "", limit: Limit = 50
) -> Page[AgentVersion]:
    """The agents that are defined, by name, each at its newest version."""
    found = await _asked(runtime, grants, "definitions", after=cursor, most=limit)
    items = [_version(one) for one in found]
    return Page(items, items[-1].definition["name"] if len(items) == limit else "")


@get("/agents/{name:str}")
async def agent(
    runtime: Engine, grants: Own, name: FromPath[str], version: Version = 0
) -> AgentVersion:
    """An agent, as it is or as it was at a version."""
    return await _found(runtime, grants, name, version)


@get("/agents/{name:str}/versions")
async def versions(
    runtime: Engine, grants: Own, name: FromPath[str], limit: Limit = 50
) -> list[AgentVersion]:
    """The versions of an agent, the newest first."""
    await _found(runtime, grants, name, 0)
    return [
        _version(one) for one in await _asked(runtime, grants, "versions", name=name, most=limit)
    ]


@put("/agents/{name:str}", status_code=200)
async def define(
    request: AnyRequest, runtime: Engine, grants: Own, name: FromPath[str],
    data: JSONBody[AgentDraft],
) -> AgentVersion:  # fmt: skip
    """Keep the next version of an agent. The very same as the newest makes no new one."""
    return await _defined(request, runtime, grants, name, data, dry_run=False)


@post("/agents/{name:str}/check", status_code=200)
async def check(
    request: AnyRequest, runtime: Engine, grants: Own, name: FromPath[str],
    data: JSONBody[AgentDraft],
) -> AgentVersion:  # fmt: skip
    """Look at what would be an agent, without keeping it; what can't be is refused as there."""
    return await _defined(request, runtime, grants, name, data, dry_run=True)


@post("/agents/{name:str}/runs", status_code=202)
async def try_out(
    request: AnyRequest, house: Home, runtime: Engine, grants: Own, name: FromPath[str],
    data: JSONBody[Trial],
) -> Response[TrialBegun]:  # fmt: skip
    """Have an agent work; the run is the workflow engine's, to be watched and steered there."""
    found = await _found(runtime, grants, name, data.version)
    command = StartRun(found.flow, data.inputs)
    run = await started(runtime, house.registry, command, word_of(request))
    headers = {"Location": f"/api/v1/workflows/runs/{run}"}
    return Response(TrialBegun(run, found.version), headers=headers)


@delete("/agents/{name:str}", status_code=204)
async def remove(request: AnyRequest, runtime: Engine, grants: Own, name: FromPath[str]) -> None:
    """Take an agent away. Flows that name a version of it can still use that."""
    await _found(runtime, grants, name, 0)
    await _asked(runtime, grants, "remove", name=name, author=principal_of(request).user)


async def _defined(
    request: AnyRequest, runtime: Runtime, grants: Grants, name: str, draft: AgentDraft,
    *, dry_run: bool,
) -> AgentVersion:  # fmt: skip
    definition = {"name": name, **msgspec.to_builtins(draft)}
    author = principal_of(request).user
    given = {"definition": definition, "author": author, "dry_run": dry_run}
    try:
        return _version(await _asked(runtime, grants, "define", **given))
    except BadInput as error:
        raise BadDefinition(error.message, cure=error.cure) from error


async def _found(runtime: Runtime, grants: Grants, name: str, version: int) -> AgentVersion:
    try:
        found = await _asked(runtime, grants, "definition", name=name, version=version)
    except BadInput as error:
        raise NoSuchDefinition(error.message, cure=error.cure) from error
    return _version(found)


async def _asked(runtime: Runtime, grants: Grants, capability: str, **arguments: Any) -> Any:
    return await runtime.agents.perform_named(KEEPER, grants, Task(capability, arguments))


def _version(found: Any) -> AgentVersion:
    return msgspec.convert(msgspec.to_builtins(found), AgentVersion)


AGENTS = ByRole(viewer=(agents, agent, versions), runner=(define, check, try_out, remove))


def designer(house: House) -> Litestar:
    """Agents below /api/v1/designer."""
    return app_of(house, "designer", "Agent designer", [AGENTS], prefix=PREFIX)
