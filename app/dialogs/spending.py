"""The form of a breakpoint on the whole run: errors anywhere, and what the run spends."""

from msgspec.structs import replace
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QSpinBox

from app.dialogs.sheet import Sheet
from app.studio import Studio
from app.workbench import Workbench
from runtime.breakpoints import Breakpoint

KINDS = (
    "An error is about to be raised, caught or not",
    "The run has cost more than",
    "The run has used more tokens than",
)
ERROR, COST, TOKENS = range(3)


class SpendingSheet(Sheet):
    """Edits one breakpoint that is at no block."""

    def __init__(
        self, studio: Studio, bench: Workbench, point: Breakpoint, *, is_new: bool
    ) -> None:
        super().__init__(
            studio.window, "Stop the run when…",
            "Wherever it happens. A limit on spending stops the run once, after the block by which "
            "it is exceeded.", width=480,
        )  # fmt: skip
        self._points = studio.runs.breakpoints
        self._bench = bench
        self.point = point
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("When it stops")
        self.kind.setAccessibleDescription("When it stops")
        self.kind.addItems(list(KINDS))
        self.kind.setCurrentIndex(_kind(point))
        self.kind.currentIndexChanged.connect(self._show)
        self.cost = QDoubleSpinBox(self)
        self.cost.setAccessibleName("Dollars")
        self.cost.setPrefix("$ ")
        self.cost.setDecimals(4)
        self.cost.setRange(0, 1_000_000)
        self.cost.setSingleStep(0.1)
        self.cost.setValue(0.5 if point.cost is None else point.cost)
        self.tokens = QSpinBox(self)
        self.tokens.setAccessibleName("Tokens")
        self.tokens.setRange(0, 2_000_000_000)
        self.tokens.setSingleStep(1000)
        self.tokens.setGroupSeparatorShown(True)
        self.tokens.setValue(10_000 if point.tokens is None else point.tokens)
        self.enabled = QCheckBox("Enabled", self)
        self.enabled.setChecked(point.enabled)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(12)
        self._form.addRow("When", self.kind)
        self._form.addRow("Limit", self.cost)
        self._form.addRow("Limit", self.tokens)
        self._form.addRow("", self.enabled)
        self.body.addLayout(self._form)
        self.button("Remove", self._remove, left=True).setVisible(not is_new)
        self.button("Cancel")
        self.button("Set" if is_new else "Done", self._apply, main=True)
        self._show()

    def edited(self) -> Breakpoint:
        """The breakpoint as the form says."""
        kind = self.kind.currentIndex()
        return replace(
            self.point,
            at="error" if kind == ERROR else "before",
            cost=self.cost.value() if kind == COST else None,
            tokens=self.tokens.value() if kind == TOKENS else None,
            enabled=self.enabled.isChecked(),
        )

    def _show(self, *_: object) -> None:
        kind = self.kind.currentIndex()
        self._form.setRowVisible(self.cost, kind == COST)
        self._form.setRowVisible(self.tokens, kind == TOKENS)
        self.adjustSize()

    def _apply(self) -> None:
        self._points.put(self._bench, self.edited())

    def _remove(self) -> None:
        self._points.remove(self._bench, self.point.id)


def _kind(point: Breakpoint) -> int:
    if point.cost is not None:
        return COST
    return TOKENS if point.tokens is not None else ERROR
