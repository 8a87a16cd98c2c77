"""A run at any moment is what folding its events up to there would give."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from app.presenters.live_run import LiveRun
from app.presenters.moments import FEW, Moments
from runtime.events import (
    AnyEvent,
    Failure,
    OutputsChanged,
    RunCancelled,
    RunContinued,
    RunFailed,
    RunPaused,
    RunRecovered,
    RunStalled,
    RunStarted,
    RunSucceeded,
    ScopeClosed,
    ScopeOpened,
    TaskDoubted,
    TaskFailed,
    TaskFinished,
    TaskHeld,
    TaskReleased,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskSpent,
    TaskStarted,
)

BROKE = Failure("Unreachable", "Nobody answered.", "Say --allow to allow it.", retryable=True)
TASKS = ["a", "b", "each", *(f"each[{i}]/{x}" for i in range(3) for x in "cd")]
SCOPES = [f"each[{i}]" for i in range(3)]

Make = Callable[[int, float], AnyEvent]


def about_a_task(task: str) -> list[Make]:
    """What may happen to it besides giving something."""
    return [
        lambda seq, at: TaskStarted("r", seq, at, task),
        lambda seq, at: TaskRetried("r", seq, at, task, 1, BROKE, 0.5),
        lambda seq, at: TaskFailed("r", seq, at, task, 2, BROKE, "port"),
        lambda seq, at: TaskSkipped("r", seq, at, task),
        lambda seq, at: TaskDoubted("r", seq, at, task, "key"),
        lambda seq, at: TaskHeld("r", seq, at, task, "before", "breakpoint"),
        lambda seq, at: TaskReleased("r", seq, at, task),
        lambda seq, at: TaskSpent("r", seq, at, task, 100, 0.25),
    ]


def rewritten(task: str) -> Make:
    return lambda seq, at: OutputsChanged("r", seq, at, task, {"value": -seq})


def about_a_scope(scope: str) -> list[Make]:
    return [
        lambda seq, at: ScopeOpened("r", seq, at, scope, "body", {"item": seq}),
        lambda seq, at: ScopeClosed("r", seq, at, scope),
        lambda seq, at: ScopeClosed("r", seq, at, scope, BROKE),
    ]


TURNS: list[Make] = [
    lambda seq, at: RunPaused("r", seq, at),
    lambda seq, at: RunContinued("r", seq, at),
    lambda seq, at: RunStalled("r", seq, at, ["a: somebody has to say."]),
    lambda seq, at: RunRecovered("r", seq, at, "another"),
    lambda seq, at: RunFailed("r", seq, at, BROKE, at),
    lambda seq, at: RunCancelled("r", seq, at, "enough", at),
    lambda seq, at: RunSucceeded("r", seq, at, {"all": seq}, at),
]
OTHERS = [
    *(make for task in TASKS for make in about_a_task(task)),
    *(make for scope in SCOPES for make in about_a_scope(scope)),
    *TURNS,
]


@st.composite
def runs(draw: st.DrawFn) -> list[AnyEvent]:
    """Events in any order; only that a task gives its outputs once is kept to."""
    happened: list[AnyEvent] = [RunStarted("r", 1, 100.0, "f", "Orders", {"n": 1}, "me")]
    giving = st.sampled_from([*TASKS]).map(lambda task: (task, draw(st.booleans())))
    others = st.integers(0, len(OTHERS) - 1)
    given_once = set[str]()
    for step in draw(st.lists(st.one_of(giving, others), max_size=30)):
        seq, at = len(happened) + 1, 100.0 + len(happened) / 4
        if isinstance(step, int):
            happened.append(OTHERS[step](seq, at))
        elif step[0] in given_once:
            happened.append(rewritten(step[0])(seq, at))
        else:
            given_once.add(step[0])
            outputs = {"value": seq} if step[1] else {"value": seq, "rest": None}
            happened.append(
                TaskReused("r", seq, at, step[0], outputs)
                if seq % 5 == 0
                else TaskFinished("r", seq, at, step[0], at - 0.1, outputs)
            )
    return happened


def as_told(run: LiveRun) -> dict[str, object]:
    """All that is shown of a run."""
    view = asdict(run.view)
    del view["under_way"]
    addresses = ["a", "b", "each", "each/c", "each/d"]
    return view | {
        "blocks": list(run.view.blocks.items()),
        "values": dict(run.values),
        "counts": dict(run.counts),
        "rounds": dict(run.rounds),
        "scopes": {loop: rounds for loop, rounds in run.scopes.items() if rounds},
        "seq": run.seq,
        "standing": (run.is_over, run.goes_on),
        "in rounds": [run.outputs(a, s) for a in addresses for s in ("", *SCOPES)],
        "given": [run.inputs(into, s) for into in ((), ("each",)) for s in ("", *SCOPES)],
    }


@given(runs())
def test_every_moment_is_the_fold_of_what_had_happened(happened: list[AnyEvent]) -> None:
    moments = Moments("r")
    moments.take(happened)

    folded = LiveRun("r")
    for place in range(len(happened) + 1):
        assert as_told(moments.at(place)) == as_told(folded)
        folded.take(happened[place : place + 1])


@given(runs(), st.data())
def test_what_differs_between_two_moments_is_told(
    happened: list[AnyEvent], data: st.DataObject
) -> None:
    moments = Moments("r")
    moments.take(happened)
    places = st.integers(0, len(happened))
    one, other = data.draw(places), data.draw(places)

    told = moments.between(one, other)

    before, after = moments.at(one), moments.at(other)
    known = {*before.view.blocks, *after.view.blocks}
    assert told is not None
    assert told >= {block for block in known if before.block(block) != after.block(block)}
    assert told >= {b for b in known if before.outputs(b) != after.outputs(b)}


@given(runs(), st.data())
def test_moments_grow_with_the_run(happened: list[AnyEvent], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(happened)))
    whole, grown = Moments("r"), Moments("r")
    whole.take(happened)

    grown.take(happened[:cut])
    early = grown.at(cut)
    grown.take(happened[cut:])

    assert as_told(grown.at(grown.last)) == as_told(whole.at(whole.last))
    assert as_told(early) == as_told(whole.at(cut)), "a moment stays what it was"


def test_far_apart_any_block_may_differ() -> None:
    moments = Moments("r")
    moments.take(TaskStarted("r", seq, 1.0, "a") for seq in range(1, FEW + 10))

    assert moments.between(0, FEW + 5) is None
    assert moments.between(FEW + 5, 10) == {"a"}


def test_a_time_is_the_place_after_all_that_had_happened_by_then() -> None:
    moments = Moments("r")
    moments.take([
        RunStarted("r", 1, 10.0, "f"), TaskStarted("r", 2, 11.0, "a"),
        TaskSkipped("r", 3, 10.5, "b"), TaskStarted("r", 4, 12.0, "c"),
    ])  # fmt: skip

    assert [moments.place_at(at) for at in (9.0, 10.0, 10.9, 11.0, 99.0)] == [0, 1, 1, 3, 4]


def test_nothing_is_left_for_a_person_to_say_in_the_past() -> None:
    moments = Moments("r")
    moments.take([TaskStarted("r", 1, 1.0, "a"), TaskDoubted("r", 2, 1.0, "a", "key")])

    moment = moments.at(2)

    assert moment.view.blocks["a"].state == "doubted"
    assert moment.doubted() == ""
