"""No work is lost: crashes, a runtime that dies, files that others write, flows from elsewhere."""

import json
import shutil
from pathlib import Path

import pytest

from tests.desktop.accessible import Thing
from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.waiting import until

HELLO = Path(__file__).parents[2] / "resources" / "templates" / "hello.flow.json"

SLOW = {
    "heddle": 1, "name": "Slow",
    "blocks": {
        "pause": {"kind": "logic.wait", "fields": {"seconds": 4, "value": "tea"}, "title": "Steep"},
        "out": {"kind": "flow.output"},
    },
    "links": ["pause.value -> out.value"],
}  # fmt: skip

FETCHES = {
    "heddle": 1, "name": "From elsewhere",
    "blocks": {"page": {"kind": "http.get", "fields": {"url": "http://127.0.0.1:9/secret"}}},
}  # fmt: skip

pytestmark = pytest.mark.slow


def heard(canvas: Thing, words: str) -> None:
    until(lambda: words in canvas.description, f"the canvas being described with {words!r}")


def add_a_block(studio: Driver) -> None:
    canvas = studio.tree.wait_for("filler", "Canvas")
    canvas.focus()
    studio.keys("Tab")
    studio.wait_for_popup()
    studio.type("js")
    studio.keys("Return")
    studio.wait_for_no_popup()
    heard(canvas, "selected: Parse JSON")


def written(file: Path, flow: object) -> Path:
    file.write_text(json.dumps(flow))
    return file


def test_a_killed_studio_comes_back_with_everything(start: Start) -> None:
    studio = start()
    studio.tree.wait_for("push button", "New flow").do("Press")
    add_a_block(studio)
    family = studio.children()

    studio.kill()
    until(lambda: not any(p.is_running() for p in family), "the end of what it had started")
    again = start()

    canvas = again.tree.wait_for("filler", "Canvas")
    heard(canvas, "1 block")
    again.tree.wait_for("label", "Heddle ended unexpectedly. Everything is as you left it.")


def test_a_runtime_that_dies_is_brought_back_and_its_run_resumed(
    start: Start, tmp_path: Path
) -> None:
    studio = start([written(tmp_path / "slow.flow.json", SLOW)])
    canvas = studio.tree.wait_for("filler", "Canvas")
    studio.tree.wait_for("push button", "Runtime is ready")
    canvas.focus()
    studio.keys("ctrl+a", "F5")
    heard(canvas, "Steep, running")

    for child in studio.children():
        child.kill()
    resume = studio.tree.wait_for("push button", "Resume the run")
    resume.do("Press")

    heard(canvas, "Steep, done")
    heard(canvas, "Output, links from Steep, done")


def test_a_file_that_someone_else_changed_is_never_overwritten(
    start: Start, tmp_path: Path
) -> None:
    file = tmp_path / "hello.flow.json"
    shutil.copy(HELLO, file)
    studio = start([file])
    add_a_block(studio)

    theirs = json.loads(file.read_text())
    theirs["blocks"]["greet"]["title"] = "Welcome"
    written(file, theirs)
    for choice in ("Keep mine", "Take theirs"):
        studio.tree.wait_for("push button", choice)
    studio.tree.wait_for("push button", "Merge both").do("Press")

    canvas = studio.tree.wait_for("filler", "Canvas")
    heard(canvas, "4 blocks")
    studio.tree.wait_for("page tab", "Outline").do("Press")
    studio.tree.wait_for("tree item", lambda name: name.startswith("Welcome, text.template"))
    assert "parse_json" not in file.read_text()


def test_a_flow_from_elsewhere_says_first_what_it_wants(start: Start, tmp_path: Path) -> None:
    studio = start([written(tmp_path / "elsewhere.flow.json", FETCHES)])

    page = studio.tree.wait_for("filler", "What the flow wants to touch")

    until(lambda: any("127.0.0.1" in thing.name for thing in page.walk()), "the host being named")
    studio.keys("F5")
    studio.tree.wait_for("label", lambda text: text.startswith("You haven't let this flow run"))
    studio.tree.wait_for("push button", "Only look at it").do("Press")
    canvas = studio.tree.wait_for("filler", "Canvas")
    canvas.focus()
    studio.keys("ctrl+a")
    until(lambda: canvas.description == "1 block, selected: HTTP get", "nothing having been run")

    studio.tree.wait_for("push button", "Let it run").do("Press")
    until(lambda: not studio.tree.find("push button", "Let it run"), "the flow being trusted")
    studio.keys("F5")
    heard(canvas, "HTTP get, failed")
