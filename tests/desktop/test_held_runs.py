"""Runs that stand still: their values are changed, and breakpoints of every kind hold them."""

import json
from pathlib import Path

import pytest

from tests.desktop.accessible import Thing
from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.test_debugging import ORDERS, heard, opened, stands
from tests.desktop.test_flow_tests import choose
from tests.desktop.test_replaying import Model, flow, model, rewrite
from tests.desktop.waiting import until

__all__ = ["model"]

WORDS = {
    "heddle": 1, "name": "Words",
    "blocks": {
        "words": {"kind": "flow.constant", "fields": {"value": ["warp", "weft", "weft", "heddle"]},
                  "title": "Words"},
        "each": {"kind": "logic.for_each", "title": "Each word",
                 "fields": {"body": "one_word", "parallel": 1}},
        "out": {"kind": "flow.output", "title": "Answer"},
    },
    "links": ["words.value -> each.items", "each.value -> out.value"],
    "flows": {"one_word": {
        "blocks": {
            "item": {"kind": "flow.input", "fields": {"name": "item"}, "title": "Word"},
            "loud": {"kind": "text.case", "fields": {"style": "upper"}, "title": "Loud"},
            "say": {"kind": "text.template", "fields": {"text": "{what}!"}, "title": "Say"},
            "said": {"kind": "flow.output", "title": "Said"},
        },
        "links": ["item.value -> loud.text", "loud.value -> say.what", "say.value -> said.value"],
        "view": {"positions": {"item": [0, 0], "loud": [280, 0], "say": [560, 0],
                               "said": [840, 0]}},
    }},
    "view": {"positions": {"words": [0, 0], "each": [280, 0], "out": [560, 0]}},
}  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "words.flow.json"
    made.write_text(json.dumps(WORDS))
    return made


def enter_loop(studio: Driver, canvas: Thing) -> None:
    """Go into the loop, to the block that makes words loud."""
    studio.keys("ctrl+Left", "ctrl+Left", "ctrl+Right")
    heard(canvas, "selected: Each word")
    studio.keys("alt+Down", "ctrl+Left", "ctrl+Left", "ctrl+Left", "ctrl+Right")
    heard(canvas, "selected: Loud")


def leave_loop(studio: Driver, canvas: Thing) -> None:
    """Go out again, to the answer of the flow."""
    canvas.focus()
    studio.keys("alt+Up", "ctrl+Left", "ctrl+Left", "ctrl+Right", "ctrl+Right")
    heard(canvas, "selected: Answer")


def see(studio: Driver, item: str) -> Thing:
    """See a line of the data dock that begins like that."""
    return studio.tree.wait_for("tree item", lambda name: name.startswith(item))


def press(studio: Driver, button: str) -> None:
    studio.tree.wait_for("push button", button).do("Press")


def change(studio: Driver, name: str, value: str) -> None:
    """Write another value into the form that is open for it."""
    box = studio.tree.wait_for("text", f"Value of {name}")
    until(lambda: box.is_("focused"), "the form having the keyboard")
    studio.keys("ctrl+a")
    studio.type(value)
    until(lambda: box.text == value, "the form holding what was typed")
    press(studio, "Use this value")


def gone(studio: Driver, role: str, name: str) -> None:
    until(lambda: studio.tree.find(role, name) is None, f"the {role} {name!r} going")


def over(studio: Driver) -> None:
    """See the run that is shown ended well."""
    studio.tree.wait_for("label", lambda said: said.startswith("State of the run: Done"))


def test_a_value_of_a_held_run_is_changed_and_the_change_dropped(start: Start, file: Path) -> None:
    studio = start([file])
    canvas = opened(studio)
    enter_loop(studio, canvas)
    studio.keys("F9")
    heard(canvas, "breakpoint")
    studio.keys("F5")
    stands(canvas, "Loud")

    see(studio, "text, text, warp").do("Toggle")
    press(studio, "Change the value…")
    studio.tree.wait_for("check box", "It is a text").do("Toggle")
    change(studio, "text", "[5]")
    studio.tree.wait_for("label", lambda said: "text" in said and "list" in said)
    studio.tree.wait_for("check box", "It is a text").do("Toggle")
    change(studio, "text", "silk")
    gone(studio, "text", "Value of text")
    see(studio, "text, text, silk, changed by hand")
    drop = "push button", "Drop the change"
    press(studio, drop[1])
    gone(studio, *drop)
    see(studio, "text, text, warp")
    press(studio, "Change the value…")
    change(studio, "text", "silk")
    see(studio, "text, text, silk, changed by hand")

    canvas.focus()
    studio.keys("F9", "F5")
    heard(canvas, "done")
    over(studio)
    leave_loop(studio, canvas)
    see(studio, 'value, list, ["SILK!","WEFT!"')


def box_for(studio: Driver, what: str) -> Thing:
    """A box to choose in: its name is what is chosen."""

    def found() -> Thing | None:
        boxes = (t for t in studio.tree.walk() if t.role == "combo box" and t.is_("showing"))
        return next((box for box in boxes if box.description == what), None)

    return until(found, f"a box for {what!r}")


def pick(studio: Driver, what: str, choice: str) -> None:
    """Choose in a box of a form by typing how the choice begins."""
    box = box_for(studio, what)
    studio.click_on(box)
    studio.wait_for_popup(over=2)
    studio.type(choice)
    studio.keys("Return")
    studio.wait_for_no_popup(over=2)
    until(lambda: box.name.startswith(choice), f"{choice!r} being chosen")


def fill(studio: Driver, name: str, text: str) -> None:
    box = studio.tree.wait_for("text", name)
    box.focus()
    until(lambda: box.is_("focused"), f"{name} having the keyboard")
    studio.keys("ctrl+a", "Delete")
    if text:
        studio.type(text)
    until(lambda: box.text == text, f"{name} holding {text!r}")


def reshape(studio: Driver, canvas: Thing) -> None:
    """Open the form of the breakpoint at the selected block."""
    canvas.focus()
    studio.keys("ctrl+F9")
    box_for(studio, "When it stops")


def done(studio: Driver, button: str = "Done") -> None:
    """Close the form by its button."""
    press(studio, button)
    gone(studio, "push button", button)


def held_in(studio: Driver, round: int) -> None:
    studio.tree.wait_for("label", f"Before Loud, round {round}")


def test_a_breakpoint_stops_on_a_condition_a_count_and_a_change(start: Start, file: Path) -> None:
    studio = start([file])
    canvas = opened(studio)
    enter_loop(studio, canvas)

    reshape(studio, canvas)
    fill(studio, "Condition", "text == 'heddle'")
    done(studio, "Set")
    studio.keys("F5")
    held_in(studio, 4)
    studio.keys("F5")
    heard(canvas, "done")

    reshape(studio, canvas)
    fill(studio, "Condition", "")
    pick(studio, "How often it stops", "Only")
    studio.keys("Tab", "ctrl+a", "3")
    done(studio)
    canvas.focus()
    studio.keys("F5")
    held_in(studio, 3)
    studio.keys("F5")
    heard(canvas, "done")


def test_a_breakpoint_stops_where_a_value_changes_or_says_what_comes(
    start: Start, file: Path
) -> None:
    studio = start([file])
    canvas = opened(studio)
    enter_loop(studio, canvas)

    reshape(studio, canvas)
    pick(studio, "When it stops", "When the input text")
    studio.tree.wait_for("check box", "Is another than the last time").do("Toggle")
    done(studio, "Set")
    canvas.focus()
    studio.keys("F5")
    held_in(studio, 2)
    studio.keys("F5")
    held_in(studio, 4)
    studio.keys("F5")
    heard(canvas, "done")

    choose(studio, "Remove all breakpoints")
    reshape(studio, canvas)
    fill(studio, "Message", "Here is {text}")
    done(studio, "Set")
    canvas.focus()
    studio.keys("F5")
    studio.click_on(studio.tree.wait_for("page tab", "Breakpoints"))
    said = studio.tree.wait_for("text", "What breakpoints have said")
    until(lambda: said.text.count("Here is") == 4, "all rounds being told of")
    assert "Here is warp" in said.text.splitlines()[0]


def test_a_run_is_held_by_its_budget_and_by_an_error_that_is_left_out(
    start: Start, tmp_path: Path, model: str
) -> None:
    file = tmp_path / "answers.flow.json"
    file.write_text(json.dumps(flow(model, "choices[0].missing.content")))
    studio = start([file])
    studio.tree.wait_for("push button", "Let it run").do("Press")
    until(lambda: not studio.tree.find("push button", "Let it run"), "the question going")
    canvas = opened(studio)
    choose(studio, "Stop the whole run when")
    pick(studio, "When it stops", "The run has used more tokens")
    studio.keys("Tab", "ctrl+a", "4", "1")
    done(studio, "Set")
    choose(studio, "Stop the whole run when")
    done(studio, "Set")

    canvas.focus()
    studio.keys("F5")
    studio.tree.wait_for("label", lambda said: "42 tokens" in said)
    assert Model.asked == 1

    studio.keys("F5")
    see(studio, "about to be raised")
    press(studio, "Do the block again")
    see(studio, "attempt 1")
    press(studio, "Skip the block")
    over(studio)
    assert Model.asked == 1


def test_the_call_path_leads_to_a_round_and_a_watch_shows_every_one(
    start: Start, file: Path
) -> None:
    studio = start([file])
    canvas = opened(studio)
    enter_loop(studio, canvas)
    studio.keys("F9", "F5")
    stands(canvas, "Loud")

    studio.bring_up("Watches")
    watches = studio.tree.wait_for("table", "Watches")
    watches.focus()
    studio.keys("Return")
    studio.type("loud.text")
    studio.keys("Return")
    studio.wait_for_no_popup()
    until(lambda: "warp" in [cell.name for cell in watches.walk()], "the value of the watch")
    canvas.focus()
    studio.keys("F5")
    until(lambda: "weft" in [cell.name for cell in watches.walk()], "its value in round 2")

    studio.click_on(studio.tree.wait_for("page tab", "Call path"))
    studio.click_on(studio.tree.wait_for("list item", "words"))
    heard(canvas, "3 blocks, nothing selected")
    studio.click_on(studio.tree.wait_for("list item", lambda name: name.startswith("Round 2")))
    stands(canvas, "Loud")

    canvas.focus()
    studio.keys("F9", "F5")
    heard(canvas, "done")
    studio.click_on(studio.tree.wait_for("page tab", "Through the rounds"))
    watches.focus()
    studio.keys("Up")
    rounds = studio.tree.wait_for("table", "The watch through the rounds")
    until(
        lambda: {"Round 1", "warp", "Round 4", "heddle"} <= {cell.name for cell in rounds.walk()},
        "the watch in every round",
    )


def test_two_runs_are_compared_and_one_is_looked_at_on_another_machine(
    start: Start, tmp_path: Path
) -> None:
    file, bundle = tmp_path / "orders.flow.json", tmp_path / "yesterday.run"
    file.write_text(json.dumps(ORDERS))
    studio = start([file])
    canvas = opened(studio)
    studio.keys("F5")
    over(studio)
    studio.keys("ctrl+Left", "ctrl+Left", "ctrl+Left", "ctrl+Right", "ctrl+Right")
    heard(canvas, "selected: Fill")
    rewrite(studio, "Text of Fill", "No {what}.")
    canvas.focus()
    studio.keys("F5")
    see(studio, "value, text, No TEA.")

    studio.click_on(studio.tree.wait_for("page tab", "History"))
    runs = studio.tree.wait_for("table", "Past runs")
    until(lambda: [cell.name for cell in runs.walk()].count("Done") == 2, "both runs")
    runs.focus()
    studio.keys("ctrl+a")
    press(studio, "Compare two runs")
    studio.tree.wait_for("label", "They part at “Fill”: the block was changed.")
    found = studio.tree.wait_for("table", "What differs between two runs")
    assert "Fill, the runs part here" in [cell.name for cell in found.walk()]

    choose(studio, "Export the run")
    fill(studio, "File name:", str(bundle))
    studio.keys("Return")
    until(bundle.exists, "the bundle being written")
    assert studio.quit() == 0

    elsewhere = start([bundle], home="elsewhere")
    canvas = elsewhere.tree.wait_for("filler", "Canvas")
    over(elsewhere)
    canvas.focus()
    elsewhere.keys("ctrl+Left", "ctrl+Left", "ctrl+Left", "ctrl+Right", "ctrl+Right")
    heard(canvas, "selected: Fill")
    see(elsewhere, "value, text, No TEA.")
