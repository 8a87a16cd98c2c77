"""The dock of syncs once it is seen: both sides, a list of syncs, and the one that is selected."""

from typing import Any

import msgspec
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from agents.swarm.database_sync.shapes import Standing
from app.controls import small_button
from app.dialogs.form import Form
from app.icons import icon
from app.living import is_there
from app.looking import Looking
from app.presenters.syncs import Reads, fields_of, kept, rows_of, sides
from app.studio import Studio
from app.syncs.details import Details
from app.syncs.sheets import MergeSheet, SyncSheet
from app.syncs.table import SyncTable
from app.theme import current
from graph.errors import HeddleError

EVERY = 1000
"""Milliseconds between two looks at the syncs, while somebody looks at them here."""

AGENT = "database_sync"
KEY = "syncs"
SIGN = 16

NOT_READY = "Syncs appear here once the runtime is ready."
NOTHING_YET = (
    "No table is kept in step yet. Define a sync, and its rows are read through a cache and written"
    " through it: from PostgreSQL and Redis where DATABASE_URL and REDIS_URL name them, otherwise"
    " from a SQLite file and memory. Flows use it by the blocks under Database sync."
)


class Panel(Looking):
    """Asks once a second, while it is seen; what is done is done by the agent of the runtime."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(EVERY)
        self._studio = studio
        self._asked = False
        self._reads = Reads()
        self._standing: Standing | None = None
        self.table, self.details = SyncTable(self), Details(self)
        self.said = QLabel(NOT_READY, self)
        self.said.setProperty("role", "empty")
        self.said.setWordWrap(True)
        self.first = small_button(self, "Keep a table in step…", "", self.define)
        self.new = small_button(self, "New sync…", "Keep another table in step", self.define)
        self.signs, self.sides = ([QLabel(self), QLabel(self)] for _ in range(2))
        self._lay_out()
        self._connect()

    # What is shown.

    def look(self) -> None:
        """See how the syncs are."""
        ready = self._studio.bridge.state in ("ready", "elsewhere")
        if ready and self.isVisible() and not self._asked:
            self._asked = True
            self._studio.bridge.agents(
                lambda agents: agents.perform(AGENT, "stats"), self._take, self._not_told
            )
        elif not ready:
            self._show_nothing(NOT_READY, can_define=False)

    def _take(self, told: Any) -> None:
        self._asked = False
        if not is_there(self):
            return
        self._standing = standing = msgspec.convert(told, Standing)
        self._show_sides()
        rows = rows_of(standing, self._reads)
        self.table.show_rows(rows)
        if not rows:
            self._show_nothing(NOTHING_YET, can_define=True)
            return
        self._pages.setCurrentWidget(self._split)
        self._show_details()

    def _not_told(self, error: HeddleError) -> None:
        self._asked = False
        if is_there(self):
            self._show_nothing(str(error), can_define=False)

    def _show_sides(self) -> None:
        if self._standing is None:
            return
        for sign, label, side in zip(self.signs, self.sides, sides(self._standing), strict=True):
            label.setText(side.said)
            drawn = icon(side.icon, getattr(current(), side.colour))
            sign.setPixmap(drawn.pixmap(QSize(SIGN, SIGN)))
        self._bar.show()

    def _show_details(self) -> None:
        if (row := self.table.selected) is not None:
            self.details.show_sync(row)

    def _show_nothing(self, why: str, *, can_define: bool) -> None:
        self.said.setText(why)
        self.first.setVisible(can_define)
        self._bar.setVisible(can_define)
        self._pages.setCurrentWidget(self._empty)

    # What is done.

    def define(self) -> None:
        """Ask how another table is to be kept in step."""
        SyncSheet(self._studio.window, None, self._define).open()

    def _change(self) -> None:
        if (row := self.table.selected) is not None:
            sync = row.stats.sync

            def change(sheet: Form, wanted: dict[str, Any]) -> None:
                self._define(sheet, kept(sync) | wanted)

            SyncSheet(self._studio.window, fields_of(sync), change).open()

    def _define(self, sheet: Form, wanted: dict[str, Any]) -> None:
        told = f"{wanted['name']} is kept in step."
        self._do("define", told, sheet, sync=wanted)

    def _with_sync(self, capability: str, told: str) -> None:
        if (row := self.table.selected) is not None:
            self._do(capability, told.format(row.name), sync=row.name)

    def _decide(self, id: str, choice: str) -> None:
        if choice != "merged":
            self._do("resolve", "The conflict is decided.", conflict=id, keep=choice)
            return
        standing = self._standing
        found = [one for one in standing.conflicts if one.id == id] if standing else []

        def merge(sheet: MergeSheet, row: dict[str, Any]) -> None:
            self._do("resolve", "The row is merged.", sheet, conflict=id, keep=choice, row=row)

        for conflict in found:
            MergeSheet(self._studio.window, conflict, merge).open()

    def _do(self, capability: str, told: str, sheet: Form | None = None, **named: Any) -> None:
        def done(_: Any) -> None:
            if sheet is not None and is_there(sheet):
                sheet.accept()
            self._studio.notices.tell(told, "success", key=KEY)
            self.look()

        def failed(error: HeddleError) -> None:
            if sheet is not None and is_there(sheet):
                sheet.refuse(error)
            else:
                self._studio.notices.tell(str(error), "error", key=KEY)

        self._studio.bridge.agents(
            lambda agents: agents.perform(AGENT, capability, **named), done, failed
        )

    # How it is put together.

    def _lay_out(self) -> None:
        self._bar = QFrame(self)
        self._bar.setProperty("bar", True)
        self._bar.hide()
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(8)
        for sign, label in zip(self.signs, self.sides, strict=True):
            label.setMinimumWidth(40)
            bar.addWidget(sign)
            bar.addWidget(label)
            bar.addSpacing(10)
        bar.addStretch(1)
        bar.addWidget(self.new)
        self._empty = QWidget(self)
        middle = QVBoxLayout(self._empty)
        middle.addStretch(1)
        middle.addWidget(self.said)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.first)
        row.addStretch(1)
        middle.addLayout(row)
        middle.addStretch(1)
        self._split = QSplitter(self)
        self._split.addWidget(self.table)
        self._split.addWidget(self.details)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.setSizes([600, 480])
        self._split.setChildrenCollapsible(False)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._split)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._bar)
        whole.addLayout(self._pages, 1)

    def _connect(self) -> None:
        self.table.chosen.connect(self._show_details)
        details = self.details
        details.change_wanted.connect(self._change)
        details.flush_wanted.connect(
            lambda: self._with_sync("flush", "What waited of {} is in the database.")
        )
        details.invalidate_wanted.connect(
            lambda: self._with_sync("invalidate", "Nothing of {} is cached any more.")
        )
        details.remove_wanted.connect(
            lambda: self._with_sync("remove", "{} is kept in step no more.")
        )
        details.decided.connect(self._decide)
        self._studio.bridge.state_changed.connect(lambda *_: self.look())
        self._studio.theme.changed.connect(self._show_sides)
