"""The hub's metrics as Prometheus reads them (text format 0.0.4)."""

from collections.abc import Iterator, Mapping

from runtime.services.integration.shapes import AgentState, MetricsAnswer

PROMETHEUS = "text/plain; version=0.0.4"

_HEALTH: Mapping[AgentState, float] = {"healthy": 1.0, "degraded": 0.5, "unhealthy": 0.0}
_BREAKER: Mapping[str, float] = {"closed": 0.0, "half_open": 0.5, "open": 1.0}

_FIGURES = (
    ("calls_total", "counter", "Calls since the agent was made.", "calls"),
    ("failures_total", "counter", "Calls that failed.", "failures"),
    ("in_flight", "gauge", "Calls under way.", "in_flight"),
    ("restarts_total", "counter", "Times the agent was made anew.", "restarts"),
)  # fmt: skip


def exposition(metrics: MetricsAnswer) -> str:
    """All of it, a line for each value."""
    return "\n".join(_lines(metrics)) + "\n"


def _lines(metrics: MetricsAnswer) -> Iterator[str]:
    agents = metrics.agents
    health = {name: _HEALTH[figures.status] for name, figures in agents.items()}
    yield from _family(
        "agent_health", "gauge", "1 healthy, 0.5 degraded, 0 unhealthy.", "agent", health
    )
    for name, kind, said, field in _FIGURES:
        values = {agent: float(getattr(figures, field)) for agent, figures in agents.items()}
        yield from _family(f"agent_{name}", kind, said, "agent", values)
    yield from _durations(metrics)
    states = {name: _BREAKER.get(state, 1.0) for name, state in metrics.breakers.items()}
    yield from _family("breaker_open", "gauge", "1 open, 0.5 trying, 0 closed.", "system", states)
    counts = {state: float(count) for state, count in metrics.workflows.items()}
    yield from _family("workflows", "gauge", "Workflows by how they stand.", "status", counts)


def _durations(metrics: MetricsAnswer) -> Iterator[str]:
    name = "heddle_integration_agent_call_seconds"
    yield f"# HELP {name} How long recent calls took."
    yield f"# TYPE {name} gauge"
    for agent, figures in metrics.agents.items():
        for quantile, value in (("0.5", figures.p50), ("0.95", figures.p95)):
            if value is not None:
                yield f'{name}{{agent="{_escaped(agent)}",quantile="{quantile}"}} {value!r}'


def _family(
    name: str, kind: str, said: str, label: str, values: Mapping[str, float]
) -> Iterator[str]:
    yield f"# HELP heddle_integration_{name} {said}"
    yield f"# TYPE heddle_integration_{name} {kind}"
    for key, value in values.items():
        yield f'heddle_integration_{name}{{{label}="{_escaped(key)}"}} {value!r}'


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
