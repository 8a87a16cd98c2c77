"""What of a recorded run no longer fits a flow that was changed since."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from graph.compile import compile_flow
from graph.flow import Block, Flow
from runtime.misfits import Misfit, misfits
from tests.runtime.engine.test_replay import numbers
from tests.runtime.engine.world import CATALOG, Studio, studio

__all__ = ["studio"]

FLOW = Flow.of(
    [
        Block("n", "flow.input", {"name": "n"}),
        Block("seen", "t.watched"),
        Block("sum", "t.add", {"b": 1}),
        Block("out", "flow.output"),
    ],
    [("n.value", "seen.value"), ("seen.value", "sum.a"), ("sum.value", "out.value")],
)


async def found(
    studio: Studio,
    flow: Flow,
    begin_at: str = "",
    *,
    old: Flow = FLOW,
    inputs: Mapping[str, Any] | None = None,
) -> list[Misfit]:
    """What is said when a run of the old flow is repeated with another."""
    await studio.finish(studio.begin(old, {"n": 1} if inputs is None else inputs))
    plans = compile_flow(flow, CATALOG), compile_flow(old, CATALOG)
    return misfits(*plans, await studio.events(), begin_at)


def said(misfits: list[Misfit]) -> list[str]:
    return [misfit.sentence for misfit in misfits]


def with_block(flow: Flow, block: Block) -> Flow:
    return replace(flow, blocks={**flow.blocks, block.id: block})


async def test_nothing_is_said_of_an_unchanged_flow(studio: Studio) -> None:
    assert await found(studio, FLOW, "sum") == []


async def test_a_changed_field_fits(studio: Studio) -> None:
    assert await found(studio, with_block(FLOW, Block("sum", "t.add", {"b": 5}))) == []


async def test_a_block_that_is_gone(studio: Studio) -> None:
    blocks = {id: block for id, block in FLOW.blocks.items() if id != "seen"}
    short = Flow.of(blocks.values(), [("n.value", "sum.a"), ("sum.value", "out.value")])

    assert said(await found(studio, short)) == [
        "“seen” isn't in the flow any more: what it gave is left out."
    ]


async def test_a_block_of_another_kind(studio: Studio) -> None:
    other = with_block(FLOW, Block("seen", "t.flaky", {"failures": 0}))

    assert said(await found(studio, other)) == [
        "“seen” was “Watched” and is “Flaky”: it is done again."
    ]


async def test_the_beginning_must_be_there(studio: Studio) -> None:
    (misfit,) = await found(studio, FLOW, "summ")

    assert (misfit.sentence, misfit.stops) == ("There is no block “summ” to begin at.", True)
    assert "sum" in misfit.cure


async def test_a_round_must_have_been_recorded(studio: Studio) -> None:
    flow = numbers("")

    (misfit,) = await found(studio, flow, "each[9]/sum", old=flow, inputs={})

    assert (misfit.sentence, misfit.cure) == (
        "The recorded run had no round 9 of “each”.", "It went 4 rounds.",
    )  # fmt: skip


async def test_an_input_that_is_wanted_now(studio: Studio) -> None:
    more = with_block(FLOW, Block("m", "flow.input", {"name": "m", "required": True}))

    (misfit,) = await found(studio, more)

    assert misfit.sentence == "The flow wants an input “m”, which the recorded run wasn't given."
    assert misfit.stops


async def test_an_input_of_another_type(studio: Studio) -> None:
    other = with_block(FLOW, Block("n", "flow.input", {"name": "n", "type": "boolean"}))

    (misfit,) = await found(studio, other)

    assert misfit.sentence.startswith("The recorded input “n” doesn't fit: it ")
    assert misfit.stops


async def test_an_input_that_is_gone_is_left_out(studio: Studio) -> None:
    named = with_block(FLOW, Block("n", "flow.input", {"name": "number"}))

    assert said(await found(studio, named)) == [
        "The flow has no input “n” any more: it is left out."
    ]


async def test_a_value_that_is_not_taken_any_more(studio: Studio) -> None:
    counts = Flow.of(
        [*(FLOW.blocks[id] for id in ("n", "seen")), Block("sum", "t.counted"),
         Block("out", "flow.output")],
        [("n.value", "seen.value"), ("seen.value", "sum.items"), ("sum.number", "out.value")],
    )  # fmt: skip

    sentences = said(await found(studio, counts))

    assert sentences[0] == "“sum” was “Add” and is “Counted”: it is done again."
    assert sentences[1].startswith("What “seen” gave doesn't fit what “sum” takes as “items”: it ")


async def test_a_block_in_a_loop_that_is_gone(studio: Studio) -> None:
    flow = numbers("")
    body = Flow.of(
        [Block("item", "flow.input", {"name": "item"}), Block("out", "flow.output")],
        [("item.value", "out.value")],
    )  # fmt: skip

    sentences = said(await found(studio, replace(flow, flows={"b": body}), old=flow, inputs={}))

    assert "“each/sum” isn't in the flow any more: what it gave is left out." in sentences
