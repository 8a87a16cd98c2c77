"""What is said of a block that gave nothing of its own."""

from app.presenters.live_run import LiveRun
from app.presenters.results import of_block
from graph.flow import Block


def test_an_input_that_was_not_given_shows_its_default() -> None:
    folder = Block("folder", "flow.input", {"name": "folder", "default": "triage"})

    result = of_block(LiveRun("r1"), folder, "Folder", "folder", {})

    assert result.values == {"value": "triage"}
    assert result.state == "Its default"


def test_an_input_that_was_given_shows_what_it_was_given() -> None:
    folder = Block("folder", "flow.input", {"name": "folder", "default": "triage"})

    result = of_block(LiveRun("r1"), folder, "Folder", "folder", {"value": "elsewhere"})

    assert result.values == {"value": "elsewhere"}
    assert result.state == "Done"


def test_a_note_is_not_waited_for() -> None:
    result = of_block(LiveRun("r1"), Block("about", "flow.note"), "About", "about", {})

    assert result.note == "A note does nothing in a run."
