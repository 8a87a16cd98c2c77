"""What is told of a bar of the timeline."""

from app.presenters.bar_words import bar_words
from runtime.events import (
    AnyEvent,
    Failure,
    RunStarted,
    TaskFailed,
    TaskFinished,
    TaskRetried,
    TaskStarted,
)
from runtime.projections.timeline import Timeline

DEPENDS = {"a": [], "b": ["a"]}


def told(task: str, *events: AnyEvent, critical: bool = False) -> list[str]:
    line = Timeline()
    line.take([RunStarted("r", 1, 100.0, "f"), *events])
    return bar_words(line, DEPENDS, line.numbers[task], str.upper, critical).split("\n")


def test_a_bar_says_what_it_is_and_when_it_was() -> None:
    assert told("a", TaskFinished("r", 2, 101.5, "a", 100.5, {})) == [
        "A",
        "Done · 1.0 s, from 500 ms to 1.5 s",
    ]


def test_a_bar_says_what_it_had_to_wait_for() -> None:
    words = told(
        "b",
        TaskFinished("r", 2, 102.0, "a", 100.0, {}),
        TaskFinished("r", 3, 103.0, "b", 102.25, {}),
        critical=True,
    )

    assert words[2:] == [
        "Began 250 ms after “A” had ended.",
        "The run waited for it: it is on the critical path.",
    ]


def test_attempts_and_what_they_cost_are_told() -> None:
    words = told(
        "a",
        TaskStarted("r", 2, 100.0, "a"),
        TaskRetried("r", 3, 101.0, "a", 1, Failure("X", "Nobody answered."), 0.5),
        TaskStarted("r", 4, 101.5, "a", 2),
        TaskFailed("r", 5, 102.0, "a", 2, Failure("X", "Nobody answered again.")),
    )

    assert words == [
        "A",
        "Failed · 2.0 s, from the start to 2.0 s",
        "It took 2 attempts.",
        "Spent 1.0 s on attempts that failed.",
        "Waited 500 ms between attempts.",
        "Nobody answered again.",
    ]


def test_rounds_are_counted_as_people_do() -> None:
    assert told("each[2]/in[0]/x", TaskStarted("r", 2, 100.0, "each[2]/in[0]/x"))[:2] == [
        "EACH[2]/IN[0]/X · round 3, 1",
        "Running · <1 ms so far, from the start",
    ]
