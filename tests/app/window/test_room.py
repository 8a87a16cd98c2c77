"""How much room the window takes, and its docks give back."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from app.docks import docks
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


def bar_of(window: MainWindow, title: str) -> QTabBar:
    bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return next(bar for bar in bars if any(bar.tabText(n) == title for n in range(bar.count())))


def tabs(window: MainWindow) -> list[str]:
    """The docks that have a tab beside the data."""
    bar = bar_of(window, "Data")
    return [bar.tabText(number) for number in range(bar.count())]


@pytest.fixture
def small(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window as small as it is to be used in, with a flow."""
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    window.studio.template_wanted.emit(HELLO)
    qtbot.waitUntil(lambda: not window.docks["data"].isHidden())
    return window


def test_only_what_everybody_needs_is_open_at_first(small: MainWindow) -> None:
    assert tabs(small) == ["Data", "Timeline", "History", "Problems"]
    assert {"Agents", "Inbox", "Metrics"} <= {action.text() for action in small.docks.actions()}


def test_every_tab_is_within_reach_also_when_all_docks_are_open(
    small: MainWindow, qtbot: QtBot
) -> None:
    for action in small.docks.actions():
        if not action.isChecked():
            action.trigger()
    small.docks.bring_up("agents")
    bar = bar_of(small, "Data")
    below = sum(dock.area == "bottom" for dock in docks())

    def last() -> int:
        return bar.tabRect(bar.count() - 1).right()

    qtbot.waitUntil(lambda: bar.count() == below and last() < bar.width())

    agents = tabs(small).index("Agents")
    assert all(not bar.tabIcon(number).isNull() for number in range(below))
    assert bar.tabToolTip(0) == "Data"
    assert bar.tabRect(agents).width() > bar.tabRect(0).width()


def test_tabs_have_their_names_again_once_there_is_room(small: MainWindow, qtbot: QtBot) -> None:
    for action in small.docks.actions():
        if not action.isChecked():
            action.trigger()
    bar = bar_of(small, "Data")
    qtbot.waitUntil(lambda: bool(bar.property("narrow")))

    small.resize(1900, 800)

    qtbot.waitUntil(lambda: not bar.property("narrow"))
    assert all(bar.tabIcon(number).isNull() for number in range(bar.count()))


def test_a_dock_with_something_to_say_comes_up_once_and_stays_behind(
    small: MainWindow, qtbot: QtBot
) -> None:
    small.studio.dock_speaks.emit("agents")

    qtbot.waitUntil(lambda: "Agents" in tabs(small))
    bar = bar_of(small, "Data")
    qtbot.waitUntil(lambda: bar.tabText(bar.currentIndex()) == "Data")

    small.docks["agents"].close()
    small.studio.dock_speaks.emit("agents")
    assert small.docks["agents"].isHidden()


def test_what_a_dock_had_to_say_before_there_was_a_flow_waits_for_one(
    window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(window):
        window.show()

    window.studio.dock_speaks.emit("agents")
    assert window.docks["agents"].isHidden()

    window.studio.template_wanted.emit(HELLO)
    qtbot.waitUntil(lambda: not window.docks["agents"].isHidden())
