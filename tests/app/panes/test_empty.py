"""What is said where there is nothing to show."""

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.panes.empty import SIGN, Empty


def test_in_little_height_the_words_are_whole_and_the_sign_gives_way(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    empty = Empty(parent, "mdi6.text-box-outline", "Words that go on and on. " * 12)
    sign, words = (label for label in empty.findChildren(QLabel))
    empty.resize(320, 600)
    with qtbot.waitExposed(parent):
        parent.show()
    assert not sign.isHidden()
    empty.resize(320, words.heightForWidth(words.width()) + SIGN)

    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()))
    assert sign.isHidden()
