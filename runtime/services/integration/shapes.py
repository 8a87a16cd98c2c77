"""The bodies and answers of the hub."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

AgentState = Literal["healthy", "degraded", "unhealthy"]
Platform = Literal["backend", "frontend", "roblox", "database"]
Record = dict[str, Any]

WHOLE = r"^[^\u0000]*$"
"""No text that is kept holds a NUL: PostgreSQL knows none."""

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=WHOLE)]
Text = Annotated[str, Meta(max_length=4000, pattern=WHOLE)]
Short = Annotated[str, Meta(max_length=200, pattern=WHOLE)]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a request says."""


class AgentHealth(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an agent is; `detail` says what is wrong and what cures it."""

    status: AgentState
    detail: str = ""
    response_time_ms: float | None = None


class StatusAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the platforms are connected, at the moment of asking or up to a second before."""

    initialized: bool
    timestamp: datetime
    agents: dict[str, AgentHealth]
    overall_health: AgentState
    detail: str = ""


class HealthCheck(Body, frozen=True):
    """basic: what is known; deep: the outside is asked. No `agents` means all."""

    level: Literal["basic", "deep"] = "basic"
    agents: Annotated[list[Name], Meta(max_length=50)] = []


class HealthAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How the agents that were asked for are."""

    level: Literal["basic", "deep"]
    timestamp: datetime
    agents: dict[str, AgentHealth]
    overall_health: AgentState


class AgentTold(msgspec.Struct, frozen=True, kw_only=True):
    """An agent in a list: what it can do, and what its calls came to. Durations in seconds."""

    name: str
    title: str
    status: AgentState
    detail: str
    capabilities: list[str]
    instances: int
    in_flight: int
    calls: int
    failures: int
    restarts: int
    p50: float | None
    p95: float | None


class AgentsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some agents by name; `next_cursor` asks for those after them."""

    agents: list[AgentTold]
    next_cursor: str | None


class AgentFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent's calls came to since it was made. Durations in seconds."""

    status: AgentState
    calls: int
    failures: int
    in_flight: int
    restarts: int
    p50: float | None
    p95: float | None


class MetricsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured of the hub: agents, the breakers before what they ask, and workflows."""

    timestamp: datetime
    agents: dict[str, AgentFigures]
    breakers: dict[str, str]
    workflows: dict[str, int]


class WorkflowCreate(Body, frozen=True):
    """A workflow to begin: `name` is that of a template, or of a stored flow."""

    name: Name
    description: Text = ""
    parameters: Record = {}


class StepTold(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a workflow; `note` is what it says of itself, or why it failed."""

    step: str
    title: str
    status: str
    began_at: datetime | None
    ended_at: datetime | None
    note: str


class WorkflowTold(msgspec.Struct, frozen=True, kw_only=True):
    """How far a workflow is: `progress` from 0 to 1."""

    workflow_id: str
    name: str
    description: str
    parameters: Record
    status: str
    progress: float
    current_step: str
    steps: list[StepTold]
    result: Record
    error: str
    cure: str
    undone: bool
    created_at: datetime
    began_at: datetime | None
    ended_at: datetime | None


class WorkflowRow(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow in a list."""

    workflow_id: str
    name: str
    description: str
    status: str
    created_at: datetime


class WorkflowsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some workflows, newest first; `next_cursor` asks for those before them."""

    workflows: list[WorkflowRow]
    next_cursor: str | None


class WorkflowCancel(Body, frozen=True):
    """Why a workflow is to end; with `force` it ends at once, and nothing is undone any more."""

    reason: Text = ""
    force: bool = False


class TemplateCreate(Body, frozen=True):
    """A flow, as its file says it, that workflows can be made from by that name."""

    name: Name
    flow: Record
    description: Text = ""


class TemplateTold(msgspec.Struct, frozen=True, kw_only=True):
    """Something workflows are made from; `parameters` is the JSON Schema of what they take."""

    name: str
    title: str
    description: str
    steps: list[str]
    parameters: Record
    own: bool


class TemplatesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some templates by name; `next_cursor` asks for those after them."""

    templates: list[TemplateTold]
    next_cursor: str | None


class SchemaRegister(Body, frozen=True):
    """A new version of a schema: "" as the version for the next one."""

    schema_name: Name
    definition: Any
    schema_type: Literal["json_schema", "avro", "protobuf"] = "json_schema"
    platform: Literal["backend", "frontend", "roblox"] = "backend"
    version: Short = ""
    compatibility: Short = ""


class SchemaAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of registering: `registered` is false for one that was known already."""

    schema_name: str
    schema_type: str
    platform: str
    version: str
    registered: bool
    compatibility: str
    digest: str


class SyncTrigger(Body, frozen=True):
    """Data to be taken from one platform to another.

    `subject` says what the data is of, such as `user:123`; it is found in the data when left
    out. With a `schema_name` the data is checked and rewritten as the target platform has it.
    """

    source_platform: Platform
    target_platform: Platform
    data: Record
    subject: Short = ""
    schema_name: Short = ""
    schema_version: Short = ""


class Delivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of data or an event at one agent."""

    agent: str
    capability: str
    status: Literal["delivered", "failed"]
    result: Any = None
    detail: str = ""


class SyncAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where data went: "partial" when some of those it was for couldn't take it."""

    sync_id: str
    status: Literal["delivered", "partial"]
    source_platform: Platform
    target_platform: Platform
    subject: str
    data: Record
    deliveries: list[Delivery]
    timestamp: datetime


class EventBroadcast(Body, frozen=True):
    """An event for everybody on a channel, or on several."""

    event: Name
    channel: Short = ""
    channels: Annotated[list[Name], Meta(max_length=100)] = []
    data: Any = None


class BroadcastAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """That an event was taken, to reach everybody on its channels."""

    event_id: str
    event: str
    channels: list[str]
    result: Any
    timestamp: datetime


class Cleanup(Body, frozen=True):
    """What is over and older than so many days goes; `caches` of agents are emptied, too."""

    older_than_days: Annotated[float, Meta(ge=0, le=100_000)] = 30.0
    caches: bool = True


class CleanupAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How much went."""

    runs: int
    workflows: int
    idempotency_keys: int
    caches: dict[str, int]
    timestamp: datetime


def now() -> datetime:
    """The time of an answer."""
    return datetime.now(UTC)


def when(seconds: float | None) -> datetime | None:
    """Seconds since the epoch as a time."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def plain(value: Any) -> Any:
    """A struct as records and lists."""
    return msgspec.to_builtins(value)


def record(value: Mapping[str, Any]) -> Record:
    """A record that JSON has words for."""
    made: Record = msgspec.json.decode(msgspec.json.encode(value, enc_hook=repr))
    return made
