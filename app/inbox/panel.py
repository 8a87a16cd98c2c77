"""The dock of the inbox once it is seen: what is asked, and the one that is selected."""

import getpass
import time
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.document import Document
from app.inbox.form import Form
from app.presenters.inbox import about, done_words, key_of, left
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Flow
from runtime.commands import AnswerTask
from runtime.events import block_of
from runtime.projections.inbox import Question

NAME = "inbox/name"
NOTHING = "Nobody is asked anything. What runs ask people appears here."
KEY = int(Qt.ItemDataRole.UserRole)
ROW = 46


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
        self.rows.setWordWrap(False)
        self.rows.currentItemChanged.connect(self._select)
        self.empty = QLabel(NOTHING, self)
        self.empty.setProperty("role", "empty")
        self.empty.setWordWrap(True)
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
        return found[0].data(KEY) if found else None

    def refresh(self) -> None:
        """List what is asked now; the selected one stays."""
        wanted = self._selected
        self.rows.blockSignals(True)
        self.rows.clear()
        for question in self._studio.inbox.open:
            self._add(question.title, "", key_of(question))
        for done in self._studio.inbox.done:
            item = self._add(done.question.title, done_words(done), None)
            item.setForeground(self.palette().placeholderText())
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        self._tick()
        keys = [self.rows.item(n).data(KEY) for n in range(self.rows.count())]
        if self._studio.inbox.open:
            self.rows.setCurrentRow(keys.index(wanted) if wanted in keys else 0)
        self.rows.blockSignals(False)
        self._pages.setCurrentWidget(self._split if self.rows.count() else self.empty)
        self._select()

    def _add(self, title: str, more: str, key: Any) -> QListWidgetItem:
        item = QListWidgetItem(f"{title}\n{more}", self.rows)
        item.setData(KEY, key)
        item.setSizeHint(QSize(0, ROW))
        item.setToolTip(title)
        return item

    def _tick(self) -> None:
        """Say since when each is asked."""
        now = time.time()
        for row, question in enumerate(self._studio.inbox.open[: self.rows.count()]):
            said = " · ".join(filter(None, (about(question, now), left(question, now))))
            item = self.rows.item(row)
            item.setText(f"{question.title}\n{said}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{question.title}, {said}")
        if self.form is not None:
            self.form.tick(now)

    def _select(self, *_: object) -> None:
        question = self.question
        if question is not None and self.form is not None and self.form.question == question:
            return  # what was filled in so far stays
        if self.form is not None:
            self.form.setParent(None)
            self.form.deleteLater()
            self.form = None
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
            self._studio.notices.tell(
                "The link is copied. Whoever has it can answer this question, once.", key="inbox"
            )

    def _go(self) -> None:
        question = self.question
        if question is None:
            return
        for bench in self._studio.workspace:
            if bench.live is not None and bench.live.run == question.run:
                self._studio.workspace.show(bench)
                bench.go_to_address(block_of(question.task))
                return
        self._studio.notices.tell(
            f"The run {question.run} isn't shown in an open flow: open its flow, then show the run"
            " from the History.", "info", key="inbox",
        )  # fmt: skip

    def _restyle(self) -> None:
        if self.form is not None:
            self.form.restyle()
        self.refresh()

    def _lay_out(self) -> None:
        self._right = QWidget(self)
        self._column = QVBoxLayout(self._right)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._split = QSplitter(self)
        self._split.addWidget(self.rows)
        self._split.addWidget(self._right)
        self._split.setSizes([280, 680])
        self._split.setStretchFactor(1, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._split)


def _whoami() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
