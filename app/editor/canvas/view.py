"""The window on the scene: where it is, how near, and how it is moved."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsView

from app.editor.canvas.node_graph import NodeViewer

LEAST, MOST = 0.05, 2.5
"""How far one can zoom out and in."""
MARGIN = 48
"""Pixels left around what is fitted into the view."""


class ViewState(NamedTuple):
    """The scene point in the middle of the view, and the zoom."""

    x: float
    y: float
    zoom: float


class SceneView(NodeViewer):
    """NodeGraphQt's view with a place and a zoom of its own, exact to the device pixel.

    The upper left corner always falls on a whole pixel of the scene as it is zoomed, so that
    what was drawn can be moved instead of being drawn again.
    """

    moved_view = Signal()
    """After the view was panned or zoomed."""

    def __init__(self) -> None:
        super().__init__()
        self._origin = QPointF(0, 0)
        self._zoom = 1.0
        self._begun = False
        self._fitted: Callable[[], object] | None = None
        self._do_without()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)

    def _do_without(self) -> None:
        """Put away what NodeGraphQt's view brings that the studio has elsewhere."""
        for widget in (
            self._search_widget, self._ctx_graph_menu, self._ctx_node_menu,
            self._ctx_menu_bar, self._rubber_band,
        ):  # fmt: skip
            widget.hide()
            widget.deleteLater()
        self.scene().clear()

    # Asking.

    @property
    def zoom(self) -> float:
        """How many pixels one unit of the scene takes."""
        return self._zoom

    def to_scene(self, place: QPointF) -> QPointF:
        """The scene point at a place of the view."""
        return QPointF(self._origin + place / self._zoom)

    def to_view(self, point: QPointF) -> QPointF:
        """The place of the view where a scene point is."""
        return (point - self._origin) * self._zoom

    def area(self) -> QRectF:
        """What of the scene is seen."""
        size = self._extent()
        return QRectF(
            self._origin.x(), self._origin.y(),
            size.width() / self._zoom, size.height() / self._zoom,
        )  # fmt: skip

    def view_state(self) -> ViewState:
        """Where the view is, to come back to it."""
        centre = self.area().center()
        return ViewState(centre.x(), centre.y(), self._zoom)

    # Moving.

    def restore_view_state(self, state: tuple[float, float, float]) -> None:
        """Go to where the view was."""
        x, y, zoom = state
        self._begun = True
        self._look(QPointF(x, y), zoom)

    def set_zoom(self, zoom: float) -> None:
        """Zoom to a scale, the middle of the view staying where it is."""
        self.zoom_by(zoom / self._zoom)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom, the place `at` of the view (its middle without one) staying where it is."""
        place = self._middle() if at is None else at
        fixed = self.to_scene(place)
        zoom = min(MOST, max(LEAST, self._zoom * factor))
        if zoom != self._zoom:
            self._move(fixed - place / zoom, zoom)

    def pan_by(self, across: float, down: float) -> None:
        """Move the view over the scene, in pixels."""
        self._move(self._origin + QPointF(across, down) / self._zoom, self._zoom)

    def look_at(self, point: QPointF) -> None:
        """Bring a scene point into the middle of the view."""
        self._look(point, self._zoom)

    def fit(self, rect: QRectF, nearest: float = 1.0) -> None:
        """Bring a rectangle of the scene into view as a whole, no nearer than that zoom."""
        if rect.isNull():
            return
        size = self._extent()
        zoom = min(
            (size.width() - 2 * MARGIN) / max(rect.width(), 1.0),
            (size.height() - 2 * MARGIN) / max(rect.height(), 1.0),
            nearest,
        )
        self._look(rect.center(), min(MOST, max(LEAST, zoom)))

    def show_rect(self, rect: QRectF) -> None:
        """Move no more than is needed for a rectangle of the scene to be in view."""
        seen = self.area()
        room = MARGIN / self._zoom
        wanted = rect.adjusted(-room, -room, room, room)
        if not seen.contains(rect):
            if wanted.width() > seen.width() or wanted.height() > seen.height():
                self.fit(rect, self._zoom)
            elif seen.intersects(rect):
                self._move(self._origin + _way_in(seen, wanted), self._zoom)
            else:
                self.look_at(rect.center())

    def keep_fitted(self, fit: Callable[[], object]) -> None:
        """Fit now, and again when the size changes, until the view is moved."""
        fit()
        self._fitted = fit

    def begin(self) -> None:
        """Choose what is seen first; called when the size of the view is known."""

    def _look(self, centre: QPointF, zoom: float) -> None:
        size = self._extent()
        self._move(centre - QPointF(size.width(), size.height()) / (2 * zoom), zoom)

    def _move(self, origin: QPointF, zoom: float) -> None:
        """See the scene from that corner on, put on a whole pixel."""
        pixels = zoom * self.devicePixelRatioF()
        self._origin = QPointF(
            round(origin.x() * pixels) / pixels, round(origin.y() * pixels) / pixels
        )
        self._zoom = zoom
        self._fitted = None
        self._follow_with_scene()
        self.viewport().update()
        self.moved_view.emit()

    def _follow_with_scene(self) -> None:
        """Have Qt's and NodeGraphQt's view look where we do."""
        self._scene_range = self.area()
        self.setTransform(QTransform.fromScale(self._zoom, self._zoom))
        self.setSceneRect(self._scene_range)

    def _middle(self) -> QPointF:
        size = self._extent()
        return QPointF(size.width() / 2, size.height() / 2)

    def _extent(self) -> QSize:
        return self.viewport().size()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The corner stays where it is and what is seen grows; what is kept fitted stays so.

        A window that comes up has other sizes before its own.
        """
        QGraphicsView.resizeEvent(self, event)
        self._follow_with_scene()
        self._begin_once()
        if self._fitted:
            self.keep_fitted(self._fitted)

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, choose what is seen."""
        super().showEvent(event)
        self._begin_once()

    def _begin_once(self) -> None:
        if not self._begun and self.isVisible():
            self._begun = True
            self.begin()


def _way_in(seen: QRectF, wanted: QRectF) -> QPointF:
    """How far a view must be moved to have a rectangle in it that is no larger."""
    across = min(0.0, wanted.left() - seen.left()) + max(0.0, wanted.right() - seen.right())
    down = min(0.0, wanted.top() - seen.top()) + max(0.0, wanted.bottom() - seen.bottom())
    return QPointF(across, down)
