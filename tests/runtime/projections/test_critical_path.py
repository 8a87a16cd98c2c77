"""What a run waited for, and where its time went."""

import pytest

from graph.compile import compile_flow
from graph.flow import Block, Flow
from runtime.events import (
    AnyEvent,
    Failure,
    RunStarted,
    RunSucceeded,
    ScopeClosed,
    ScopeOpened,
    TaskFinished,
    TaskHeld,
    TaskReleased,
    TaskRetried,
    TaskStarted,
)
from runtime.projections.critical_path import (
    critical_path,
    depends_of,
    waited_for,
    where_it_went,
)
from runtime.projections.timeline import Timeline
from tests.runtime.engine.world import CATALOG

DEPENDS = {"a": [], "b": [], "sum": ["a", "b"], "each": ["sum"], "each/x": [], "each/y": ["each/x"]}


def done(task: str, since: float, until: float) -> AnyEvent:
    return TaskFinished("r", 1, until, task, since, {})


def line_of(*events: AnyEvent) -> Timeline:
    line = Timeline()
    line.take([RunStarted("r", 1, 0.0, "f"), *events])
    return line


def path(line: Timeline) -> list[tuple[str, float, float]]:
    return [(line.tasks[s.task], s.since, s.until) for s in critical_path(line, DEPENDS)]


def test_it_leads_back_through_whichever_source_ended_last() -> None:
    line = line_of(done("a", 0.0, 2.0), done("b", 0.0, 5.0), done("sum", 5.5, 7.0))

    assert path(line) == [("b", 0.0, 5.0), ("sum", 5.5, 7.0)]


def test_it_goes_through_the_rounds_of_a_loop_that_waited_for_each_other() -> None:
    line = line_of(
        done("b", 0.0, 1.0),
        done("sum", 1.0, 2.0),
        TaskStarted("r", 1, 2.0, "each"),
        ScopeOpened("r", 1, 2.0, "each[0]", "body", {}),
        ScopeOpened("r", 1, 2.0, "each[1]", "body", {}),
        done("each[0]/x", 2.0, 3.0),
        done("each[1]/x", 2.0, 6.0),
        done("each[0]/y", 3.0, 4.0),
        ScopeClosed("r", 1, 4.0, "each[0]"),
        ScopeOpened("r", 1, 4.0, "each[2]", "body", {}),
        done("each[1]/y", 6.0, 6.5),
        ScopeClosed("r", 1, 6.5, "each[1]"),
        done("each[2]/x", 4.0, 8.0),
        done("each[2]/y", 8.0, 9.0),
        ScopeClosed("r", 1, 9.0, "each[2]"),
        done("each", 2.0, 9.0),
    )

    assert path(line) == [
        ("b", 0.0, 1.0),
        ("sum", 1.0, 2.0),
        ("each[0]/x", 2.0, 3.0),
        ("each[0]/y", 3.0, 4.0),
        ("each[2]/x", 4.0, 8.0),
        ("each[2]/y", 8.0, 9.0),
        ("each", 2.0, 9.0),
    ]


def test_what_a_task_had_to_wait_for_is_known_of_any() -> None:
    line = line_of(done("a", 0.0, 2.0), done("b", 0.0, 5.0), done("sum", 5.5, 7.0))

    assert waited_for(line, DEPENDS, line.numbers["sum"]) == line.numbers["b"]
    assert waited_for(line, DEPENDS, line.numbers["b"]) is None


def test_the_time_of_a_run_is_shared_out_among_its_blocks() -> None:
    line = line_of(
        done("a", 0.0, 2.0),
        TaskStarted("r", 1, 0.0, "b"),
        TaskRetried("r", 1, 1.0, "b", 1, Failure("X", "no"), 1.0),
        TaskStarted("r", 1, 2.0, "b", 2),
        done("b", 0.0, 5.0),
        done("sum", 5.5, 7.0),
        RunSucceeded("r", 1, 7.5, {}, 7.5),
    )

    went = where_it_went(line, critical_path(line, DEPENDS))

    assert [(s.block, s.took, s.critical, s.lost) for s in went.shares] == [
        ("b", 5.0, 5.0, 2.0),
        ("sum", 1.5, 1.5, 0.0),
        ("a", 2.0, 0.0, 0.0),
    ]
    assert (went.whole, went.idle) == (7.5, 1.0)


def test_time_that_somebody_held_a_block_is_not_lost() -> None:
    line = line_of(
        TaskStarted("r", 1, 0.0, "a"),
        TaskHeld("r", 1, 0.0, "a", "before", "step"),
        TaskReleased("r", 1, 3.0, "a"),
        done("a", 3.0, 4.0),
    )

    went = where_it_went(line, critical_path(line, DEPENDS))

    assert [(s.block, s.lost, s.held) for s in went.shares] == [("a", 0.0, 3.0)]


def test_a_loop_takes_no_time_beside_that_of_its_rounds() -> None:
    line = line_of(
        TaskStarted("r", 1, 0.0, "each"),
        ScopeOpened("r", 1, 0.0, "each[0]", "body", {}),
        done("each[0]/x", 0.0, 3.0),
        ScopeClosed("r", 1, 3.0, "each[0]"),
        done("each", 0.0, 4.0),
    )

    went = where_it_went(line, critical_path(line, DEPENDS))

    assert {s.block: s.critical for s in went.shares} == {"each/x": 3.0, "each": 0.0}
    assert went.idle == 1.0


def test_a_run_that_has_only_begun_has_no_path() -> None:
    assert critical_path(line_of(), DEPENDS) == []


def test_a_plan_says_what_depends_on_what_in_bodies_too() -> None:
    body = Flow.of(
        [Block("item", "flow.input", {"name": "item"}), Block("x", "t.add"), Block("y", "t.add")],
        [("item.value", "x.a"), ("x.value", "y.a")],
    )
    flow = Flow.of(
        [
            Block("a", "flow.constant", {"value": [1]}),
            Block("each", "logic.for_each", {"body": "b"}),
        ],
        [("a.value", "each.items")],
        flows={"b": body},
    )

    depends = depends_of(compile_flow(flow, CATALOG))

    assert depends["each"] == ["a"]
    assert depends["each/y"] == ["each/x"]
    assert depends["each/x"] == ["each/item"]


@pytest.mark.parametrize("depends", [{}, {"sum": ["gone"]}])
def test_without_knowing_the_flow_only_the_end_is_on_the_path(
    depends: dict[str, list[str]],
) -> None:
    line = line_of(done("a", 0.0, 2.0), done("sum", 2.0, 3.0))

    assert [line.tasks[step.task] for step in critical_path(line, depends)] == ["sum"]
