"""The bar of a run that stands still, and where the canvas goes with it."""

import pytest
from PySide6.QtWidgets import QToolButton

from app.debugging import actions
from app.debugging.steps import FOLLOW
from app.document import Document
from app.editor.canvas.canvas import Canvas
from app.editor.debug_bar import DebugBar
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Block, Flow
from runtime.breakpoints import Breakpoint
from runtime.commands import AnyCommand, ContinueRun, RetryTask, StepRun, TakeWheel
from runtime.events import Failure
from tests.app.editor.hands import canvas as canvas
from tests.app.editor.hands import studio as studio
from tests.app.standing import Happening

INNER = Flow.of(
    [Block("i", "flow.input", {"name": "x"}), Block("o", "flow.output", {"name": "y"})],
    [("i.value", "o.value")],
)
FLOW = Flow.of(
    [Block("a", "flow.constant", title="Names"), Block("sub", "flow.call", {"flow": "inner"})],
    [("a.value", "sub.x")],
    flows={"inner": INNER},
)


@pytest.fixture
def bench(studio: Studio) -> Workbench:
    actions.install(studio)
    made = Workbench(Document(FLOW), studio.catalog)
    studio.workspace.add(made)
    return made


@pytest.fixture
def bar(canvas: Canvas) -> DebugBar:
    page = canvas.parentWidget()
    assert page is not None
    found: DebugBar = page.findChild(DebugBar)
    return found


@pytest.fixture
def sent(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[AnyCommand]:
    """What the runtime is asked; there is none in these tests."""
    commands = list[AnyCommand]()
    monkeypatch.setattr(studio.bridge, "ask", lambda command, *_: commands.append(command))
    return commands


@pytest.fixture
def happening(studio: Studio, bench: Workbench, sent: list[AnyCommand]) -> Happening:
    return Happening(studio, bench)


def press(bar: DebugBar, id: str) -> None:
    bar._studio.actions.refresh()
    button: QToolButton = bar.findChild(QToolButton, f"bar.{id}")
    button.click()


def test_it_is_there_only_while_the_run_stands_still(bar: DebugBar, happening: Happening) -> None:
    assert bar.isHidden()

    happening.stands("a")
    assert not bar.isHidden()

    bar._studio.runs.watching.hide(bar._bench)
    assert bar.isHidden()


def test_it_says_where_and_why(bar: DebugBar, happening: Happening, bench: Workbench) -> None:
    point = Breakpoint("p", "a", condition="value > 3")
    bar._studio.runs.breakpoints.put(bench, point)

    happening.stands("a")

    assert bar.title.text() == "Before Names"
    assert bar.reason.accessibleName() == "Breakpoint: if value > 3."


def test_an_error_is_told_with_what_can_be_done_about_it(
    bar: DebugBar, happening: Happening, sent: list[AnyCommand]
) -> None:
    happening.stands("a", phase="error", failure=Failure("Refused", "The host said no."))

    assert bar.title.text() == "Error in Names"
    assert bar.reason.property("role") == "error"
    press(bar, "debug.retry")
    assert [type(c) for c in sent] == [RetryTask]


def test_its_buttons_step_from_the_task_that_is_meant(
    bar: DebugBar, happening: Happening, sent: list[AnyCommand]
) -> None:
    happening.stands("a", "a[1]/b")
    assert not bar.tasks.isHidden()
    assert bar.tasks.currentData() == "a[1]/b"

    bar.tasks.setCurrentIndex(0)
    bar._choose(0)
    press(bar, "debug.over")

    (step,) = sent
    assert isinstance(step, StepRun)
    assert (step.kind, step.task) == ("over", "a")
    assert step.client == bar._studio.runs.debugging.client


def test_a_closed_sub_flow_is_stepped_over_as_one(
    bar: DebugBar, happening: Happening, sent: list[AnyCommand], bench: Workbench
) -> None:
    bench.show_level(())
    bar._studio.preferences.remember(FOLLOW, False)
    happening.stands("sub/i", reason="step")

    assert bar.title.text() == "Before Sub-flow, at Input"
    press(bar, "debug.over")

    (step,) = sent
    assert isinstance(step, StepRun)
    assert (step.task, step.block) == ("sub/i", "sub")


def test_stepping_into_a_closed_sub_flow_opens_it(
    bar: DebugBar, happening: Happening, sent: list[AnyCommand], bench: Workbench
) -> None:
    happening.stands("sub/i", reason="step")
    assert bench.level == ()

    press(bar, "debug.into")

    assert sent == []
    assert bench.level == ("inner",)
    assert bench.selected == {"i"}


def test_the_canvas_goes_where_a_breakpoint_stops(happening: Happening, bench: Workbench) -> None:
    happening.stands("sub/o")

    assert bench.level == ("inner",)
    assert bench.selected == {"o"}


def test_the_canvas_stays_when_it_is_not_to_follow(
    studio: Studio, happening: Happening, bench: Workbench
) -> None:
    studio.actions["debug.follow"].trigger()

    happening.stands("sub/o")

    assert bench.level == ()


def test_who_watches_sees_who_steers_and_can_take_the_wheel(
    bar: DebugBar, happening: Happening, sent: list[AnyCommand]
) -> None:
    happening.steered_by("Ada on studio-2")
    happening.stands("a")

    assert bar.wheel.text() == "Ada on studio-2 steers."
    bar._studio.actions.refresh()
    assert not bar._studio.actions["debug.over"].isEnabled()
    press(bar, "debug.wheel")
    assert [type(c) for c in sent] == [TakeWheel]

    happening.steered_by(bar._studio.runs.debugging.client)

    assert bar.wheel.isHidden()
    bar._studio.actions.refresh()
    assert bar._studio.actions["debug.over"].isEnabled()


def test_breakpoints_set_meanwhile_are_told_to_the_run(
    studio: Studio, happening: Happening, sent: list[AnyCommand], bench: Workbench, qtbot: object
) -> None:
    happening.stands("a")

    studio.runs.breakpoints.toggle(bench, "sub/o")
    studio.runs.breakpoints._tell()

    (command,) = sent
    assert [p.block for p in getattr(command, "breakpoints", [])] == ["sub/o"]


def test_a_watcher_leaves_the_breakpoints_of_the_run_alone(
    studio: Studio, happening: Happening, sent: list[AnyCommand], bench: Workbench
) -> None:
    happening.steered_by("Ada on studio-2")

    studio.runs.breakpoints.toggle(bench, "sub/o")
    studio.runs.breakpoints._tell()

    assert sent == []


def test_going_on_to_here_names_the_place_in_the_run(
    bar: DebugBar, happening: Happening, sent: list[AnyCommand], bench: Workbench
) -> None:
    happening.stands("a")
    bench.select(["sub"])

    press(bar, "debug.run_to")

    (command,) = sent
    assert isinstance(command, ContinueRun)
    assert command.until == "sub"
