"""A run is stopped, looked at, stepped through, changed and gone on with; and outlives crashes."""

import json
from pathlib import Path

import pytest

from tests.desktop.accessible import Thing
from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.waiting import until

ORDERS = {
    "heddle": 1, "name": "Orders",
    "blocks": {
        "word": {"kind": "flow.constant", "fields": {"value": "tea"}, "title": "Word"},
        "loud": {"kind": "text.case", "fields": {"style": "upper"}, "title": "Say loudly"},
        "fill": {"kind": "text.template", "fields": {"text": "We have {what}."}, "title": "Fill"},
        "out": {"kind": "flow.output", "title": "Answer"},
    },
    "links": ["word.value -> loud.text", "loud.value -> fill.what", "fill.value -> out.value"],
    "view": {"positions": {"word": [0, 0], "loud": [280, 0], "fill": [560, 0], "out": [840, 0]}},
}  # fmt: skip
ROW = ("Word", "Say loudly", "Fill", "Answer")
STOP = "#ff6b6b"
"""The colour of a breakpoint in the dark theme."""

pytestmark = pytest.mark.slow


def heard(canvas: Thing, words: str) -> None:
    until(lambda: words in canvas.description, f"the canvas being described with {words!r}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "orders.flow.json"
    made.write_text(json.dumps(ORDERS))
    return made


def opened(studio: Driver) -> Thing:
    """The canvas, with the keyboard, once flows can run."""
    canvas = studio.tree.wait_for("filler", "Canvas")
    studio.tree.wait_for("push button", "Runtime is ready")
    canvas.focus()
    return canvas


def go_to(studio: Driver, canvas: Thing, title: str) -> None:
    """Walk along the row of blocks with the arrow keys: to its beginning, then to the block."""
    studio.keys(*["ctrl+Left"] * len(ROW))
    heard(canvas, f"selected: {ROW[0]}")
    studio.keys(*["ctrl+Right"] * ROW.index(title))
    heard(canvas, f"selected: {title}")


def stands(canvas: Thing, title: str) -> None:
    until(
        lambda: (
            f"selected: {title}" in canvas.description
            and "the run stands here" in canvas.description
        ),
        f"the run standing at {title}",
    )


def test_a_run_is_stopped_stepped_changed_and_gone_on_with(start: Start, file: Path) -> None:
    studio = start([file])
    canvas = opened(studio)
    go_to(studio, canvas, "Say loudly")

    studio.keys("F9")
    heard(canvas, "breakpoint")
    until(lambda: studio.dots(STOP, canvas.box), "the breakpoint being seen")
    studio.keys("F5")
    stands(canvas, "Say loudly")
    studio.tree.wait_for("label", "Before Say loudly")

    studio.keys("F10")
    stands(canvas, "Fill")
    studio.keys("ctrl+shift+F10")
    stands(canvas, "Say loudly")
    studio.keys("F10")
    stands(canvas, "Fill")

    text = studio.tree.wait_for("text", "Text of Fill")
    text.focus()
    studio.keys("ctrl+a")
    studio.type("No {what} today.")
    use = "push button", "Use it in this run"
    studio.tree.wait_for(*use).do("Press")
    until(lambda: studio.tree.find(*use) is None, "the change being taken")
    canvas.focus()
    studio.keys("F5")
    heard(canvas, "done")
    studio.tree.wait_for("tree item", "value, text, No TEA today.")


def test_breakpoints_are_there_again_after_a_crash(start: Start, file: Path) -> None:
    studio = start([file])
    canvas = opened(studio)
    go_to(studio, canvas, "Fill")
    studio.keys("F9")
    heard(canvas, "breakpoint")

    studio.kill()
    again = start()

    canvas = opened(again)
    again.keys("F5")
    stands(canvas, "Fill")
    again.keys("ctrl+period")
    go_to(again, canvas, "Fill")
    heard(canvas, "breakpoint")
