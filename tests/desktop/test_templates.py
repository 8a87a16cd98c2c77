"""A template is found, opened and run; a flow of one's own is kept as one, and opened again."""

import pytest

from tests.desktop.accessible import Thing
from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.waiting import until

pytestmark = pytest.mark.slow


def begin(studio: Driver) -> Thing:
    studio.click_on(studio.tree.wait_for("push button", "New flow"))
    canvas = studio.tree.wait_for("filler", "Canvas")
    studio.tree.wait_for("push button", "Runtime is ready")
    studio.click_on(studio.tree.wait_for("page tab", "Templates"))
    return canvas


def find(studio: Driver, words: str) -> None:
    field = studio.tree.wait_for("text", "Find a template")
    studio.click_on(field)
    until(lambda: field.is_("focused"), "the search having the keyboard")
    studio.keys("ctrl+a")
    studio.type(words)


def test_a_template_is_found_by_what_it_does_looked_at_opened_and_run(start: Start) -> None:
    studio = start()
    begin(studio)

    find(studio, "compare")
    studio.tree.wait_for("label", "How to use it")
    studio.tree.wait_for("label", "Run Python code, in a sandbox")
    studio.click_on(studio.tree.wait_for("push button", "Open a copy"))
    studio.tree.wait_for("page tab", lambda name: name.startswith("Compare two tables"))
    studio.keys("F5")

    table = studio.tree.wait_for("table", "Result as a table")
    until(lambda: {"added", "removed"} <= {cell.name for cell in table.walk()}, "the differences")


def test_a_flow_is_kept_as_a_template_and_opened_from_the_library(start: Start) -> None:
    studio = start()
    studio.click_on(studio.tree.wait_for("push button", "Template Hello"))
    studio.tree.wait_for("filler", "Canvas")

    studio.keys("ctrl+k")
    studio.wait_for_popup()
    studio.type("save as template")
    studio.keys("Return")
    name = studio.tree.wait_for("text", "Name")
    until(lambda: name.is_("focused"), "the name having the keyboard")
    studio.keys("ctrl+a")
    studio.type("Greet them all")
    studio.keys("Return")

    studio.tree.wait_for("label", lambda text: text.startswith("My templates"))
    studio.click_on(studio.tree.wait_for("push button", "Open a copy"))
    studio.tree.wait_for("page tab", lambda text: text.startswith("Greet them all"))
