"""A plot in its frame: title, legend with the values at the crosshair, pin and close."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.icons import icon
from app.plots.plot import Drawn, Plot
from app.plots.span import Span
from app.presenters.amounts import amount
from app.theme import current

HEIGHT = 146
"""Pixels, at the least."""

LEAST_WORDS = 40
"""Pixels that are left of words where a card is narrow."""


class PlotCard(QFrame):
    """Shows one chart. What it is of stands beside its title when that isn't said elsewhere."""

    pin_toggled = Signal(bool)
    close_wanted = Signal()

    def __init__(self, span: Span, title: str, unit: str, about: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setMinimumHeight(HEIGHT)
        self.title = QLabel(title, self)
        self.title.setProperty("role", "heading")
        self.title.setToolTip(f"{title}\n{about}".strip())
        self.title.setMinimumWidth(LEAST_WORDS)
        self.of = QLabel(self)
        self.of.setProperty("role", "small")
        self.of.setMinimumWidth(LEAST_WORDS)
        self.of.setContentsMargins(10, 0, 8, 0)
        self.of.hide()
        self.legend = QLabel(self)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.legend.setMinimumWidth(0)
        self.below = QLabel(self)
        self.below.setTextFormat(Qt.TextFormat.RichText)
        self.below.setWordWrap(True)
        self.below.setMinimumWidth(LEAST_WORDS)
        self.below.setProperty("role", "small")
        self.pin = self._tool("Keep this chart as it is, first in the row")
        self.pin.setCheckable(True)
        self.pin.toggled.connect(self._on_pin)
        self.closes = self._tool("Take this chart away")
        self.closes.clicked.connect(self.close_wanted)
        self.plot = Plot(span, unit, title)
        self._lay_out()
        span.changed.connect(self.tell)
        span.pointed.connect(self.tell)
        self.restyle()

    def show_lines(self, drawn: Sequence[Drawn], *, elapsed: bool = False) -> None:
        """Show these lines."""
        self.plot.show_lines(drawn, elapsed=elapsed)
        self.below.setVisible(len(drawn) > 1)
        self.legend.setVisible(len(drawn) <= 1)
        self.tell()

    def show_scope(self, words: str) -> None:
        """Say what it is of; nothing for ""."""
        self.of.setText(words)
        self.of.setToolTip(words)
        self.of.setVisible(bool(words))

    def show_pinned(self, pinned: bool) -> None:
        """Show whether it is pinned, without asking for it."""
        self.pin.blockSignals(True)
        self.pin.setChecked(pinned)
        self.pin.blockSignals(False)
        self.restyle()

    def tell(self) -> None:
        """Write the values at the crosshair, or the newest, into the legend."""
        told = [
            (curve.colour, drawn.name, amount(value, self.plot.unit), drawn.dashed)
            for curve, drawn, value in zip(
                self.plot.curves, self.plot.drawn, self.plot.values(), strict=True
            )
        ]
        if len(told) == 1:
            self.legend.setText(f"<b>{escape(told[0][2])}</b>")
        else:
            self.below.setText(" &nbsp; ".join(_entry(*each) for each in told))
        values = ", ".join(f"{name} {value}".strip() for _, name, value, _ in told)
        self.plot.setAccessibleDescription(values)

    def restyle(self) -> None:
        """Take the colours of the theme."""
        pinned = self.pin.isChecked()
        self.pin.setIcon(
            icon("mdi6.pin" if pinned else "mdi6.pin-outline", current().accent if pinned else "")
        )
        self.closes.setIcon(icon("mdi6.close"))
        self.plot.restyle()
        self.tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.plot.refresh()

    def _on_pin(self, pinned: bool) -> None:
        self.restyle()
        self.pin_toggled.emit(pinned)

    def _tool(self, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("small", True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(10, 4, 4, 0)
        head.setSpacing(2)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.legend)
        head.addWidget(self.pin)
        head.addWidget(self.closes)
        self.below.setContentsMargins(10, 0, 8, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 4)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.of)
        column.addWidget(self.below)
        column.addWidget(self.plot, 1)


def _entry(colour: str, name: str, value: str, dashed: bool) -> str:
    sign = "┅" if dashed else "━"
    return (
        f'<span style="white-space: nowrap"><span style="color: {colour}">{sign}</span> '
        f"{escape(name)} <b>{escape(value)}</b></span>"
    )
