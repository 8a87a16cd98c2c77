"""How a runtime is put together; the one place that knows every agent."""

import contextlib
import tempfile
from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec.structs import replace

from agents.code.sandbox import Limits as CodeLimits
from agents.code.sandbox import Sandbox
from agents.contract import Flows, Grants, Means, NoFlows, Outside
from agents.errors import AgentError, Unavailable
from agents.manager.known import Known
from agents.manager.manager import Manager
from agents.resilience.settings import GuardRules, guard_rules
from agents.worker import Worker
from graph.connections import Connection
from graph.spec import BlockSpec
from runtime.connections.connections import Connections
from runtime.engine.surroundings import Limits
from runtime.flow_calls import FlowCalls
from runtime.journal.contract import Durability
from runtime.journal.places import journal_at
from runtime.metrics.places import metrics_beside
from runtime.plugins import Installed, Offered, installed
from runtime.runtime import LEASE, Runtime
from runtime.settings import Settings
from runtime.workers import MEMORY, Workers

T = TypeVar("T")

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
"""Templates, samples and schemas that come with Heddle."""


AGENTS = {
    "http": Known("HTTP", "agents.http.agent:HttpAgent"),
    "files": Known("Files", "agents.files.agent:FilesAgent"),
    "database": Known("Databases", "agents.database.agent:DatabaseAgent"),
    "code": Known("Python sandbox", "agents.code.sandbox:Sandbox"),
    "llm": Known("Models", "agents.llm.agent:LlmAgent"),
    "mcp": Known("MCP servers", "agents.mcp.agent:McpAgent"),
    "defined_agents": Known("Defined agents", "agents.defined.agent:DefinedAgents"),
}
"""The agents that are listed before anybody needs them."""

INTEGRATION_AGENTS = {
    "api_gateway": Known(
        "API gateway", "agents.swarm.api_gateway.agent:GatewayAgent", ("/gateway/",), True, True
    ),
    "coordinator": Known("Workflows", "agents.swarm.coordinator.agent:CoordinatorAgent"),
    "database_sync": Known("Database sync", "agents.swarm.database_sync.agent:SyncAgent"),
    "realtime_update": Known(
        "Realtime",
        "agents.swarm.realtime_update.agent:RealtimeAgent",
        paths=("/app/", "/apps/"),
        is_open=True,
        closed=("/pusher/",),
    ),
    "schema_validator": Known("Schemas", "agents.swarm.schema_validator.agent:SchemaAgent"),
    "ui_sync": Known("UI sync", "agents.swarm.ui_sync.agent:UiSyncAgent", ("/ui/",)),
    "studio_bridge": Known(
        "Roblox Studio",
        "agents.swarm.studio_bridge.agent:StudioAgent",
        paths=("/roblox/",),
        is_open=True,
    ),
    "roblox_folder": Known("Roblox folder", "agents.swarm.studio_bridge.folder.agent:FolderAgent"),
}
"""The same for those that connect platforms, which one can do without."""

NOTHING = Grants(folder="/", hosts=(), databases=())
"""What the sandbox is granted, which is the same for every flow."""


class World:
    """The agents, the sandbox and the worker processes of one runtime, each begun when needed."""

    def __init__(
        self,
        packs: Path | None,
        *,
        code: CodeLimits | None = None,
        memory: int = MEMORY,
        connections: Connections | None = None,
        home: Path | None = None,
        guards: GuardRules | None = None,
        model: str = "",
        outside: Outside | None = None,
        integrates: bool = True,
        durability: Durability = "normal",
    ) -> None:
        """`home` is where agents may keep things, a folder for passing things by default.

        `integrates` says whether there are agents that connect platforms.
        """
        self.address = ""
        self.flows: Flows = NoFlows()
        self._model = model
        self._outside = outside or Outside()
        self._integrates = integrates
        self._durability = durability
        self.known = AGENTS | INTEGRATION_AGENTS if integrates else AGENTS
        self._connections = connections or Connections(None)
        self._workers = Workers(packs, memory=memory)
        self.agents = Manager(
            (home or Path(tempfile.gettempdir()) / "heddle") / "agents",
            known=self.known,
            lend=self._lent,
            one_for_all={Sandbox: lambda: Sandbox(code)},
            rules=guards,
            redis_url=self._outside.redis_url,
        )

    def _lent(self, means: Means) -> Means:
        """What an agent is given to work with, and what the house has beside it."""
        return replace(
            means,
            model=self._model,
            outside=self._outside,
            flows=self.flows,
            evaluate=self.evaluate,
            resources=str(RESOURCES),
            durability=self._durability,
        )

    async def agent(self, kind: type[T], grants: Grants) -> T:
        name = getattr(kind, "kind", "")
        if name in INTEGRATION_AGENTS and not self._integrates:
            raise Unavailable(
                f"This runtime does without {INTEGRATION_AGENTS[name].title!r}.",
                cure="It was started with SKIP_INTEGRATION_AGENTS; start it without.",
            )
        agent = await self.agents.agent(kind, grants)
        if isinstance(agent, Worker):
            agent.admit(grants)
        return agent

    async def wake(self, grants: Grants) -> None:
        """Start all agents there are, which nobody needs yet. One that can't says so itself."""
        for known in self.known.values():
            with contextlib.suppress(AgentError):
                await self.agents.agent(known.kind(), grants)

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        return await (await self._sandbox()).evaluate(expression, names)

    async def evaluate_each(
        self, expression: str, items: Sequence[Any], *, name: str, names: Mapping[str, Any]
    ) -> list[Any]:
        return await (await self._sandbox()).each(expression, items, name=name, names=names)

    async def apart(
        self, spec: BlockSpec, arguments: Mapping[str, Any], within: float | None
    ) -> Any:
        return await self._workers.call(spec, arguments, within)

    def secret(self, name: str) -> str:
        return self._connections.secret(name)

    def connection(self, name: str) -> Connection:
        return self._connections.connection(name)

    def connections(self, *kinds: str) -> tuple[str, ...]:
        return self._connections.names(*kinds)

    def _sandbox(self) -> Awaitable[Sandbox]:
        return self.agents.agent(Sandbox, NOTHING)

    async def close(self) -> None:
        await self.agents.close()
        await self._workers.close()


def compose(
    settings: Settings,
    grants: Grants,
    *,
    blocks: Installed | None = None,
    place: str = "",
    lease: float = LEASE,
    connections: Connections | None = None,
    is_discreet: bool = False,
) -> Runtime:
    """A runtime for `async with`, as the settings say. `place` overrides where runs are kept,
    `connections` those of the home. A discreet one tells nobody on which machine runs are driven.
    """
    blocks = blocks or installed(settings.packs_folder, settings.agents_folder)
    where = place or settings.journal_place
    journal = journal_at(where, settings.durability)
    connections = connections or connections_of(settings, blocks)
    world = world_of(settings, blocks, connections)
    runtime = Runtime(
        blocks.catalog,
        journal,
        world,
        grants=grants,
        limits=Limits(parallel=settings.parallel, seconds=settings.time_limit),
        lease=lease,
        metrics=metrics_beside(journal, where),
        agents=world.agents,
        connections=connections,
        offered=Offered(blocks.catalog, settings.agents_folder).catalog,
        is_discreet=is_discreet,
    )
    world.flows = FlowCalls(runtime)
    return runtime


def connections_of(settings: Settings, blocks: Installed) -> Connections:
    """The connections and secrets of the home that the settings name."""
    prefer = None if settings.secrets_in == "auto" else settings.secrets_in
    return Connections(settings.folder, blocks.connectable, prefer=prefer, model=settings.model)


def world_of(
    settings: Settings, blocks: Installed, connections: Connections | None = None
) -> World:
    """The agents, sandbox and processes of one runtime, bounded as the settings say.

    Raises BadGuards for a file of guards that says what can't be.
    """
    return World(
        settings.packs_folder,
        code=CodeLimits(
            seconds=settings.code_seconds, memory_bytes=int(settings.code_megabytes * 1e6)
        ),
        memory=int(settings.process_megabytes * 2**20),
        home=settings.folder,
        guards=guard_rules(settings.guards_file),
        model=settings.model,
        outside=Outside(
            database_url=settings.database_url,
            redis_url=settings.redis_url,
            pusher_app_id=settings.pusher_app_id,
            pusher_key=settings.pusher_key,
            pusher_secret=settings.pusher_secret,
            pusher_cluster=settings.pusher_cluster,
            pusher_encryption_master_key_base64=settings.pusher_encryption_master_key_base64,
        ),
        integrates=not settings.skip_integration_agents,
        durability=settings.durability,
        connections=connections or connections_of(settings, blocks),
    )


def granted(
    folder: Path,
    *,
    reads: Sequence[str] = (),
    writes: Sequence[str] = (),
    hosts: Sequence[str] | None = None,
    databases: Sequence[str] | None = None,
) -> Grants:
    """What a flow may touch when it runs in `folder`: that folder, and what is added here.

    Who names hosts means them for connections, too.
    """
    home = str(folder.resolve())
    return Grants(
        folder=home,
        resources=str(RESOURCES),
        reads=(home, *(str(Path(path).resolve()) for path in reads)),
        writes=(home, *(str(Path(path).resolve()) for path in writes)),
        hosts=("*",) if hosts is None else tuple(hosts),
        databases=("*",) if databases is None else tuple(databases),
        confines_connections=hosts is not None,
    )
