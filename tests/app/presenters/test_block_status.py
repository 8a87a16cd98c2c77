from app.presenters.block_status import NONE, status_of
from app.presenters.live_run import LiveRun
from runtime.events import RunStarted, TaskFinished, TaskProgressed, TaskStarted


def run_with(*events: object) -> LiveRun:
    run = LiveRun("r")
    run.take([RunStarted("r", 1, 0.0, "f"), *events])  # type: ignore[list-item]
    return run


def test_a_block_under_way_says_how_far_it_is() -> None:
    run = run_with(TaskStarted("r", 2, 0.0, "each"), TaskProgressed("r", 2, 0.0, "each", 3, 12))

    status = status_of(run, "each")

    assert (status.look, status.short, status.share) == ("running", "3 of 12", 0.25)


def test_a_block_that_is_done_shows_the_value_of_the_round_that_is_looked_at() -> None:
    run = run_with(TaskFinished("r", 2, 0.5, "a", 0.0, {"value": "last"}))

    assert status_of(run, "a").line == "last"
    assert status_of(run, "a", {"value": "of that round"}).line == "of that round"


def test_an_input_has_a_value_without_ever_coming_up() -> None:
    run = run_with()

    assert status_of(run, "name", {"value": "Ada"}).look == "done"
    assert status_of(run, "name") == NONE
