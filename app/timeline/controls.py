"""The bar above the timeline: lanes, playing, where one is, zoom."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QWidget,
)

from app.icons import icon
from app.presenters.run_words import duration
from app.presenters.time_scale import exact
from app.results.elided_label import ElidedLabel
from app.theme import BODY, ROW, font
from app.timeline.chart import STEP, Chart
from app.timeline.head import SPEEDS, Head
from app.timeline.record import Known

SAID = {0.01: "0.01×", 0.1: "0.1×", 1.0: "1×", 10.0: "10×", 100.0: "100×", 1000.0: "1,000×"}


EXACT = 0.001
"""Seconds to which it is said where one is."""

LEAST, NARROW, ROOMY = 270, 340, 540
"""Pixels of width at the least, and from which on there is room for more, and for everything."""


class Controls(QWidget):
    """Acts on the chart and its head."""

    lanes_changed = Signal(bool)
    """Whether there is a lane for each agent, or else for each block."""
    summary_wanted = Signal(bool)

    def __init__(self, chart: Chart, parent: QWidget) -> None:
        super().__init__(parent)
        self._chart = chart
        self._buttons = list[tuple[QToolButton, str]]()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(4)
        row.addStrut(ROW)
        for segment in self._lane_buttons():
            row.addWidget(segment)
        row.addSpacing(8)
        self.back = self._button("mdi6.skip-previous", "One event back", lambda h: h.go_by(-1))
        self.play = self._button("mdi6.play", "Play the run", _play_or_pause)
        self.forth = self._button("mdi6.skip-next", "One event on", lambda h: h.go_by(1))
        for button in (self.back, self.play, self.forth):
            row.addWidget(button)
        row.addWidget(self._make_speed())
        row.addSpacing(6)
        self.now = self._button("mdi6.clock-end", "Back to now (Escape)", Head.go_to_now)
        row.addWidget(self.now)
        self.where = ElidedLabel(self)
        self.where.setProperty("role", "muted")
        row.addWidget(self.where, 1)
        self._of_view = self._view_buttons()
        for button in self._of_view:
            row.addWidget(button)
        self.setMinimumWidth(LEAST)
        self.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, keys do what the buttons at the right do."""
        super().resizeEvent(event)
        for widget in (self.speed, *self._of_view):
            widget.setVisible(self.width() >= ROOMY)
        self.now.setVisible(self.width() >= NARROW)

    def refresh(self, known: Known | None) -> None:
        """Say where the head is, and offer what can be done there."""
        head = self._chart.head
        there = known is not None and head is not None and known.moments.last > 0
        is_now = head is None or head.is_now
        for button in (self.back, self.play, self.forth, self.speed):
            button.setEnabled(there)
        self.now.setEnabled(there and not is_now)
        self.where.show_text(_where(known, head) if known and head and there else "")
        playing = head is not None and head.is_playing
        self.play.setIcon(icon("mdi6.pause" if playing else "mdi6.play"))
        _name(self.play, "Pause (Space)" if playing else "Play the run (Space)")
        if head is not None and self.speed.currentData() != head.speed:
            self.speed.setCurrentIndex(SPEEDS.index(head.speed))

    def restyle(self) -> None:
        """Draw the icons in the colours of the theme."""
        for button, name in self._buttons:
            button.setIcon(icon(name))

    def _do(self, do: Callable[[Head], object]) -> None:
        if self._chart.head is not None:
            do(self._chart.head)

    def _lane_buttons(self) -> list[QPushButton]:
        group = QButtonGroup(self)
        made = []
        for place, (text, tip) in enumerate(
            (("Blocks", "A lane for each block"), ("Agents", "A lane for each kind of agent"))
        ):
            button = QPushButton(text, self)
            button.setProperty("segment", ("first", "last")[place])
            button.setCheckable(True)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            bold = QFontMetrics(font(BODY, bold=True))  # that of the one that is chosen
            button.setStyleSheet(f"min-width: {bold.horizontalAdvance(text) + 4}px")
            group.addButton(button, place)
            made.append(button)
        made[0].setChecked(True)
        group.idToggled.connect(lambda id, on: self.lanes_changed.emit(id == 1) if on else None)
        return made

    def _make_speed(self) -> QComboBox:
        self.speed = QComboBox(self)
        self.speed.setAccessibleName("Speed of playing")
        self.speed.view().setAccessibleName("Speeds")
        self.speed.setToolTip("How fast the run is played")
        for speed in SPEEDS:
            self.speed.addItem(SAID[speed], speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.activated.connect(lambda _: self._do(self._set_speed))
        return self.speed

    def _set_speed(self, head: Head) -> None:
        head.speed = self.speed.currentData()

    def _view_buttons(self) -> list[QToolButton]:
        chart = self._chart
        self.shares = self._tool("mdi6.chart-timeline-variant", "Where the time went")
        self.shares.setCheckable(True)
        self.shares.toggled.connect(self.summary_wanted)
        made = []
        for name, tip, do in (
            ("mdi6.magnify-minus-outline", "Zoom out (-)", lambda: chart.zoom(1 / STEP)),
            ("mdi6.magnify-plus-outline", "Zoom in (+)", lambda: chart.zoom(STEP)),
            ("mdi6.fit-to-page-outline", "Show the whole run (0)", chart.fit),
        ):
            button = self._tool(name, tip)
            button.clicked.connect(lambda _=False, do=do: do())
            made.append(button)
        return [*made, self.shares]

    def _button(self, name: str, tip: str, do: Callable[[Head], object]) -> QToolButton:
        button = self._tool(name, tip)
        button.clicked.connect(lambda: self._do(do))
        return button

    def _tool(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        _name(button, tip)
        self._buttons.append((button, name))
        return button


def _name(button: QToolButton, tip: str) -> None:
    if button.toolTip() != tip:
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(" (")[0])


def _play_or_pause(head: Head) -> None:
    if head.is_playing:
        head.pause()
    else:
        head.play()


def _where(known: Known, head: Head) -> str:
    line, last = known.line, known.moments.last
    if head.is_now:
        return f"{duration(line.seen - line.began)} · {last:,} events"
    return f"{exact(head.now() - line.began, EXACT)} · event {head.place:,} of {last:,}"
