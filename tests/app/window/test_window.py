"""What stands around the canvas: tabs of flows, docks and their tabs, the tool bar, the ring."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDockWidget, QPushButton, QTabBar
from pytestqt.qtbot import QtBot

from app.placing import place
from app.start import build
from app.window.dock_tabs import cross_of
from app.window.dock_title import DockTitle
from app.window.main_window import MainWindow
from app.window.run_button import RunButton
from app.window.tab_button import TabButton
from app.workbench import Workbench
from runtime.settings import Settings


@pytest.fixture
def shown(qtbot: QtBot, window: MainWindow) -> MainWindow:
    with qtbot.waitExposed(window):
        window.show()
    window.studio.actions["file.new"].trigger()
    return window


@pytest.fixture
def bench(shown: MainWindow) -> Workbench:
    front = shown.studio.workspace.current
    assert front is not None
    return front


def _dock(window: MainWindow, title: str) -> QDockWidget:
    return next(d for d in window.findChildren(QDockWidget) if d.windowTitle() == title)


def _bar(window: MainWindow, title: str) -> tuple[QTabBar, int]:
    only = Qt.FindChildOption.FindDirectChildrenOnly
    for bar in window.findChildren(QTabBar, options=only):
        for index in range(bar.count()):
            if bar.tabText(index) == title:
                return bar, index
    raise LookupError(title)


def test_a_tab_tells_what_is_not_saved_and_its_button_asks_to_close(
    shown: MainWindow, bench: Workbench, qtbot: QtBot
) -> None:
    button = shown.pages.tabBar().findChild(TabButton)
    bench.mark_saved(shown.studio.settings.folder / "a.flow.json")
    assert button.accessibleDescription() == ""

    place(bench, "text.template")
    assert button.accessibleDescription() == "Not saved"

    with qtbot.waitSignal(shown.pages.close_wanted):
        button.click()


def test_docks_that_share_a_place_have_tabs_and_no_title_bar_beside(
    shown: MainWindow, qtbot: QtBot
) -> None:
    title = _dock(shown, "Blocks").titleBarWidget()
    assert isinstance(title, DockTitle)

    qtbot.waitUntil(lambda: title.sizeHint().height() == 0)

    assert cross_of(_bar(shown, "Blocks")[0]) is not None


def test_a_dock_alone_in_its_place_has_a_title_bar_that_floats_and_closes_it(
    shown: MainWindow, qtbot: QtBot
) -> None:
    blocks = _dock(shown, "Blocks")
    for other in shown.tabifiedDockWidgets(blocks):
        other.close()
    title = blocks.titleBarWidget()
    assert isinstance(title, DockTitle)
    qtbot.waitUntil(lambda: title.sizeHint().height() > 0)

    title.floats.click()
    assert blocks.isFloating()
    title.floats.click()
    assert not blocks.isFloating()
    title.closes.click()
    assert blocks.isHidden()


def test_the_cross_beside_tabs_closes_the_dock_in_front(shown: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: cross_of(_bar(shown, "Outline")[0]) is not None)
    bar, index = _bar(shown, "Outline")
    bar.setCurrentIndex(index)
    cross = cross_of(bar)
    assert cross is not None
    assert cross.accessibleName() == "Close Outline"

    cross.click()

    assert _dock(shown, "Outline").isHidden()


def test_the_tool_bar_is_there_with_a_flow_only(shown: MainWindow) -> None:
    run = shown.tools.findChild(RunButton)
    assert shown.tools.isVisible()
    assert run.isEnabled()

    shown.studio.workspace.show(None)

    assert not shown.tools.isVisible()
    assert not shown.studio.actions["run.start"].isEnabled()


def test_the_ring_is_for_the_keyboard_not_for_the_mouse(shown: MainWindow, qtbot: QtBot) -> None:
    shown.studio.workspace.show(None)
    qtbot.waitUntil(shown.isActiveWindow)
    first, second = shown.pages.currentWidget().findChildren(QPushButton)[:2]

    first.setFocus(Qt.FocusReason.TabFocusReason)
    assert first.property("ring")

    qtbot.mousePress(second, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    qtbot.mouseMove(second, QPoint(-50, -50))
    qtbot.mouseRelease(second, Qt.MouseButton.LeftButton, pos=QPoint(-50, -50))
    assert not first.property("ring")


def test_the_docks_leave_the_window_as_wide_as_it_was(qtbot: QtBot, home: Path) -> None:
    window = build(Settings(home=str(home)))
    qtbot.addWidget(window)
    window.resize(1400, 860)
    with qtbot.waitExposed(window):
        window.show()

    window.complete()

    assert window.width() == 1400
