"""What belongs together is done or undone together: steps, and what undoes them."""

from graph.compile import compile_flow
from graph.flow import Block, Flow, Settings
from runtime.events import AnyEvent, RunFailed, RunSucceeded, TaskFinished, TaskSkipped
from tests.runtime.engine.world import CATALOG, Studio, calls

CATCHES = Settings(on_error="port")


def undoing(kind: str = "t.post") -> Flow:
    """A flow that undoes a step: an effect that is told what the step gave."""
    return Flow.of(
        [Block("done", "flow.input", {"name": "done"}), Block("undo", kind)],
        [("done.value", "undo.value")],
    )


def saga(
    last: str, hotel: Flow | None = None, *, train: str = "t.watched", **settings: object
) -> Flow:
    """Train and hotel are booked, then something is done; the train and the last may fail."""
    undo = {"undo": ["undo_train", "undo_hotel"], **settings}
    return Flow.of(
        [
            Block("train", train, {"value": "seat 7"}, settings=CATCHES),
            Block("hotel", "t.watched", {"name": "hotel"}, settings=CATCHES),
            Block("last", last, settings=CATCHES),
            Block("failed", "logic.merge_any"),
            Block("done", "logic.merge_some"),
            Block("undo", "logic.compensate", undo),
            Block("out", "flow.output"),
        ],
        [
            ("train.value", "hotel.value"),
            ("hotel.value", "last.value"),
            ("last.value", "out.value"),
            ("train.error", "failed.train"),
            ("hotel.error", "failed.hotel"),
            ("last.error", "failed.last"),
            ("train.value", "done.train"),
            ("hotel.value", "done.hotel"),
            ("failed.value", "undo.failure"),
            ("done.value", "undo.done"),
        ],
        flows={"undo_train": undoing(), "undo_hotel": hotel or undoing()},
    )


def undone(events: list[AnyEvent]) -> list[str]:
    return [e.task for e in events if isinstance(e, TaskFinished) and "[" in e.task]


async def test_nothing_is_undone_while_all_goes_well(studio: Studio) -> None:
    end = await studio.run(saga("t.watched"))

    assert isinstance(end, RunSucceeded)
    skipped = [e.task for e in await studio.events() if isinstance(e, TaskSkipped)]
    assert "undo" in skipped


async def test_what_was_done_is_undone_the_last_first_and_the_run_fails_as_the_step_did(
    studio: Studio,
) -> None:
    end = await studio.run(saga("t.wrong"))

    assert isinstance(end, RunFailed)
    assert end.failure.type == "Undone"
    assert end.failure.message == "This value doesn't suit. Undone: hotel, train."
    assert end.failure.cure == "Give another."
    tasks = undone(await studio.events())
    assert [task for task in tasks if task.endswith("/undo")] == [
        "undo[hotel]/undo",
        "undo[train]/undo",
    ]


async def test_where_the_first_step_fails_nothing_is_undone_and_the_run_fails_as_it_did(
    studio: Studio,
) -> None:
    end = await studio.run(saga("t.watched", train="t.wrong"))

    assert isinstance(end, RunFailed), end
    assert end.failure.type == "Undone"
    assert (end.failure.message, end.failure.cure) == (
        "This value doesn't suit.",
        "Give another.",
    )
    assert undone(await studio.events()) == []


async def test_a_flow_may_go_on_once_all_is_undone(studio: Studio) -> None:
    end = await studio.run(saga("t.wrong", then="go on"))

    assert isinstance(end, RunSucceeded)


async def test_where_one_step_cannot_be_undone_the_others_are(studio: Studio) -> None:
    end = await studio.run(saga("t.wrong", hotel=undoing("t.wrong"), then="go on"))

    assert isinstance(end, RunFailed)
    assert "Undone: train." in end.failure.message
    assert "hotel could not be undone: This value doesn't suit." in end.failure.message


async def test_a_crash_midway_undoes_the_rest_and_nothing_twice(studio: Studio) -> None:
    made = saga("t.wrong")
    studio.begin(made)
    await studio.pass_time(1.5)
    before = undone(await studio.crash())

    end = await studio.finish(await studio.recover(compile_flow(made, CATALOG)))

    assert isinstance(end, RunFailed)
    after = undone(await studio.journal.read("r1"))
    assert [t for t in after if t.endswith("/undo")] == ["undo[hotel]/undo", "undo[train]/undo"]
    assert after[: len(before)] == before
    assert calls["key r1:undo[hotel]/undo"] == 1
