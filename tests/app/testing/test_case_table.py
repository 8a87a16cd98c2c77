"""The list of tests and how it shares out its room."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.presenters.cases import LOOKS
from app.testing.case_table import WHAT, CaseModel, CaseTable


def test_what_came_of_a_test_can_be_read_in_a_narrow_table(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    table = CaseTable(CaseModel(around), around)
    with qtbot.waitExposed(around):
        around.show()

    table.resize(table.minimumWidth(), 120)

    longest = max(table.fontMetrics().horizontalAdvance(word) for _, _, word in LOOKS.values())
    assert table.columnWidth(WHAT) >= longest + 16
