import pytest

from app.presenters.run_words import duration, progress, standing
from runtime.events import RunStalled, RunStarted, RunSucceeded, TaskFinished, TaskProgressed
from runtime.projections.run_view import RunView


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0004, "<1 ms"), (0.34, "340 ms"), (2.14, "2.1 s"), (59.96, "1 min 0 s"),
     (250, "4 min 10 s"), (7500, "2 h 5 min")],
)  # fmt: skip
def test_times_are_short(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_run_is_told_by_its_state_and_time() -> None:
    view = RunView()

    assert standing(view) == "Starting…"
    view.after(RunStarted("r", 1, 100.0, "f"))
    assert standing(view, now=103.0) == "Running · 3.0 s"
    view.after(RunStalled("r", 2, 101.0, ["ask waits for approval."]))
    assert standing(view, now=103.0) == "Waiting: ask waits for approval."
    view.after(RunSucceeded("r", 3, 104.5, {}, 4.5))
    assert standing(view, now=900.0) == "Done · 4.5 s"


def test_progress_counts_blocks_and_the_parts_of_those_under_way() -> None:
    view = RunView()
    view.after(RunStarted("r", 1, 100.0, "f"))
    view.after(TaskFinished("r", 2, 101.0, "a", 100.0, {}))
    view.after(TaskProgressed("r", 2, 101.0, "each", 5, 10))
    view.after(TaskFinished("r", 3, 101.0, "each[0]/x", 100.0, {}))

    assert progress(view, 4) == pytest.approx(0.375)
