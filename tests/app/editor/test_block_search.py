"""The popup that adds a block."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.editor.block_search import BlockSearch
from app.presenters.block_finder import BlockFinder
from graph.values import TABLE
from runtime.plugins import installed


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def finder() -> BlockFinder:
    return BlockFinder(installed().catalog)


def test_a_few_letters_and_enter_pick_a_block(
    window: QWidget, finder: BlockFinder, qtbot: QtBot
) -> None:
    search = BlockSearch(window, finder)
    search.open_at(QPoint(0, 0))
    QTest.keyClicks(search.field, "fil te")

    with qtbot.waitSignal(search.picked) as told:
        QTest.keyClick(search.field, Qt.Key.Key_Return)

    assert told.args[0].spec.kind == "text.template"
    assert finder.used == ["text.template"]


def test_a_loose_link_is_offered_only_what_fits_and_where(
    window: QWidget, finder: BlockFinder
) -> None:
    search = BlockSearch(window, finder, (TABLE, "out"))

    offered = {choice.value.spec.kind: choice.hint for choice in search.choices}  # type: ignore[attr-defined]

    assert offered["data.filter"] == "items"
    assert "data.now" not in offered
    search.deleteLater()
