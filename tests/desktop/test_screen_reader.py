"""What a person who hears the screen is told, and can do, over the real AT-SPI bus."""

from pathlib import Path

import pytest

from tests.desktop.accessible import Gone, Thing
from tests.desktop.conftest import Start
from tests.desktop.waiting import until

TEMPLATES = Path(__file__).parents[2] / "resources" / "templates"

NAMED = {"push button", "toggle button", "check box", "radio button", "combo box", "text",
         "spin button", "slider", "menu item", "check menu item", "page tab", "tree", "tree item",
         "list", "list item", "table", "tool bar"}  # fmt: skip
"""Roles of what one can do something with: each must say what it is."""


def nameless(tree: Thing) -> list[str]:
    found = list[str]()
    for thing in tree.walk():
        try:
            if thing.role in NAMED and thing.is_("showing") and not thing.name.strip():
                found.append(f"{thing.role} at {thing.box}")
        except Gone:
            continue
    return found


def items(menu: Thing) -> list[str]:
    return [thing.name for thing in menu.walk() if thing.role.endswith("menu item")]


@pytest.mark.slow
def test_every_control_has_a_name(start: Start) -> None:
    studio = start()
    studio.tree.wait_for("push button", "New flow")
    assert nameless(studio.tree) == []

    studio.keys("ctrl+n")
    studio.tree.wait_for("tree", "Blocks")
    assert nameless(studio.tree) == []


@pytest.mark.slow
def test_the_outline_tells_the_flow_and_selects_in_it(start: Start) -> None:
    studio = start([TEMPLATES / "hello.flow.json"])
    studio.tree.wait_for("page tab", "Outline").do("Press")

    rows = [row.name for row in studio.tree.wait_for("tree", "Outline of the flow").children]
    assert [row for row in rows if "." in row] == [
        "Name, flow.input",
        "Greet, text.template, links from Name",
        "Greeting, flow.output, links from Greet",
    ]

    studio.tree.wait_for("tree item", lambda name: name.startswith("Greet,")).do("Toggle")
    canvas = studio.tree.wait_for("filler", "Canvas")
    heard = "3 blocks, selected: Greet, links from Name"
    until(lambda: canvas.description == heard, f"the canvas being described as {heard!r}")


@pytest.mark.slow
def test_every_menu_is_read_and_an_action_is_done_without_keyboard_or_mouse(start: Start) -> None:
    studio = start([TEMPLATES / "hello.flow.json"])
    canvas = studio.tree.wait_for("filler", "Canvas")
    bar = studio.tree.wait_for("menu item", "File"), studio.tree.wait_for("menu item", "Run")
    told = {menu.name: items(menu) for menu in bar}
    assert {"New flow", "Save", "Quit"} <= set(told["File"])
    assert {"Run", "Run to here"} <= set(told["Run"])

    studio.tree.wait_for("menu item", "Edit").do("ShowMenu")
    studio.tree.wait_for("menu item", "Select all").do("Press")

    heard = "Name; Greet, links from Name; Greeting, links from Greet"
    until(lambda: sorted(heard) == sorted(canvas.description.partition("selected: ")[2]),
          f"the canvas being described with {heard!r}")  # fmt: skip
