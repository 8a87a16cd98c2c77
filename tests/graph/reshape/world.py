"""Flows that can be run, drawn at random, and what they give when they are."""

import asyncio
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

import graph.blocks.flow
import graph.blocks.lists
import graph.blocks.logic
import graph.blocks.text
from graph.block import block, spec_of
from graph.catalog import Catalog
from graph.edits import Edit, apply, inverse
from graph.file_format import write
from graph.flow import Block, End, Flow, Frame, Link, View
from runtime.events import RunSucceeded
from tests.runtime.engine.world import CATALOG as ENGINE
from tests.runtime.engine.world import Studio


@block("n.sum", title="Sum")
def total(a: float, b: float = 1) -> float:
    """A number of two numbers."""
    return a * 3 + b


@block("n.note", title="Note it down")
def noted(number: float, label: str = "") -> str:
    """A text of a number."""
    return f"{label}{number}"


CATALOG = ENGINE.joined(
    [
        *Catalog.of(graph.blocks.text, graph.blocks.lists),
        spec_of(total),
        spec_of(noted),
    ]
)


def outputs(flow: Flow, inputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the flow gives, run by the real engine on a journal in memory."""

    async def run() -> dict[str, Any]:
        end = await Studio(catalog=CATALOG).run(flow, inputs)
        assert isinstance(end, RunSucceeded), end
        return end.outputs

    return asyncio.run(run())


def changed(flow: Flow, edit: Edit) -> Flow:
    """The flow with the edit, which undo takes back without a trace."""
    after = apply(flow, edit)
    assert write(apply(after, inverse(flow, edit))) == write(flow)
    return after


places = st.tuples(st.integers(-400, 400).map(float), st.integers(-400, 400).map(float))


@st.composite
def runnable(draw: st.DrawFn, most: int = 8) -> Flow:
    """A flow of numbers: two inputs, blocks that reckon, each from earlier ones, two outputs."""
    numbers = [End("x", "value"), End("y", "value")]
    blocks = [
        Block("x", "flow.input", {"name": "x", "type": "number"}),
        Block("y", "flow.input", {"name": "y", "default": 2}),
    ]
    links = list[Link]()
    for i in range(draw(st.integers(1, most))):
        id = f"s{i}"
        links.append(Link(draw(st.sampled_from(numbers)), End(id, "a")))
        if draw(st.booleans()):
            links.append(Link(draw(st.sampled_from(numbers)), End(id, "b")))
        blocks.append(
            Block(id, "n.sum", {"b": draw(st.integers(0, 5))} if draw(st.booleans()) else {})
        )
        numbers.append(End(id, "value"))
    for name in ("one", "two"):
        blocks.append(Block(f"out_{name}", "flow.output", {"name": name}))
        convert = draw(st.sampled_from(["", "", "text"]))
        links.append(Link(draw(st.sampled_from(numbers)), End(f"out_{name}", "value"), convert))
    ids = [b.id for b in blocks]
    targets = st.sampled_from([str(link.target) for link in links])
    view = View(
        positions=draw(st.dictionaries(st.sampled_from(ids), places)),
        colours=draw(st.dictionaries(st.sampled_from(ids), st.just("#fff"), max_size=2)),
        frames=draw(st.dictionaries(st.just("f"), st.just(Frame("F", -100, -100, 300, 300)))),
        routes=draw(st.dictionaries(targets, places.map(lambda place: (place,)), max_size=2)),
        exposed=draw(st.dictionaries(st.sampled_from(ids), st.just(("b",)), max_size=2)),
        bookmarks={"home": (0.0, 0.0, 1.0)},
    )
    return Flow.of(blocks, links, view=view)


@st.composite
def runnable_with_some(draw: st.DrawFn) -> tuple[Flow, set[str]]:
    """A flow and some of its blocks."""
    flow = draw(runnable())
    return flow, draw(st.sets(st.sampled_from(sorted(flow.blocks)), min_size=1))
