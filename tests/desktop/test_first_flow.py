"""From nothing to a result: by hand, and by keyboard alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.accessible import Thing
from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.waiting import until

PEOPLE = '[{"name": "Ada", "age": 36}, {"name": "Alan", "age": 41}]'
ANY = "#9aa4b2"
"""The colour of a port for any value, in the dark theme."""

pytestmark = pytest.mark.slow


def heard(canvas: Thing, words: str) -> None:
    until(lambda: words in canvas.description, f"the canvas being described with {words!r}")


def add(studio: Driver, canvas: Thing, letters: str, title: str) -> None:
    studio.keys("Tab")
    studio.wait_for_popup()
    studio.type(letters)
    studio.keys("Return")
    studio.wait_for_no_popup()
    heard(canvas, f"selected: {title}")


def save(studio: Driver, file: Path) -> dict[str, Any]:
    studio.keys("ctrl+s")
    studio.tree.wait_for("text", "File name:")
    studio.type(str(file))
    studio.keys("Return")
    until(file.exists, "the file being written")
    return json.loads(file.read_text())


def see_result(studio: Driver, *texts: str) -> None:
    table = studio.tree.wait_for("table", "Result as a table")
    until(lambda: {*texts} <= {cell.name for cell in table.walk()}, f"a table of {texts}")


def test_someone_new_draws_runs_reads_and_saves_a_flow(start: Start, tmp_path: Path) -> None:
    studio = start()
    studio.click_on(studio.tree.wait_for("push button", "New flow"))
    canvas = studio.tree.wait_for("filler", "Canvas")
    left, top, width, height = canvas.box
    studio.click(left + width // 3, top + height // 2)

    add(studio, canvas, "js", "Parse JSON")
    studio.click_on(studio.tree.wait_for("text", "Text of Parse JSON"))
    studio.type(PEOPLE)
    studio.keys("F6", "Escape")
    (port,) = until(lambda: studio.dots(ANY, canvas.box), "the port being seen")
    studio.drag(port, (port[0] + 220, port[1] + 40))
    studio.wait_for_popup()
    studio.type("out")
    studio.keys("Return")
    studio.wait_for_no_popup()
    heard(canvas, "selected: Output, links from Parse JSON")

    studio.keys("F5")
    heard(canvas, "done")
    see_result(studio, "Ada", "36", "Alan", "41")
    saved = save(studio, tmp_path / "people.flow.json")
    assert saved["links"] == ["parse_json.value -> output.value"]
    studio.tree.wait_for("page tab", "people")


def test_the_same_without_a_mouse(start: Start, tmp_path: Path) -> None:
    studio = start()
    studio.tree.wait_for("push button", "New flow")
    studio.keys("ctrl+n")
    canvas = studio.tree.wait_for("filler", "Canvas")
    until(lambda: canvas.is_("focused"), "the canvas having the keyboard")

    add(studio, canvas, "js", "Parse JSON")
    studio.keys("Return")
    field = studio.tree.wait_for("text", "Text of Parse JSON")
    until(lambda: field.is_("focused"), "the field having the keyboard")
    studio.type(PEOPLE)
    studio.keys("F6")
    add(studio, canvas, "out", "Output")
    studio.keys("ctrl+Left")
    heard(canvas, "selected: Parse JSON")
    studio.keys("l")
    studio.wait_for_popup()
    studio.keys("Return")
    studio.type("output")
    studio.keys("Return")
    studio.wait_for_no_popup()
    until(lambda: canvas.is_("focused"), "the canvas having the keyboard again")

    studio.keys("F5")
    heard(canvas, "selected: Parse JSON, done")
    see_result(studio, "Ada", "36", "Alan", "41")
    saved = save(studio, tmp_path / "people.flow.json")
    assert saved["links"] == ["parse_json.value -> output.value"]
