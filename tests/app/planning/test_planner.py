"""A goal is planned in the window, and a part planned anew: drawn, told, given up, taken back."""

from typing import TypeVar

import pytest
from pytestqt.qtbot import QtBot

from app.document import Document
from app.notices import Notice
from app.planning.goal_sheet import GoalSheet
from app.planning.notes_sheet import NotesSheet
from app.planning.part import can_plan
from app.planning.part_sheet import PartSheet
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Block, Flow
from tests.graph.planning.sketches import GREETING, said, sketch, step
from tests.servers.models import Models, Said

S = TypeVar("S", bound=GoalSheet | PartSheet)
GOAL = "Fill a text template with a name"
SAVING = sketch(
    "Save it",
    [step("save", "files.write", path="a.txt", text="Hello"), step("out", "flow.output")],
    "save.path -> out.value",
)
HELLO = Flow.of(
    [Block("who", "flow.input", {"name": "who", "type": "text"}),
     Block("greet", "text.template", {"text": "Hello {who}"}),
     Block("out", "flow.output")],
    [("who.value", "greet.who"), ("greet.value", "out.value")], name="Hello",
)  # fmt: skip
LOUDER = sketch(
    "", [step("fill", "text.template", text="Hello {name}"),
         step("loud", "text.case", style="upper")],
    "before.who -> fill.name", "fill.value -> loud.text", "loud.value -> after.value",
)  # fmt: skip

pytestmark = pytest.mark.slow


def sheet(studio: Studio, action: str, kind: type[S]) -> S:
    """The sheet that an action opens."""
    studio.actions.refresh()
    studio.actions[action].trigger()
    return studio.window.findChildren(kind)[-1]


def plan(studio: Studio, goal: str = GOAL) -> GoalSheet:
    """Ask for a plan of a goal."""
    asked = sheet(studio, "file.plan", GoalSheet)
    asked.goal.show_text(goal)
    asked.model.setEditText("local/scripted-large")
    asked.press("Plan")
    return asked


def opened(studio: Studio, flow: Flow) -> Workbench:
    bench = Workbench(Document(flow), studio.catalog)
    studio.workspace.add(bench)
    return bench


@pytest.fixture
def told(studio: Studio) -> list[Notice]:
    found = list[Notice]()
    studio.notices.told.connect(found.append)
    return found


def test_a_plan_is_drawn_as_a_new_flow_with_what_was_noted(
    studio: Studio, models: Models, told: list[Notice], qtbot: QtBot
) -> None:
    models.always = Said(said(GREETING))
    plan(studio)
    qtbot.waitUntil(lambda: studio.workspace.current is not None, timeout=30_000)

    bench = studio.workspace.current
    assert bench is not None
    assert bench.title == "Greet somebody"
    assert bench.document.flow.description == GOAL
    assert bench.is_trusted, "it touches nothing"
    assert not bench.document.is_saved
    assert told[-1].text == "“Greet somebody” is drawn, with 3 blocks."
    told[-1].offers[0].do()
    (notes,) = studio.window.findChildren(NotesSheet)
    notes.press("Close")


def test_what_wants_to_touch_something_waits_for_a_word(
    studio: Studio, models: Models, qtbot: QtBot
) -> None:
    models.always = Said(said(SAVING))
    plan(studio, "Write a text to a file")
    qtbot.waitUntil(lambda: studio.workspace.current is not None, timeout=30_000)

    bench = studio.workspace.current
    assert bench is not None
    assert bench.is_planned
    assert not bench.is_trusted


def test_an_empty_flow_is_filled_in_one_step(studio: Studio, models: Models, qtbot: QtBot) -> None:
    models.always = Said(said(GREETING))
    bench = opened(studio, Flow(name="Mine"))
    plan(studio)
    qtbot.waitUntil(lambda: bool(bench.flow.blocks), timeout=30_000)

    assert len(studio.workspace) == 1
    assert bench.document.flow.name == "Mine"
    assert len(bench.document.history) == 1
    bench.undo()
    assert bench.document.flow == Flow(name="Mine")


def test_closing_the_sheet_gives_up(
    studio: Studio, models: Models, told: list[Notice], qtbot: QtBot
) -> None:
    models.always = Said(said(GREETING), hang=4)
    asked = plan(studio)
    assert asked.told.text() == "The model is planning…"
    assert not asked.goal.isEnabled()
    qtbot.waitUntil(lambda: len(models.asked) == 1, timeout=30_000)

    asked.press("Cancel")

    qtbot.waitUntil(lambda: models.asked[0].left, timeout=10_000)
    assert studio.workspace.current is None
    assert told == []


def test_what_went_wrong_is_told_where_it_can_be_mended(
    studio: Studio, models: Models, qtbot: QtBot
) -> None:
    models.always = Said(said(sketch("", [step("a", "teleport.now")])))
    asked = plan(studio)
    qtbot.waitUntil(lambda: "no plan in 3 tries" in asked.told.text(), timeout=30_000)

    assert "teleport.now" in asked.told.text()
    assert asked.goal.isEnabled()
    assert asked.goal.text == GOAL
    asked.press("Cancel")


def test_without_a_goal_nobody_is_asked(studio: Studio, models: Models) -> None:
    asked = plan(studio, "  ")

    assert asked.told.text() == "Say what the flow is to do."
    assert models.asked == []
    asked.press("Cancel")


def test_the_words_of_a_goal_draw_a_beginning_without_a_model(
    studio: Studio, models: Models
) -> None:
    asked = sheet(studio, "file.plan", GoalSheet)
    asked.goal.show_text("Split the text into lines and count them")
    asked.press("Without a model")

    bench = studio.workspace.current
    assert bench is not None
    assert [p for p in bench.problems if p.severity == "error"] == []
    assert models.asked == []


def test_a_part_is_planned_anew_in_one_step_and_taken_back(
    studio: Studio, models: Models, told: list[Notice], qtbot: QtBot
) -> None:
    models.always = Said(said(LOUDER))
    bench = opened(studio, HELLO)
    bench.select(["greet"])
    asked = sheet(studio, "edit.plan_again", PartSheet)
    asked.model.setEditText("local/scripted-large")
    asked.press("Plan anew")
    assert asked.told.text() == "Say what should be different."
    asked.wish.show_text("Louder, please")
    asked.press("Plan anew")
    qtbot.waitUntil(lambda: bench.document.flow != HELLO, timeout=30_000)

    assert "Louder, please" in str(models.asked[0].body["messages"][-1]["content"])
    flow = bench.document.flow
    assert {id: block.kind for id, block in flow.blocks.items()} == {
        "who": "flow.input", "fill": "text.template", "greet": "text.case", "out": "flow.output",
    }  # fmt: skip
    assert bench.selected == {"fill", "greet"}
    assert told[-1].text.startswith("“Fill template” was planned anew: ")
    notes, undo = told[-1].offers
    notes.do()
    studio.window.findChildren(NotesSheet)[-1].press("Close")
    undo.do()
    assert bench.document.flow == HELLO


def test_a_part_that_wants_to_touch_more_waits_for_a_word(
    studio: Studio, models: Models, qtbot: QtBot
) -> None:
    fetching = sketch("", [step("get", "http.get")], "before.who -> get.url",
                      "get.body -> after.value")  # fmt: skip
    models.always = Said(said(fetching))
    bench = opened(studio, HELLO)
    bench.select(["greet"])
    asked = sheet(studio, "edit.plan_again", PartSheet)
    asked.model.setEditText("local/scripted-large")
    asked.wish.show_text("Get a web page instead")
    asked.press("Plan anew")
    qtbot.waitUntil(lambda: bench.document.flow != HELLO, timeout=30_000)

    assert not bench.is_trusted
    assert bench.is_planned


def test_inputs_and_outputs_are_no_part_to_plan(studio: Studio) -> None:
    bench = opened(studio, HELLO)

    assert not can_plan(bench), "nothing is selected, and nothing failed"
    bench.select(["who", "out"])
    assert not can_plan(bench)
    bench.select(["who", "greet"])
    assert can_plan(bench)
