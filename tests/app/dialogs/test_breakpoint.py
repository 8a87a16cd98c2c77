"""The form of a breakpoint: what it makes, and what it refuses in place."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.dialogs.breakpoint import BreakpointSheet
from app.dialogs.spending import COST, ERROR, SpendingSheet
from app.document import Document
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Block, Flow
from runtime.breakpoints import Breakpoint

FLOW = Flow.of(
    [Block("a", "flow.constant", {"value": [3, 1]}), Block("b", "data.sort")],
    [("a.value", "b.items")],
)
Open = Callable[..., BreakpointSheet]


@pytest.fixture
def bench(bare_studio: Studio) -> Workbench:
    return Workbench(Document(FLOW), bare_studio.catalog, None, bare_studio)


@pytest.fixture
def opened(bare_studio: Studio, bench: Workbench, qtbot: QtBot) -> Open:
    def make(point: Breakpoint, is_new: bool = True) -> BreakpointSheet:
        made = BreakpointSheet(bare_studio, bench, point, is_new=is_new)
        qtbot.addWidget(made)
        return made

    return make


def choose(sheet: BreakpointSheet, words: str) -> None:
    sheet.when.setCurrentIndex(sheet.when.findText(words))


def points(studio: Studio, bench: Workbench) -> list[Breakpoint]:
    return list(studio.runs.breakpoints.of(bench))


def test_what_is_said_in_the_form_is_what_is_set(
    opened: Open, bare_studio: Studio, bench: Workbench
) -> None:
    sheet = opened(Breakpoint("p", "b"))
    choose(sheet, "When the input items has come")
    sheet.condition.editor.setPlainText("len(value) > 1")
    sheet.condition._typed("len(value) > 1")
    sheet.counting.setCurrentIndex(3)
    sheet.number.setValue(5)
    sheet.branch.setChecked(True)

    sheet.press("Set")

    assert points(bare_studio, bench) == [
        Breakpoint("p", "b", port="items", condition="len(value) > 1", hits="%5", whole=False)
    ]


def test_an_old_one_is_shown_as_it_is_and_stays_so(
    opened: Open, bare_studio: Studio, bench: Workbench
) -> None:
    point = Breakpoint(
        "p", "b", at="after", port="value", condition="value", hits=">=2", log="{value}",
        schema={"type": "array"}, enabled=False,
    )  # fmt: skip
    sheet = opened(point, is_new=False)

    sheet.press("Done")

    assert points(bare_studio, bench) == [point]


def test_a_condition_that_cant_be_read_is_refused_in_place(opened: Open) -> None:
    sheet = opened(Breakpoint("p", "b"))

    sheet.condition._typed("len(")

    assert "Python can't read this" in sheet._notes["condition"].text()
    assert not sheet._done.isEnabled()

    sheet.condition._typed("len(items)")

    assert sheet._notes["condition"].text() == ""
    assert sheet._done.isEnabled()


def test_the_schema_begins_with_that_of_the_port(opened: Open) -> None:
    sheet = opened(Breakpoint("p", "b", port="items"))

    sheet.breaks.setChecked(True)

    assert sheet.edited().schema == {"type": "array"}


def test_a_schema_that_makes_no_sense_is_refused_in_place(opened: Open) -> None:
    sheet = opened(Breakpoint("p", "b", port="items", schema={"type": "no such type"}))

    assert sheet._notes["schema"].text()
    assert not sheet._done.isEnabled()


def test_what_watches_a_value_needs_a_port(opened: Open) -> None:
    sheet = opened(Breakpoint("p", "b", port="items", changed=True))

    choose(sheet, "Before it starts")

    assert not sheet.edited().changed
    assert sheet._value.isHidden()


def test_a_condition_sees_what_came_in_last(opened: Open, bench: Workbench) -> None:
    sheet = opened(Breakpoint("p", "b", port="items"))

    names = sheet._around.names_for(sheet.condition.parameter)

    assert names["items"] == [3, 1]
    assert names["value"] == [3, 1]
    assert {"value", "items", "inputs"} <= set(sheet._around.expected(sheet.condition.parameter))


def test_one_on_a_link_stays_on_its_link(
    opened: Open, bare_studio: Studio, bench: Workbench
) -> None:
    point = Breakpoint("p", "a", at="after", port="value", to="b.items")

    sheet = opened(point, is_new=False)
    sheet.changed.setChecked(True)
    sheet.press("Done")

    (made,) = points(bare_studio, bench)
    assert (made.to, made.port, made.changed) == ("b.items", "value", True)
    assert sheet.when.isHidden()


def test_one_can_be_removed_from_its_form(
    opened: Open, bare_studio: Studio, bench: Workbench
) -> None:
    bare_studio.runs.breakpoints.put(bench, Breakpoint("p", "b"))

    opened(Breakpoint("p", "b"), is_new=False).press("Remove")

    assert points(bare_studio, bench) == []


def test_the_whole_run_stops_at_errors_or_when_it_has_spent_too_much(
    bare_studio: Studio, bench: Workbench, qtbot: QtBot
) -> None:
    sheet = SpendingSheet(bare_studio, bench, Breakpoint("p", at="error"), is_new=True)
    qtbot.addWidget(sheet)
    assert sheet.kind.currentIndex() == ERROR
    sheet.kind.setCurrentIndex(COST)
    sheet.cost.setValue(0.25)

    sheet.press("Set")

    assert points(bare_studio, bench) == [Breakpoint("p", cost=0.25)]
