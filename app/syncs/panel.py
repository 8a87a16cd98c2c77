"""The dock of syncs once it is seen: both sides, a list of syncs, and the one that is selected."""

from collections.abc import Awaitable
from functools import partial
from typing import Any

import msgspec

from agents.swarm.database_sync.shapes import Standing as Told
from app.controls import small_button
from app.dialogs.form import Form
from app.dialogs.removal import ask_to_remove
from app.panes.bar import Standing
from app.panes.pane import ListPane
from app.presenters.syncs import Reads, SyncRow, fields_of, kept, rows_of, sides
from app.studio import Studio
from app.syncs.details import Details
from app.syncs.sheets import MergeSheet, SyncSheet
from app.syncs.table import SyncTable

AGENT = "database_sync"

NOTHING_YET = (
    "No table is kept in step yet. Define a sync, and its rows are read through a cache and written"
    " through it: from PostgreSQL and Redis where DATABASE_URL and REDIS_URL name them, otherwise"
    " from a SQLite file and memory. Flows use it by the blocks under Database sync."
)
REMOVED = "It is kept in step no more, and how it was set is forgotten. The table stays as it is."


class Panel(ListPane[SyncRow]):
    """What is done is done by the agent of the runtime."""

    name = "syncs"
    sign = "mdi6.database-sync-outline"
    not_ready = "Syncs appear here once the runtime is ready."

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._reads = Reads()
        self._standing: Told | None = None
        self.table, self.details = SyncTable(self), Details(self)
        self.sides = Standing(self, grows=False), Standing(self)
        self.new = small_button(self, "New sync…", "Keep another table in step", self.define)
        self.bar.fill(*self.sides, self.words, self.new)
        self.empty.offers("Keep a table in step…", self.define)
        self.hold_list(self.table, self.details)
        self._connect()

    # What is shown.

    def ask(self, agents: Any) -> Awaitable[Any]:
        """Ask how the syncs are."""
        found: Awaitable[Any] = agents.perform(AGENT, "stats")
        return found

    def take(self, told: Any) -> None:
        """Show how they are, and how both sides are."""
        self._standing = standing = msgspec.convert(told, Told)
        for label, side in zip(self.sides, sides(standing), strict=True):
            label.show_sign(side)
        self.bar.show()
        self.new.setVisible(bool(standing.syncs))
        self.show_rows(rows_of(standing, self._reads), NOTHING_YET, offer=True)

    def show_selected(self) -> None:
        """Show how the selected one is now."""
        if (row := self.table.selected) is not None:
            self.details.show_sync(row)

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

    def _remove(self) -> None:
        if (row := self.table.selected) is not None:
            told = f"{row.name} is kept in step no more."
            remove = partial(self._do, "remove", told, sync=row.name)
            ask_to_remove(self._studio.window, row.name, REMOVED, remove)

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
            if sheet is not None:
                sheet.finish()
            self.tell(told)
            self.look()

        self._studio.bridge.agents(
            lambda agents: agents.perform(AGENT, capability, **named),
            done,
            sheet.refuse if sheet is not None else self.tell_trouble,
        )

    def _connect(self) -> None:
        details = self.details
        self.table.opened.connect(self._change)
        self.table.removed.connect(self._remove)
        details.change_wanted.connect(self._change)
        details.flush_wanted.connect(
            lambda: self._with_sync("flush", "What waited of {} is in the database.")
        )
        details.invalidate_wanted.connect(
            lambda: self._with_sync("invalidate", "Nothing of {} is cached any more.")
        )
        details.remove_wanted.connect(self._remove)
        details.decided.connect(self._decide)
