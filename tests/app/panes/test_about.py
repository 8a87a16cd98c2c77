"""What there is to say of the one that is selected."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.controls import table_of
from app.panes.about import About

LONG = "a_name_that_" + "goes_on_and_" * 12


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def about(parent: QWidget) -> About:
    made = About(parent, "About the loom")
    parent.resize(300, 200)
    made.resize(300, 200)
    parent.show()
    return made


def test_no_word_is_so_long_that_what_stands_beside_it_is_out_of_sight(about: About) -> None:
    about.begin("a", LONG)
    about.words("muted", LONG)
    about.table("Facts").setText(table_of([("Table", LONG), ("Writes", "many words " * 20)]))

    about.inside.adjustSize()
    about.resize(299, 200)

    assert about.inside.width() <= about.viewport().width()
    assert about.title.text().endswith("…")
    assert about.title.toolTip() == LONG


def test_another_one_is_shown_from_its_top_and_the_same_where_it_was(about: About) -> None:
    about.begin("a", "A")
    for number in range(40):
        about.words("", f"Line {number}")
    bar = about.verticalScrollBar()
    about.inside.adjustSize()
    bar.setRange(0, 500)
    bar.setValue(200)

    about.begin("a", "A")
    same = bar.value()
    about.begin("b", "B")

    assert (same, bar.value()) == (200, 0)
