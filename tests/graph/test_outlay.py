"""What a run is likely to use up is told from earlier runs, or else from the fields."""

from collections.abc import Mapping
from typing import Any

import pytest

from graph.block import block, spec_of
from graph.flow import Block, Bound, Flow, Settings
from graph.outlay import Past, outlay
from graph.spec import Spends
from tests.runtime.engine.world import CATALOG


def spends(fields: Mapping[str, Any]) -> Spends:
    size = len(fields.get("text", ""))
    return Spends(size, None if fields.get("unknown") else size / 100, 10 * size, size / 10)


@block("o.ask", title="Ask", spends=spends)
def ask(text: str = "", unknown: bool = False) -> str:
    """Asks nobody."""
    return text


ALL = CATALOG.joined([spec_of(ask)])


def test_blocks_that_never_ran_are_estimated_from_their_fields_in_bodies_too() -> None:
    body = Flow.of([Block("inner", "o.ask", {"text": "abcd"})])
    flow = Flow.of(
        [Block("each", "logic.for_each", {"items": [1], "body": "body"}),
         Block("outer", "o.ask", {"text": "ab"}), Block("add", "t.add")],
        flows={"body": body},
    )  # fmt: skip

    seen = outlay(flow, ALL)

    told = {one.place: (one.tokens, one.cost, one.most_cost, one.runs) for one in seen.blocks}
    assert told == {"each/inner": (4, 0.04, 0.4, 0), "outer": (2, 0.02, 0.2, 0)}
    assert seen.tokens == 6
    assert seen.runs == 0


def test_earlier_runs_tell_better() -> None:
    flow = Flow.of([Block("a", "o.ask", {"text": "ab"}), Block("b", "o.ask", {"text": "ab"})])

    seen = outlay(flow, ALL, Past(4, {"a": (400.0, 0.8)}))

    assert [(one.place, one.tokens, one.cost, one.runs) for one in seen.blocks] == [
        ("a", 100, 0.2, 4), ("b", 2, 0.02, 0)
    ]  # fmt: skip
    assert seen.runs == 0


def test_a_price_that_nobody_knows_is_said_and_not_counted_as_nothing() -> None:
    flow = Flow.of([Block("a", "o.ask", {"text": "ab", "unknown": True})])

    seen = outlay(flow, ALL)

    assert seen.cost is None
    assert seen.unpriced == ("a",)


def test_what_is_not_done_costs_nothing() -> None:
    pinned = Block("a", "o.ask", {"text": "ab"}, settings=Settings(pin={"value": "x"}))

    assert outlay(Flow.of([pinned]), ALL).blocks == ()


@pytest.mark.parametrize(
    ("bound", "told"),
    [
        (Bound(), ""),
        (Bound(tokens=2, cost=0.02), ""),
        (Bound(tokens=1), "1 token"),
        (Bound(tokens=1, cost=0.01), "$0.01"),
        (Bound(cost=0.0), "$0"),
    ],
)
def test_a_bound_that_is_likely_to_be_passed_is_told(bound: Bound, told: str) -> None:
    flow = Flow.of([Block("a", "o.ask", {"text": "ab"})])

    assert outlay(flow, ALL).over(bound) == told
