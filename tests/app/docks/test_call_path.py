from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.docks.call_path import CallPath
from app.document import Document
from app.presenters.live_run import LiveRun
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Block, Flow
from runtime.events import (
    Failure,
    RunFailed,
    RunStarted,
    ScopeClosed,
    ScopeOpened,
    TaskFailed,
    TaskFinished,
    TaskHeld,
    TaskStarted,
)
from tests.app.flows import CATALOG

INSIDE = Flow.of(
    [Block("item", "flow.input", {"name": "item"}), Block("fill", "text.template", title="Fill")],
    [("item.value", "fill.v")],
)
FLOW = Flow.of(
    [Block("all", "flow.constant", {"value": [1, 2, 3]}),
     Block("each", "logic.for_each", {"body": "inside"}, title="Each")],
    [("all.value", "each.items")],
    flows={"inside": INSIDE},
    name="Loop",
)  # fmt: skip


@pytest.fixture
def front(studio: Studio) -> Iterator[Workbench]:
    workbench = Workbench(Document(FLOW), CATALOG)
    studio.workspace.add(workbench)
    yield workbench
    studio.workspace.remove(workbench)


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio, front: Workbench) -> CallPath:
    made = CallPath(studio)
    qtbot.addWidget(made)
    return made


def failed() -> LiveRun:
    """Two rounds that went well, and one that failed."""
    run = LiveRun("r")
    run.take([RunStarted("r", 1, 0.0, "f"), TaskStarted("r", 2, 0.0, "each")])
    for i in range(2):
        run.take([
            ScopeOpened("r", 3, 0.0, f"each[{i}]", "inside", {"item": i, "index": i}),
            TaskFinished("r", 4, 0.0, f"each[{i}]/fill", 0.0, {"value": str(i)}),
            ScopeClosed("r", 5, 0.0, f"each[{i}]"),
        ])  # fmt: skip
    failure = Failure("X", "No place.", task="each[2]/fill")
    run.take([
        ScopeOpened("r", 6, 0.0, "each[2]", "inside", {"item": 2, "index": 2}),
        TaskFailed("r", 7, 0.0, "each[2]/fill", 1, failure),
        ScopeClosed("r", 8, 0.0, "each[2]", failure),
        RunFailed("r", 9, 0.0, Failure("X", "It failed.", task="each", cause=failure), 1.0),
    ])  # fmt: skip
    return run


def steps(dock: CallPath) -> list[str]:
    dock.refresh()
    model = dock.steps_model
    return [model.index(row).data() for row in range(model.rowCount())]


def rounds(dock: CallPath) -> list[str]:
    return [" ".join(str(dock.rounds_model.index(row).data()).split())
            for row in range(dock.rounds_model.rowCount())]  # fmt: skip


def test_without_a_run_it_says_what_to_do(dock: CallPath) -> None:
    assert not dock.empty.isHidden()
    assert dock.steps.isHidden()


def test_the_way_to_what_failed_is_shown(dock: CallPath, front: Workbench) -> None:
    front.watch(failed())

    assert steps(dock) == ["Loop", "Each", "Round 3  of 3", "Fill"]
    assert rounds(dock) == ["1 0", "2 1", "3 No place."]
    assert dock.rounds.currentIndex().row() == 2


def test_what_stands_still_is_shown_before_what_failed(dock: CallPath, front: Workbench) -> None:
    run = failed()
    run.take([TaskHeld("r", 10, 0.0, "each[1]/fill", "before", "breakpoint")])
    front.watch(run)

    assert steps(dock)[2:] == ["Round 2  of 3", "Fill"]


def test_a_step_leads_to_its_block_and_the_canvas_follows(dock: CallPath, front: Workbench) -> None:
    front.watch(failed())
    steps(dock)

    dock.steps.clicked.emit(dock.steps_model.index(3))
    assert (front.blocks_into, front.selected) == (("each",), {"fill"})
    assert front.round == "each[2]"

    dock.refresh()
    dock.steps.clicked.emit(dock.steps_model.index(1))
    assert (front.blocks_into, front.selected) == ((), {"each"})


def test_a_round_shows_its_values_and_keeps_the_block(dock: CallPath, front: Workbench) -> None:
    front.watch(failed())
    front.go_to_address("each/fill")
    steps(dock)

    dock.rounds.activated.emit(dock.rounds_model.index(0))
    assert (front.round, front.selected) == ("each[0]", {"fill"})
    assert steps(dock)[2] == "Round 1  of 3"

    dock.after.click()
    assert front.round == "each[1]"
    dock.refresh()
    dock.before.click()
    assert front.round == "each[0]"


def test_only_the_failed_rounds_can_be_listed(dock: CallPath, front: Workbench) -> None:
    front.watch(failed())
    dock.only_failed.setChecked(True)

    steps(dock)

    assert rounds(dock) == ["3 No place."]
