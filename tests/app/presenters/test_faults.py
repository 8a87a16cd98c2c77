import pytest

from app.presenters.faults import for_runs, what
from graph.flow import Block, Flow, Settings
from runtime.breakpoints import Fault
from tests.app.flows import CATALOG

INNER = Flow.of(
    [Block("item", "flow.input", {"name": "item"}), Block("result", "flow.output")],
    [("item.value", "result.value")],
)
FLOW = Flow.of(
    [
        Block("a", "text.template", {"text": "x"}),
        Block("many", "text.template", {"text": "{item}"}, "", Settings(each="item")),
        Block("sub", "flow.call", {"flow": "inner"}),
    ],
    [("a.value", "sub.item")],
    flows={"inner": INNER},
)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("f", "a", "delay", seconds=2.5), "Takes 2.5 s longer"),
        (Fault("f", "a", "timeout"), "Times out"),
        (Fault("f", "a", "status", status=429, times=2),
         "Is answered with 429 Too Many Requests, twice"),
        (Fault("f", "a", "malformed", "value"), "Gives a damaged value"),
        (Fault("f", "a", "breaker", times=5), "Finds its circuit breaker open, 5 times"),
    ],
)  # fmt: skip
def test_a_fault_is_said_in_words(fault: Fault, said: str) -> None:
    assert what(fault) == said


@pytest.mark.parametrize(
    ("block", "port", "place"),
    [
        ("a", "", ("a", "")),
        ("many", "", ("many/many", "")),
        ("sub", "result", ("sub/result", "value")),
        ("sub", "", ("sub/result", "")),
    ],
)
def test_runs_are_told_where_it_is_for_them(block: str, port: str, place: tuple[str, str]) -> None:
    told = for_runs([Fault("f", block, "delay", port)], FLOW, CATALOG)

    assert [(fault.block, fault.port) for fault in told] == [place]


def test_a_fault_at_a_block_that_is_gone_is_not_told() -> None:
    assert for_runs([Fault("f", "gone", "breaker")], FLOW, CATALOG) == []
