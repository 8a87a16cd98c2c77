"""A task at a moment tells nothing of what came later."""

from app.presenters.task_then import as_of
from runtime.events import Failure
from runtime.projections.task_data import Attempt, TaskData, Trace

BROKE = Failure("Unreachable", "Nobody answered.")
DATA = TaskData(
    "fetch", "http.get", "finished", {"url": "x"}, outputs={"body": "y"},
    attempts=[Attempt(1, 10.0, 12.0, BROKE, 1.0), Attempt(2, 13.0, 15.0)],
    ready=9.0, began=10.0, ended=15.0,
    traces=[Trace("http", 11.0, 1, {}), Trace("http", 14.0, 2, {})],
)  # fmt: skip


def test_before_its_inputs_were_there_nothing_is_known() -> None:
    then = as_of(DATA, 8.0)

    assert (then.state, then.inputs, then.outputs, then.attempts) == ("waiting", {}, {}, [])
    assert (then.began, then.ended) == (None, None)


def test_while_it_waited_for_its_turn_its_inputs_are_known() -> None:
    assert as_of(DATA, 9.5).inputs == {"url": "x"}


def test_in_its_second_attempt_the_first_is_known() -> None:
    then = as_of(DATA, 13.5)

    assert (then.state, then.outputs, then.ended) == ("running", {}, None)
    assert then.attempts == [Attempt(1, 10.0, 12.0, BROKE, 1.0), Attempt(2, 13.0)]
    assert [trace.at for trace in then.traces] == [11.0]


def test_what_was_over_by_then_is_what_it_is_now() -> None:
    assert as_of(DATA, 15.0) is DATA
