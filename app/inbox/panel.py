"""The dock of the inbox once it is seen: what is asked, and the one that is selected."""

import getpass
import time
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.document import Document
from app.editor.choice_rows import ROW_HEIGHT, Choice, ChoiceRows
from app.inbox.form import Form
from app.inbox.showing import show_inbox
from app.panes.empty import Empty
from app.panes.pair import Pair
from app.presenters.inbox import (
    Done,
    brief,
    done_sign,
    done_words,
    is_urgent,
    key_of,
    sign,
)
from app.running.past_runs import on_its_flow
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Flow
from runtime.commands import AnswerTask
from runtime.events import block_of
from runtime.projections.inbox import Question

SIGN = "mdi6.inbox-outline"
NAME = "inbox/name"
NOTHING = "Nobody is asked anything. What runs ask people appears here."
COPIED = "The link is copied. Whoever has it can answer this question, once."
HERE = (
    "The link is copied. It works on this machine, while the studio is open: run the flow on a"
    " server for links that others can use."
)
CHOICE = int(Qt.ItemDataRole.UserRole)


class Panel(QWidget):
    """On the left what is asked, newest first, and what was answered lately."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._bench = Workbench(Document(Flow()), studio.catalog, parent=self)
        self.form: Form | None = None
        self.rows = QListWidget(self)
        self.rows.setAccessibleName("Questions of runs")
        self.rows.setFrameShape(QListWidget.Shape.NoFrame)
        self.rows.setItemDelegate(ChoiceRows(self.rows))
        self.rows.currentItemChanged.connect(self._select)
        self.empty = Empty(self, SIGN, NOTHING)
        self._lay_out()
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        studio.inbox.changed.connect(self.refresh)
        studio.closing.connect(self._bench.close)
        studio.theme.changed.connect(self._restyle)
        self.refresh()
        studio.inbox.look()

    @property
    def question(self) -> Question | None:
        """The one that is selected, None when none is open."""
        wanted = self._selected
        return next((q for q in self._studio.inbox.open if key_of(q) == wanted), None)

    @property
    def _selected(self) -> Any:
        """The key of the row that is selected."""
        found = self.rows.selectedItems()
        return found[0].data(CHOICE).value if found else None

    def refresh(self) -> None:
        """List what is asked now; the selected one stays."""
        wanted = self._selected
        self.rows.blockSignals(True)
        self.rows.clear()
        now = time.time()
        for question in self._studio.inbox.open:
            self._write(self._added(), _open_row(question, now))
        for done in self._studio.inbox.done:
            item = self._added()
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self._write(item, _done_row(done))
        keys = [key_of(question) for question in self._studio.inbox.open]
        if keys:
            self.rows.setCurrentRow(keys.index(wanted) if wanted in keys else 0)
        self.rows.blockSignals(False)
        self._pages.setCurrentWidget(self._split if self.rows.count() else self.empty)
        self._select()

    def _added(self) -> QListWidgetItem:
        item = QListWidgetItem(self.rows)
        item.setSizeHint(QSize(0, ROW_HEIGHT))
        return item

    @staticmethod
    def _write(item: QListWidgetItem, choice: Choice) -> None:
        said = f"{choice.title}, {choice.detail}"
        if item.text() != said:  # or the list is drawn anew each second
            item.setText(said)
            item.setData(CHOICE, choice)
            item.setToolTip(f"{choice.title}\n{choice.detail}")

    def _tick(self) -> None:
        """Say how long there is for each."""
        now = time.time()
        for row, question in enumerate(self._studio.inbox.open[: self.rows.count()]):
            self._write(self.rows.item(row), _open_row(question, now))
        if self.form is not None:
            self.form.tick(now)

    def _select(self, *_: object) -> None:
        question = self.question
        if question is not None and self.form is not None and self.form.is_of(question):
            self.form.become(question)  # what was filled in so far stays
            return
        if self.form is not None:
            self.form.setParent(None)
            self.form.deleteLater()
            self.form = None
        self._answered.setVisible(question is None)
        if question is not None:
            self._show(question)

    def _show(self, question: Question) -> None:
        name = self._studio.preferences.text(NAME) or _whoami()
        self.form = Form(question, self._bench, name, self._right)
        self.form.answered.connect(self._answer)
        self.form.block_wanted.connect(self._go)
        self.form.link_wanted.connect(self._copy)
        self._column.insertWidget(0, self.form, 1)
        self._tick()

    def _answer(self, question: Question, values: Any) -> None:
        form = self.form
        if form is None:
            return
        by = form.by.text().strip()
        self._studio.preferences.remember(NAME, by)
        command = AnswerTask(question.run, values, question.task, question.label, by, "studio")
        self._studio.bridge.ask(
            command, lambda _: self._studio.inbox.look(), lambda error: self._refused(form, error)
        )

    def _refused(self, form: Form, error: Exception) -> None:
        self._studio.inbox.look()
        if form is self.form:
            form.tell(str(error))

    def _copy(self) -> None:
        if (question := self.question) is not None:
            QGuiApplication.clipboard().setText(question.link)
            self._studio.notices.tell(COPIED if self._studio.bridge.address else HERE, key="inbox")

    def _go(self) -> None:
        question = self.question
        if question is None:
            return
        bench = self._studio.runs.watching.workbench_of(question.run)
        if bench is not None:
            self._studio.workspace.show(bench)
            self._stand_at(question, bench)
            return
        self._studio.bridge.look(
            lambda journal: journal.run(question.run),
            lambda row: on_its_flow(self._studio, row, partial(self._show_run, question)),
            lambda error: self._studio.notices.tell(str(error), "warning", key="inbox"),
        )

    def _show_run(self, question: Question, bench: Workbench) -> None:
        self._studio.runs.show(bench, question.run)
        self._stand_at(question, bench)

    def _stand_at(self, question: Question, bench: Workbench) -> None:
        bench.go_to_address(block_of(question.task))
        show_inbox(self._studio)  # the flow came with the docks as they were

    def _restyle(self) -> None:
        self.empty.restyle()
        if self.form is not None:
            self.form.restyle()
        self.refresh()

    def _lay_out(self) -> None:
        self._right = QWidget(self)
        self._column = QVBoxLayout(self._right)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._answered = QLabel("Everything is answered.", self._right)
        self._answered.setProperty("role", "empty")
        self._column.addWidget(self._answered, 1)
        self._split = Pair(self, self.rows, self._right, (3, 7))
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._split)


def _open_row(question: Question, now: float) -> Choice:
    return Choice(
        question.title, key_of(question), brief(question, now), sign(question),
        urgent=is_urgent(question, now),
    )  # fmt: skip


def _done_row(done: Done) -> Choice:
    return Choice(done.question.title, None, done_words(done), done_sign(done), over=True)


def _whoami() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
