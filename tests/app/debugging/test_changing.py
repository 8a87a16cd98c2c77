"""A value of a task that stands still is changed by hand, refused with the reason, changed back."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.debugging.changing import Changing
from app.dialogs.edit_value import EditValueSheet
from app.document import Document
from app.presenters.data_items import Item, of_task
from app.presenters.live_run import LiveRun
from app.runs.looking import Looking
from app.studio import Studio
from app.workbench import Workbench
from graph.errors import BadInput
from graph.flow import Block, Flow
from runtime.breakpoints import Phase
from runtime.commands import ChangeInputs, ChangeOutputs
from runtime.events import RunStarted, TaskHeld
from runtime.projections.task_data import Field, TaskData
from tests.app.flows import CATALOG

DATA = TaskData(
    "fill", inputs={"v": 1}, fields={"text": Field("hi"), "n": Field(7, "changed", was=2)},
    outputs={"value": "x"},
)  # fmt: skip


@pytest.fixture
def studio(bare_studio: Studio) -> Studio:
    return bare_studio


@pytest.fixture
def front(studio: Studio) -> Iterator[Workbench]:
    workbench = Workbench(Document(Flow.of([Block("fill", "text.template")])), CATALOG)
    studio.workspace.add(workbench)
    yield workbench
    studio.workspace.remove(workbench)


@pytest.fixture
def asked(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(studio.bridge, "ask", lambda *call: found.append(call))
    return found


@pytest.fixture
def changing(studio: Studio) -> Changing:
    return Changing(studio, Looking(studio.bridge, studio))


def hold(front: Workbench, phase: Phase) -> None:
    run = LiveRun("r")
    run.take([RunStarted("r", 1, 0.0, "f"), TaskHeld("r", 2, 0.0, "fill", phase, "breakpoint")])
    front.watch(run)


def item(key: str) -> Item:
    return next(i for group in of_task(DATA, {}) for i in group.items if i.key == key)


def sheet(studio: Studio) -> EditValueSheet:
    found = studio.window.findChildren(EditValueSheet)[-1]
    assert isinstance(found, EditValueSheet)
    return found


@pytest.mark.parametrize(
    ("phase", "key", "can"),
    [
        ("before", "inputs/v", True), ("before", "fields/text", True),
        ("before", "outputs/value", False), ("after", "outputs/value", True),
        ("after", "inputs/v", False), ("error", "inputs/v", True),
    ],
)  # fmt: skip
def test_where_a_task_stands_says_what_can_be_changed(
    changing: Changing, front: Workbench, phase: Phase, key: str, can: bool
) -> None:
    hold(front, phase)

    assert changing.can_change(front, "fill", item(key)) is can


def test_a_task_that_goes_on_can_not_be_changed(changing: Changing, front: Workbench) -> None:
    front.watch(LiveRun("r"))

    assert not changing.can_change(front, "fill", item("inputs/v"))


def test_a_changed_value_is_sent_with_what_was_changed_before(
    changing: Changing, front: Workbench, studio: Studio, asked: list[Any]
) -> None:
    hold(front, "before")
    changing.ask(front, "fill", DATA, item("inputs/v"))
    sheet(studio).editor.show_text("[1, 2]")
    sheet(studio).press("Use this value")

    command = asked[-1][0]
    assert isinstance(command, ChangeInputs)
    assert (command.task, command.values) == ("fill", {"n": 7, "v": [1, 2]})


def test_a_refusal_is_said_where_the_value_is_written(
    changing: Changing, front: Workbench, studio: Studio, asked: list[Any]
) -> None:
    hold(front, "after")
    changing.ask(front, "fill", DATA, item("outputs/value"))
    sheet(studio).press("Use this value")
    command, _, failed = asked[-1]

    failed(BadInput("The output 'value' must be a number."))

    assert isinstance(command, ChangeOutputs)
    assert command.outputs == {"value": "x"}  # a text is taken letter by letter
    assert sheet(studio).wrong.text() == "The output 'value' must be a number."


def test_what_is_no_json_is_not_sent(
    changing: Changing, front: Workbench, studio: Studio, asked: list[Any]
) -> None:
    hold(front, "before")
    changing.ask(front, "fill", DATA, item("inputs/v"))
    sheet(studio).editor.show_text("[1,")
    sheet(studio).press("Use this value")

    assert asked == []
    assert "isn't JSON yet" in sheet(studio).wrong.text()


def test_dropping_a_change_leaves_the_others(
    changing: Changing, front: Workbench, asked: list[Any]
) -> None:
    hold(front, "before")

    changing.drop(front, "fill", DATA, item("fields/n"))

    assert asked[-1][0].values == {}
