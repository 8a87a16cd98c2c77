"""Breakpoints of a flow: what runs are told of them, and how they follow blocks."""

import asyncio
from dataclasses import dataclass

import pytest

from agents.contract import Grants
from app.presenters.addresses import in_runs, on_canvas
from app.presenters.stopping import followed, for_runs, is_there, own_id
from graph.edits import ChangeId, Edit, Many, RemoveBlock, apply, inverse
from graph.flow import Block, Flow
from graph.flow import Settings as BlockSettings
from graph.reshape import collapse, expand
from runtime.breakpoints import Breakpoint
from runtime.commands import StartRun
from runtime.compose import compose
from runtime.events import ENDINGS, TaskHeld
from runtime.settings import Settings
from tests.app.flows import CATALOG

INNER = Flow.of(
    [
        Block("text", "flow.input", {"name": "text"}),
        Block("loud", "text.case", {"style": "upper"}),
        Block("out", "flow.output", {"name": "shout"}),
    ],
    [("text.value", "loud.text"), ("loud.value", "out.value")],
)
FLOW = Flow.of(
    [
        Block("words", "flow.constant", {"value": ["a", "b"]}),
        Block("each", "text.case", {"style": "upper"}, settings=BlockSettings(each="text")),
        Block("sub", "flow.call", {"flow": "inner", "text": "hello"}),
        Block("out", "flow.output"),
    ],
    [("words.value", "each.text"), ("sub.shout", "out.value")],
    flows={"inner": INNER},
)


def told(*points: Breakpoint, flow: Flow = FLOW) -> list[tuple[str, str, str]]:
    return [(p.block, p.at, p.port) for p in for_runs(points, flow, CATALOG)]


def test_a_plain_block_is_at_its_own_place() -> None:
    assert told(Breakpoint("p", "words")) == [("words", "before", "")]
    assert told(Breakpoint("p", "sub/loud", port="text")) == [("sub/loud", "before", "text")]


def test_a_block_run_for_each_item_is_inside_the_loop_that_is_made_of_it() -> None:
    assert told(Breakpoint("p", "each")) == [("each/each", "before", "")]
    assert in_runs(FLOW, CATALOG, "each") == "each/each"
    assert on_canvas(FLOW, CATALOG, "each[3]/each") == "each"


def test_what_such_a_block_gives_is_given_by_its_loop() -> None:
    link = Breakpoint("p", "each", at="after", port="value")

    assert told(link) == [("each", "after", "value")]


def test_the_ports_of_a_sub_flow_are_blocks_inside_it() -> None:
    assert told(Breakpoint("p", "sub", at="after", port="shout")) == [("sub/out", "after", "value")]
    assert told(Breakpoint("p", "sub", port="text")) == [("sub/text", "before", "value")]
    assert told(Breakpoint("p", "sub")) == [("sub", "before", "")]


def test_an_error_anywhere_in_a_sub_flow_is_one_of_the_sub_flow() -> None:
    points = for_runs([Breakpoint("p", "sub", at="error")], FLOW, CATALOG)

    assert {p.block for p in points} == {"sub/text", "sub/loud", "sub/out"}
    assert {own_id(p.id) for p in points} == {"p"}
    assert len({p.id for p in points}) == len(points)


def test_disabled_ones_and_those_of_blocks_that_are_gone_are_not_told() -> None:
    gone = Breakpoint("p", "nobody")

    assert not is_there(gone, FLOW, CATALOG)
    assert told(gone, Breakpoint("q", "words", enabled=False)) == []


def test_a_link_that_was_taken_off_is_gone() -> None:
    link = Breakpoint("p", "sub", at="after", port="shout", to="out.value")

    assert is_there(link, FLOW, CATALOG)
    assert not is_there(link, Flow(blocks=FLOW.blocks, flows=FLOW.flows), CATALOG)


@dataclass
class Edited:
    """A flow, the edit, and what takes it back."""

    before: Flow
    edit: Edit

    def there_and_back(self, *points: Breakpoint) -> tuple[list[str], list[str]]:
        after = apply(self.before, self.edit)
        then = followed(points, self.before, after, CATALOG)
        back = apply(after, inverse(self.before, self.edit))
        again = followed(then, after, back, CATALOG)
        return [p.block for p in then], [p.block for p in again]


def test_a_breakpoint_goes_along_with_a_block_that_gets_another_id() -> None:
    edited = Edited(FLOW, ChangeId("words", "terms"))

    assert edited.there_and_back(Breakpoint("p", "words")) == (["terms"], ["words"])


def test_a_breakpoint_on_a_link_follows_the_block_it_leads_to() -> None:
    link = Breakpoint("p", "words", at="after", port="value", to="each.text")
    after = apply(FLOW, ChangeId("each", "loudly"))

    (now,) = followed([link], FLOW, after, CATALOG)

    assert now.to == "loudly.text"


def test_a_breakpoint_goes_along_into_a_sub_flow_and_out_again() -> None:
    edit = collapse(FLOW, {"words", "each"}, CATALOG, "Words")

    there, back = Edited(FLOW, edit).there_and_back(Breakpoint("p", "words"))

    assert there[0].endswith("/words")
    assert back == ["words"]


def test_a_breakpoint_comes_out_with_the_blocks_of_a_sub_flow() -> None:
    edit = expand(FLOW, "sub", CATALOG)

    assert Edited(FLOW, edit).there_and_back(Breakpoint("p", "sub/loud")) == (
        ["loud"],
        ["sub/loud"],
    )


def test_a_breakpoint_of_a_removed_block_waits_for_it_to_come_back() -> None:
    edited = Edited(FLOW, Many((RemoveBlock("out"), RemoveBlock("sub"))))

    assert edited.there_and_back(Breakpoint("p", "sub")) == (["sub"], ["sub"])


@pytest.mark.parametrize(
    ("point", "held"),
    [
        (Breakpoint("p", "each", condition="text == 'b'"), "each[1]/each"),
        (Breakpoint("p", "each", at="after", port="value"), "each"),
        (Breakpoint("p", "sub", at="after", port="shout"), "sub/out"),
        (Breakpoint("p", "sub", port="text", condition="value == 'hello'"), "sub/text"),
        (Breakpoint("p", "sub"), "sub/text"),
        (Breakpoint("p", "sub", at="after", port="shout", to="out.value"), "sub/out"),
    ],
)
def test_a_run_stops_there(point: Breakpoint, held: str) -> None:
    assert asyncio.run(_held(for_runs([point], FLOW, CATALOG))) == [held]


async def _held(points: list[Breakpoint]) -> list[str]:
    """The tasks that a real run is held at first."""
    runtime = compose(Settings(database_url="memory:"), Grants(folder="/"))
    async with runtime:
        flow = await runtime.store(FLOW)
        with runtime.watch() as events:
            await runtime.obey(StartRun(flow, breakpoints=points))
            async for batch in events:
                if held := [e.task for e in batch if isinstance(e, TaskHeld)]:
                    return held[:1]
                assert not isinstance(batch[-1], ENDINGS), "the run went past its breakpoint"
    return []
