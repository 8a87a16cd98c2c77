"""What there is to know of the agents of a runtime, and what is told when one changes."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from agents.contract import Capability
from agents.resilience.status import BreakerChanged, GuardStatus

State = Literal["idle", "starting", "ok", "degraded", "down", "draining", "stopped"]
"""idle: nobody has needed it yet; stopped: it was drained, and waits to be started again."""


class AgentChanged(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """An agent is in another state now; `detail` says why, and what cures it."""

    agent: str
    state: State
    detail: str
    at: float


class PoolScaled(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """There are more or fewer instances of an agent now, for that reason."""

    agent: str
    before: int
    after: int
    reason: str
    at: float


Happening = AgentChanged | PoolScaled | BreakerChanged
"""These aren't events of a run: they are of the moment, and nobody keeps them for ever."""


def agent_of(happening: Happening) -> str:
    """The agent it happened to; guards are named `AGENT:SYSTEM`."""
    if isinstance(happening, BreakerChanged):
        return happening.guard.partition(":")[0]
    return happening.agent


class AgentStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an agent is. Times are seconds since the epoch, durations seconds.

    There is one instance of most agents for each set of grants that runs have; of those that do
    one thing at a time there are between `least` and `most`, and `queue` tasks wait for one.
    `recent` is how long its last calls took, the newest last. `capabilities` come without their
    schemas, and only once it has been started.
    """

    agent: str
    title: str
    state: State
    detail: str = ""
    since: float = 0.0
    capabilities: tuple[Capability, ...] = ()
    instances: int = 0
    least: int = 0
    most: int = 0
    in_flight: int = 0
    queue: int = 0
    calls: int = 0
    failures: int = 0
    restarts: int = 0
    p50: float | None = None
    p95: float | None = None
    recent: tuple[float, ...] = ()
    last_failure: str = ""
    guards: tuple[GuardStatus, ...] = ()
    happenings: tuple[Happening, ...] = ()


class AgentsStatus(msgspec.Struct, frozen=True):
    """All agents at a moment, in the order they are listed in."""

    at: float
    agents: tuple[AgentStatus, ...]


WORST: Sequence[State] = ("down", "degraded", "draining", "starting", "ok", "stopped", "idle")
"""Of several instances, the state that comes first here is what is said of their agent."""


def quantile(durations: Sequence[float], share: float) -> float | None:
    """The duration that this share of them keeps, None of none."""
    if not durations:
        return None
    return sorted(durations)[min(len(durations) - 1, int(share * len(durations)))]
