"""What the flow may use up of models, and what a run is likely to."""

import time
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.editor.inspector.notes import wrapped
from app.living import is_there
from app.presenters.outlay_words import likely
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import SetBudget
from graph.errors import HeddleError
from graph.flow import ANYTHING, Bound, Budget
from graph.outlay import Past, outlay
from runtime.metrics.spending import past_of

PERIODS = (("run", "Each run"), ("day", "24 hours"), ("month", "30 days"))
PATIENCE = 5.0
"""Seconds until earlier runs are asked for again."""


class SumBox(QLineEdit):
    """A number that isn't below 0, or nothing for any amount."""

    def __init__(self, name: str, parent: QWidget, *, whole: bool) -> None:
        super().__init__(parent)
        self._whole = whole
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setPlaceholderText("any")
        self.textEdited.connect(self._mark)

    @property
    def value(self) -> float | None:
        """The number in it. Raises ValueError for what is none."""
        text = self.text().strip().replace(",", "" if self._whole else ".")
        if not text:
            return None
        value = int(text) if self._whole else float(text)
        if not 0 <= value < 1e12:
            raise ValueError(text)
        return value

    def show_value(self, value: float | None) -> None:
        """Show a number, unless it stands there already."""
        if not self._stands(value):
            self.setText("" if value is None else f"{value:,}" if self._whole else f"{value:g}")
            self._mark()

    def _stands(self, value: float | None) -> bool:
        try:
            return self.value == value
        except ValueError:
            return self.hasFocus()

    def _is_number(self) -> bool:
        try:
            return self.value is None or True
        except ValueError:
            return False

    def _mark(self) -> None:
        self.setProperty("invalid", not self._is_number())
        self.style().unpolish(self)
        self.style().polish(self)


class SpendingPart(QWidget):
    """A forecast, and the budget that is changed by typing. Hidden while no model is asked."""

    def __init__(self, workbench: Workbench, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = workbench
        self._studio = studio
        self._past = Past()
        self._asked = 0.0
        self._told = wrapped("", self, "")
        self.boxes: dict[tuple[str, str], SumBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(QLabel("Models", self))
        column.addWidget(self._told)
        column.addWidget(wrapped(
            "A run ends once more is used up than this. What was paid for is kept.", self,
        ))  # fmt: skip
        column.addLayout(self._grid())

    def refresh(self) -> None:
        """Show the flow as it is now."""
        flow = self._bench.document.flow
        seen = outlay(flow, self._bench.catalog, self._past)
        self.setVisible(not self._bench.level and bool(seen.blocks or flow.budget != ANYTHING))
        self._told.setText(likely(seen, flow.budget.run))
        self._told.setVisible(bool(seen.blocks))
        for (period, what), box in self.boxes.items():
            box.show_value(getattr(getattr(flow.budget, period), what))
            box.setReadOnly(not self._bench.is_trusted)
        if seen.blocks and time.monotonic() - self._asked > PATIENCE:
            self._ask(flow.name or self._bench.title)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What was typed is one step of the history once the box is left."""
        if event.type() == QEvent.Type.FocusOut:
            self._bench.document.seal()
        return super().eventFilter(watched, event)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for column, title in enumerate(("US dollars", "Tokens"), 1):
            grid.addWidget(wrapped(title, self, "muted"), 0, column)
        for row, (period, title) in enumerate(PERIODS, 1):
            grid.addWidget(QLabel(title, self), row, 0)
            for column, (what, unit) in enumerate((("cost", "dollars"), ("tokens", "tokens")), 1):
                box = SumBox(f"{title}: most {unit}", self, whole=what == "tokens")
                box.textEdited.connect(partial(self._set, period, what))
                box.installEventFilter(self)
                grid.addWidget(box, row, column)
                self.boxes[period, what] = box
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        return grid

    def _set(self, period: str, what: str, _: str) -> None:
        try:
            value = self.boxes[period, what].value
        except ValueError:
            return  # it is marked, and the flow keeps the last number
        budget: Budget = self._bench.document.flow.budget
        bound: Bound = replace(getattr(budget, period), **{what: value})
        self._bench.do(
            SetBudget(replace(budget, **{period: bound})),
            label="Set the budget of the flow", merge=f"flow:budget:{period}:{what}", level=(),
        )  # fmt: skip

    def _ask(self, name: str) -> None:
        self._asked = time.monotonic()
        self._studio.bridge.measure(
            lambda metrics: past_of(metrics, name, time.time()), self._have, _unheard
        )

    def _have(self, past: Past) -> None:
        if is_there(self) and past != self._past:
            self._past = past
            self.refresh()


def _unheard(error: HeddleError) -> None:
    """Without earlier runs the fields tell; whoever needs the metrics is told elsewhere."""
