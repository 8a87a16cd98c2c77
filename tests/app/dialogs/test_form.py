"""Forms, which stay with what was typed until what they ask for is done."""

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.dialogs.form import Form


class Ask(Form):
    """Asks for a word."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "A word", "Say one.")
        self.word = QLineEdit(self)
        self.add("Word", self.word, (0, 0))
        self.given = list[str]()
        self.main: QPushButton = self.asks("Say", lambda: self.given.append(self.word.text()))


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def form(parent: QWidget) -> Ask:
    made = Ask(parent)
    made.open()
    made.word.setText("warp")
    made.press("Say")
    return made


def test_it_cannot_be_asked_for_twice_while_nobody_answered(form: Ask) -> None:
    form.press("Say")

    assert form.given == ["warp"]
    assert form.isVisible()


def test_what_is_refused_stays_to_be_mended(form: Ask) -> None:
    form.refuse(ValueError("Not <that> one."))
    refused = form.told.text(), form.told.isVisible(), form.word.text()
    form.word.setText("weft")
    form.press("Say")

    assert refused == ("Not <that> one.", True, "warp")
    assert form.given == ["warp", "weft"]
    assert form.told.isHidden(), "what was wrong before is of interest no more"


def test_what_is_wrong_takes_no_room_from_the_fields(form: Ask) -> None:
    before = form.word.height(), form.height()
    form.refuse(ValueError("Much is wrong with that. " * 12))

    assert form.word.height() == before[0]
    assert form.height() > before[1]


def test_it_closes_once_it_is_done(form: Ask, qtbot: QtBot) -> None:
    with qtbot.waitSignal(form.accepted):
        form.finish()

    form.refuse(ValueError("Too late."))
    form.finish()
