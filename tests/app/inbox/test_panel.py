"""The inbox: what is asked, its form, and the answer that goes back."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QDockWidget, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.docks.inbox import Inbox as Dock
from app.inbox.panel import Panel
from app.notices import Notice
from app.window.main_window import MainWindow
from runtime.commands import AnswerTask
from runtime.events import TaskAnswered
from runtime.projections.inbox import Question

ASKED = Question(
    "r1", "Newsletter", "ask", "1", "Send <b>it</b>?", 1_000.0, "To all", of=("Ann",),
    takes={
        "type": "object",
        "properties": {
            "approved": {"type": "boolean"},
            "comment": {"type": "string", "default": ""},
        },
        "required": ["approved"],
    },
    shows={"rows": [{"a": 1}]}, link="http://here/answer/x",
)  # fmt: skip
FORM = Question(
    "r2", "Budget", "form", "1", "How much?", 900.0,
    takes={
        "type": "object",
        "properties": {
            "amount": {"type": "integer", "maximum": 10}, "why": {"type": "string"},
        },
        "required": ["amount"],
    },
)  # fmt: skip


@pytest.fixture
def panel(shared_window: MainWindow, qtbot: QtBot) -> Iterator[Panel]:
    dock = shared_window.findChild(Dock)
    if dock.panel is None:
        dock.panel = dock.inside(shared_window.studio)
        dock._column.addWidget(dock.panel)
    assert isinstance(dock.panel, Panel)
    yield dock.panel
    shared_window.studio.inbox._show([])
    shared_window.studio.inbox.done = []
    shared_window.studio.inbox.changed.emit()


@pytest.fixture
def sent(shared_window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    commands: list[Any] = []
    monkeypatch.setattr(shared_window.studio.bridge, "ask", lambda c, *_: commands.append(c))
    return commands


def button(panel: Panel, title: str) -> QPushButton:
    assert panel.form is not None
    return next(b for b in panel.form.findChildren(QPushButton) if b.text() == title)


def errors(panel: Panel) -> list[str]:
    """What is told in the colour of errors."""
    assert panel.form is not None
    labels = panel.form.findChildren(QLabel)
    return [x.text() for x in labels if x.property("role") == "error" and not x.isHidden()]


def test_what_is_asked_is_listed_and_counted_on_the_tab(
    shared_window: MainWindow, panel: Panel
) -> None:
    shared_window.studio.inbox._show([ASKED, FORM])

    assert [panel.rows.item(n).text() for n in range(2)] == [
        "Send <b>it</b>?, Newsletter · for Ann", "How much?, Budget",
    ]  # fmt: skip
    dock = shared_window.findChild(Dock).parentWidget()
    assert isinstance(dock, QDockWidget)
    assert dock.windowTitle() == "Inbox (2)"


def test_a_press_of_approve_answers_with_the_comment(
    shared_window: MainWindow, panel: Panel, sent: list[Any]
) -> None:
    shared_window.studio.inbox._show([ASKED])
    assert panel.form is not None
    panel.form.by.setText("Ann")
    button(panel, "Approve").click()

    (answer,) = sent
    values = {"approved": True, "comment": ""}
    assert answer == AnswerTask("r1", values, "ask", "1", "Ann", "studio")


def test_a_form_without_what_it_needs_is_not_sent(
    shared_window: MainWindow, panel: Panel, sent: list[Any]
) -> None:
    shared_window.studio.inbox._show([FORM])
    button(panel, "Send answer").click()

    assert sent == []
    assert errors(panel) == ["Amount has to be given."]


def test_a_bad_entry_is_told_at_its_field_until_it_is_a_good_one(
    shared_window: MainWindow, panel: Panel, sent: list[Any]
) -> None:
    shared_window.studio.inbox._show([FORM])
    assert panel.form is not None
    amount = panel.form.fields.field("amount")
    amount.show_value(11)
    button(panel, "Send answer").click()

    assert sent == []
    (said,) = errors(panel)
    assert "11" in said
    assert "10" in said

    amount.show_value(7)
    button(panel, "Send answer").click()
    assert errors(panel) == []
    assert [command.values for command in sent] == [{"amount": 7}]


def test_what_was_filled_in_stays_when_other_questions_come(
    shared_window: MainWindow, panel: Panel
) -> None:
    shared_window.studio.inbox._show([ASKED])
    form = panel.form
    shared_window.studio.inbox._show([FORM, ASKED])

    assert panel.form is form


def test_what_was_filled_in_stays_when_the_question_is_passed_on(
    shared_window: MainWindow, panel: Panel, sent: list[Any]
) -> None:
    shared_window.studio.inbox._show([ASKED])
    assert panel.form is not None
    panel.form.by.setText("Bob")
    elsewhere = msgspec.structs.replace(ASKED, level=1, of=("Ann", "Bob"), link="http://there/x")
    shared_window.studio.inbox._show([elsewhere])
    button(panel, "Approve").click()

    assert [command.by for command in sent] == ["Bob"]
    assert panel.form.question.link == "http://there/x"


def test_an_answered_question_says_by_whom(shared_window: MainWindow, panel: Panel) -> None:
    inbox = shared_window.studio.inbox
    inbox._show([ASKED])
    inbox._take([TaskAnswered("r1", 5, 1_001.0, "ask", "1", {"approved": False}, "Bob", "link")])
    inbox._show([])

    assert panel.rows.item(0).text() == "Send <b>it</b>?, Refused by Bob"
    assert panel.form is None


def test_only_what_comes_while_it_is_open_is_news(shared_window: MainWindow) -> None:
    inbox, news, found = shared_window.studio.inbox, list[Question](), list[list[Question]]()
    inbox._turn("lost")
    inbox.came.connect(news.append)
    inbox.found.connect(found.append)
    inbox._show([ASKED])
    inbox._show([FORM, ASKED])
    inbox.came.disconnect(news.append)
    inbox.found.disconnect(found.append)
    inbox._show([])

    assert news == [FORM]
    assert found == [[ASKED]]


def test_a_question_that_comes_is_told_until_it_is_answered(shared_window: MainWindow) -> None:
    studio, told, withdrawn = shared_window.studio, list[Notice](), list[str]()
    studio.notices.told.connect(told.append)
    studio.notices.withdrawn.connect(withdrawn.append)
    studio.inbox._show([])
    studio.inbox._show([FORM])
    assert [notice.text for notice in told] == ["Budget asks: How much?"]
    withdrawn.clear()
    studio.inbox._show([])
    studio.notices.told.disconnect(told.append)
    studio.notices.withdrawn.disconnect(withdrawn.append)

    assert withdrawn == [told[0].key]


def test_what_was_asked_before_is_told_and_leads_to_the_inbox(
    shared_window: MainWindow, panel: Panel
) -> None:
    inbox, told = shared_window.studio.inbox, list[Notice]()
    shared_window.docks["inbox"].hide()
    shared_window.studio.notices.told.connect(told.append)
    inbox._turn("lost")
    inbox._show([ASKED])
    inbox._turn("lost")
    inbox._show([FORM, ASKED])
    shared_window.studio.notices.told.disconnect(told.append)

    assert [notice.text for notice in told] == [
        "Newsletter still asks: Send <b>it</b>?", "2 questions of runs still wait for an answer.",
    ]  # fmt: skip
    told[-1].offers[0].do()
    assert not shared_window.docks["inbox"].isHidden()
    assert shared_window.isVisible()
    shared_window.hide()  # or it lies over the windows of tests to come, and takes their pointer
