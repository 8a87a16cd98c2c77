"""How a block stands in a run, as its card shows it."""

from typing import Any

from app.presenters.block_status import Status, status_of
from app.presenters.live_run import LiveRun
from runtime.events import (
    Failure,
    RunStarted,
    ScopeClosed,
    ScopeOpened,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskSpent,
    TaskStarted,
    TaskStreamed,
    TaskTraced,
)


def status(*events: Any) -> Status:
    run = LiveRun("run")
    run.take([RunStarted("run", 0, 1.0, "hash"), *events])
    return status_of(run, "a")


BEGUN = TaskStarted("run", 1, 1.0, "a")


def test_a_block_that_has_not_come_up_has_no_look() -> None:
    assert status() == Status()


def test_a_running_block_tells_how_far_it_is() -> None:
    told = status(BEGUN, TaskProgressed("run", 2, 1.0, "a", 300, 800, "Row 300"))

    assert told == Status("running", "Row 300", "300 of 800", 0.375)


def test_a_loop_tells_its_rounds() -> None:
    opened = [ScopeOpened("run", 2, 1.0, f"a[{n}]", "body", {}) for n in range(4)]

    told = status(BEGUN, *opened, ScopeClosed("run", 3, 1.0, "a[0]"))

    assert (told.short, told.share) == ("1 of 4", 0.25)


def test_a_text_is_counted_while_it_is_written_beneath_the_card() -> None:
    begun = TaskStreamed("run", 2, 1.0, "a", ["Once ", "upon\n", "a time"])
    further = TaskStreamed("run", 3, 1.1, "a", [" and again"] * 12)

    assert status(BEGUN, begun).line == "Writing"
    assert status(BEGUN, begun, further).line == "Writing: 20 words so far"


def test_a_finished_block_tells_its_result_and_how_long_it_took() -> None:
    told = status(BEGUN, TaskFinished("run", 2, 1.25, "a", 1.0, {"value": [1, 2]}))

    assert told == Status("done", "2 items", "250 ms")


def test_what_was_used_up_is_told() -> None:
    spent = [TaskSpent("run", 2, 1.0, "a", 1200, 0.0042, "m"), TaskSpent("run", 3, 1.0, "a", 34)]

    told = status(BEGUN, *spent, TaskFinished("run", 4, 1.25, "a", 1.0, {"text": "x"}))

    assert told.spent == "1,234 tokens · $0.0042"


def test_a_reused_result_says_so() -> None:
    told = status(TaskReused("run", 1, 1.0, "a", {"value": "x"}))

    assert told == Status("reused", "x", "reused")


def test_a_failure_is_told_and_a_retry_warns() -> None:
    why = Failure("Oops", "No such file.")

    failed = status(BEGUN, TaskFailed("run", 2, 3.0, "a", 1, why))
    retried = status(BEGUN, TaskRetried("run", 2, 3.0, "a", 1, why, 0.5))

    assert (failed.look, failed.line) == ("failed", "No such file.")
    assert retried.look == "warning"


def test_a_skipped_block_only_looks_so() -> None:
    assert status(TaskSkipped("run", 1, 1.0, "a")) == Status("skipped")


def test_a_done_block_shows_the_value_of_the_round_that_is_looked_at() -> None:
    run = LiveRun("run")
    run.take([TaskFinished("run", 2, 0.5, "a", 0.0, {"value": "last"})])

    assert status_of(run, "a", {"value": "of that round"}).line == "of that round"


def test_an_input_has_a_value_without_ever_coming_up() -> None:
    run = LiveRun("run")

    assert status_of(run, "name", {"value": "Ada"}).look == "done"


def asked(model: str, **detail: Any) -> TaskTraced:
    """A model was asked, as agents/llm/asking.py tells of it."""
    connection, _, name = model.rpartition("/")
    return TaskTraced("run", 2, 1.1, "a", "model",
                      {"connection": connection, "model": name, "took": 0.1, **detail})  # fmt: skip


DOWN = asked("main/large", error="main refuses connections.")
DONE = TaskFinished("run", 4, 1.25, "a", 1.0, {"value": "Hello"})


def test_a_model_that_failed_is_named_while_the_next_is_asked() -> None:
    told = status(BEGUN, DOWN)

    assert told.line == "main/large didn't answer, the next is asked: main refuses connections."
    assert told.stands_in == ""


def test_a_model_that_answered_for_another_is_named_with_the_reason() -> None:
    told = status(BEGUN, DOWN, asked("spare/small", fell_back_from=["main/large"]), DONE)

    assert told.line == "Hello"
    assert told.stands_in == "↪ small"
    assert told.because == (
        "spare/small answered in place of main/large: main refuses connections."
    )


def test_of_two_models_of_one_name_the_connection_is_told() -> None:
    told = status(BEGUN, DOWN, asked("spare/large", fell_back_from=["main/large"]), DONE)

    assert told.stands_in == "↪ spare/large"


def test_nobody_stands_in_any_more_once_the_first_answers_again() -> None:
    first = (BEGUN, DOWN, asked("spare/small", fell_back_from=["main/large"]), DONE)

    told = status(*first, BEGUN, asked("main/large"), DONE)

    assert (told.stands_in, told.because) == ("", "")


def test_a_block_whose_models_all_failed_tells_its_failure_alone() -> None:
    failed = TaskFailed("run", 4, 1.25, "a", 1.0, Failure("NoAnswer", "No model answered."))

    told = status(BEGUN, DOWN, asked("spare/small", fell_back_from=["main/large"], error="Down."),
                  failed)  # fmt: skip

    assert told == Status("failed", "No model answered.", "250 ms")
