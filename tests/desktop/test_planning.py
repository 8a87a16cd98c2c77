"""A goal is put into words and planned, edited and run; the part that fails is planned anew."""

from pathlib import Path

import pytest

from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.test_asking_models import connected
from tests.desktop.test_first_flow import heard, save
from tests.desktop.waiting import until
from tests.graph.planning.sketches import said, sketch, step
from tests.servers.models import Models, Said

PLAN = sketch(
    "Greet loudly",
    [
        step("who", "flow.input", name="who", type="text", required="true"),
        step("shout", "code.python", code="who.shout()") | {"title": "Shout"},
        step("greet", "text.template", text="Hello {who}") | {"title": "Greet"},
        step("out", "flow.output", name="greeting"),
    ],
    "who.value -> shout.who", "shout.value -> greet.who", "greet.value -> out.value",
)  # fmt: skip
INSTEAD = sketch(
    "", [step("loud", "text.case", style="upper") | {"title": "Capitals"}],
    "before.who -> loud.text", "loud.value -> after.value",
)  # fmt: skip
GOAL = "Shout a name with Python code, and fill a text template"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
"""It begins two runs and two questions, each with what others leave of the processors."""


def run(studio: Driver, name: str) -> None:
    studio.keys("F5")
    studio.click_on(studio.tree.wait_for("text", "Who"))
    studio.keys("ctrl+a")
    studio.type(name)
    studio.keys("Return")


def test_a_goal_is_planned_edited_run_and_its_failed_part_planned_anew(
    start: Start, tmp_path: Path, models: Models
) -> None:
    connected(tmp_path / "home", models)
    models.then(Said(said(PLAN)), Said(said(INSTEAD)))
    studio = start()

    # Planned, and let run: its Python is nobody's yet.
    studio.tree.wait_for("push button", "Plan a goal…").do("Press")
    studio.tree.wait_for("text", "What is the flow to do?")
    studio.type(GOAL)
    studio.click_on(studio.tree.wait_for("text", "Model"))
    studio.type("local/scripted-large")
    studio.keys("ctrl+Return")
    models.wait(lambda: len(models.asked) == 1, within=60)
    studio.tree.wait_for("label", "A model planned this flow")
    studio.tree.wait_for("push button", "Let it run").do("Press")
    canvas = studio.tree.wait_for("filler", "Canvas")
    heard(canvas, "4 blocks")
    assert GOAL in str(models.asked[0].body["messages"][-1]["content"])

    # Edited.
    canvas.focus()
    studio.keys(*["ctrl+Left"] * 4)
    heard(canvas, "selected: Input")
    studio.keys("ctrl+Right", "ctrl+Right")
    heard(canvas, "selected: Greet")
    studio.click_on(studio.tree.wait_for("text", "Text of Greet"))
    studio.keys("ctrl+End")
    studio.type("!")
    studio.keys("F6", "Escape")

    # Run, which fails; only the part that failed is planned anew.
    run(studio, "Ada")
    canvas.focus()
    studio.keys("ctrl+Left")
    heard(canvas, "selected: Shout")
    heard(canvas, "failed")
    studio.keys("ctrl+k")
    studio.wait_for_popup()
    studio.type("plan anew")
    studio.keys("Return")
    studio.tree.wait_for("text", "What should be different?")
    studio.keys("ctrl+Return")
    heard(canvas, "selected: Capitals")
    asked = str(models.asked[1].body["messages"][-1]["content"])
    assert "who.shout()" in asked
    assert "Of them failed 'shout'" in asked

    run(studio, "Ada")
    canvas.focus()
    studio.keys("ctrl+Right", "ctrl+Right")
    heard(canvas, "selected: Output")
    text = studio.tree.wait_for("text", lambda name: name.endswith("as text"))
    until(lambda: "Hello ADA!" in text.text, "the greeting being read")
    mended = save(studio, tmp_path / "greet.flow.json")
    assert mended["blocks"]["shout"]["kind"] == "text.case"
    assert mended["blocks"]["greet"]["fields"] == {"text": "Hello {who}!"}

    # Undo takes it back as one step.
    canvas.focus()
    studio.keys("ctrl+z")
    file = tmp_path / "greet.flow.json"
    studio.keys("ctrl+s")
    until(lambda: "who.shout()" in file.read_text(), "the part being what it was")
