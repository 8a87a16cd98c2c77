"""The whole flow in a corner of the canvas; clicking or dragging on it moves the view."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from app.editor.canvas.canvas import Canvas
from app.studio import Studio

SIZE = QSize(188, 120)
INSET = 12
ROOM = 320
"""How large the canvas must be."""
MARGIN = 8.0
LAG = 100
"""Milliseconds after which a change of the flow is seen on the map."""
KEY = "canvas/minimap"


class Minimap(QWidget):
    """Keeps a picture of the flow and draws it anew only when the flow has changed."""

    def __init__(self, canvas: Canvas, studio: Studio) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._picture: QPixmap | None = None
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Minimap")
        self.setToolTip("The whole flow: click or drag to go there")
        self._wanted = studio.preferences.flag(KEY, True)
        canvas.moved_view.connect(self.update)
        self._soon = QTimer(self, singleShot=True, interval=LAG)
        self._soon.timeout.connect(self._forget)
        canvas.redrawn.connect(self._forget_soon)
        canvas.installEventFilter(self)
        self._place()

    @property
    def wanted(self) -> bool:
        """Whether it is to be seen where there is room."""
        return self._wanted

    @wanted.setter
    def wanted(self, on: bool) -> None:
        self._wanted = on
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        """Into the corner; out of sight where there is no room for a map."""
        canvas = self._canvas
        self.setVisible(self.wanted and canvas.width() > ROOM and canvas.height() > ROOM)
        self.move(canvas.width() - SIZE.width() - INSET, canvas.height() - SIZE.height() - INSET)

    def _forget_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """The flow, and the part of it that the canvas shows."""
        if self._picture is None:
            self._picture = self._draw_flow()
        paints = self._canvas.drawing.paints
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._picture)
        scale, origin = self._fit()
        area = self._canvas.area()
        if area.contains(self._canvas.shapes.bounds()):
            painter.end()
            return
        seen = QRectF((area.topLeft() - origin) * scale, area.size() * scale)
        painter.setPen(paints.pen(paints.tokens.accent, 1.5))
        painter.setBrush(paints.brush(paints.tokens.accent, 26))
        painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
        painter.drawRoundedRect(seen, 2, 2)
        painter.end()

    def _draw_flow(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(SIZE * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        paints = self._canvas.drawing.paints
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(paints.pen(paints.tokens.line, 1.0))
        painter.setBrush(paints.brush(paints.tokens.panel, 246))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        scale, origin = self._fit()
        painter.scale(scale, scale)
        painter.translate(-origin)
        self._canvas.drawing.draw_plan(painter, scale)
        painter.end()
        return picture

    def _fit(self) -> tuple[float, QPointF]:
        """The scale of the map, and the scene point in its upper left corner."""
        whole = self._canvas.shapes.bounds()
        if whole.isEmpty():
            whole = QRectF(0, 0, 800, 500)
        wide, high = SIZE.width() - 2 * MARGIN, SIZE.height() - 2 * MARGIN
        scale = min(wide / whole.width(), high / whole.height(), 0.15)
        half = QPointF(SIZE.width(), SIZE.height()) / (2 * scale)
        return scale, whole.center() - half

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along while a button is held."""
        if event.buttons():
            self._go(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The press was for the map alone."""
        event.accept()

    def _go(self, event: QMouseEvent) -> None:
        scale, origin = self._fit()
        self._canvas.look_at(origin + event.position() / scale)
        event.accept()
