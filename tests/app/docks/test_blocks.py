"""The dock of blocks: looking for them, and putting them on the canvas."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.docks.blocks import MIME, Blocks
from app.document import Document
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Flow


@pytest.fixture
def bench(studio: Studio) -> Workbench:
    made = Workbench(Document(Flow()), studio.catalog)
    studio.workspace.add(made)
    return made


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio) -> Blocks:
    made = Blocks(studio)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def titles(dock: Blocks) -> list[str]:
    return [dock.model.index(row, 0).data() for row in range(dock.model.rowCount())]


def test_all_blocks_stand_under_their_categories(dock: Blocks, studio: Studio) -> None:
    groups = [dock.model.item(row) for row in range(dock.model.rowCount())]

    assert {"Flow", "Text", "HTTP", "SQL"} <= {group.text() for group in groups}
    assert sum(group.rowCount() for group in groups) == len(studio.catalog)


def test_typing_shows_what_is_found_best_first(dock: Blocks, qtbot: QtBot) -> None:
    qtbot.keyClicks(dock.search, "filt")

    assert titles(dock)[:2] == ["Filter", "Filter by field"]


def test_nothing_found_says_so(dock: Blocks, qtbot: QtBot) -> None:
    qtbot.keyClicks(dock.search, "qqqqxyz")

    assert dock.list.isHidden()


def test_enter_adds_the_first_that_was_found(dock: Blocks, bench: Workbench, qtbot: QtBot) -> None:
    qtbot.keyClicks(dock.search, "filt")
    qtbot.keyClick(dock.search, Qt.Key.Key_Return)

    assert bench.flow.blocks["filter"].kind == "data.filter"
    assert bench.selected == {"filter"}


def test_arrow_keys_choose_another(dock: Blocks, bench: Workbench, qtbot: QtBot) -> None:
    qtbot.keyClicks(dock.search, "filt")
    qtbot.keyClick(dock.search, Qt.Key.Key_Down)
    qtbot.keyClick(dock.search, Qt.Key.Key_Return)

    assert bench.flow.blocks["where"].kind == "data.where"


def test_a_second_block_covers_no_other(dock: Blocks, bench: Workbench, qtbot: QtBot) -> None:
    qtbot.keyClicks(dock.search, "filt")
    for _ in range(3):
        qtbot.keyClick(dock.search, Qt.Key.Key_Return)

    places = list(bench.flow.view.positions.values())
    assert len(places) == len(set(places)) == 3
    assert all(
        abs(ax - bx) >= 200 or abs(ay - by) >= 90
        for ax, ay in places for bx, by in places if (ax, ay) != (bx, by)
    )  # fmt: skip


def test_adding_is_one_step_back(dock: Blocks, bench: Workbench, qtbot: QtBot) -> None:
    qtbot.keyClicks(dock.search, "filt")
    qtbot.keyClick(dock.search, Qt.Key.Key_Return)

    bench.undo()

    assert bench.flow == Flow()


def test_what_was_used_comes_first_also_after_a_restart(
    dock: Blocks, bench: Workbench, studio: Studio, qtbot: QtBot
) -> None:
    qtbot.keyClicks(dock.search, "parse time")
    qtbot.keyClick(dock.search, Qt.Key.Key_Return)
    del studio.finder

    dock.search.setText("parse")

    assert titles(dock)[0] == "Parse time"


def test_without_an_open_flow_enter_does_nothing(
    dock: Blocks, studio: Studio, qtbot: QtBot
) -> None:
    qtbot.keyClicks(dock.search, "filt")
    qtbot.keyClick(dock.search, Qt.Key.Key_Return)

    assert studio.workspace.current is None


def test_a_dragged_row_carries_its_kind(dock: Blocks, qtbot: QtBot) -> None:
    qtbot.keyClicks(dock.search, "filt")

    data = dock.model.mimeData([dock.model.index(0, 0)])

    assert data.data(MIME).toStdString() == "data.filter"


def test_every_row_is_spoken_with_what_it_does(dock: Blocks) -> None:
    row = dock.model.item(0).child(0)

    spoken = row.data(int(Qt.ItemDataRole.AccessibleTextRole))

    assert spoken == "Input. A value the flow is given when it runs."
