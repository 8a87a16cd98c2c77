"""How the platforms are connected: status, agents, metrics, health."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import JSONBody

from agents.errors import AgentError
from agents.manager.manager import NoSuchAgent
from agents.manager.status import AgentStatus
from graph.values import did_you_mean
from runtime.services.integration.exposition import PROMETHEUS, exposition
from runtime.services.integration.hub import LARGEST, Desk, Hub
from runtime.services.integration.pages import Cursor, Limit, linked, page_of
from runtime.services.integration.pulse import COORDINATOR, SWARM, health_of, overall
from runtime.services.integration.reach import Lost, reached
from runtime.services.integration.shapes import (
    AgentFigures,
    AgentHealth,
    AgentsPage,
    AgentTold,
    HealthAnswer,
    HealthCheck,
    MetricsAnswer,
    StatusAnswer,
    now,
)
from runtime.services.roles import ByRole

SKIPPED = (
    "There are no agents here that connect platforms: the server was started with "
    "SKIP_INTEGRATION_AGENTS. Start it without."
)


@get("/status", operation_id="integration_status")
async def status(hub: Desk) -> StatusAnswer:
    """Whether the platforms are connected, and how each of their agents is.

    Each agent asks its outside, for a second at the most; an answer holds for a second.
    """
    if not hub.pulse.names:
        return StatusAnswer(
            initialized=False,
            timestamp=now(),
            agents={},
            overall_health="unhealthy",
            detail=SKIPPED,
        )
    lost = await hub.reach.lost()
    healths = reached(await hub.pulse.deep(), lost)
    told = {name: _brief(health) for name, health in healths.items() if name in SWARM}
    return StatusAnswer(
        initialized=True,
        timestamp=now(),
        agents=told,
        overall_health=overall(healths, lost),
        detail=" ".join([*_ailing(healths, COORDINATOR), *_missing(lost)]),
    )


@get("/agents", operation_id="integration_agents")
async def agents(
    request: Request[Any, Any, Any], hub: Desk, limit: Limit = 50, cursor: Cursor = ""
) -> Response[AgentsPage]:
    """The agents that connect platforms: what they can do, and what their calls came to."""
    told = sorted(_statuses(hub).values(), key=lambda one: one.agent)
    page = page_of(told, lambda one: one.agent, limit, cursor)
    made = AgentsPage(agents=[_told(hub, one) for one in page.items], next_cursor=page.next)
    return linked(request, made, limit, page.next)


@get("/metrics", operation_id="integration_metrics")
async def metrics(request: Request[Any, Any, Any], hub: Desk) -> Response[MetricsAnswer]:
    """What is measured, as JSON; as Prometheus reads it where text/plain is accepted first."""
    measured = await _measured(hub)
    if request.headers.get("accept", "").startswith("text/plain"):
        return Response(exposition(measured), media_type=PROMETHEUS)  # type: ignore[arg-type]
    return Response(measured)


@get(
    "/metrics/prometheus",
    operation_id="integration_metrics_prometheus",
    media_type=PROMETHEUS,
)
async def prometheus(hub: Desk) -> str:
    """What is measured, as Prometheus reads it."""
    return exposition(await _measured(hub))


async def _measured(hub: Hub) -> MetricsAnswer:
    statuses = _statuses(hub)
    return MetricsAnswer(
        timestamp=now(),
        agents={name: _figures(one) for name, one in statuses.items()},
        breakers={guard.guard: guard.state for one in statuses.values() for guard in one.guards},
        workflows=await _workflows(hub),
    )


async def _workflows(hub: Hub) -> dict[str, int]:
    """How many workflows stand how; none while that can't be asked: all else is told still."""
    try:
        counts: dict[str, int] = await hub.coordinate("counts")
    except AgentError:
        return {}
    return counts


@post(
    "/health/check",
    status_code=200,
    operation_id="check_health",
    request_max_body_size=LARGEST,
)
async def check(hub: Desk, data: JSONBody[HealthCheck]) -> HealthAnswer:
    """Ask agents how they are: by what is known, or by asking their outside."""
    names = data.agents or hub.pulse.names
    for name in names:
        if name not in hub.pulse.names:
            cure = did_you_mean(name, hub.pulse.names)
            raise NoSuchAgent(f"There is no agent {name!r} here.", cure=cure)
    names = list(dict.fromkeys(names))
    deep = data.level == "deep"
    lost = await hub.reach.lost()
    found = reached(await hub.pulse.asked(names) if deep else hub.pulse.basic(names), lost)
    return HealthAnswer(
        level=data.level, timestamp=now(), agents=found, overall_health=overall(found)
    )


def _brief(health: AgentHealth) -> AgentHealth:
    return AgentHealth(health.status, health.detail)


def _ailing(healths: Mapping[str, AgentHealth], name: str) -> list[str]:
    health = healths.get(name)
    return [] if health is None or health.status == "healthy" else [f"{name}: {health.detail}"]


def _missing(lost: Lost) -> list[str]:
    return [f"{service}: {detail}" for service, detail in lost.items()]


def _statuses(hub: Hub) -> dict[str, AgentStatus]:
    told = {one.agent: one for one in hub.runtime.agents.status().agents}
    return {name: told[name] for name in hub.pulse.names}


def _told(hub: Hub, one: AgentStatus) -> AgentTold:
    health = health_of(one)
    return AgentTold(
        name=one.agent,
        title=one.title,
        status=health.status,
        detail=health.detail,
        capabilities=[capability.name for capability in one.capabilities],
        instances=one.instances,
        in_flight=one.in_flight,
        calls=one.calls,
        failures=one.failures,
        restarts=one.restarts,
        p50=one.p50,
        p95=one.p95,
    )


def _figures(one: AgentStatus) -> AgentFigures:
    return AgentFigures(
        status=health_of(one).status,
        calls=one.calls,
        failures=one.failures,
        in_flight=one.in_flight,
        restarts=one.restarts,
        p50=one.p50,
        p95=one.p95,
    )


OVERVIEW = ByRole(viewer=(status, agents, metrics, prometheus, check))
