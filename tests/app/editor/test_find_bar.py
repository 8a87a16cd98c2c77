"""Find in flow: typing finds, Enter goes there."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.document import Document
from app.editor.find_bar import FindBar
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import Rename
from graph.flow import Block, Flow

FLOW = Flow.of(
    [Block("one", "text.case", title="Red apple"), Block("each", "logic.for_each", {"body": "in"}),
     Block("two", "text.case", title="Green apple")],
    flows={"in": Flow.of([Block("three", "text.case", title="Small apple")])},
)  # fmt: skip


@pytest.fixture
def bench(bare_studio: Studio) -> Workbench:
    made = Workbench(Document(FLOW), bare_studio.catalog)
    bare_studio.workspace.add(made)
    return made


@pytest.fixture
def bar(qtbot: QtBot, bare_studio: Studio, bench: Workbench) -> Iterator[FindBar]:
    page = QWidget()
    qtbot.addWidget(page)
    canvas = QWidget(page)
    canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    QVBoxLayout(page).addWidget(canvas)
    page.resize(800, 500)
    made = FindBar(bench, bare_studio, canvas)
    with qtbot.waitExposed(page):
        page.show()
    made.open()
    yield made
    page.close()


def at(bench: Workbench) -> tuple[tuple[str, ...], set[str]]:
    return bench.level, set(bench.selected)


def test_enter_goes_from_place_to_place_and_into_sub_flows(
    bar: FindBar, bench: Workbench, qtbot: QtBot
) -> None:
    qtbot.keyClicks(bar.field, "apple")

    seen = []
    for _ in range(4):
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)
        seen.append(at(bench))

    assert seen == [((), {"one"}), ((), {"two"}), (("in",), {"three"}), ((), {"one"})]
    assert bar.count.text() == "1 of 3"


def test_going_back(bar: FindBar, bench: Workbench, qtbot: QtBot) -> None:
    qtbot.keyClicks(bar.field, "apple")

    qtbot.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)

    assert at(bench) == (("in",), {"three"})


def test_a_place_is_revealed(bar: FindBar, bench: Workbench, qtbot: QtBot) -> None:
    qtbot.keyClicks(bar.field, "green")

    with qtbot.waitSignal(bench.reveal) as shown:
        bar.next()

    assert shown.args == ["two"]


def test_the_list_follows_the_flow(bar: FindBar, bench: Workbench, qtbot: QtBot) -> None:
    qtbot.keyClicks(bar.field, "apple")
    qtbot.waitUntil(lambda: bar.count.text() == "3 found")

    bench.do(Rename("two", "Pear"))

    qtbot.waitUntil(lambda: bar.count.text() == "2 found")


def test_nothing_found_says_so(bar: FindBar, qtbot: QtBot) -> None:
    qtbot.keyClicks(bar.field, "plum")

    qtbot.waitUntil(lambda: bar.count.text() == "Nothing found")
    assert bar.list.isHidden()


def test_escape_puts_it_away(bar: FindBar, qtbot: QtBot) -> None:
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)

    assert bar.isHidden()


def test_it_stays_in_the_corner(bar: FindBar, qtbot: QtBot) -> None:
    page = bar.parentWidget()

    page.resize(1000, 500)

    qtbot.waitUntil(lambda: bar.geometry().right() > 950)
    assert bar.geometry().right() < 1000
