"""A server is connected to while the studio is open: its tool is dropped, filled in and run."""

import asyncio
import sys
from pathlib import Path

import pytest

from runtime.connections.connections import Connections
from runtime.connections.contents import Draft
from runtime.plugins import own_connectable
from runtime.settings import Settings
from tests.desktop.accessible import Gone, Thing
from tests.desktop.conftest import Start
from tests.desktop.test_first_flow import add, heard, see_result
from tests.desktop.waiting import until

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def connect(home: Path) -> None:
    """What the Connections dock does: keep a connection, agree to it, test it."""
    settings = Settings(home=str(home))
    kinds = own_connectable(settings.agents_folder)
    connections = Connections(settings.folder, kinds, prefer="vault")
    command = f"{sys.executable} -m tests.servers.mcp_server"
    made = connections.put(
        Draft(name="loom", kind="mcp", fields={"command": command, "reads": "weather"},
              secrets={"environment": f"PYTHONPATH={ROOT}"})
    )  # fmt: skip
    connections.agree("loom", made.agrees_to)
    tested = asyncio.run(connections.test("loom"))
    assert tested.ok, tested.said


def names(thing: Thing) -> set[str]:
    """What is to be read in it; nothing while it is made anew."""
    try:
        return {inner.name for inner in thing.walk()}
    except Gone:
        return set()


def test_a_tool_of_a_server_is_dropped_and_run(start: Start) -> None:
    studio = start()
    studio.click_on(studio.tree.wait_for("push button", "New flow"))
    canvas = studio.tree.wait_for("filler", "Canvas")
    blocks = studio.tree.wait_for("tree", "Blocks")
    assert "MCP: loom" not in names(blocks)

    connect(studio.home)
    until(lambda: "MCP: loom" in names(blocks), "the tools being in the palette")

    left, top, width, height = canvas.box
    studio.click(left + width // 3, top + height // 2)
    add(studio, canvas, "weather in", "Weather in a city")
    studio.click_on(studio.tree.wait_for("text", "City of Weather in a city"))
    studio.type("Ghent")
    studio.keys("F6", "Escape")
    studio.keys("F5")

    heard(canvas, "done")
    see_result(studio, "Ghent", "21.0")
