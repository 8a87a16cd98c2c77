"""Selecting: by a click, by a box, by a lasso."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.handling import select_hit
from app.editor.canvas.hits import Hit
from app.editor.gestures.gesture import ALT, CTRL, LEFT, SHIFT, Gesture, Press, Spot
from app.workbench import Workbench


def is_selected(bench: Workbench, hit: Hit) -> bool:
    """Whether what was hit is selected already."""
    if hit.kind in ("frame", "frame-edge"):
        return hit.frame in bench.selected_frames
    return hit.block in bench.selected or hit.link in bench.selected_links


def adds(keys: Qt.KeyboardModifier) -> bool:
    """Whether the keys say that something is put to what is selected."""
    return bool(keys & (CTRL | SHIFT))


class Selecting(Gesture):
    """A drag that selects the blocks in an area, and its links if there are no blocks in it."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas, press: Press) -> None:
        super().__init__(canvas, press)
        self._adding = adds(press.spot.keys)
        self._before = self.bench.selected if self._adding else frozenset[str]()

    def click(self, _: Spot, /) -> None:
        if not self._adding:
            self.bench.select()

    def cancel(self) -> None:
        self.bench.select(self._before & self.bench.flow.blocks.keys())

    def move(self, spot: Spot, /) -> None:
        self.follow(spot.scene)
        self.bench.select(self._before | set(self.found()))

    def follow(self, point: QPointF) -> None:
        """The area reaches to there now."""

    def found(self) -> list[str]:
        """The blocks in the area."""
        return []


class BoxSelect(Selecting):
    """A rectangle from corner to corner."""

    def __init__(self, canvas: Canvas, press: Press) -> None:
        super().__init__(canvas, press)
        self._area = QRectF()

    def follow(self, point: QPointF) -> None:
        self._area = QRectF(self.press.spot.scene, point).normalized()

    def found(self) -> list[str]:
        return self.canvas.blocks_in(self._area)

    def draw(self, painter: QPainter) -> None:
        paints = self.canvas.drawing.paints
        painter.setPen(paints.pen(paints.tokens.accent, 0))
        painter.setBrush(paints.brush(paints.tokens.accent, 28))
        painter.drawRect(self._area)


class Lasso(Selecting):
    """A line drawn around blocks by hand."""

    def __init__(self, canvas: Canvas, press: Press) -> None:
        super().__init__(canvas, press)
        self._line = QPolygonF([press.spot.scene])

    def follow(self, point: QPointF) -> None:
        self._line.append(point)

    def found(self) -> list[str]:
        return self.canvas.blocks_in_polygon(self._line)

    def draw(self, painter: QPainter) -> None:
        paints = self.canvas.drawing.paints
        painter.setPen(paints.pen(paints.tokens.accent, 0))
        painter.setBrush(paints.brush(paints.tokens.accent, 28))
        painter.drawPolygon(self._line)


class ClickOnly(Gesture):
    """What is selected by a click and can't be dragged."""

    scrolls = False


def start(canvas: Canvas, press: Press) -> Gesture | None:
    """On a link: select it. On nothing: a box, with Alt a lasso."""
    if press.button != LEFT:
        return None
    if press.hit.kind == "link":
        select_hit(canvas.workbench, press.hit, adding=adds(press.spot.keys))
        return ClickOnly(canvas, press)
    return Lasso(canvas, press) if press.spot.keys & ALT else BoxSelect(canvas, press)
