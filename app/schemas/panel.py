"""The dock of schemas once it is seen: a list of them, and all about the one that is selected."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QSplitter, QStackedLayout

from app.controls import paragraph
from app.living import is_there
from app.looking import Looking
from app.presenters.schemas import SchemaRow, rows_of, versions_of
from app.schemas.details import Details
from app.schemas.table import SchemaTable
from app.studio import Studio
from graph.errors import HeddleError

EVERY = 2000
"""Milliseconds between two looks at the schemas, while somebody looks at them here."""

AGENT = "schema_validator"

NOTHING_YET = "Schemas appear here once the runtime is ready."
NO_SCHEMAS = (
    "No schema is kept yet.\n\n"
    "A flow keeps one with the block “Register schema”: then values are held against it,"
    " and a new version is compared with those before."
)


class Panel(Looking):
    """Asks every two seconds, while it is seen."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(EVERY)
        self._studio = studio
        self._asked = False
        self._shown: SchemaRow | None = None
        self.table, self.details = SchemaTable(self), Details(self)
        self.empty = paragraph(self, "empty", NOTHING_YET)
        self._lay_out()
        self._connect()

    def look(self) -> None:
        """See which schemas there are."""
        ready = self._studio.bridge.state in ("ready", "elsewhere")
        if ready and self.isVisible() and not self._asked:
            self._asked = True
            self._studio.bridge.agents(
                lambda agents: agents.perform(AGENT, "schemas"), self._take, self._not_told
            )
        elif not ready:
            self._show_nothing(NOTHING_YET)

    def _take(self, told: Any) -> None:
        self._asked = False
        if not is_there(self):
            return
        rows = rows_of(told)
        self.table.show_rows(rows)
        if rows:
            self._pages.setCurrentWidget(self._split)
            self._show_selected()
        else:
            self._show_nothing(NO_SCHEMAS)

    def _not_told(self, error: HeddleError) -> None:
        self._asked = False
        if is_there(self):
            self._show_nothing(str(error))

    def _show_nothing(self, why: str) -> None:
        self._shown = None
        self.empty.setText(why)
        self._pages.setCurrentWidget(self.empty)

    def _show_selected(self) -> None:
        """Show the selected schema, unless that is what is shown, with all its versions."""
        row = self.table.selected
        if row is not None and (self._shown is None or row[:3] != self._shown[:3]):
            self._shown = row
            self._ask("versions", lambda told: self.details.show_schema(row, versions_of(told)))

    def _ask(self, capability: str, show: Callable[[Any], object], **arguments: Any) -> None:
        """Ask about the schema that is shown; the answer is shown if it still is."""
        row = self._shown
        if row is None:
            return
        named = {"schema_name": row.name, "platform": row.platform, **arguments}

        def told(answer: Any) -> None:
            if is_there(self) and self._shown is not None and self._shown.key == row.key:
                show(answer)

        self._studio.bridge.agents(
            lambda agents: agents.perform(AGENT, capability, **named), told, self._tell
        )

    def _tell(self, error: HeddleError) -> None:
        if is_there(self):
            self._studio.notices.tell(str(error), "error", key="schemas")

    def _compare(self, old: str, new: str) -> None:
        page = self.details.differences
        self._ask("compare", lambda told: page.show_broken(told, old, new), old=old, new=new)

    def _validate(self, value: Any) -> None:
        show = self.details.validation.show_faults
        self._ask("validate", show, version=self.details.version, value=value)

    def _declare(self, platform: str) -> None:
        show = self.details.types.show_types
        self._ask("transform", show, version=self.details.version, to_platform=platform)

    def _lay_out(self) -> None:
        self._split = QSplitter(self)
        self._split.addWidget(self.table)
        self._split.addWidget(self.details)
        self._split.setSizes([330, 690])
        self._split.setChildrenCollapsible(False)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._split)

    def _connect(self) -> None:
        self.table.chosen.connect(self._show_selected)
        self.details.differences.wanted.connect(self._compare)
        self.details.validation.wanted.connect(self._validate)
        self.details.types.wanted.connect(self._declare)
        self._studio.bridge.state_changed.connect(lambda *_: self.look())
        self._studio.theme.changed.connect(self.details.restyle)
