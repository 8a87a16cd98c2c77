"""The path above the canvas."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.document import Document
from app.editor.breadcrumbs import Breadcrumbs, crumbs
from app.workbench import Workbench
from graph.edits import RemoveFlow, Rename
from graph.flow import Block, Flow
from runtime.plugins import installed

INNER = Flow.of([Block("again", "flow.call", {"flow": "deep"})], flows={"deep": Flow()})
FLOW = Flow.of(
    [Block("call", "flow.call", {"flow": "inner"}, title="Clean up")],
    flows={"inner": INNER},
)


@pytest.fixture
def bench(qtbot: QtBot) -> Workbench:
    return Workbench(Document(FLOW), installed().catalog, Path("orders.flow.json"))


@pytest.fixture
def bar(qtbot: QtBot, bench: Workbench) -> Breadcrumbs:
    made = Breadcrumbs(bench)
    qtbot.addWidget(made)
    return made


def names(bar: Breadcrumbs) -> list[str]:
    return [b.text() for b in bar.findChildren(QPushButton) if not b.isHidden()]


def test_the_bar_hides_at_the_outermost_level(bench: Workbench, bar: Breadcrumbs) -> None:
    assert bar.isHidden()

    bench.enter("inner", "call")

    assert not bar.isHidden()


def test_the_path_names_the_blocks_that_were_entered(bench: Workbench, bar: Breadcrumbs) -> None:
    bench.enter("inner", "call")
    bench.enter("deep", "again")

    assert [crumb.name for crumb in crumbs(bench)] == ["orders", "Clean up", "deep"]


def test_the_path_names_the_flow_where_a_block_runs_several(qtbot: QtBot) -> None:
    helper = Block("helper", "ai.agent", {"tools": ["find", "write"]}, title="Helper")
    flow = Flow.of([helper], flows={"find": Flow(), "write": Flow()})
    bench = Workbench(Document(flow), installed().catalog, Path("desk.flow.json"))

    bench.enter("write", "helper")

    assert [crumb.name for crumb in crumbs(bench)] == ["desk", "Helper: write"]


def test_the_path_names_the_flows_where_no_block_was_entered(bench: Workbench) -> None:
    bench.show_level(("inner", "deep"))

    assert [crumb.name for crumb in crumbs(bench)] == ["orders", "inner", "deep"]


def test_a_click_goes_back_as_far(bench: Workbench, bar: Breadcrumbs, qtbot: QtBot) -> None:
    bench.enter("inner", "call")
    bench.enter("deep", "again")
    button = next(b for b in bar.findChildren(QPushButton) if b.text() == "Clean up")

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert (bench.level, bench.blocks_into) == (("inner",), ("call",))


def test_the_names_follow_the_flow(bench: Workbench, bar: Breadcrumbs, qtbot: QtBot) -> None:
    bench.enter("inner", "call")
    bench.enter("deep", "again")

    bench.document.do(Rename("call", "Tidy"))

    qtbot.waitUntil(lambda: "Tidy" in names(bar))


def test_the_bar_goes_when_its_level_is_removed(bench: Workbench, bar: Breadcrumbs) -> None:
    bench.show_level(("inner",))

    bench.document.do(RemoveFlow("inner"))

    assert bar.isHidden()
