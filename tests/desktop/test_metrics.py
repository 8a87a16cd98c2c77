"""A person sees in the real window how runs do: ticks a chart, runs, and reads it by keyboard."""

import pytest

from tests.desktop.conftest import Start
from tests.desktop.test_template import run_with
from tests.desktop.waiting import until

PLOT = "filler"
FAR = 60
"""Seconds that are gone back at the most."""


@pytest.mark.slow
def test_a_run_is_found_in_a_chart_that_was_ticked(start: Start) -> None:
    studio = start()
    studio.click_on(studio.tree.wait_for("push button", "Template Hello"))
    studio.tree.wait_for("filler", "Canvas")
    studio.tree.wait_for("push button", "Runtime is ready")
    studio.bring_up("Metrics")
    studio.click_on(studio.tree.wait_for("text", "Find a chart"))
    studio.type("started")
    studio.keys("Down", "space")
    studio.tree.wait_for(PLOT, "Plot of Runs started")

    run_with(studio, "Ada")
    studio.click_on(studio.tree.wait_for("page tab", "Metrics"))
    plot = studio.tree.wait_for(PLOT, "Plot of Runs started")
    until(lambda: plot.description == "0", "the second of the run being over")
    plot.focus()
    until(lambda: plot.is_("focused"), "the chart having the keyboard")
    seen = list[str]()
    while "1" not in seen and len(seen) < FAR:
        studio.keys("Left")
        seen.append(plot.description)

    assert "1" in seen
