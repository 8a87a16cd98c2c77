"""How much room the window takes, and its docks give back."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from app.theme import RESOURCES
from app.window.dock_tabs import cross_of
from app.window.main_window import MainWindow

HELLO = Path(RESOURCES, "templates", "hello.flow.json")


def test_the_window_is_no_wider_than_it_wants_to_be_however_many_docks_there_are(
    window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(window):
        window.show()

    assert (window.width(), window.height()) == (1400, 860)


def test_a_dock_whose_title_tells_a_number_is_closed_by_its_tab(
    window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(window):
        window.show()
    window.studio.template_wanted.emit(HELLO)
    dock = window.docks["problems"]
    dock.setWindowTitle("Problems (3)")

    def bar() -> tuple[QTabBar, int]:
        bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return next(
            (b, n) for b in bars for n in range(b.count()) if b.tabText(n) == "Problems (3)"
        )

    qtbot.waitUntil(lambda: cross_of(bar()[0]) is not None)
    tabs, number = bar()
    tabs.setCurrentIndex(number)
    cross = cross_of(tabs)
    assert cross is not None

    cross.click()

    assert dock.isHidden()
