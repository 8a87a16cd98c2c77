"""Every kind of control in both themes: drawn by the style sheet, in the colours of the theme."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QMainWindow, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.style_sheet import style_sheet
from app.theme import DARK, LIGHT, Choice, Theme, Tokens, current
from tests.app.gallery import gallery

FUSION = {QColor(name).rgb() for name in ("#efefef", "#f0f0f0", "#308cc6", "#b9b9b9", "#cacaca")}
"""Greys and the blue that controls have without a style sheet."""


@pytest.fixture(params=["dark", "light"])
def shown(
    request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication
) -> Iterator[tuple[QMainWindow, Tokens]]:
    choice: Choice = request.param
    theme = Theme(choice, qapp)
    theme.apply()
    qapp.setStyleSheet(style_sheet(current()))
    window = gallery()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    yield window, DARK if choice == "dark" else LIGHT
    qapp.setStyleSheet("")
    theme.deleteLater()


def _picture(widget: QWidget) -> QImage:
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def test_no_control_has_the_colours_of_qt(shown: tuple[QMainWindow, Tokens]) -> None:
    picture = _picture(shown[0])
    step = range(0, picture.width(), 3)

    seen = {picture.pixel(x, y) for y in range(0, picture.height(), 3) for x in step}

    assert len(seen) > 20
    assert not seen & FUSION


def test_the_main_button_is_of_the_accent_and_the_dangerous_one_warns(
    shown: tuple[QMainWindow, Tokens],
) -> None:
    window, theme = shown
    buttons = window.findChildren(QPushButton)
    main = next(b for b in buttons if b.property("primary") and b.isEnabled())
    danger = next(b for b in buttons if b.property("danger") and b.isEnabled())

    assert _picture(main).pixelColor(5, main.height() // 2) == QColor(theme.accent)
    colours = {
        _picture(danger).pixelColor(x, y).name()
        for x in range(danger.width())
        for y in range(danger.height())
    }
    assert theme.failed in colours


def test_what_is_ticked_shows_the_accent_and_what_is_not_does_not(
    shown: tuple[QMainWindow, Tokens],
) -> None:
    window, theme = shown
    boxes = [b for b in window.findChildren(QCheckBox) if b.isEnabled() and b.text() == "On"]

    for box in boxes:
        picture = _picture(box).copy(0, 0, 18, box.height())
        colours = {picture.pixelColor(x, y).name() for x in range(18) for y in range(box.height())}
        assert (theme.accent in colours) is (box.checkState().value != 0)


def test_the_focus_of_the_keyboard_is_seen(shown: tuple[QMainWindow, Tokens], qtbot: QtBot) -> None:
    window, theme = shown
    button = next(b for b in window.findChildren(QPushButton) if b.text() == "Focused")
    qtbot.waitUntil(window.isActiveWindow)

    button.setFocus()

    picture = _picture(button)
    assert picture.pixelColor(button.width() // 2, 1) == QColor(theme.accent)
