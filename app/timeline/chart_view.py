"""What is seen of a run over time, from milliseconds to hours, and the head over it."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from app.presenters.bar_words import bar_words
from app.presenters.lanes import Lanes
from app.presenters.run_words import duration
from app.presenters.time_scale import Span, exact, whole
from app.timeline.columns import of_blocks, of_parts, of_path, of_tasks
from app.timeline.head import Head
from app.timeline.layout import Layout
from app.timeline.painter import RULER, Scene, TimelinePainter, names_in
from app.timeline.record import Known


class Shown(NamedTuple):
    """What the chart shows: a run, its lanes, what they are called, which blocks are selected."""

    known: Known
    lanes: Lanes
    title: Callable[[str], str]
    selected: frozenset[str]


class ChartView(QAbstractScrollArea):
    """Shows a record; the bars are drawn anew only when they, or what is seen of them, change."""

    chosen = Signal(str)
    """The block of a task, or the lane of this name, was clicked."""
    entered = Signal()
    """Enter was pressed: on to what is selected."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.painter = TimelinePainter()
        self.head: Head | None = None
        self.span = Span(0.0, 1.0)
        self.is_fitted = True
        """Whether the run is seen as a whole, however long it gets."""
        self.shown: Shown | None = None
        self.scene: Scene | None = None
        self._picture: QPixmap | None = None
        self.is_held = False
        """Whether the mouse moves something, and the view must stay where that puts it."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Timeline of the run")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(20)
        self.verticalScrollBar().valueChanged.connect(self._redraw)

    # What is shown.

    def show_run(self, shown: Shown | None, head: Head | None) -> None:
        """Show how a run stands; None for none."""
        self.shown, self.head = shown, head
        self.scene = None if shown is None else scene_of(shown)
        if self.is_fitted:
            self.fit()
        self._set_scroll()
        self._describe()
        self._redraw()

    def sizeHint(self) -> QSize:
        return QSize(400, 120)

    def restyle(self) -> None:
        """Draw in the colours of the theme."""
        self.painter = TimelinePainter()
        self._redraw()

    @property
    def width_of_time(self) -> int:
        """Pixels in which time is seen."""
        return max(1, self.viewport().width() - self.names)

    @property
    def names(self) -> int:
        """Pixels at the left in which lanes have their names."""
        return names_in(self.viewport().width())

    @property
    def length(self) -> float:
        """Seconds of the run."""
        return self.scene.length if self.scene else 0.0

    def fit(self) -> None:
        """See the whole run, also while it grows."""
        self.is_fitted = True
        self.look(whole(self.length, self.width_of_time), fitted=True)

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Come closer by a factor, around x or else the head."""
        at = x if x is not None else min(max(self.head_x(), 0.0), float(self.width_of_time))
        self.look(self.span.zoomed(factor, at))

    def look(self, span: Span, *, fitted: bool = False) -> None:
        """See another part of the run."""
        self.is_fitted = fitted
        kept = span.kept(self.length, self.width_of_time)
        if kept != self.span:
            self.span = kept
            self._redraw()

    def moved_head(self) -> None:
        """The head has moved: keep it in sight, and draw it there."""
        if not self.is_fitted and not self.is_held:
            self.look(self.span.shown(self.head_time(), self.width_of_time))
        self._describe()
        self.viewport().update()

    def choose_lane(self, by: int) -> None:
        """Select the lane so many below the selected one."""
        if self.scene is None or not self.scene.layout.lanes:
            return
        lanes = self.scene.layout.lanes
        lit = [place for place, lane in enumerate(lanes) if lane.name in self.scene.lit]
        place = min(max((lit[0] if lit else -1 if by > 0 else len(lanes)) + by, 0), len(lanes) - 1)
        self._reveal(place)
        self.chosen.emit(lanes[place].name)

    # Drawing.

    def paintEvent(self, _: QPaintEvent) -> None:
        if self.scene is None:
            return
        if self._picture is None:
            self._picture = self._draw()
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_head(painter)
        if self.hasFocus():
            paints = self.painter.paints
            painter.setPen(paints.pen(paints.tokens.accent, 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _draw(self) -> QPixmap:
        assert self.scene is not None
        ratio, size = self.devicePixelRatioF(), self.viewport().size()
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        painter = QPainter(picture)
        scrolled = self.verticalScrollBar().value()
        self.painter.draw(painter, self.scene, self.span, QRect(QPoint(), size), scrolled)
        painter.end()
        return picture

    def _draw_head(self, painter: QPainter) -> None:
        x = self.head_x()
        if self.head is None or not 0 <= x <= self.width_of_time:
            return
        paints, at = self.painter.paints, self.names + x
        colour = paints.tokens.muted if self.head.is_now else paints.tokens.accent
        painter.setPen(paints.pen(colour, 1.5))
        painter.drawLine(QPointF(at, RULER - 8), QPointF(at, self.viewport().height()))
        painter.setBrush(paints.brush(colour))
        painter.drawPolygon(QPolygonF([
            QPointF(at - 5, RULER - 15), QPointF(at + 5, RULER - 15), QPointF(at + 5, RULER - 9),
            QPointF(at, RULER - 3), QPointF(at - 5, RULER - 9),
        ]))  # fmt: skip
        if not self.head.is_now:
            self._draw_time(painter, at)

    def _draw_time(self, painter: QPainter, at: float) -> None:
        """The time where the head is, beside it."""
        paints, text = self.painter.paints, exact(self.head_time(), self.span.pixel)
        metrics = self.fontMetrics()
        width, height = metrics.horizontalAdvance(text) + 12, 18
        left = at + 8 if at + 8 + width < self.viewport().width() else at - 8 - width
        box = QRectF(left, 3, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(paints.brush(paints.tokens.accent))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(paints.colour(paints.tokens.on_accent))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _redraw(self, *_: object) -> None:
        self._picture = None
        self.viewport().update()

    def head_time(self) -> float:
        if self.head is None or self.shown is None:
            return 0.0
        return self.head.now() - self.shown.known.line.began

    def head_x(self) -> float:
        return self.span.x_of(self.head_time())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_fitted:
            self.fit()
        self._set_scroll()
        self._redraw()

    # Asking.

    def task_at(self, place: QPoint) -> int:
        """The task whose bar is at a place of the view, -1 when there is none."""
        if self.scene is None or place.x() < self.names or place.y() < RULER:
            return -1
        y = place.y() - RULER + self.verticalScrollBar().value()
        return self.scene.layout.task_at(self.scene.tasks, self.span, place.x() - self.names, y)

    def tip_at(self, place: QPoint) -> str:
        """What is told of what is at a place."""
        task, shown = self.task_at(place), self.shown
        if shown is None or self.scene is None:
            return ""
        if task < 0:
            lane = self.lane_at(place)
            return self.scene.names[self.scene.layout.lanes[lane].name] if lane >= 0 else ""
        known = shown.known
        critical = any(step.task == task for step in known.path)
        return bar_words(known.line, known.depends, task, shown.title, critical)

    # How that is done.

    def lane_at(self, place: QPoint) -> int:
        if self.scene is None or place.y() < RULER:
            return -1
        return self.scene.layout.lane_at(place.y() - RULER + self.verticalScrollBar().value())

    def _reveal(self, place: int) -> None:
        assert self.scene is not None
        lane, bar = self.scene.layout.lanes[place], self.verticalScrollBar()
        seen = self.viewport().height() - RULER
        if lane.y < bar.value():
            bar.setValue(lane.y)
        elif lane.y + lane.height > bar.value() + seen:
            bar.setValue(lane.y + lane.height - seen)

    def _set_scroll(self) -> None:
        height = self.scene.layout.height if self.scene else 0
        seen = self.viewport().height() - RULER
        self.verticalScrollBar().setRange(0, max(0, height - seen))
        self.verticalScrollBar().setPageStep(max(1, seen))

    def _describe(self) -> None:
        """Say to those who hear it what is shown, and where the head is."""
        if self.shown is None or self.scene is None or self.head is None:
            self.setAccessibleDescription("")
            return
        lanes, known = len(self.scene.layout.lanes), self.shown.known
        where = "now" if self.head.is_now else (
            f"at {duration(self.head_time())}, event {self.head.place:,} of {known.moments.last:,}"
        )  # fmt: skip
        words = f"{duration(self.length)} in {lanes} lanes, looking at the run {where}"
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)


def scene_of(shown: Shown) -> Scene:
    """What is to be drawn of it."""
    line, lanes = shown.known.line, shown.lanes
    layout = Layout(lanes)
    tasks = of_tasks(line, lanes, layout.firsts)
    selected = shown.selected
    return Scene(
        layout, tasks, of_parts(line, tasks), of_path(line, tasks, shown.known.path),
        of_blocks(line, tasks, tuple(selected)),
        tuple((since - line.began, until - line.began) for since, until in line.pauses),
        line.seen - line.began,
        {name: shown.title(name) for name in lanes.names},
        selected & set(lanes.names),
    )  # fmt: skip
