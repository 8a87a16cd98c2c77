"""What is told of the fields of approvals before anything runs, and of times that come by link."""

from typing import Any

import pytest

import agents.approval.blocks
from graph.catalog import blocks_in
from graph.compile.checks import check
from graph.flow import Block, Flow
from runtime.events import RunFailed
from tests.runtime.engine.world import CATALOG, Studio

BLOCKS = CATALOG.joined(blocks_in(agents.approval.blocks))


def problems(**fields: Any) -> list[tuple[str, str, str]]:
    """Where each problem is, what it says, and its cure."""
    flow = Flow.of([Block("ask", "approval.ask", fields)], [])
    return [(found.field, found.message, found.cure) for found in check(flow, BLOCKS)]


@pytest.mark.parametrize("field", ["within", "escalate_after"])
def test_a_time_that_can_not_be_read_is_told_at_its_field(field: str) -> None:
    ((place, message, cure),) = problems(**{field: "soon"})

    assert place == field
    assert '"soon" says not how long' in message
    assert "2 days" in cure


def test_others_have_to_be_asked_before_the_time_is_over() -> None:
    ((place, message, _),) = problems(within="1 day", escalate_after="PT24H")

    assert place == "escalate_after"
    assert "over before others are asked" in message
    assert problems(within="2 days", escalate_after="1 day") == []
    assert problems(escalate_after="1 day") == []


async def test_a_time_that_comes_by_a_link_and_can_not_be_read_is_told_with_its_field() -> None:
    flow = Flow.of(
        [Block("when", "t.watched", {"value": "soon", "name": "when"}),
         Block("ask", "approval.ask", {})],
        [("when.value", "ask.within")],
    )  # fmt: skip

    end = await Studio(catalog=BLOCKS).run(flow)

    assert isinstance(end, RunFailed)
    assert end.failure.message == 'within: "soon" says not how long.'
    assert "2 days" in end.failure.cure


@pytest.mark.parametrize("link", ["https://example.org", "https://x/answer/guess", "x/answer/é"])
async def test_what_is_no_link_to_answer_by_is_refused_before_anybody_is_asked(link: str) -> None:
    flow = Flow.of([Block("ask", "approval.ask", {"link": link})], [])

    end = await Studio(catalog=BLOCKS).run(flow)

    assert isinstance(end, RunFailed)
    assert end.failure.message == f'link: "{link}" is none to answer by.'


async def test_a_form_that_can_not_be_one_is_told_of_before_anybody_is_asked() -> None:
    fields = {"type": "object", "properties": {"colour": {"enum": 5}}}
    flow = Flow.of(
        [Block("fields", "t.watched", {"value": fields}), Block("form", "approval.form", {})],
        [("fields.value", "form.fields")],
    )

    end = await Studio(catalog=BLOCKS).run(flow)

    assert isinstance(end, RunFailed)
    assert end.failure.message.startswith("The schema is wrong")
