"""The chart of a run over time: seen from milliseconds to hours, with the head to go back by."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from app.presenters.bar_words import bar_words
from app.presenters.lanes import Lanes
from app.presenters.run_words import duration
from app.presenters.time_scale import Span, whole
from app.timeline.columns import of_blocks, of_parts, of_path, of_tasks
from app.timeline.head import Head
from app.timeline.keys import Keys
from app.timeline.layout import Layout
from app.timeline.painter import NAMES, RULER, Scene, TimelinePainter
from app.timeline.record import Known

STEP = 1.25
GRIP = 6
"""Pixels beside the head that still take hold of it."""

SLACK = 4
"""Pixels that a mouse may move in a click."""


class Shown(NamedTuple):
    """What the chart shows: a run, its lanes, what they are called, which blocks are selected."""

    known: Known
    lanes: Lanes
    title: Callable[[str], str]
    selected: frozenset[str]


class Chart(QAbstractScrollArea):
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
        self._shown: Shown | None = None
        self._scene: Scene | None = None
        self._picture: QPixmap | None = None
        self._drag: tuple[str, QPoint, Span, int] | None = None
        self._keys = Keys(self)
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
        self._shown, self.head = shown, head
        self._scene = None if shown is None else _scene(shown)
        if self.is_fitted:
            self.fit()
        self._set_scroll()
        self._describe()
        self._redraw()

    def restyle(self) -> None:
        """Draw in the colours of the theme."""
        self.painter = TimelinePainter()
        self._redraw()

    @property
    def width_of_time(self) -> int:
        """Pixels in which time is seen."""
        return max(1, self.viewport().width() - NAMES)

    @property
    def length(self) -> float:
        """Seconds of the run."""
        return self._scene.length if self._scene else 0.0

    def fit(self) -> None:
        """See the whole run, also while it grows."""
        self.is_fitted = True
        self.look(whole(self.length, self.width_of_time), fitted=True)

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Come closer by a factor, around x or else the head."""
        at = x if x is not None else min(max(self._head_x(), 0.0), float(self.width_of_time))
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
        if not self.is_fitted and self._drag is None:
            self.look(self.span.shown(self._head_time(), self.width_of_time))
        self._describe()
        self.viewport().update()

    def choose_lane(self, by: int) -> None:
        """Select the lane so many below the selected one."""
        if self._scene is None or not self._scene.layout.lanes:
            return
        lanes = self._scene.layout.lanes
        lit = [place for place, lane in enumerate(lanes) if lane.name in self._scene.lit]
        place = min(max((lit[0] if lit else -1 if by > 0 else len(lanes)) + by, 0), len(lanes) - 1)
        self._reveal(place)
        self.chosen.emit(lanes[place].name)

    # Drawing.

    def paintEvent(self, _: QPaintEvent) -> None:
        if self._scene is None:
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
        assert self._scene is not None
        ratio, size = self.devicePixelRatioF(), self.viewport().size()
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        painter = QPainter(picture)
        scrolled = self.verticalScrollBar().value()
        self.painter.draw(painter, self._scene, self.span, QRect(QPoint(), size), scrolled)
        painter.end()
        return picture

    def _draw_head(self, painter: QPainter) -> None:
        x = self._head_x()
        if self.head is None or not 0 <= x <= self.width_of_time:
            return
        paints, at = self.painter.paints, NAMES + x
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
        paints, text = self.painter.paints, duration(self._head_time())
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

    def _head_time(self) -> float:
        if self.head is None or self._shown is None:
            return 0.0
        return self.head.now() - self._shown.known.line.began

    def _head_x(self) -> float:
        return self.span.x_of(self._head_time())

    # The mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the head, or of the picture."""
        place = event.position().toPoint()
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        left = event.button() == Qt.MouseButton.LeftButton
        what = "head" if left and self._is_scrubbing(place) else "picture"
        self._drag = (what, place, self.span, self.verticalScrollBar().value())
        if what == "head":
            self._scrub(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it, or show what a press would take hold of."""
        place = event.position().toPoint()
        if self._drag is None:
            self.viewport().setCursor(self._cursor(place))
        elif self._drag[0] == "head":
            self._scrub(place)
        else:
            self._pan(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a press that went nowhere was a click."""
        drag, self._drag = self._drag, None
        place = event.position().toPoint()
        if drag and drag[0] == "picture" and (place - drag[1]).manhattanLength() <= SLACK:
            self._click(place)
        self.viewport().setCursor(self._cursor(place))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """See one bar as large as there is room for."""
        task = self.task_at(event.position().toPoint())
        if task >= 0 and self._scene is not None:
            tasks = self._scene.tasks
            began, ended = float(tasks.starts[task]), float(tasks.ends[task])
            found = whole(ended - began, self.width_of_time)
            self.look(found._replace(left=found.left + began))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; zoom with Ctrl, move in time with Shift or sideways."""
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(STEP ** (turn.y() / 120), event.position().x() - NAMES)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or turn.x():
            self.look(self.span.moved(-(turn.x() or turn.y())))
        else:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - turn.y() // 2)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell about the bar under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Have the keys before shortcuts of the window that are the same."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._keys.knows(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_fitted:
            self.fit()
        self._set_scroll()
        self._redraw()

    # Asking.

    def task_at(self, place: QPoint) -> int:
        """The task whose bar is at a place of the view, -1 when there is none."""
        if self._scene is None or place.x() < NAMES or place.y() < RULER:
            return -1
        y = place.y() - RULER + self.verticalScrollBar().value()
        return self._scene.layout.task_at(self._scene.tasks, self.span, place.x() - NAMES, y)

    def tip_at(self, place: QPoint) -> str:
        """What is told of what is at a place."""
        task, shown = self.task_at(place), self._shown
        if shown is None or self._scene is None:
            return ""
        if task < 0:
            lane = self._lane_at(place)
            return self._scene.names[self._scene.layout.lanes[lane].name] if lane >= 0 else ""
        known = shown.known
        critical = any(step.task == task for step in known.path)
        return bar_words(known.line, known.depends, task, shown.title, critical)

    # How that is done.

    def _click(self, place: QPoint) -> None:
        if (task := self.task_at(place)) >= 0 and self._shown is not None:
            line = self._shown.known.line
            self.chosen.emit(line.blocks[line.block_of[task]])
        elif place.x() < NAMES and self._scene is not None and (lane := self._lane_at(place)) >= 0:
            self.chosen.emit(self._scene.layout.lanes[lane].name)

    def _is_scrubbing(self, place: QPoint) -> bool:
        if place.x() < NAMES:
            return False
        return place.y() < RULER or abs(place.x() - NAMES - self._head_x()) <= GRIP

    def _scrub(self, place: QPoint) -> None:
        if self.head is not None and self._shown is not None:
            self.head.pause()
            x = min(max(place.x() - NAMES, 0), self.width_of_time)
            self.head.go_to_time(self.span.time_at(x) + self._shown.known.line.began)

    def _pan(self, place: QPoint) -> None:
        assert self._drag is not None
        _, began, span, scrolled = self._drag
        away = place - began
        if away.manhattanLength() > SLACK:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self.look(span.moved(-away.x()))
            self.verticalScrollBar().setValue(scrolled - away.y())

    def _cursor(self, place: QPoint) -> Qt.CursorShape:
        if self._is_scrubbing(place):
            return Qt.CursorShape.SizeHorCursor
        is_something = self.task_at(place) >= 0 or (place.x() < NAMES and self._lane_at(place) >= 0)
        return Qt.CursorShape.PointingHandCursor if is_something else Qt.CursorShape.ArrowCursor

    def _lane_at(self, place: QPoint) -> int:
        if self._scene is None or place.y() < RULER:
            return -1
        return self._scene.layout.lane_at(place.y() - RULER + self.verticalScrollBar().value())

    def _reveal(self, place: int) -> None:
        assert self._scene is not None
        lane, bar = self._scene.layout.lanes[place], self.verticalScrollBar()
        seen = self.viewport().height() - RULER
        if lane.y < bar.value():
            bar.setValue(lane.y)
        elif lane.y + lane.height > bar.value() + seen:
            bar.setValue(lane.y + lane.height - seen)

    def _set_scroll(self) -> None:
        height = self._scene.layout.height if self._scene else 0
        seen = self.viewport().height() - RULER
        self.verticalScrollBar().setRange(0, max(0, height - seen))
        self.verticalScrollBar().setPageStep(max(1, seen))

    def _describe(self) -> None:
        """Say to those who hear it what is shown, and where the head is."""
        if self._shown is None or self._scene is None or self.head is None:
            self.setAccessibleDescription("")
            return
        lanes, known = len(self._scene.layout.lanes), self._shown.known
        where = "now" if self.head.is_now else (
            f"at {duration(self._head_time())}, event {self.head.place:,} of {known.moments.last:,}"
        )  # fmt: skip
        words = f"{duration(self.length)} in {lanes} lanes, looking at the run {where}"
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)


def _scene(shown: Shown) -> Scene:
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
