"""The form of a block, as screen readers tell it and the keyboard fills it in."""

from pathlib import Path

import pytest

from tests.desktop.conftest import Start
from tests.desktop.test_screen_reader import nameless
from tests.desktop.waiting import until

TEMPLATES = Path(__file__).parents[2] / "resources" / "templates"


@pytest.mark.slow
def test_a_field_is_found_filled_in_and_taken_back_by_keyboard(start: Start) -> None:
    studio = start([TEMPLATES / "hello.flow.json"])
    studio.tree.wait_for("page tab", "Outline").do("Press")
    studio.tree.wait_for("tree item", lambda name: name.startswith("Greet,")).do("Toggle")

    text = studio.tree.wait_for("text", "Text of Greet")
    assert nameless(studio.tree) == []
    before = text.text
    studio.keys("ctrl+e")
    studio.keys("Return")
    until(lambda: text.is_("focused"), "the keyboard being in the field")
    studio.keys("ctrl+End")
    studio.type(" Welcome")

    until(lambda: text.text == f"{before} Welcome", "the field holding what was typed")
    studio.keys("ctrl+e")
    studio.keys("ctrl+z")
    until(lambda: text.text == before, "the word being taken back at once")
