"""What is to go wrong at a block, or on the links out of one of its ports."""

import secrets
from collections.abc import Callable

from msgspec import UNSET
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from app.dialogs.sheet import Sheet
from app.editor.fields.json_field import NotJson, in_json, read_json
from app.presenters.faults import KINDS, STATUSES
from runtime.breakpoints import Fault


class FaultSheet(Sheet):
    """Gives the fault to `put` once all of it makes sense, None to take it out."""

    def __init__(
        self, parent: QWidget, name: str, block: str, port: str, known: Fault | None,
        put: Callable[[Fault | None], object],
    ) -> None:  # fmt: skip
        place = f"to the output “{port}” of {name}" if port else f"at {name}"
        super().__init__(
            parent, "Make it go wrong", f"Runs of this flow go on as if this had happened {place}.",
        )  # fmt: skip
        self._block, self._port, self._known, self._put = block, port, known, put
        self._make(known or Fault("", block, "malformed" if port else "status", port, seconds=2.0))
        self.button("Cancel")
        if known:
            self.button("Take it out", lambda: put(None), left=True)
        self.button("Make it go wrong", self._apply, main=True, closes=False)

    def _make(self, shown: Fault) -> None:
        self.kind = QComboBox(self)
        for kind, (title, _) in KINDS.items():
            self.kind.addItem(title, kind)
        self.seconds = QDoubleSpinBox(self, minimum=0, maximum=86_400, value=shown.seconds)
        self.seconds.setSuffix(" s")
        self.status = QComboBox(self, editable=True)
        for status, words in STATUSES.items():
            self.status.addItem(words, status)
        self.status.setCurrentText(STATUSES.get(shown.status, str(shown.status)))
        self.value = QLineEdit(self)
        self.value.setPlaceholderText("Damaged, as far as it can be")
        if shown.value is not UNSET:
            self.value.setText(in_json(shown.value))
        self.times = QSpinBox(self, minimum=0, maximum=1_000_000, value=shown.times)
        self.times.setSpecialValueText("Every time")
        self.times.setSuffix("×")
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(10)
        for title, field in (
            ("What goes wrong", self.kind), ("How long", self.seconds), ("Status", self.status),
            ("Value, as JSON", self.value), ("How often", self.times),
        ):  # fmt: skip
            field.setAccessibleName(title)
            label = QLabel(title, self)
            label.setMinimumHeight(field.sizeHint().height())  # else it stands too high
            self._form.addRow(label, field)
        self.body.addLayout(self._form)
        self._about = self.say("", small=True)
        self._wrong = self.say("")
        self._wrong.setProperty("role", "error")
        self._wrong.hide()
        self.kind.setCurrentIndex(self.kind.findData(shown.kind))
        self.kind.currentIndexChanged.connect(lambda _: self._switch())
        self._switch()

    def _switch(self) -> None:
        """Show the rows that the kind has."""
        kind = self.kind.currentData()
        self._about.setText(KINDS[kind][1])
        for field, kinds in (
            (self.seconds, ("delay", "timeout")),
            (self.status, ("status",)),
            (self.value, ("malformed",)),
        ):
            self._form.setRowVisible(field, kind in kinds)
        self.adjustSize()

    def _apply(self) -> None:
        try:
            fault = self._read()
        except NotJson as flaw:
            self._wrong.setText(f"The value is no JSON: {flaw.message}")
            self._wrong.show()
            return
        except ValueError as flaw:
            self._wrong.setText(str(flaw))
            self._wrong.show()
            return
        self.accept()
        self._put(fault)

    def _read(self) -> Fault:
        """What the form says. Raises ValueError, NotJson for a value that is none."""
        kind = self.kind.currentData()
        text = self.value.text().strip()
        return Fault(
            self._known.id if self._known else secrets.token_hex(4),
            self._block,
            kind,
            self._port,
            self.seconds.value() if kind in ("delay", "timeout") else 0.0,
            _status(self.status.currentText()) if kind == "status" else 500,
            read_json(text) if kind == "malformed" and text else UNSET,
            self.times.value(),
        )


def _status(text: str) -> int:
    number = text.strip().partition(" ")[0]
    if not number.isdigit() or not 400 <= int(number) <= 599:
        raise ValueError("The status has to be a number from 400 to 599.")
    return int(number)
