"""Two runs beside each other, in words."""

from typing import Any

from msgspec.structs import replace

from app.presenters.comparing import Line
from app.presenters.run_comparison import flow_changes, heading, lines, rows, tasks_of, verdict
from graph.compile import compile_flow
from graph.flow import Block, Flow
from runtime.events import (
    AnyEvent,
    Failure,
    RunFailed,
    RunStarted,
    RunSucceeded,
    TaskFailed,
    TaskFinished,
    TaskSpent,
)
from runtime.projections.comparison import Comparison, compare
from tests.app.flows import CATALOG

FLOW = Flow.of(
    [
        Block("n", "flow.input", {"name": "n"}),
        Block("say", "text.template", {"text": "{n}"}, title="Say it"),
        Block("out", "flow.output"),
    ],
    [("n.value", "say.n"), ("say.value", "out.value")],
)
OTHER = replace(
    FLOW, blocks={**FLOW.blocks, "say": replace(FLOW.blocks["say"], fields={"text": "<{n}>"})}
)
TITLES = {"say": "Say it", "out": "Output"}


def title(address: str) -> str:
    return TITLES[address]


def run(id: str, said: str, *, took: float = 1.0, n: Any = 1) -> list[AnyEvent]:
    return [
        RunStarted(id, 1, 10.0, "flow", "Told", {"n": n}),
        TaskFinished(id, 2, 10.0 + took, "say", 10.0, {"value": said}),
        TaskSpent(id, 3, 10.0 + took, "say", 100, 0.0125),
        TaskFinished(id, 4, 10.0 + took, "out", 10.0 + took, {"value": said}),
        RunSucceeded(id, 5, 10.0 + took, {"result": said}, took),
    ]


def compared(before: list[AnyEvent], after: list[AnyEvent], new: Flow = FLOW) -> Comparison:
    plans = compile_flow(FLOW, CATALOG), compile_flow(new, CATALOG)
    return compare(before, after, plans)


def test_what_differs_stands_above_the_blocks() -> None:
    found = compared(run("a", "1"), run("b", "<1>"), OTHER)

    told = [(row.title, row.said, row.parts) for row in rows(found, (FLOW, OTHER), title)]

    assert told == [
        ("The flow", "1 change", False),
        ("Run outputs", "result", False),
        ("Say it", "differs", True),
        ("Output", "differs", False),
    ]
    assert verdict(found, title) == "They part at “Say it”: the block was changed."
    assert flow_changes((FLOW, OTHER)) == [
        'say: field `text` changed from "{n}" to "<{n}>".'
    ]  # fmt: skip


def test_other_inputs_are_told_first() -> None:
    found = compared(run("a", "1"), run("b", "2", n=2))

    first, *_ = rows(found, (FLOW, FLOW), title)

    assert (first.title, first.said, first.parts) == ("Run inputs", "n", True)
    assert lines(first, found, None, "") == [Line("~", "1 → 2")]
    assert "inputs" in verdict(found, title)


def test_runs_that_gave_the_same_say_so() -> None:
    found = compared(run("a", "1"), run("b", "1", took=3.0))

    say, out = rows(found, (FLOW, FLOW), title)

    assert verdict(found, title) == "Every block gave the same."
    assert (say.said, say.time, round(say.longer, 3)) == ("the same", "1.0 s → 3.0 s", 2.0)
    assert say.spent == "100 tokens, $0.0125"
    assert (out.spent, tasks_of(say, found)) == ("", [])
    assert heading(found.after) == "Done in 3.0 s · 100 tokens, $0.0125"


def test_a_failure_is_a_difference() -> None:
    failure = Failure("Refused", "No more.", task="say")
    failed: list[AnyEvent] = [
        run("b", "")[0],
        TaskFailed("b", 2, 11.0, "say", 1, failure),
        RunFailed("b", 3, 11.0, failure, 1.0),
    ]

    found = compared(run("a", "1"), failed)
    (say,) = (row for row in rows(found, (FLOW, FLOW), title) if row.address == "say")
    (out,) = (row for row in rows(found, (FLOW, FLOW), title) if row.address == "out")

    assert (say.said, out.said) == ("done → failed", "only in the first")
    assert lines(say, found, None, "say") == [
        Line("+", "failed: say: No more."), Line("-", "value: 1"),
    ]  # fmt: skip
