"""The form of a connection: its name and fields, secrets only going in, and whether it works."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.connections.agreeing import AgreeSheet
from app.dialogs.sheet import Sheet
from app.icons import icon
from app.known_connections import KnownConnections
from app.theme import current
from graph.connections import ConnectionField, ConnectionKind
from graph.errors import HeddleError
from runtime.connections.contents import Draft, Shown, Tested

KEPT = "Kept; type to replace it"
LINES_HEIGHT = 76
Entry = QLineEdit | QPlainTextEdit


class ConnectionSheet(Sheet):
    """Makes a connection of a kind, or changes one; `given` fills fields in beforehand."""

    def __init__(
        self, parent: QWidget, known: KnownConnections, kind: ConnectionKind, *, name: str,
        before: Shown | None = None, given: dict[str, str] | None = None,
        then: Callable[[Shown], object] = lambda _: None,
    ) -> None:  # fmt: skip
        title = f"Change “{before.name}”" if before else f"Connect {kind.title}"
        super().__init__(parent, title, kind.help, width=560)
        self._known, self._kind, self._before, self._then = known, kind, before, then
        self.entries: dict[str, Entry] = {}
        self.name = QLineEdit(before.name if before else name, self)
        self.name.setReadOnly(before is not None)
        self._add("Name", "What flows call it: letters, digits, dots and dashes.", self.name)
        values = {**(given or {}), **(before.fields if before else {})}
        for field in kind.fields:
            self._add_field(field, values.get(field.name, ""))
        self.told = self.say("", small=True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button("Cancel")
        self._test = self.button("Save and test", partial(self._save, test=True), closes=False)
        self._test.setVisible(kind.kind in (known.seen.testable if known.seen else ()))
        self._keep = self.button("Save", self._save, main=True, closes=False)
        self._first().setFocus()

    def draft(self) -> Draft:
        """What is filled in. Secrets left alone stay what they are."""
        texts = {name: _text(entry) for name, entry in self.entries.items()}
        secret = {field.name for field in self._kind.fields if field.secret}
        return Draft(
            name=self.name.text().strip(),
            kind=self._kind.kind,
            fields={name: text for name, text in texts.items() if name not in secret and text},
            secrets={name: texts[name] for name in secret if texts[name]},
        )

    def _first(self) -> QWidget:
        """Where typing begins: the first field that wants something."""
        empty = (
            self.entries[field.name]
            for field in self._kind.fields
            if (field.required or field.secret) and not _text(self.entries[field.name])
        )
        return next(empty, self.name)

    def _add_field(self, field: ConnectionField, value: str) -> None:
        title = field.title or field.name.replace("_", " ").capitalize()
        held = field.secret and self._before is not None and field.name in self._before.secrets
        entry = self._entry(field, value, KEPT if held else field.default)
        self.entries[field.name] = entry
        star = "" if field.required or not field.secret else " (if it wants one)"
        self._add(f"{title}{star}", field.help, entry, reveal=field.secret)

    def _entry(self, field: ConnectionField, value: str, hint: str) -> Entry:
        if field.editor == "lines":
            lines = QPlainTextEdit(value, self)
            lines.setFixedHeight(LINES_HEIGHT)
            lines.setTabChangesFocus(True)
            lines.setPlaceholderText(hint)
            return lines
        line = QLineEdit(value, self)
        line.setPlaceholderText(hint)
        if field.secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        return line

    def _add(self, title: str, help: str, entry: Entry, *, reveal: bool = False) -> None:
        label = QLabel(title, self)
        label.setBuddy(entry)
        entry.setAccessibleName(title)
        entry.setAccessibleDescription(help)
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addWidget(label)
        row = QHBoxLayout()
        row.addWidget(entry, 1)
        if reveal and isinstance(entry, QLineEdit):
            row.addWidget(self._eye(title, entry))
        column.addLayout(row)
        if help:
            small = QLabel(help, self)
            small.setProperty("role", "small")
            small.setWordWrap(True)
            column.addWidget(small)
        self.body.addLayout(column)

    def _eye(self, title: str, entry: QLineEdit) -> QToolButton:
        """Shows what is being typed as long as it is held down; what is kept is never here."""
        eye = QToolButton(self)
        eye.setIcon(icon("mdi6.eye-outline", current().muted))
        eye.setToolTip("Hold down to see what you have typed")
        eye.setAccessibleName(f"Show the {title} that is typed")
        eye.pressed.connect(lambda: entry.setEchoMode(QLineEdit.EchoMode.Normal))
        eye.released.connect(lambda: entry.setEchoMode(QLineEdit.EchoMode.Password))
        return eye

    def _save(self, *, test: bool = False) -> None:
        self._busy("Keeping it…")
        self._known.keep(self.draft(), partial(self._saved, test), self._refuse)

    def _saved(self, test: bool, shown: Shown) -> None:
        """It is kept: what starts a program or tells a host is agreed to next."""
        self._then(shown)
        for field in self._kind.fields:
            if field.secret:
                _clear(self.entries[field.name])
        if shown.agreed:
            self._agreed(test, shown)
        elif test:
            self._ready("It is kept, and waits for your word.", "small")
            AgreeSheet(self, self._known, shown, partial(self._agreed, test)).open()
        else:
            parent = self.parentWidget()
            self.accept()
            if parent is not None:
                AgreeSheet(parent, self._known, shown).open()

    def _agreed(self, test: bool, shown: Shown) -> None:
        if not test:
            self.accept()
            return
        self._busy("Asking the other side…")
        self._known.test(shown.name, self._tested, self._refuse)

    def _tested(self, tested: Tested) -> None:
        self._ready(tested.said, "success" if tested.ok else "error")

    def _refuse(self, error: HeddleError) -> None:
        self._ready(str(error), "error")

    def _busy(self, text: str) -> None:
        self._say(text, "small")
        self._keep.setEnabled(False)
        self._test.setEnabled(False)

    def _ready(self, text: str, role: str) -> None:
        self._say(text, role)
        self._keep.setEnabled(True)
        self._test.setEnabled(True)

    def _say(self, text: str, role: str) -> None:
        self.told.setText(text)
        self.told.setProperty("role", role)
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)


def _text(entry: Entry) -> str:
    return entry.text() if isinstance(entry, QLineEdit) else entry.toPlainText()


def _clear(entry: Entry) -> None:
    """What was typed is kept elsewhere by now, and shown no longer."""
    entry.clear()
    entry.setPlaceholderText(KEPT)
