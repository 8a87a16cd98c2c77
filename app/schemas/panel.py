"""The dock of schemas once it is seen: a list of them, and all about the one that is selected."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.living import is_there
from app.panes.bar import Standing
from app.panes.pane import ListPane
from app.presenters.schemas import SchemaRow, counted_words, rows_of, versions_of
from app.schemas.details import Details
from app.schemas.table import SchemaTable
from app.studio import Studio

EVERY = 2000
"""Milliseconds between two looks at the schemas, while somebody looks at them here."""

AGENT = "schema_validator"

NO_SCHEMAS = (
    "No schema is kept yet.\n\n"
    "A flow keeps one with the block “Register schema”: then values are held against it,"
    " and a new version is compared with those before."
)


class Panel(ListPane[SchemaRow]):
    """Asks for the versions of the selected schema once it is another one, or has more."""

    name = "schemas"
    sign = "mdi6.book-open-outline"
    not_ready = "Schemas appear here once the runtime is ready."
    shares = (4, 7)

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, EVERY)
        self._shown: SchemaRow | None = None
        self.table, self.details = SchemaTable(self), Details(self)
        self.counted = Standing(self)
        self.bar.fill(self.counted, self.words)
        self.hold_list(self.table, self.details)
        self.details.differences.wanted.connect(self._compare)
        self.details.validation.wanted.connect(self._validate)
        self.details.types.wanted.connect(self._declare)

    def ask(self, agents: Any) -> Awaitable[Any]:
        """Ask which schemas there are."""
        found: Awaitable[Any] = agents.perform(AGENT, "schemas")
        return found

    def take(self, told: Any) -> None:
        """List them."""
        rows = rows_of(told)
        self.bar.setVisible(bool(rows))
        self.counted.show_sign(counted_words(rows))
        self.show_rows(rows, NO_SCHEMAS)

    def show_nothing(self, why: str, *, offer: bool = False) -> None:
        self._shown = None
        super().show_nothing(why, offer=offer)

    def restyle(self) -> None:
        super().restyle()
        self.details.restyle()

    def show_selected(self) -> None:
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
            lambda agents: agents.perform(AGENT, capability, **named), told, self.tell_trouble
        )

    def _compare(self, old: str, new: str) -> None:
        page = self.details.differences
        self._ask("compare", lambda told: page.show_broken(told, old, new), old=old, new=new)

    def _validate(self, value: Any) -> None:
        show = self.details.validation.show_faults
        self._ask("validate", show, version=self.details.version, value=value)

    def _declare(self, platform: str) -> None:
        show = self.details.types.show_types
        self._ask("transform", show, version=self.details.version, to_platform=platform)
