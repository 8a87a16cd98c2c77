"""A flow file of 5,000 blocks: loaded and checked by us, and merely parsed as JSON."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from msgspec.structs import replace

import graph.blocks.flow
import graph.blocks.logic
import graph.blocks.text
from graph.catalog import Catalog
from graph.compile import check, compile_flow
from graph.flow import Block, Flow, View
from runtime.flow_files import NOTHING, load, save
from tests.benchmarks.lane import DoLap, Lap

BLOCKS = 5_000
CATALOG = Catalog.of(graph.blocks.flow, graph.blocks.logic, graph.blocks.text)


def orders(n: int) -> Iterator[Block]:
    """An order takes one of two ways: five blocks, with an expression and two templates."""
    yield Block(f"amount_{n}", "flow.constant", {"value": n})
    yield Block(f"large_{n}", "logic.if", {"condition": {"$expr": "value >= 100"}})
    yield Block(f"accept_{n}", "text.template", {"text": "{amount} is accepted."})
    yield Block(f"approve_{n}", "text.template", {"text": "{amount} needs approval."})
    yield Block(f"either_{n}", "logic.merge_any")


def wires(n: int) -> Iterator[tuple[str, str]]:
    yield f"amount_{n}.value", f"large_{n}.value"
    yield f"large_{n}.then", f"approve_{n}.amount"
    yield f"large_{n}.otherwise", f"accept_{n}.amount"
    yield f"accept_{n}.value", f"either_{n}.accept"
    yield f"approve_{n}.value", f"either_{n}.approve"


def large_flow() -> Flow:
    """5,000 blocks with their positions."""
    blocks = [block for n in range(BLOCKS // 5) for block in orders(n)]
    positions = {block.id: (160.0 * (i % 5), 120.0 * (i // 5)) for i, block in enumerate(blocks)}
    links = [wire for n in range(BLOCKS // 5) for wire in wires(n)]
    return Flow.of(blocks, links, name="Orders", view=View(positions=positions))


class Saving:
    """Saves a flow again and again, each time with another description, since it must differ."""

    def __init__(self, path: Path, flow: Flow) -> None:
        self._path = path
        self._flow = flow
        self._versions = count()
        self._digest = NOTHING

    def __call__(self) -> None:
        changed = replace(self._flow, description=f"Version {next(self._versions)}")
        self._digest = save(self._path, changed, replacing=self._digest)


@asynccontextmanager
async def doing(what: str) -> AsyncIterator[DoLap]:
    """One of the things that are done with a flow file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "orders.flow.json"
        flow = large_flow()
        saving = Saving(path, flow)
        saving()
        todo: dict[str, Callable[[], Any]] = {
            "parse": lambda: json.loads(path.read_bytes()),
            "load": lambda: check(load(path, CATALOG).flow, CATALOG),
            "compile": lambda: compile_flow(flow, CATALOG),
            "save": saving,
        }
        act = todo[what]

        async def lap() -> Lap:
            begun = perf_counter()
            result = act()
            seconds = perf_counter() - begun
            assert what != "load" or result == [], result[:3]
            return Lap(seconds, BLOCKS)

        yield lap
