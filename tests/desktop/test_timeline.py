"""A run is gone back through: the head is dragged, and the canvas shows how it was."""

import pytest

from tests.desktop.accessible import Thing
from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.waiting import until

RULER = 12
"""Pixels from the upper edge of the chart to the middle of its ruler."""


def chart_of(studio: Driver) -> Thing:
    return until(
        lambda: next((t for t in studio.tree.walk() if t.name == "Timeline of the run"), None),
        "the timeline",
    )


@pytest.mark.slow
def test_dragging_the_head_shows_the_past_and_escape_now(start: Start) -> None:
    studio = start()
    studio.tree.wait_for("push button", "Template No faster than").do()
    canvas = studio.tree.wait_for("filler", "Canvas")
    studio.tree.wait_for("push button", "Runtime is ready")
    studio.keys("F5")
    studio.tree.wait_for("label", lambda name: name.startswith("Done"))
    studio.click_on(studio.tree.wait_for("page tab", "Timeline"))
    chart = chart_of(studio)
    until(lambda: chart.description.endswith("looking at the run now"), "the run being known")

    x, y, width, _ = chart.box
    studio.drag((x + width - 60, y + RULER), (x + width // 2, y + RULER))

    until(lambda: "event" in chart.description, "the head being in the past")
    studio.tree.wait_for("push button", "Back to now")
    assert canvas.is_("showing")

    studio.keys("Left", "Left")
    place = chart.description
    studio.keys("Right")
    until(lambda: chart.description != place, "a step on")
    studio.keys("Escape")
    until(lambda: chart.description.endswith("looking at the run now"), "being back at now")
