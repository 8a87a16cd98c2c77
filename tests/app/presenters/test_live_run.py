from app.presenters.live_run import MOST_ROUNDS, LiveRun
from app.presenters.streams import LONGEST_STREAM, MOST_LETTERS
from graph.context import ANEW
from runtime.events import (
    AnyEvent,
    Failure,
    RunStarted,
    ScopeClosed,
    ScopeOpened,
    TaskFinished,
    TaskStarted,
    TaskStreamed,
)


def rounds(count: int) -> list[AnyEvent]:
    """The events of a loop that doubles its items."""
    happened: list[AnyEvent] = [RunStarted("r", 1, 0.0, "f", inputs={"n": count})]
    for i in range(count):
        scope = f"each[{i}]"
        happened += [
            ScopeOpened("r", 0, 1.0, scope, "body", {"item": i}),
            TaskFinished("r", 0, 1.0, f"{scope}/twice", 1.0, {"value": i * 2}),
            ScopeClosed("r", 0, 1.0, scope, Failure("X", "no") if i == 1 else None),
        ]
    return happened


def test_values_of_a_round_are_found_beside_the_last_ones() -> None:
    run = LiveRun("r")
    run.take(rounds(5))

    assert run.outputs("each/twice") == {"value": 8}
    assert run.outputs("each/twice", "each[2]") == {"value": 4}
    assert run.outputs("each/twice", "each[9]") == {}
    assert run.inputs() == {"n": 5}
    assert run.inputs(("each",)) == {"item": 4}
    assert run.inputs(("each",), "each[2]") == {"item": 2}
    assert run.scopes["each"]["each[1]"].failure == Failure("X", "no")


def test_a_round_means_nothing_to_blocks_outside_its_loop() -> None:
    run = LiveRun("r")
    run.take([TaskFinished("r", 1, 1.0, "after", 1.0, {"value": "end"}), *rounds(2)])

    assert run.outputs("after", "each[0]") == {"value": "end"}


def test_a_round_of_an_outer_loop_shows_the_last_of_the_inner_one() -> None:
    run = LiveRun("r")
    for task, value in (("o[0]/i[0]/x", 1), ("o[0]/i[1]/x", 2), ("o[1]/i[0]/x", 3)):
        run.take([TaskFinished("r", 1, 1.0, task, 1.0, {"value": value})])

    assert run.outputs("o/i/x", "o[0]") == {"value": 2}
    assert run.outputs("o/i/x", "o[1]/i[0]") == {"value": 3}


def test_what_is_kept_is_bounded() -> None:
    run = LiveRun("r")
    run.take(rounds(MOST_ROUNDS + 10))
    run.take([TaskStreamed("r", 1, 1.0, "talk", list(range(LONGEST_STREAM + 7)))])

    assert len(run.scopes["each"]) == MOST_ROUNDS
    assert len(run.rounds["each/twice"]) == MOST_ROUNDS
    assert run.outputs("each/twice", "each[9]") == {}
    assert run.view.blocks["each"].rounds == MOST_ROUNDS + 10
    assert len(run.streams.of("talk")) == LONGEST_STREAM


def streamed(task: str, *items: str) -> TaskStreamed:
    return TaskStreamed("r", 1, 1.0, task, list(items))


def test_a_text_is_kept_as_it_grows_until_the_task_is_over() -> None:
    run = LiveRun("r")

    run.take([TaskStarted("r", 1, 1.0, "talk"), *(streamed("talk", "a ") for _ in range(5000))])

    assert run.streams.text_of("talk") == "a " * 5000

    run.take([TaskFinished("r", 2, 1.0, "talk", 1.0, {"text": "a"})])

    assert run.streams.text_of("talk") is None


def test_of_a_text_without_end_the_last_is_kept() -> None:
    run = LiveRun("r")

    run.take([streamed("talk", "word " * 10) for _ in range(10_000)])

    assert MOST_LETTERS <= len(run.streams.text_of("talk") or "") < 2 * MOST_LETTERS


def test_what_is_taken_back_is_not_shown_any_more() -> None:
    run = LiveRun("r")

    run.take([streamed("talk", "wrong", ANEW, "ri"), streamed("talk", "ght")])

    assert run.streams.text_of("talk") == "right"


def test_another_attempt_begins_anew() -> None:
    run = LiveRun("r")
    run.take([TaskStarted("r", 1, 1.0, "talk"), streamed("talk", "broken off")])

    run.take([TaskStarted("r", 2, 2.0, "talk", 2), streamed("talk", "whole")])

    assert run.streams.text_of("talk") == "whole"


def test_of_rounds_side_by_side_the_one_that_began_first_is_read() -> None:
    run = LiveRun("r")

    run.take([streamed("each[0]/talk", "zero"), streamed("each[1]/talk", "one")])
    first = run.streams.text_of("each/talk")
    run.take([TaskFinished("r", 2, 1.0, "each[0]/talk", 1.0, {"text": "zero"})])

    assert (first, run.streams.text_of("each/talk")) == ("zero", "one")


def test_it_tells_which_blocks_have_news() -> None:
    run = LiveRun("r")

    touched = run.take([*rounds(2), TaskStarted("r", 1, 1.0, "after")])

    assert touched == {"each", "each/twice", "after"}


def test_it_knows_how_much_of_the_run_it_has_taken_in() -> None:
    run = LiveRun("r")
    run.take([RunStarted("r", 1, 0.0, "f"), TaskStarted("r", 2, 0.0, "a")])

    assert run.seq == 2


def test_an_event_that_is_live_only_and_late_takes_back_nothing_of_that() -> None:
    """Otherwise the next events would count as news, though they are known from the journal."""
    run = LiveRun("r")
    run.take([RunStarted("r", 1, 0.0, "f"), TaskStarted("r", 2, 0.0, "a")])

    run.take([TaskStreamed("r", 1, 0.0, "a", ["late"])])

    assert run.seq == 2
