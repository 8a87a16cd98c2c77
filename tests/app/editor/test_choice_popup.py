"""The list that opens where the cursor is."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.editor.choice_popup import ChoicePopup
from app.editor.choice_rows import Choice

FRUIT = [
    Choice("Apple", 1, "Grows on trees", "mdi6.apple", "fruit", ((0, 2),)),
    Choice("Banana", 2),
    Choice("Cherry & more", 3, "Small and red " * 20),
]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def popup(window: QWidget) -> ChoicePopup:
    made = ChoicePopup(
        window, "Choose a fruit",
        lambda query: [one for one in FRUIT if query.lower() in one.title.lower()], "No fruit.",
    )  # fmt: skip
    made.open_at(QPoint(10, 10))
    return made


def test_everything_is_offered_before_anything_is_typed(popup: ChoicePopup) -> None:
    assert [one.title for one in popup.choices] == ["Apple", "Banana", "Cherry & more"]


def test_typing_narrows_and_enter_takes_the_first(popup: ChoicePopup, qtbot: QtBot) -> None:
    QTest.keyClicks(popup.field, "ban")

    with qtbot.waitSignal(popup.chosen) as told:
        QTest.keyClick(popup.field, Qt.Key.Key_Return)

    assert told.args == [2]


def test_the_arrow_keys_choose_another_row(popup: ChoicePopup, qtbot: QtBot) -> None:
    QTest.keyClick(popup.field, Qt.Key.Key_Down)
    QTest.keyClick(popup.field, Qt.Key.Key_Down)
    QTest.keyClick(popup.field, Qt.Key.Key_Up)

    with qtbot.waitSignal(popup.chosen) as told:
        QTest.keyClick(popup.field, Qt.Key.Key_Return)

    assert told.args == [2]


def test_a_click_takes_the_row(popup: ChoicePopup, qtbot: QtBot) -> None:
    spot = popup.list.visualRect(popup.list.model().index(1, 0)).center()

    with qtbot.waitSignal(popup.chosen) as told:
        qtbot.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    assert told.args == [2]


def test_escape_closes_without_a_choice(popup: ChoicePopup, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(popup.chosen), qtbot.waitSignal(popup.dismissed):
        QTest.keyClick(popup.field, Qt.Key.Key_Escape)


def test_where_nothing_fits_it_says_so_and_enter_does_nothing(
    popup: ChoicePopup, qtbot: QtBot
) -> None:
    QTest.keyClicks(popup.field, "zzz")

    with qtbot.assertNotEmitted(popup.chosen):
        QTest.keyClick(popup.field, Qt.Key.Key_Return)

    assert popup.list.isHidden()
    assert popup.isVisible()


def test_a_screen_reader_hears_the_row_that_enter_would_take(popup: ChoicePopup) -> None:
    QTest.keyClick(popup.field, Qt.Key.Key_Down)
    QTest.keyClick(popup.field, Qt.Key.Key_Up)

    spoken = QAccessible.queryAccessibleInterface(popup.field)

    assert spoken.text(QAccessible.Text.Name) == "Choose a fruit"
    assert spoken.text(QAccessible.Text.Description) == "Apple, fruit, Grows on trees"
