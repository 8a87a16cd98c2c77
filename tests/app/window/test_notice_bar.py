"""Notices as they are seen."""

from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.notices import Offer
from app.window.main_window import MainWindow
from app.window.notice_bar import MOST, NoticeBar


def _texts(bar: NoticeBar) -> list[str]:
    return [label.text() for label in bar.findChildren(QLabel) if label.isVisible()]


def test_every_notice_has_room_for_its_text(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitExposed(window):
        window.show()
    bar = window.notice_bar

    for text in ("One.", "Two.", "A long one. " * 12):
        window.studio.notices.tell(text)

    qtbot.waitUntil(lambda: len(_texts(bar)) == 3)
    for label in bar.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())
    assert bar.geometry().bottom() < window.pages.height()


def test_the_oldest_goes_when_there_are_too_many(window: MainWindow) -> None:
    window.show()

    for number in range(MOST + 1):
        window.studio.notices.tell(f"Notice {number}", stays=True)

    assert _texts(window.notice_bar) == [f"Notice {n}" for n in range(1, MOST + 1)]


def test_a_later_notice_takes_the_place_of_one_of_its_key(window: MainWindow) -> None:
    window.show()

    window.studio.notices.tell("Lost.", key="runtime")
    window.studio.notices.tell("Back again.", key="runtime")

    assert _texts(window.notice_bar) == ["Back again."]


def test_an_offer_is_taken_and_the_notice_is_gone(window: MainWindow) -> None:
    window.show()
    done = list[bool]()
    window.studio.notices.tell("Deleted.", "info", Offer("Undo", lambda: done.append(True)))

    next(b for b in window.notice_bar.findChildren(QPushButton) if b.text() == "Undo").click()

    assert done == [True]
    assert not window.notice_bar.isVisible()
