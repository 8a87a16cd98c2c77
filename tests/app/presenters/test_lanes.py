"""Bars in lanes, and below each other where they overlap."""

from app.presenters.lanes import MOST_ROWS, Lanes
from runtime.events import AnyEvent, RunStarted, TaskFinished, TaskStarted
from runtime.projections.timeline import Timeline


def done(task: str, since: float, until: float) -> AnyEvent:
    return TaskFinished("r", 1, until, task, since, {})


def line_of(*events: AnyEvent) -> Timeline:
    line = Timeline()
    line.take([RunStarted("r", 1, 0.0, "f"), *events])
    return line


def by_block() -> Lanes:
    order = ["b", "a", "each/x"]
    return Lanes(lambda address: address, order.index)


def test_a_lane_for_each_block_in_the_order_of_the_flow() -> None:
    lanes = by_block()

    lanes.take(line_of(done("a", 0.0, 1.0), done("each[0]/x", 0.0, 1.0), done("b", 1.0, 2.0)))

    assert [lanes.names[lane] for lane in lanes.sorted()] == ["b", "a", "each/x"]


def test_bars_that_overlap_stand_below_each_other() -> None:
    lanes = by_block()

    lanes.take(line_of(
        done("each[0]/x", 0.0, 3.0), done("each[1]/x", 1.0, 2.0), done("each[2]/x", 2.0, 4.0),
        done("each[3]/x", 3.0, 5.0),
    ))  # fmt: skip

    assert list(lanes.row) == [0, 1, 1, 0]
    assert lanes.rows == [2]


def test_a_bar_that_has_no_end_yet_keeps_its_row() -> None:
    lanes = by_block()
    line = line_of(TaskStarted("r", 1, 0.0, "each[0]/x"), TaskStarted("r", 1, 1.0, "each[1]/x"))
    lanes.take(line)

    line.take([done("each[0]/x", 0.0, 2.0), TaskStarted("r", 1, 2.0, "each[2]/x")])
    lanes.take(line)

    assert list(lanes.row) == [0, 1, 0]


def test_a_lane_grows_only_so_high() -> None:
    lanes = by_block()

    lanes.take(line_of(*(done(f"each[{i}]/x", 0.0, 10.0 - i / 100) for i in range(40))))

    assert lanes.rows == [MOST_ROWS]
    assert max(lanes.row) == MOST_ROWS - 1


def test_agents_share_a_lane_among_their_blocks() -> None:
    lanes = Lanes(lambda address: "http" if address == "a" else "pure", str)

    lanes.take(line_of(done("a", 0.0, 1.0), done("b", 0.0, 1.0), done("each[0]/x", 0.5, 1.0)))

    assert [lanes.names[lane] for lane in lanes.sorted()] == ["http", "pure"]
    assert lanes.rows == [1, 2]
