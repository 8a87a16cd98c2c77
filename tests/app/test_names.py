"""Every control of the window says what it is, to eyes and to screen readers."""

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.theme import RESOURCES
from app.window.main_window import MainWindow

NAMED = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit)


@pytest.fixture
def shown(qtbot: QtBot, window: MainWindow) -> MainWindow:
    with qtbot.waitExposed(window):
        window.show()
    template = RESOURCES / "templates" / "triage_github_issues.flow.json"
    window.studio.template_wanted.emit(template)
    bench = window.studio.workspace.current
    assert bench is not None
    bench.go_to("report")
    for dock in window.findChildren(QDockWidget):
        dock.show()
    qtbot.wait(200)
    return window


def _controls(window: QWidget) -> list[QWidget]:
    """What a person can use, without the parts that Qt makes inside its own controls."""
    inside = QComboBox | QAbstractSpinBox | QLineEdit | QTabBar | QAbstractItemView
    return [
        control
        for kind in NAMED
        for control in window.findChildren(kind)
        if not control.objectName().startswith("qt_")
        and not isinstance(control.parentWidget(), inside)
        and not _drops_down(control)
    ]


def _drops_down(control: QWidget) -> bool:
    """Whether it is the list of a combo box, which speaks for it."""
    around = control.parentWidget()
    return around is not None and isinstance(around.parentWidget(), QComboBox)


def _said(control: QWidget) -> str:
    text = control.text() if isinstance(control, QAbstractButton) else ""
    return control.accessibleName() or text


def test_every_control_has_a_name(shown: MainWindow) -> None:
    nameless = {f"{type(w).__name__} in {type(w.parentWidget()).__name__}"
                for w in _controls(shown) if not _said(w)}  # fmt: skip

    assert nameless == set()


def test_every_button_without_words_has_a_tooltip(shown: MainWindow) -> None:
    silent = {
        f"{w.accessibleName()} in {type(w.parentWidget()).__name__}"
        for w in _controls(shown)
        if isinstance(w, QAbstractButton) and not w.text() and not w.toolTip()
    }

    assert silent == set()
