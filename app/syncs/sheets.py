"""Dialogs of syncs: how a table is to be kept in step, and a row merged by hand."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from agents.swarm.database_sync.shapes import Conflict
from app.dialogs.form import Form, choice
from app.presenters.syncs import merged, row_from, sync_from

FIRST = {
    "name": "", "table": "", "key": "id", "columns": "", "mode": "through", "ttl": "300",
    "delay": "0.5", "version": "", "on_conflict": "last_write", "merge": "{**theirs, **mine}",
    "notify": "no",
}  # fmt: skip
"""What the form says of a new sync."""

MODES = {"through": "through, before the answer", "behind": "behind, after a delay"}
RESOLUTIONS = {
    "last_write": "the last write counts",
    "version": "older ones are refused",
    "merge": "an expression merges",
    "ask": "a person decides",
}
LISTENS = {"no": "no", "yes": "yes, by triggers on the table"}


class SyncSheet(Form):
    """Asks how a table is kept in step; `define` is handed that, and closes it once it is so."""

    def __init__(
        self,
        parent: QWidget,
        fields: Mapping[str, str] | None,
        define: Callable[["SyncSheet", dict[str, Any]], object],
    ) -> None:
        new, fields = fields is None, fields or FIRST
        super().__init__(
            parent,
            "Keep a table in step" if new else f"Change {fields['name']}",
            "Rows are read through the cache and written through it, so that both say the same.",
        )
        self._define = define
        self.lines = {
            name: QLineEdit(fields[name], self) for name in fields if name not in _CHOICES
        }
        self.choices = {name: choice(self, said, fields[name]) for name, said in _CHOICES.items()}
        self.lines["columns"].setPlaceholderText("all")
        self.lines["version"].setPlaceholderText("none")
        for name, title, at, wide in _PLACES:
            self.add(title, {**self.lines, **self.choices}[name], at, wide)
        self.lines["name"].setReadOnly(not new)
        for box in self.choices.values():
            box.currentIndexChanged.connect(lambda _: self._offer())
        self._offer()
        self.asks("Define" if new else "Change", self._done)
        self.lines["name" if new else "ttl"].setFocus()

    @property
    def fields(self) -> dict[str, str]:
        """How it stands in the fields."""
        lines = {name: line.text() for name, line in self.lines.items()}
        return lines | {name: str(box.currentData()) for name, box in self.choices.items()}

    def _offer(self) -> None:
        """Have only that filled in which counts with what is chosen."""
        self.lines["delay"].setEnabled(self.choices["mode"].currentData() == "behind")
        self.lines["merge"].setEnabled(self.choices["on_conflict"].currentData() == "merge")

    def _done(self) -> None:
        try:
            wanted = sync_from(self.fields)
        except ValueError as error:
            self.refuse(error)
        else:
            self._define(self, wanted)


class MergeSheet(Form):
    """Both rows as one, to be changed; `merge` is handed the row."""

    def __init__(
        self,
        parent: QWidget,
        conflict: Conflict,
        merge: Callable[["MergeSheet", dict[str, Any]], object],
    ) -> None:
        super().__init__(
            parent, f"Merge {conflict.key}", "This is the row as it is, with your write over it."
        )
        self._merge = merge
        self.row = QPlainTextEdit(merged(conflict), self)
        self.row.setProperty("mono", True)
        self.row.setTabChangesFocus(True)
        self.row.setMinimumHeight(160)
        self.add("The row", self.row, (0, 0))
        self.asks("Write", self._done)

    def _done(self) -> None:
        try:
            row = row_from(self.row.toPlainText())
        except ValueError as error:
            self.refuse(error)
        else:
            self._merge(self, row)


_CHOICES = {"mode": MODES, "on_conflict": RESOLUTIONS, "notify": LISTENS}

_PLACES = (
    ("name", "Name", (0, 0), 1), ("table", "Table or view", (0, 1), 2),
    ("key", "Key columns", (1, 0), 1), ("columns", "Columns", (1, 1), 2),
    ("mode", "Writes go", (2, 0), 1), ("ttl", "Fresh for, in seconds", (2, 1), 1),
    ("delay", "Writes wait, in seconds", (2, 2), 1),
    ("on_conflict", "When a row has changed", (3, 0), 1),
    ("merge", "Merge by, over mine, theirs and base", (3, 1), 2),
    ("version", "Column that counts versions", (4, 0), 1),
    ("notify", "Listen to changes by others", (4, 1), 2),
)  # fmt: skip
