"""Every block at hand: Heddle's own, installed packs, and a folder of files."""

import contextlib
import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from msgspec.structs import replace

from graph.catalog import Catalog, blocks_in
from graph.connections import Connection, ConnectionKind
from graph.errors import Problem
from graph.spec import BlockSpec
from runtime.failures import failure_of

GROUP = "heddle.blocks"
"""The entry points under which a distribution names its modules of blocks."""

Loader = Callable[[], ModuleType]

_PREFIX = "heddle_pack_"
"""What the modules made of files in a folder are called, before the name of the file."""

OWN = (
    "graph.blocks.flow",
    "graph.blocks.logic",
    "graph.blocks.text",
    "graph.blocks.formats",
    "graph.blocks.records",
    "graph.blocks.lists",
    "graph.blocks.tables",
    "graph.blocks.times",
    "graph.blocks.validation",
    "agents.http.blocks",
    "agents.files.blocks",
    "agents.database.blocks",
    "agents.code.blocks",
    "agents.approval.blocks",
    "agents.mcp.blocks",
    "agents.llm.agent_blocks",
    "agents.llm.blocks",
    "agents.llm.record_blocks",
    "agents.llm.text_blocks",
    "agents.defined.blocks",
    "agents.swarm.api_gateway.blocks",
    "agents.swarm.coordinator.blocks",
    "agents.swarm.realtime_update.blocks",
    "agents.swarm.database_sync.blocks",
    "agents.swarm.schema_validator.blocks",
    "agents.swarm.ui_sync.blocks",
    "agents.swarm.studio_bridge.blocks",
    "agents.swarm.studio_bridge.cloud_blocks",
    "agents.swarm.studio_bridge.folder.blocks",
)


OFFERING = ("agents.mcp.palette",)
"""Modules with `specs_in`, which makes blocks of what other programs offer."""

OWN_CONNECTIONS = (
    "agents.http.connections",
    "agents.database.connections",
    "agents.llm.connections",
    "agents.mcp.connections",
    "agents.swarm.realtime_update.connections",
    "agents.swarm.studio_bridge.connections",
)
"""Modules with `CONNECTIONS`, the kinds they know, and `try_out`, which asks the other side.

Where the other side serves models, `models_of` asks it which.
One with a `Keeping` tries them out so that what is found is kept in its agent's folder.
"""

TryOut = Callable[[Connection], Awaitable[str]]
"""Asks the other side of a connection; gives what it found, or raises AgentError."""

ModelsOf = Callable[[Connection], Awaitable[Sequence[str]]]
"""Asks the other side of a connection which models it serves, or raises AgentError."""


class Connectable(NamedTuple):
    """A kind of connection, and how one is tried out, None when that can't be.

    `forget` is told the name of a connection that is gone, or does something else by now.
    `models_of` is there for kinds that lead to models.
    """

    kind: ConnectionKind
    try_out: TryOut | None = None
    forget: Callable[[str], object] | None = None
    models_of: ModelsOf | None = None


class Installed(NamedTuple):
    """The blocks that could be loaded, and a problem for every pack or block that couldn't.

    `connectable` are the kinds of connections that come with them.
    """

    catalog: Catalog
    problems: tuple[Problem, ...]
    connectable: tuple[Connectable, ...] = ()


def installed(folder: Path | None = None, agents: Path | None = None) -> Installed:
    """Heddle's own blocks and those of all packs; what is broken is reported and left out.

    `agents` is where agents keep what other programs offer, whose blocks are there as well.
    """
    own = Catalog.of(*(importlib.import_module(name) for name in OWN))
    found = packs(folder)
    specs, problems = list(own), list(found.problems)
    connectable = own_connectable(agents)
    taken = {one.kind.kind for one in connectable}
    connectable += [one for one in found.connectable if one.kind.kind not in taken]
    for spec in found.catalog:
        if spec.kind in own:
            problems.append(_taken(spec, "Heddle"))
        else:
            specs.append(spec)
    return Installed(Catalog((*specs, *offered(agents))), tuple(problems), tuple(connectable))


def offered(agents: Path | None) -> Iterator[BlockSpec]:
    """The blocks of what other programs offer, as far as agents have kept it."""
    if agents is None:
        return
    for name in OFFERING:
        specs: Iterator[BlockSpec] = importlib.import_module(name).specs_in(_kept_by(name, agents))
        yield from specs


def offered_in(agents: Path) -> list[Path]:
    """The folders in which it shows that another program offers something else."""
    return [_kept_by(name, agents) for name in OFFERING]


class Offered:
    """A catalog that is renewed once what other programs offer has changed."""

    def __init__(self, catalog: Catalog, agents: Path) -> None:
        self._catalog = catalog
        self._agents = agents
        self._stamp = self._now()

    def catalog(self) -> Catalog:
        """All kinds of block there are now. Asked often, it is made anew only where it must be."""
        if (stamp := self._now()) != self._stamp:
            self._stamp = stamp
            own = [spec for spec in self._catalog if source_of(spec) not in OFFERING]
            self._catalog = Catalog((*own, *offered(self._agents)))
        return self._catalog

    def _now(self) -> tuple[tuple[str, int, int], ...]:
        """What differs as soon as an agent has kept something else."""
        return tuple(state for folder in offered_in(self._agents) for state in _states(folder))


def _kept_by(module: str, agents: Path) -> Path:
    """The folder of the agent that a module belongs to."""
    return agents / module.split(".")[1]


def _states(folder: Path) -> Iterator[tuple[str, int, int]]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            with contextlib.suppress(OSError):
                state = entry.stat()
                yield entry.path, state.st_mtime_ns, state.st_size


def own_connectable(agents: Path | None = None) -> list[Connectable]:
    """The kinds of connections that Heddle's own agents know.

    With a folder for `agents` to keep things in, trying one out may keep what it finds there.
    """
    modules = map(importlib.import_module, OWN_CONNECTIONS)
    return [one for module in modules for one in _connectable_in(module, agents)]


def _connectable_in(module: ModuleType, agents: Path | None = None) -> list[Connectable]:
    """The kinds of connections that a module defines."""
    kinds = getattr(module, "CONNECTIONS", ())
    if not isinstance(kinds, tuple | list):
        raise TypeError("CONNECTIONS must be a tuple of kinds of connections")
    if strange := next((kind for kind in kinds if not isinstance(kind, ConnectionKind)), None):
        raise TypeError(f"{strange!r} in CONNECTIONS is no kind of connection")
    if agents is not None and (keeping := getattr(module, "Keeping", None)) is not None:
        kept = keeping(_kept_by(module.__name__, agents))
        return [Connectable(kind, kept.try_out, kept.forget) for kind in kinds]
    try_out = getattr(module, "try_out", None)
    models_of = getattr(module, "models_of", None)
    return [Connectable(kind, try_out, models_of=models_of) for kind in kinds]


def packs(folder: Path | None = None) -> Installed:
    """The blocks of all packs: of installed distributions, and of the files in a folder."""
    specs: dict[str, BlockSpec] = {}
    problems: list[Problem] = []
    connectable: list[Connectable] = []
    for pack, load in _loaders(folder, problems):
        try:
            # What a pack prints while it is imported must not get between a command's answers.
            with contextlib.redirect_stdout(sys.stderr):
                module = load()
            found = list(blocks_in(module))
            known = _connectable_in(module)
        except (Exception, SystemExit) as error:  # noqa: BLE001  (imported code may do anything)
            problems.append(_broken(pack, error))
            continue
        connectable += known
        if not found and not known:
            problems.append(_empty(pack))
        for spec in found:
            if spec.kind in specs:
                problems.append(_taken(spec, source_of(specs[spec.kind])))
            elif spec.wants_context and not _is_async(spec.function):
                problems.append(_blocking(pack, spec))
            else:
                specs[spec.kind] = _bounded(spec)
    return Installed(Catalog(specs.values()), tuple(problems), tuple(connectable))


def source_of(spec: BlockSpec) -> str:
    """The module a block comes from, or the file if it is one of a folder of packs."""
    module: str = spec.function.__module__
    return f"{module.removeprefix(_PREFIX)}.py" if module.startswith(_PREFIX) else module


def _bounded(spec: BlockSpec) -> BlockSpec:
    """The same block, so that nothing it does lasts for ever.

    A plain function has a process of its own: nobody knows how long it takes. An async one is
    a pack's agent, which may take as long as the settings allow, unless its flow says otherwise.
    """
    if not _is_async(spec.function):
        return replace(spec, mode="process")
    return replace(spec, agent="pack") if spec.agent == "pure" else spec


def _is_async(function: Callable[..., object]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def _loaders(folder: Path | None, problems: list[Problem]) -> Iterator[tuple[str, Loader]]:
    """What loads each pack, by the pack's name."""
    try:
        points = list(entry_points(group=GROUP))
    except Exception as error:  # noqa: BLE001  (metadata of any distribution may be damaged)
        problems.append(_broken("installed packs", error))
        points = []
    for point in points:
        yield point.name, partial(_module_at, point)
    if folder is not None and folder.is_dir():
        for path in sorted(folder.glob("[!_.]*.py")):
            yield path.name, partial(_module_in, path)


def _module_at(point: EntryPoint) -> ModuleType:
    module = point.load()
    if not isinstance(module, ModuleType):
        raise TypeError(f"{point.value!r} is no module")
    return module


def _module_in(path: Path) -> ModuleType:
    name = _PREFIX + path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _broken(pack: str, error: BaseException) -> Problem:
    failure = failure_of(error, "")
    place = f" ({error.filename}, line {error.lineno})" if isinstance(error, SyntaxError) else ""
    return Problem(
        "broken-pack",
        f"The pack {pack!r} could not be loaded: {failure.message}{place}",
        "Mend or remove it; everything else works without it.",
        severity="warning",
    )


def _empty(pack: str) -> Problem:
    return Problem(
        "empty-pack",
        f"The pack {pack!r} defines no blocks.",
        "Name the module in which they are defined, or begin a file's name with _ to leave it out.",
        severity="warning",
    )


def _taken(spec: BlockSpec, owner: str) -> Problem:
    return Problem(
        "same-kind",
        f"The block {spec.kind!r} of {source_of(spec)} was left out: {owner} has one already.",
        "Give it a kind of its own.",
        severity="warning",
    )


def _blocking(pack: str, spec: BlockSpec) -> Problem:
    return Problem(
        "blocking-block",
        f"The block {spec.kind!r} of the pack {pack!r} was left out: "
        "it asks for its Context, but is a plain function.",
        "Make it `async def`: plain functions run in a process apart, where there is none.",
        severity="warning",
    )
