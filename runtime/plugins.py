"""Every block at hand: Heddle's own, installed packs, and a folder of files."""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from msgspec.structs import replace

from graph.catalog import Catalog, blocks_in
from graph.errors import Problem
from graph.spec import BlockSpec

GROUP = "heddle.blocks"
"""The entry points under which a distribution names its modules of blocks."""

Loader = Callable[[], list[ModuleType]]

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
)


class Installed(NamedTuple):
    """The blocks that could be loaded, and a problem for every pack that couldn't."""

    catalog: Catalog
    problems: tuple[Problem, ...]


def installed(folder: Path | None = None) -> Installed:
    """Heddle's own blocks and those of all packs; a broken pack is reported and left out."""
    own = Catalog.of(*(importlib.import_module(name) for name in OWN))
    specs, problems = list(own), list[Problem]()
    taken = {spec.kind: "Heddle" for spec in own}
    for name, load in (*_entry_points(), *_files(folder)):
        try:
            found = [_apart(spec) for module in load() for spec in blocks_in(module)]
        except Exception as error:  # noqa: BLE001  (a pack may raise anything when imported)
            problems.append(_broken(name, error))
            continue
        for spec in found:
            if spec.kind in taken:
                problems.append(_taken(name, spec.kind, taken[spec.kind]))
            else:
                taken[spec.kind] = name
                specs.append(spec)
    return Installed(Catalog(specs), tuple(problems))


def _apart(spec: BlockSpec) -> BlockSpec:
    """A pack's plain function runs in a process of its own: nobody knows how long it takes."""
    plain = spec.mode == "inline" and not spec.wants_context
    return replace(spec, mode="process") if plain else spec


def _entry_points() -> Iterator[tuple[str, Loader]]:
    for point in entry_points(group=GROUP):
        yield point.name, partial(_point, point)


def _files(folder: Path | None) -> Iterator[tuple[str, Loader]]:
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.glob("*.py")):
        yield path.name, partial(_file, path)


def _point(point: EntryPoint) -> list[ModuleType]:
    return [point.load()]


def _file(path: Path) -> list[ModuleType]:
    return [_module(path)]


def _module(path: Path) -> ModuleType:
    name = f"heddle_pack_{path.stem}"
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


def _broken(pack: str, error: Exception) -> Problem:
    reason = f"{type(error).__name__}: {error}"
    return Problem(
        "broken-pack",
        f"The pack {pack!r} could not be loaded: {reason}",
        "Mend or remove it; everything else works without it.",
        severity="warning",
    )


def _taken(pack: str, kind: str, owner: str) -> Problem:
    return Problem(
        "same-kind",
        f"The pack {pack!r} has a block {kind!r}, which comes from {owner} already.",
        "Give it a kind of its own; it was left out.",
        severity="warning",
    )
