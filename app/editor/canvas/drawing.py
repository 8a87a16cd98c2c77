"""Draws an area of the shown flow: frames, links and cards, in as few calls as the zoom allows."""

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from app.editor.canvas import buffers
from app.editor.canvas.buffers import Indices
from app.editor.canvas.card_painter import CardPainter
from app.editor.canvas.frame_painter import FramePainter
from app.editor.canvas.link_painter import LinkPainter
from app.editor.canvas.marks import Marks
from app.editor.canvas.paints import NO_BRUSH, NO_PEN, Paints
from app.editor.canvas.routing import Routing
from app.editor.canvas.shapes import Shapes
from app.editor.canvas.small_card import SmallCardPainter
from app.editor.canvas.stops import Stops
from app.editor.canvas.texts import Texts
from app.presenters.block_status import LOOKS
from app.workbench import Workbench

FAR = 0.35
"""Below this zoom cards are plain rectangles and links are straight."""
FEW = 200
FAR_OF_FEW = 0.17
"""The same for flows of few blocks, of which all can have their titles."""
NEAR = 0.6
"""From this zoom on cards show all they have."""
GRID = 24.0
DOT = 2.0
AROUND = 120.0
"""How far outside of an area things may begin that reach into it: links led around, marks."""


class Drawing:
    """What stays as long as the flow does. Everything costs what is in the area, not the flow."""

    def __init__(
        self, workbench: Workbench, shapes: Shapes, routing: Routing, marks: Marks, stops: Stops
    ) -> None:
        self._workbench = workbench
        self._shapes = shapes
        self._routing = routing
        self._marks = marks
        self._stops = stops
        self._rectangles = buffers.rectangles()
        self.restyle()

    def restyle(self) -> None:
        """Take up the colours and fonts of the theme."""
        bench, shapes, marks = self._workbench, self._shapes, self._marks
        paints = self.paints = Paints()
        texts = self.texts = Texts()
        self.cards = CardPainter(bench, shapes, marks, paints, texts)
        self.small_cards = SmallCardPainter(bench, shapes, marks, paints, texts)
        self.links = LinkPainter(bench, shapes, self._routing, marks, paints, texts)
        self.frames = FramePainter(bench, paints, texts)

    def is_far(self, zoom: float) -> bool:
        """Whether blocks are no more than rectangles."""
        return zoom < (FAR_OF_FEW if self._few else FAR)

    @property
    def _few(self) -> bool:
        return len(self._shapes.ids) <= FEW

    def draw(self, painter: QPainter, area: QRectF, zoom: float) -> None:
        """Draw the area (scene coordinates, which the painter's are already)."""
        painter.fillRect(area, self.paints.brush(self.paints.tokens.canvas))
        if self.is_far(zoom):
            self._draw_far(painter, area, zoom)
            self._stops.draw(painter, area, zoom, self.paints)
            return
        self._draw_grid(painter, area, zoom)
        self.frames.draw(painter, area, zoom)
        wide = area.adjusted(-AROUND, -AROUND, AROUND, AROUND)
        links = np.nonzero(self._shapes.links_within(wide))[0]
        blocks = np.nonzero(self._shapes.within(area.adjusted(-8, -8, 8, 8)))[0]
        if zoom >= NEAR:
            curves = self.links.draw(painter, links, area, zoom)
            self._draw_cards(painter, blocks, zoom)
            self.links.draw_labels(painter, curves)
        else:
            self.links.draw_thin(painter, links)
            self._draw_cards(painter, blocks, zoom)
        self._stops.draw(painter, area, zoom, self.paints)

    def draw_news(self, painter: QPainter, blocks: Indices, zoom: float) -> None:
        """Blocks that look different from far away, over what was drawn of them."""
        self.draw_far_blocks(painter, blocks, zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._stops.draw_of(painter, blocks, zoom, self.paints)

    # Far away.

    def _draw_far(self, painter: QPainter, area: QRectF, zoom: float) -> None:
        self.frames.draw(painter, area, zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.links.draw_straight(painter, np.nonzero(self._shapes.links_within(area))[0])
        self.draw_far_blocks(painter, np.nonzero(self._shapes.within(area))[0], zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def draw_plan(self, painter: QPainter, zoom: float) -> None:
        """The blocks and frames of the whole flow, as small as on a map."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.frames.draw_plan(painter)
        self.draw_far_blocks(painter, np.arange(len(self._shapes.ids)), zoom)

    def draw_far_blocks(self, painter: QPainter, blocks: Indices, zoom: float) -> None:
        """Plain rectangles, one call a colour: that of the state in a run, else of the kind."""
        painter.setPen(NO_PEN)
        shapes = self._shapes
        rects, looks = shapes.rects[blocks], self._marks.looks_of(blocks)
        tints = np.where(looks > 0, -looks.astype(np.int32), shapes.tints[blocks])
        for tint in np.unique(tints).tolist():
            painter.setBrush(self.paints.brush(self._far_colour(tint)))
            painter.drawRects(*self._rectangles.fill(rects[tints == tint]))
        self._outline_selected(painter, blocks, zoom)

    def _far_colour(self, tint: int) -> str:
        paints = self.paints
        base = paints.mixed(paints.tokens.card, paints.tokens.card_line, 0.7)
        if tint < 0:
            return paints.mixed(base, paints.state(LOOKS[-tint]), 0.75)
        return paints.mixed(base, paints.tint(self._shapes.tint_names[tint]), 0.35)

    def _outline_selected(self, painter: QPainter, blocks: Indices, zoom: float) -> None:
        selected = self._selected_rows()
        if not len(selected):
            return
        rows = np.intersect1d(selected, blocks)
        painter.setBrush(NO_BRUSH)
        painter.setPen(self.paints.pen(self.paints.tokens.accent, 2.0 / zoom))
        painter.drawRects(*self._rectangles.fill(self._shapes.rects[rows]))

    # Close by.

    def _draw_grid(self, painter: QPainter, area: QRectF, zoom: float) -> None:
        step = GRID * 2 ** max(0, round(np.log2(0.8 / zoom)))
        x = np.arange(np.floor(area.left() / step) * step, area.right() + step, step)
        y = np.arange(np.floor(area.top() / step) * step, area.bottom() + step, step)
        dots = np.full((len(x) * len(y), 4), DOT / zoom)
        dots[:, :2] = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(NO_PEN)
        painter.setBrush(self.paints.brush(self.paints.tokens.grid))
        painter.drawRects(*self._rectangles.fill(dots))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _draw_cards(self, painter: QPainter, blocks: Indices, zoom: float) -> None:
        for row in self._in_order(blocks.tolist()):
            if zoom >= NEAR:
                self.cards.draw(painter, row)
            else:
                self.small_cards.draw(painter, row, zoom, self._few)

    def _in_order(self, rows: list[int]) -> Iterable[int]:
        """Selected blocks lie above the others."""
        ids, selected = self._shapes.ids, self._workbench.selected
        return sorted(rows, key=lambda row: ids[row] in selected) if selected else rows

    def _selected_rows(self) -> Indices:
        rows = self._shapes.rows
        found = [rows[id] for id in self._workbench.selected if id in rows]
        return np.array(found, np.intp)
