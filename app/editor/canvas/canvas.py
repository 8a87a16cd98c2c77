"""The canvas of one open flow: shows it, follows it, and hands events to the gestures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF

from app.document import Change, Level
from app.editor.canvas.attention import Attention
from app.editor.canvas.drawing import Drawing
from app.editor.canvas.handled import HandledView
from app.editor.canvas.handling import Clicking
from app.editor.canvas.held import HeldMarks
from app.editor.canvas.hits import Hit, Hits
from app.editor.canvas.hover import NOTHING, Hover
from app.editor.canvas.layer import Layer
from app.editor.canvas.marks import Marks
from app.editor.canvas.paints import NO_BRUSH
from app.editor.canvas.pulses import Pulses
from app.editor.canvas.routing import Routing
from app.editor.canvas.shapes import Shapes
from app.editor.canvas.stops import Stops
from app.editor.canvas.tips import tip
from app.editor.canvas.view import ViewState
from app.editor.canvas.writing import Writing
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import End

Overlay = Callable[[QPainter], None]
"""Draws over the flow, in scene coordinates."""


class Canvas(HandledView):
    """`gestures` may be replaced; whoever draws over the flow adds to `overlay`."""

    redrawn = Signal()
    """The flow, or how it stands, looks different from now on."""

    def __init__(self, workbench: Workbench, studio: Studio) -> None:
        super().__init__()
        self.workbench = workbench
        self.studio = studio
        self.shapes = Shapes(workbench)
        self.routing = Routing(self.shapes)
        self.marks = Marks(workbench, self.shapes)
        self.stops = Stops(workbench, studio.runs.breakpoints, self.shapes, self.routing)
        self.drawing = Drawing(workbench, self.shapes, self.routing, self.marks, self.stops)
        self.attention = Attention(self.shapes, self.redraw_overlay)
        self.held = HeldMarks(
            workbench, studio.runs.standing, self.shapes, self.redraw_overlay, self
        )
        self.held.stopped.connect(self._show_at_once)
        self.writing = Writing(workbench, self.shapes)
        self.overlay: list[Overlay] = []
        self.gestures = Clicking(workbench, lambda place: self.hit(self.to_scene(place)))
        self._hits = Hits(workbench, self.shapes, self.routing)
        self._layer = Layer(self.drawing.draw)
        self._hover = Hover(self.shapes)
        self._pulses = Pulses(self, self.redraw_overlay)
        self._views: dict[Level, ViewState] = {}
        self._level = workbench.level
        self._left_at = (*workbench.looks_at, workbench.zoom) if workbench.zoom else None
        studio.canvases[workbench] = self
        self.destroyed.connect(partial(studio.canvases.pop, workbench, None))
        self.setObjectName("canvas")
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription("The blocks of the flow and the links between them")
        self.marks.refresh()
        self.stops.refresh()
        self._listen()

    def _listen(self) -> None:
        bench = self.workbench
        bench.changed.connect(self._on_change)
        bench.level_changed.connect(self._on_level)
        bench.selection_changed.connect(self.refresh)
        bench.problems_changed.connect(self._on_problems)
        bench.catalog_changed.connect(self._on_catalog)
        bench.run_changed.connect(self._on_run)
        bench.round_changed.connect(self.refresh)
        bench.reveal.connect(self._reveal)
        self.studio.theme.changed.connect(self._restyle)
        self.studio.runs.breakpoints.changed.connect(self._on_breakpoints)
        self.moved_view.connect(self._remember_view)

    # Asking.

    def hit(self, point: QPointF) -> Hit:
        """What is at a scene point."""
        return self._hits.at(point, self.zoom)

    def blocks_in(self, area: QRectF) -> list[str]:
        """The blocks that touch a rectangle of the scene."""
        return self._hits.blocks_in(area)

    def blocks_in_polygon(self, polygon: QPolygonF) -> list[str]:
        """The blocks whose middle is inside a polygon of the scene."""
        return self._hits.blocks_in_polygon(polygon)

    def links_crossing(self, line: Sequence[QPointF]) -> list[End]:
        """The links (by the port they end in) that a line through scene points cuts."""
        return self._hits.links_crossing(line)

    def point_at(self, place: QPointF | None) -> None:
        """Show what is under the mouse."""
        hit = NOTHING if place is None else self.hit(self.to_scene(place))
        if self._hover.become(hit):
            self.viewport().update()

    def tip_at(self, place: QPointF, /) -> str:
        """What is told of the thing at a place of the view, "" for nothing."""
        hit = self.hit(self.to_scene(place))
        parts = tip(hit, self.workbench, self.shapes, self.marks), *self.stops.told_of(hit)
        return "<br>".join(filter(None, parts))

    @property
    def hovered(self) -> Hit:
        """What is under the mouse."""
        return self._hover.hit

    @property
    def values(self) -> bool:
        """Whether links tell the last value that went over them."""
        return self.drawing.links.with_values

    @values.setter
    def values(self, on: bool) -> None:
        self.drawing.links.with_values = on
        self.refresh()

    # Moving the view.

    def fit_all(self) -> None:
        """Show the whole flow, also when the window changes its size, until the view is moved."""
        self.keep_fitted(lambda: self.fit(self.shapes.bounds()))

    def fit_selection(self) -> None:
        """Show what is selected, or the whole flow when nothing is."""
        self.centre_on(self.workbench.selected or self.shapes.ids)

    def centre_on(self, ids: Iterable[str]) -> None:
        """Show these blocks."""
        self.fit(self.shapes.bounds(ids))

    def begin(self) -> None:
        """A flow is first seen as a whole, one that comes back where it was left."""
        if (place := self._left_at) is not None:
            self.keep_fitted(lambda: self.restore_view_state(place))
        else:
            self.fit_all()
            self._remember_view()

    def _remember_view(self) -> None:
        state = self._views[self._level] = self.view_state()
        self.workbench.looks_at, self.workbench.zoom = (state.x, state.y), state.zoom

    def _reveal(self, id: str) -> None:
        if id in self.shapes:
            self.show_rect(self.shapes.rect(id))

    # Drawing.

    def preview(self, positions: Mapping[str, tuple[float, float]] | None) -> None:
        """Show blocks elsewhere while they are dragged; None shows all in their places."""
        before = self.shapes.rects.copy()
        moved = self.shapes.displace(positions or {})
        self.routing.forget_near(moved, before)
        self.refresh()

    def refresh(self) -> None:
        """Draw everything anew."""
        self._layer.soil()
        self.viewport().update()
        self.redrawn.emit()

    def redraw_overlay(self) -> None:
        """Draw anew only what lies over the flow."""
        self.viewport().update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """The flow as it was kept drawn, and over it what gestures show."""
        ratio = self.devicePixelRatioF()
        picture = self._layer.picture(self._origin, self._zoom, self._extent(), ratio)
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._zoom, self._zoom)
        painter.translate(-self._origin)
        self._hover.draw(painter, self._zoom, self.drawing)
        self.drawing.links.draw_dots(painter, self._pulses.dots())
        self.writing.draw(painter, self.area(), self._zoom, self.drawing)
        self.held.draw(painter, self.area(), self._zoom, self.drawing.paints)
        self.attention.draw(painter, self.area(), self._zoom, self.drawing)
        for draw in self.overlay:
            painter.save()
            draw(painter)
            painter.restore()
        self._draw_ring(painter)
        painter.end()

    def _draw_ring(self, painter: QPainter) -> None:
        """Where the keyboard's focus is."""
        if self.ringed:
            paints = self.drawing.paints
            painter.resetTransform()
            painter.setBrush(NO_BRUSH)
            painter.setPen(paints.pen(paints.tokens.accent, 2.0))
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1))

    # Following the workbench.

    def _on_change(self, _: Change) -> None:
        self.shapes.follow()
        self._pulses.clear()
        self.marks.refresh()
        self.stops.refresh()
        self._hover.become(NOTHING)
        self.refresh()

    def _on_breakpoints(self, bench: Workbench) -> None:
        if bench is self.workbench:
            self.stops.refresh()
            self.refresh()

    def _on_level(self) -> None:
        self._level = self.workbench.level
        self.shapes.renew()
        self._pulses.clear()
        self.marks.refresh()
        self.stops.refresh()
        self._hover.become(NOTHING)
        if (state := self._views.get(self._level)) is not None:
            self.restore_view_state(state)
        else:
            self.fit_all()
        self.refresh()

    def _on_problems(self) -> None:
        self.marks.refresh()
        self.refresh()

    def _on_catalog(self) -> None:
        """Blocks may have other ports than before."""
        self.shapes.renew()
        self._on_problems()

    def _on_run(self, addresses: object) -> None:
        """Draw anew what has news: a few blocks and their links, or all."""
        if not isinstance(addresses, frozenset):
            self.marks.refresh()
            self._pulses.clear()
            self.refresh()
            return
        rows = self.marks.take(addresses)
        if self.drawing.is_far(self._zoom):
            self._layer.draw_over(partial(self.drawing.draw_news, blocks=np.array(rows, np.intp)))
        else:
            self._soil_news(rows)
        self.viewport().update()
        self.redrawn.emit()

    def _soil_news(self, rows: list[int]) -> None:
        seen = self.shapes.within(self.area())
        for row in self.marks.changed(row for row in rows if seen[row]):
            self._layer.soil(QRectF(*self.shapes.rects[row]).adjusted(-8, -8, 8, 8))
        news = self._news_of(rows)
        for link in news:
            self._layer.soil(self.drawing.links.label_area(link))
        self._pulses.start(link for link, more in news.items() if more > 0)

    def _news_of(self, rows: list[int]) -> dict[int, int]:
        """The links in view over which other values of these blocks have come, and how many."""
        among = np.isin(self.shapes.sources, rows) & self.shapes.links_within(self.area())
        found: list[int] = np.nonzero(among)[0].tolist()
        return {link: more for link in found if (more := self.marks.news(link))}

    def _show_at_once(self) -> None:
        """Draw now, before other parts of the window take their time to show a stop."""
        if self.isVisible():
            self.viewport().repaint()

    def _restyle(self) -> None:
        values = self.values
        self.drawing.restyle()
        self.drawing.links.with_values = values
        self.refresh()
