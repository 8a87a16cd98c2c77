"""How a runtime is put together; the one place that knows every agent."""

import contextlib
import tempfile
from collections.abc import Awaitable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from agents.code.sandbox import Limits as CodeLimits
from agents.code.sandbox import Sandbox
from agents.contract import Grants
from agents.errors import AgentError
from agents.manager.manager import Manager
from agents.resilience.settings import GuardRules, guard_rules
from graph.connections import Connection
from graph.spec import BlockSpec
from runtime.connections.connections import Connections
from runtime.engine.surroundings import Limits
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
    "http": ("HTTP", "agents.http.agent:HttpAgent"),
    "files": ("Files", "agents.files.agent:FilesAgent"),
    "database": ("Databases", "agents.database.agent:DatabaseAgent"),
    "code": ("Python sandbox", "agents.code.sandbox:Sandbox"),
    "llm": ("Models", "agents.llm.agent:LlmAgent"),
    "mcp": ("MCP servers", "agents.mcp.agent:McpAgent"),
    "schema_validator": ("Schemas", "agents.swarm.schema_validator.agent:SchemaAgent"),
}
"""The agents that are listed before anybody needs them: by their kind, title and place."""

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
        redis_url: str = "",
        model: str = "",
    ) -> None:
        """`home` is where agents may keep things, a folder for passing things by default."""
        self.address = ""
        self._connections = connections or Connections(None)
        self._workers = Workers(packs, memory=memory)
        self.agents = Manager(
            (home or Path(tempfile.gettempdir()) / "heddle") / "agents",
            titles={kind: title for kind, (title, _) in AGENTS.items()},
            one_for_all={Sandbox: lambda: Sandbox(code)},
            rules=guards,
            redis_url=redis_url,
            model=model,
        )

    async def agent(self, kind: type[T], grants: Grants) -> T:
        return await self.agents.agent(kind, grants)

    async def wake(self, grants: Grants) -> None:
        """Start all agents there are, which nobody needs yet. One that can't says so itself."""
        for _, place in AGENTS.values():
            module, _, name = place.partition(":")
            with contextlib.suppress(AgentError):
                await self.agents.agent(getattr(import_module(module), name), grants)

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
) -> Runtime:
    """A runtime for `async with`, as the settings say. `place` overrides where runs are kept."""
    blocks = blocks or installed(settings.packs_folder, settings.agents_folder)
    where = place or settings.journal_place
    journal = journal_at(where, settings.durability)
    connections = connections_of(settings, blocks)
    world = world_of(settings, blocks, connections)
    return Runtime(
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
    )


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
        redis_url=settings.redis_url,
        model=settings.model,
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
