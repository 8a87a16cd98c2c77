"""Where one looks at a run, and what the workbench shows there."""

import pytest
from pytestqt.qtbot import QtBot

from app.timeline.head import Head
from app.timeline.record import Known, Record
from app.workbench import Workbench
from runtime.events import RunRewound, RunStarted, TaskStarted
from tests.app.flows import CATALOG
from tests.app.timeline.conftest import happened, watch


def state(bench: Workbench, block: str) -> str:
    view = bench.run.block(block) if bench.run else None
    return view.state if view else ""


def test_it_begins_at_the_end_and_steps_back_through_the_events(
    head: Head, bench: Workbench, qtbot: QtBot
) -> None:
    assert (head.is_now, bench.moment) == (True, None)

    head.go_by(-2)
    qtbot.waitUntil(lambda: bench.moment is not None)

    assert (state(bench, "b"), state(bench, "c")) == ("finished", "running")
    assert bench.live is not None
    assert bench.live.is_over

    head.go_by(-1)
    qtbot.waitUntil(lambda: state(bench, "c") == "")


def test_a_time_shows_what_had_happened_by_then(head: Head, bench: Workbench, qtbot: QtBot) -> None:
    head.go_to_time(104.5)
    qtbot.waitUntil(lambda: bench.moment is not None)

    assert state(bench, "b") == "running"
    assert bench.run is not None
    assert bench.run.now == 104.5


@pytest.mark.parametrize("way", ["last event", "end of time", "on"])
def test_at_the_end_it_is_now_again(head: Head, bench: Workbench, qtbot: QtBot, way: str) -> None:
    head.go_to(3)
    qtbot.waitUntil(lambda: bench.moment is not None)

    if way == "last event":
        head.go_to(8)
    elif way == "end of time":
        head.go_to_time(500.0)
    else:
        head.go_by(100)

    assert (head.is_now, bench.moment) == (True, None)


def test_however_often_it_moves_only_where_it_is_in_the_end_is_shown(
    head: Head, bench: Workbench, qtbot: QtBot
) -> None:
    told: list[object] = []
    bench.run_changed.connect(told.append)

    for place in (2, 5, 3, 6):
        head.go_to(place)
    qtbot.waitUntil(lambda: bench.moment is not None)

    assert len(told) == 1
    assert state(bench, "c") == "running"


def test_small_steps_tell_which_blocks_they_are_about(
    head: Head, bench: Workbench, qtbot: QtBot
) -> None:
    head.go_to(4)
    qtbot.waitUntil(lambda: state(bench, "b") == "running")

    with qtbot.waitSignal(bench.run_changed) as told:
        head.go_by(-1)

    assert told.args == [frozenset({"b"})]


def test_who_goes_back_to_now_elsewhere_takes_the_head_along(
    head: Head, bench: Workbench, qtbot: QtBot
) -> None:
    head.go_to(4)
    qtbot.waitUntil(lambda: bench.moment is not None)

    with qtbot.waitSignal(head.moved):
        bench.show_moment(None)

    assert head.is_now


def test_it_plays_from_the_beginning_to_the_end(head: Head, bench: Workbench, qtbot: QtBot) -> None:
    head.speed = 100.0
    seen = set[str]()
    bench.run_changed.connect(lambda _: seen.add(state(bench, "b")))

    head.play()
    assert head.is_playing
    qtbot.waitUntil(lambda: head.is_now)

    assert seen >= {"running", "finished"}
    assert not head.is_playing


def test_the_speed_at_first_lets_a_run_be_followed(head: Head) -> None:
    assert head.speed == 1.0, "ten seconds need not be made longer or shorter"


def test_the_end_goes_on_with_a_run_and_a_moment_stays(
    record: Record, bench: Workbench, head: Head, qtbot: QtBot
) -> None:
    head.go_to(4)
    qtbot.waitUntil(lambda: bench.moment is not None)
    moment = bench.moment

    record.known.take([TaskStarted("r", 9, 111.0, "d")])

    assert head.last == 9
    assert (bench.moment, head.place) == (moment, 4)


def test_another_head_finds_the_moment_that_is_shown(
    record: Record, bench: Workbench, head: Head, qtbot: QtBot
) -> None:
    head.go_to(4)
    qtbot.waitUntil(lambda: bench.moment is not None)

    assert Head(record, bench, bench).place == 4


def test_a_moment_that_the_run_went_back_behind_is_left(
    record: Record, bench: Workbench, head: Head, qtbot: QtBot
) -> None:
    head.go_to(6)
    qtbot.waitUntil(lambda: bench.moment is not None)
    record.known = Known("r", CATALOG)
    record.known.take([*happened()[:3], RunRewound("r", 9, 120.0, 3)])

    head.take_up()

    assert (head.is_now, bench.moment) == (True, None)


def test_a_run_that_has_only_begun_can_only_be_seen_now(
    record: Record, bench: Workbench, head: Head
) -> None:
    record.known = Known("r", CATALOG)
    watch(bench, record, [RunStarted("r", 1, 100.0, "f")])

    head.go_by(-1)
    head.play()

    assert head.is_now
