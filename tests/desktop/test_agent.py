"""An agent is given tools, watched step by step, stopped inside one of them, and replayed."""

import json
from pathlib import Path

import pytest

from tests.desktop.accessible import Thing
from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.test_asking_models import connected
from tests.desktop.test_debugging import opened, stands
from tests.desktop.test_first_flow import add, heard
from tests.desktop.test_mcp_tools import connect, names
from tests.desktop.waiting import until
from tests.servers.models import Called, Models, Said

SHOP = {
    "heddle": 1, "name": "Shop",
    "flows": {
        "find_goods": {
            "name": "Find goods", "description": "Finds goods of the shop by a word.",
            "blocks": {
                "word": {"kind": "flow.input",
                         "fields": {"name": "word", "type": "text", "required": True}},
                "say": {"kind": "text.template", "fields": {"text": "Plenty of {word}"},
                        "title": "Look on the shelf"},
                "found": {"kind": "flow.output"},
            },
            "links": ["word.value -> say.word", "say.value -> found.value"],
            "view": {"positions": {"word": [0, 0], "say": [300, 0], "found": [600, 0]}},
        },
    },
}  # fmt: skip

TURNS = (
    Said(
        thought="The shelf first.", text="I look.",
        calls=(Called("find_goods", {"word": "wool"}),
               Called("weather_in_a_city", {"city": "Ghent"}),
               Called("change_case", {"text": "GHENT"})),
    ),
    Said("Send it today."),
)  # fmt: skip

BREAK = "Break before each tool call"
STEPS = {
    "Thinks: The shelf first.",
    "Says: I look.",
    'Calls find_goods: {"word":"wool"}',
    "Gives: Plenty of wool",
    'Calls weather_in_a_city: {"city":"Ghent"}',
    'Gives: {"city":"Ghent","degrees":21.0,"rain":false}',
    'Calls change_case: {"text":"GHENT"}',
    "Gives: ghent",
    "Says: Send it today.",
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]  # a server of tools is started for it


def write(studio: Driver, field: str, text: str) -> None:
    studio.click_on(studio.tree.wait_for("text", field))
    studio.type(text)
    studio.keys("F6")


def open_tools(studio: Driver, *keys: str) -> None:
    """Open what can be added to an agent's tools, and choose from it."""
    studio.click_on(studio.tree.wait_for("push button", "Tools of Agent"))
    studio.wait_for_popup()
    studio.keys(*keys)


def find_tool(studio: Driver, letters: str) -> None:
    """Choose a kind of block in the search that is open."""
    studio.wait_for_popup()
    studio.type(letters)
    studio.keys("Return")
    studio.wait_for_no_popup()


def give_tools(studio: Driver) -> None:
    open_tools(studio, "Up", "Return")
    studio.tree.wait_for("push button", "Go inside find_goods")
    open_tools(studio, "Down", "Down", "Down", "Return")
    find_tool(studio, "weather in")
    studio.tree.wait_for("push button", "Go inside weather_in_a_city")
    open_tools(studio, "Down", "Down", "Return")
    find_tool(studio, "change case")
    studio.tree.wait_for("push button", "Go inside change_case")


def is_done(label: str) -> bool:
    """Whether it says that a run is done, and how long that took."""
    return label.startswith("Done · ")


def see(studio: Driver, steps: Thing, *lines: str) -> None:
    until(lambda: {*lines} <= names(steps), f"steps saying {lines}")


def test_an_agent_is_watched_stopped_inside_a_tool_and_replayed_for_nothing(
    start: Start, tmp_path: Path, models: Models
) -> None:
    connected(tmp_path / "home", models)
    connect(tmp_path / "home")
    models.then(*TURNS)
    file = tmp_path / "shop.flow.json"
    file.write_text(json.dumps(SHOP))
    studio = start([file])
    canvas = opened(studio)

    add(studio, canvas, "agent", "Agent")
    give_tools(studio)
    write(studio, "Goal of Agent", "Send wool to Ghent")
    write(studio, "Model of Agent", "local/scripted-large")
    studio.tree.wait_for("page tab", "Steps").do("Press")
    studio.tree.wait_for("check box", BREAK).do("Toggle")
    canvas.focus()
    studio.keys("F5")

    stands(canvas, "Agent")
    steps = studio.tree.wait_for("tree", "Steps of the agent")
    see(studio, steps, 'Calls find_goods: {"word":"wool"}')
    assert not {name for name in names(steps) if name.startswith("Gives")}

    studio.tree.wait_for("push button", "Go inside find_goods").do("Press")
    heard(canvas, "3 blocks")
    canvas.focus()
    studio.keys("ctrl+Left", "ctrl+Left", "ctrl+Left", "ctrl+Right")
    heard(canvas, "selected: Look on the shelf")
    studio.keys("F9")
    heard(canvas, "breakpoint")
    studio.keys("F5")
    stands(canvas, "Look on the shelf")
    assert len(models.asked) == 1

    studio.keys("F5")
    heard(canvas, "done")
    see(studio, steps, *STEPS)
    assert len(models.asked) == 2

    studio.keys("F9", "alt+Up", "ctrl+Left")
    heard(canvas, "selected: Agent")
    studio.tree.wait_for("check box", BREAK).do("Toggle")
    canvas.focus()
    before = studio.tree.wait_for("label", is_done).name
    studio.keys("shift+F5")
    studio.tree.wait_for("label", lambda name: is_done(name) and name != before)
    see(studio, steps, *STEPS)
    assert len(models.asked) == 2
