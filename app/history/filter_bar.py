"""What chooses the runs that are listed: words, a state, a time, the flow in front, a value."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from app.icons import icon
from app.presenters.past_runs import STATES, TIMES, start_of
from runtime.journal.contract import RunState

PAUSE = 120
"""Milliseconds without a key after which the list follows what was typed."""

WIDEST = 124
"""Pixels of a choice: the dock may be narrow."""

BY_WORDS = "Find: failed yesterday, a flow, an id…"
BY_VALUE = "Find a value in inputs and outputs, then press Enter"


class FilterBar(QWidget):
    """`changed` tells that others are meant; `search` that a value is to be looked for."""

    changed = Signal()
    search = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = QLineEdit(self)
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(110)
        self.text.setMaximumWidth(340)
        self.in_values = QToolButton(self)
        self.in_values.setCheckable(True)
        self.in_values.setToolTip("Look into the inputs and outputs of runs")
        self.in_values.setAccessibleName("Look into values")
        self.state = Choice("State", STATES, self)
        self.time = Choice("Time", TIMES, self)
        self.only_this = QCheckBox("This flow", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.only_this.setToolTip("List only runs of the flow in front")
        row.addWidget(self.text, 1)
        for widget in (self.in_values, self.state, self.time, self.only_this):
            row.addWidget(widget)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(self.changed)
        self.text.textChanged.connect(self._typed)
        self.text.returnPressed.connect(self._entered)
        self.in_values.toggled.connect(self._turn)
        for choice in (self.state, self.time):
            choice.changed.connect(self._narrowed)
        self.only_this.toggled.connect(lambda _: self._narrowed())
        self._say_what_for()
        self.restyle()

    @property
    def words(self) -> str:
        """The words that are looked for among the runs; "" while a value is."""
        return "" if self.in_values.isChecked() else self.text.text()

    @property
    def is_for_value(self) -> bool:
        """Whether a value is looked for."""
        return self.in_values.isChecked() and bool(self.text.text().strip())

    @property
    def kept_state(self) -> RunState | Literal[""]:
        """The state of the runs that are meant, as journals know it; "" for any.

        One that was interrupted is running there, or paused.
        """
        chosen = self.state.value
        return "" if chosen == "left" else cast('RunState | Literal[""]', chosen)

    @property
    def since(self) -> float | None:
        """When the runs began that are meant, at the earliest."""
        return start_of(self.time.value, datetime.now(UTC))

    @property
    def is_narrow(self) -> bool:
        """Whether not all runs are meant."""
        return bool(self.text.text().strip() or self.state.value or self.time.value)

    def clear(self) -> None:
        """Mean all runs again."""
        self.text.clear()
        self.in_values.setChecked(False)
        for choice in (self.state, self.time):
            choice.setCurrentIndex(0)
        self.only_this.setChecked(False)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self.in_values.setIcon(icon("mdi6.text-search"))

    def _typed(self) -> None:
        if not self.in_values.isChecked() or not self.text.text():
            self._soon.start()

    def _entered(self) -> None:
        if self.is_for_value:
            self.search.emit(self.text.text().strip())
        else:
            self.changed.emit()

    def _narrowed(self) -> None:
        self.changed.emit()
        if self.is_for_value:
            self.search.emit(self.text.text().strip())

    def _turn(self, _: bool) -> None:
        self._say_what_for()
        self.text.setFocus()
        self._narrowed()

    def _say_what_for(self) -> None:
        said = BY_VALUE if self.in_values.isChecked() else BY_WORDS
        self.text.setPlaceholderText(said)
        self.text.setAccessibleName(said.partition(",")[0])


class Choice(QComboBox):
    """One of a few, chosen by what it is called."""

    changed = Signal()

    def __init__(self, name: str, choices: Mapping[str, Any], parent: QWidget) -> None:
        super().__init__(parent)
        for title, value in choices.items():
            self.addItem(title, value)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(WIDEST)
        self.setAccessibleName(f"{name} of the runs that are listed")
        self.view().setAccessibleName(self.accessibleName())
        self.setToolTip(self.accessibleName())
        self.currentIndexChanged.connect(lambda _: self.changed.emit())

    @property
    def value(self) -> Any:
        """What is meant by what was chosen."""
        return self.currentData()
