"""The sheet that asks what is to go wrong."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.dialogs.fault import FaultSheet
from runtime.breakpoints import Fault


@pytest.mark.parametrize(
    ("port", "said"),
    [("", "as if this had happened at “Fetch”."),
     ("value", "as if this had happened to the output “value” of “Fetch”.")],
)  # fmt: skip
def test_it_says_where_it_goes_wrong(qtbot: QtBot, port: str, said: str) -> None:
    around = QWidget()
    qtbot.addWidget(around)

    sheet = FaultSheet(around, "“Fetch”", "fetch", port, None, print)

    assert any(label.text().endswith(said) for label in sheet.findChildren(QLabel))


def test_the_titles_of_fields_stand_level_with_them(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    sheet = FaultSheet(around, "“Fetch”", "fetch", "", Fault("f", "fetch", "delay"), print)
    with qtbot.waitExposed(sheet):
        sheet.open()

    def middle(widget: QWidget) -> int:
        return widget.mapTo(sheet, QPoint(0, 0)).y() + widget.height() // 2

    labels = {label.text(): label for label in sheet.findChildren(QLabel)}
    for title, field in (("What goes wrong", sheet.kind), ("How long", sheet.seconds)):
        assert abs(middle(labels[title]) - middle(field)) <= 1
    sheet.reject()
