"""The workloads as flows of our own: blocks that do nothing, wired like the reference's graphs."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

from graph.block import block
from graph.catalog import Catalog
from graph.flow import Block, End, Flow, Link, Retry, Settings
from tests.benchmarks.workloads import PAYLOAD, WORKLOADS, Parents, Workload

RETRIED = Settings(retry=Retry())
"""Every block may be tried again, so that this costs what it costs."""

EFFECT_EVERY = 10
"""In a durable workload every tenth block has an effect, which the fence holds back."""


@block("bench.source", title="Source")
def source() -> dict[str, Any]:
    """Gives the record."""
    return PAYLOAD


@block("bench.step", title="Step")
def step(value: dict[str, Any]) -> dict[str, Any]:
    """Takes one value, gives the record."""
    return PAYLOAD


@block("bench.meet", title="Meet")
def meet(**inputs: Any) -> dict[str, Any]:
    """Takes any values, gives the record."""
    return PAYLOAD


@block("bench.effect", title="Effect", effect="write", repeatable=True)
async def effect(**inputs: Any) -> dict[str, Any]:
    """Takes any values; may not begin before all that it follows from is durable."""
    return PAYLOAD


@block("bench.pause", title="Pause")
async def pause() -> dict[str, Any]:
    """Waits as I/O does, gives the record."""
    await asyncio.sleep(WORKLOADS["io"].pause)
    return PAYLOAD


@block("bench.pausing_effect", title="Pausing effect", effect="write", repeatable=True)
async def pausing_effect() -> dict[str, Any]:
    """Waits as I/O does, and has an effect."""
    return await pause()


CATALOG = Catalog.of(sys.modules[__name__])


def flow_of(work: Workload, *, effects: bool = False) -> Flow:
    """A workload's graph as a flow. With `effects` every tenth block is an effect."""
    return flow_from(work.parents, pausing=work.pause > 0, effects=effects)


def flow_from(parents: Parents, *, pausing: bool = False, effects: bool = False) -> Flow:
    """A graph as a flow: block i is called `bI` and takes its parents' values."""
    kinds = [
        _kind(above, pausing=pausing, effect=effects and i % EFFECT_EVERY == 0)
        for i, above in enumerate(parents)
    ]
    blocks = [Block(f"b{i}", kind, settings=RETRIED) for i, kind in enumerate(kinds)]
    links = [link for i, above in enumerate(parents) for link in _links(i, above, kinds[i])]
    return Flow.of(blocks, links)


def _kind(parents: Sequence[int], *, pausing: bool, effect: bool) -> str:
    if pausing:
        return "bench.pausing_effect" if effect else "bench.pause"
    if effect:
        return "bench.effect"
    return ("bench.source", "bench.step")[len(parents)] if len(parents) < 2 else "bench.meet"


def _links(block: int, parents: Sequence[int], kind: str) -> list[Link]:
    names = ["value"] if kind == "bench.step" else [f"from_{parent}" for parent in parents]
    return [
        Link(End(f"b{parent}", "value"), End(f"b{block}", name))
        for parent, name in zip(parents, names, strict=True)
    ]
