"""A template is run, changed and run again, and what became otherwise is shown."""

import pytest

from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.waiting import until


def run_with(studio: Driver, name: str) -> None:
    button = studio.tree.wait_for("push button", "Run")
    until(lambda: button.is_("enabled"), "the flow being ready to run")
    studio.keys("F5")
    field = studio.tree.wait_for("text", "Name")
    until(lambda: field.is_("focused"), "the first input having the keyboard")
    studio.keys("ctrl+a")
    studio.type(name)
    studio.keys("Return")
    wanted = f"Hello, {name}!"
    shown = studio.tree.wait_for("text", "Result as text")
    until(lambda: shown.text.strip() == wanted, f"the result {wanted!r}")


@pytest.mark.slow
def test_a_second_run_shows_what_changed(start: Start) -> None:
    studio = start()
    studio.click_on(studio.tree.wait_for("push button", "Template Hello"))
    studio.tree.wait_for("filler", "Canvas")
    studio.tree.wait_for("push button", "Runtime is ready")

    run_with(studio, "Ada")
    run_with(studio, "Grace")
    studio.click_on(studio.tree.wait_for("check box", "What is different from before"))

    changes = studio.tree.wait_for("text", "What is different from before")
    until(lambda: "Ada" in changes.text and "Grace" in changes.text, "both results being shown")
