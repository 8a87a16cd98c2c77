"""Draws an area of the shown flow: frames, links and cards, in as few calls as the zoom allows."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from app.editor.canvas import buffers
from app.editor.canvas.card_painter import CardPainter
from app.editor.canvas.curves import SEGMENTS, curve, handles, polylines
from app.editor.canvas.paints import NO_BRUSH, NO_PEN, Paints
from app.editor.canvas.shapes import KINDS, Shapes
from app.editor.canvas.texts import Texts
from app.workbench import Workbench

FAR = 0.35
"""Below this zoom cards are plain rectangles and links are straight."""
NEAR = 0.6
"""From this zoom on cards show all they have."""
GRID = 24.0

Indices = npt.NDArray[np.intp]


class Drawing:
    """What stays as long as the flow does. Everything costs what is in the area, not the flow."""

    def __init__(self, workbench: Workbench, shapes: Shapes) -> None:
        self._workbench = workbench
        self._shapes = shapes
        self._rectangles = buffers.rectangles()
        self._lines = buffers.lines()
        self._points = buffers.points()
        self.restyle()

    def restyle(self) -> None:
        """Take up the colours and fonts of the theme."""
        self.paints = Paints()
        self.texts = Texts()
        self.cards = CardPainter(self._workbench, self._shapes, self.paints, self.texts)

    def draw(self, painter: QPainter, area: QRectF, zoom: float) -> None:
        """Draw the area (scene coordinates, which the painter's are already)."""
        painter.fillRect(area, self.paints.brush(self.paints.tokens.canvas))
        links = np.nonzero(self._shapes.links_within(area))[0]
        blocks = np.nonzero(self._shapes.within(area))[0]
        if zoom < FAR:
            self._draw_far(painter, links, blocks)
            return
        self._draw_grid(painter, area, zoom)
        if zoom < NEAR:
            self._draw_thin_links(painter, links)
        else:
            self._draw_links(painter, links)
        self._draw_cards(painter, blocks, zoom)

    # Far away.

    def _draw_far(self, painter: QPainter, links: Indices, blocks: Indices) -> None:
        shapes, paints = self._shapes, self.paints
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(paints.pen(paints.mixed(paints.tokens.canvas, paints.tokens.link, 0.6), 0))
        painter.drawLines(*self._lines.fill(shapes.ends[links]))
        painter.setPen(NO_PEN)
        rects, tints = shapes.rects[blocks], shapes.tints[blocks]
        for tint, name in enumerate(shapes.tint_names):
            of_tint = rects[tints == tint]
            if len(of_tint):
                painter.setBrush(paints.brush(self._far_colour(name)))
                painter.drawRects(*self._rectangles.fill(of_tint))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _far_colour(self, name: str) -> str:
        base = self.paints.mixed(self.paints.tokens.card, self.paints.tokens.card_line, 0.7)
        return self.paints.mixed(base, self.paints.tint(name), 0.35)

    # Close by.

    def _draw_grid(self, painter: QPainter, area: QRectF, zoom: float) -> None:
        step = GRID if zoom >= NEAR else GRID * 2
        x = np.arange(np.floor(area.left() / step) * step, area.right() + step, step)
        y = np.arange(np.floor(area.top() / step) * step, area.bottom() + step, step)
        dots = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self.paints.pen(self.paints.tokens.grid, 1.5 / zoom))
        painter.drawPoints(*self._points.fill(dots))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _draw_thin_links(self, painter: QPainter, links: Indices) -> None:
        shapes, paints = self._shapes, self.paints
        lines = polylines(shapes.ends[links]).reshape(-1, SEGMENTS, 4)
        kinds = shapes.link_kinds[links]
        for kind in np.unique(kinds).tolist():
            painter.setPen(paints.pen(self._link_colour(kind), 0))
            painter.drawLines(*self._lines.fill(lines[kinds == kind].reshape(-1, 4)))

    def _draw_links(self, painter: QPainter, links: Indices) -> None:
        shapes, paints = self._shapes, self.paints
        selected = self._workbench.selected_links
        ends = shapes.ends[links]
        painter.setBrush(NO_BRUSH)
        for row, reach in zip(links.tolist(), handles(ends).tolist(), strict=True):
            if shapes.links[row].target in selected:
                painter.setPen(paints.pen(paints.tokens.accent, 3.0))
            else:
                painter.setPen(paints.pen(self._link_colour(int(shapes.link_kinds[row])), 2.0))
            painter.drawPath(curve(shapes.ends[row], reach))

    def _link_colour(self, kind: int) -> str:
        return self.paints.mixed(self.paints.of_type(KINDS[kind]), self.paints.tokens.canvas, 0.2)

    def _draw_cards(self, painter: QPainter, blocks: Indices, zoom: float) -> None:
        selected = self._workbench.selected
        draw = self.cards.draw if zoom >= NEAR else self.cards.draw_small
        rows = blocks.tolist()
        for row in self._order(rows, selected):
            draw(painter, row)

    def _order(self, rows: list[int], selected: Collection[str]) -> list[int]:
        """Selected blocks lie above the others."""
        ids = self._shapes.ids
        return sorted(rows, key=lambda row: ids[row] in selected) if selected else rows
