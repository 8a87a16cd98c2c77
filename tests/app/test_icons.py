"""Icons are drawn at every size, also at none."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage
from pytestqt.qtbot import QtBot

from app.icons import icon


def coloured(image: QImage) -> int:
    return sum(
        1
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 200
    )


@pytest.mark.parametrize("size", [QSize(0, 0), QSize(16, 0), QSize(0, 16)])
def test_an_icon_without_room_is_nothing_and_no_trouble(qtbot: QtBot, size: QSize) -> None:
    assert icon("mdi6.play").pixmap(size).isNull()


def test_an_icon_has_its_colour_and_the_sharpness_of_the_screen(qtbot: QtBot) -> None:
    made = icon("mdi6.square", "#ff0000")
    plain, sharp = made.pixmap(QSize(16, 16), 1.0), made.pixmap(QSize(16, 16), 2.0)

    assert (plain.width(), sharp.width(), sharp.devicePixelRatio()) == (16, 32, 2.0)
    assert coloured(plain.toImage()) > 50
    assert coloured(sharp.toImage()) > 200
    assert plain.toImage().pixelColor(8, 8) == QColor(Qt.GlobalColor.red)


def test_an_icon_of_what_cannot_be_pressed_is_fainter(qtbot: QtBot) -> None:
    made = icon("mdi6.square", "#ff0000")
    faint = made.pixmap(QSize(16, 16), QIcon.Mode.Disabled).toImage()

    assert faint.pixelColor(8, 8) != QColor(Qt.GlobalColor.red)


def test_a_copy_of_an_icon_is_drawn_alike(qtbot: QtBot) -> None:
    copy = QIcon(icon("mdi6.square", "#ff0000"))
    copy.setIsMask(False)  # a copy that is changed is a copy of its engine, too

    assert copy.pixmap(QSize(16, 16)).toImage().pixelColor(8, 8) == QColor(Qt.GlobalColor.red)
