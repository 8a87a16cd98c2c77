"""Breakpoints on the canvas: a dot, a diamond or a bubble at blocks, ports and links."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from app.editor.canvas import buffers
from app.editor.canvas.buffers import Indices
from app.editor.canvas.curves import point_at
from app.editor.canvas.hits import Hit
from app.editor.canvas.paints import NO_BRUSH, NO_PEN, Paints
from app.editor.canvas.routing import Routing
from app.editor.canvas.shapes import Shapes
from app.presenters.stop_words import Glyph, glyph_of, what
from app.presenters.stopping import target_of
from app.runs.breakpoints import Breakpoints
from app.workbench import Workbench
from runtime.breakpoints import Breakpoint

Kind = Literal["block", "inside", "in", "out", "link"]

RADIUS = 6.0
SMALLEST = 4.5
"""Pixels that a sign takes at least, however far away it is."""
ASIDE = 14.0
"""How far from its port a sign stands."""
ALONG = 0.3
"""Where on a link a sign stands: what it carries is told in its middle."""
FAR = 0.3
"""Below this zoom all signs are dots."""
MANY = 300
"""With more signs than these, they are squares from far away: dots take ten times as long."""
NEAR = 0.6
"""From this zoom on ports are seen, and their signs with them."""


class Sign(NamedTuple):
    """What is drawn of the breakpoints at one place; `row` is that of the block or link."""

    kind: Kind
    row: int
    port: str
    glyph: Glyph
    enabled: bool


class Stops:
    """The signs of the shown flow. Drawing costs what there is of them, and nothing for none."""

    def __init__(
        self, workbench: Workbench, points: Breakpoints, shapes: Shapes, routing: Routing
    ) -> None:
        self._workbench = workbench
        self._points = points
        self._shapes = shapes
        self._routing = routing
        self.signs: list[Sign] = []
        self._dots = buffers.lines()
        self._squares = buffers.rectangles()

    def refresh(self) -> None:
        """Take up what there is."""
        best = dict[tuple[Kind, int, str], Sign]()
        for point in self._points.of(self._workbench):
            sign = self._sign(point)
            if sign is not None:
                place = sign[:3]
                if place not in best or sign.enabled > best[place].enabled:
                    best[place] = sign
        self.signs = list(best.values())

    def told_of(self, hit: Hit) -> list[str]:
        """What the breakpoints under the mouse do, a sentence each."""
        bench = self._workbench
        block, at, port, to = place_of(hit, bench)
        return [
            f"Breakpoint: {what(p)[0].lower() + what(p)[1:]}" + ("" if p.enabled else " (disabled)")
            for p in self._points.at(bench, block, at=at, port=port, to=to)
        ] if block else []  # fmt: skip

    def _sign(self, point: Breakpoint) -> Sign | None:
        prefix = "".join(f"{id}/" for id in self._workbench.blocks_into)
        if not point.block or not point.block.startswith(prefix):
            return None
        id, _, deeper = point.block.removeprefix(prefix).partition("/")
        row = self._shapes.rows.get(id)
        if row is None:
            return None
        glyph, enabled = glyph_of(point), point.enabled
        if deeper:
            return Sign("inside", row, "", "stop", enabled)
        if point.to:
            link = self._shapes.link_rows.get(target_of(point))
            return None if link is None else Sign("link", link, "", glyph, enabled)
        if point.port:
            return Sign("out" if point.at == "after" else "in", row, point.port, glyph, enabled)
        return Sign("block", row, "", glyph, enabled)

    # Drawing.

    def draw(self, painter: QPainter, area: QRectF, zoom: float, paints: Paints) -> None:
        """Draw those in an area of the scene, over the cards."""
        if not self.signs:
            return
        radius = max(RADIUS, SMALLEST / zoom)
        if zoom < FAR:
            self._draw_dots(painter, self.signs, radius, paints)
            return
        around = area.adjusted(-2 * radius, -2 * radius, 2 * radius, 2 * radius)
        for sign in self._near(around):
            centre = self._centre(sign, zoom)
            if around.contains(centre):
                self._draw(painter, sign, centre, radius, paints)

    def draw_of(self, painter: QPainter, blocks: Indices, zoom: float, paints: Paints) -> None:
        """Draw those of a few blocks from far away, which have been drawn anew."""
        if not self.signs:
            return
        rows = set(blocks.tolist())
        signs = [sign for sign in self.signs if sign.kind != "link" and sign.row in rows]
        self._draw_dots(painter, signs, max(RADIUS, SMALLEST / zoom), paints)

    def _near(self, area: QRectF) -> list[Sign]:
        """Those at blocks that touch the area, and those on links that may."""
        blocks, links = self._shapes.within(area), self._shapes.links_within(area)
        return [s for s in self.signs if (links if s.kind == "link" else blocks)[s.row]]

    def _draw_dots(
        self, painter: QPainter, signs: list[Sign], radius: float, paints: Paints
    ) -> None:
        """From far away all are dots, drawn in a few calls however many there are."""
        if not signs:
            return
        tokens, shapes = paints.tokens, self._shapes
        at = np.array([
            shapes.ends[s.row][:2] * (1 - ALONG) + shapes.ends[s.row][2:] * ALONG
            if s.kind == "link" else shapes.rects[s.row][:2]
            for s in signs
        ])  # fmt: skip
        logs = np.array([sign.glyph == "log" for sign in signs])
        hollow = ~np.array([sign.enabled for sign in signs])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(signs) <= MANY)
        everywhere = np.ones(len(signs), bool)
        for colour, width, which in (
            (tokens.canvas, 2.7, everywhere), (tokens.failed, 2.0, ~logs),
            (tokens.accent, 2.0, logs), (tokens.canvas, 1.1, hollow),
        ):  # fmt: skip
            if not which.any():
                continue
            if len(signs) > MANY:
                side = np.full_like(at[which], width * radius)
                painter.setPen(NO_PEN)
                painter.setBrush(paints.brush(colour))
                painter.drawRects(*self._squares.fill(np.hstack([at[which] - side / 2, side])))
            else:  # of no length at all, nothing would be drawn
                painter.setPen(paints.pen(colour, round(width * radius, 1)))
                painter.drawLines(*self._dots.fill(np.hstack([at[which], at[which] + (0.1, 0.0)])))

    def _centre(self, sign: Sign, zoom: float) -> QPointF:
        if sign.kind == "link":
            if zoom < NEAR:
                x1, y1, x2, y2 = self._shapes.ends[sign.row].tolist()
                return QPointF(x1 + (x2 - x1) * ALONG, y1 + (y2 - y1) * ALONG)
            return QPointF(*point_at(self._routing.curves(sign.row), ALONG))
        if sign.kind in ("in", "out") and zoom >= NEAR:
            at = self._shapes.port(self._shapes.ids[sign.row], sign.port, sign.kind)
            return at + QPointF(ASIDE if sign.kind == "out" else -ASIDE, 0.0)
        x, y, width, _ = self._shapes.rects[sign.row].tolist()
        return QPointF(x + width if sign.kind == "out" else x, y)

    def _draw(
        self, painter: QPainter, sign: Sign, centre: QPointF, radius: float, paints: Paints
    ) -> None:
        tokens = paints.tokens
        colour = tokens.accent if sign.glyph == "log" else tokens.failed
        if sign.kind == "inside":
            radius *= 0.75
        elif sign.kind != "block":
            radius *= 0.85
        painter.setPen(paints.pen(tokens.canvas, 3.0))
        painter.setBrush(paints.brush(tokens.canvas))
        GLYPHS[sign.glyph](painter, centre, radius)
        painter.setPen(paints.pen(colour, 1.5))
        painter.setBrush(paints.brush(colour) if sign.enabled else NO_BRUSH)
        if sign.kind == "inside":
            painter.setBrush(paints.brush(colour, 90) if sign.enabled else NO_BRUSH)
        GLYPHS[sign.glyph](painter, centre, radius)


def place_of(hit: Hit, bench: Workbench) -> tuple[str, str, str, str]:
    """The place of breakpoints that is under the mouse: block, at, port, to; "" for none."""
    if hit.kind in ("link", "route") and hit.link is not None:
        link = bench.flow.links.get(hit.link)
        if link is not None:
            return bench.address(link.source.block), "after", link.source.port, str(link.target)
    elif hit.kind == "port":
        return bench.address(hit.block), "after" if hit.side == "out" else "before", hit.port, ""
    elif hit.kind == "block":
        return bench.address(hit.block), "before", "", ""
    return "", "", "", ""


def _dot(painter: QPainter, at: QPointF, radius: float) -> None:
    painter.drawEllipse(at, radius, radius)


def _diamond(painter: QPainter, at: QPointF, radius: float) -> None:
    far = radius * 1.25
    corners = ((0.0, -far), (far, 0.0), (0.0, far), (-far, 0.0))
    painter.drawPolygon(QPolygonF([at + QPointF(*corner) for corner in corners]))


def _bubble(painter: QPainter, at: QPointF, radius: float) -> None:
    """A bubble that says something."""
    path = QPainterPath()
    box = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 1.6 * radius)
    path.addRoundedRect(box, radius * 0.45, radius * 0.45)
    tail = ((-0.45, 0.55), (-0.45, 1.25), (0.25, 0.55))
    path.addPolygon(QPolygonF([at + QPointF(x * radius, y * radius) for x, y in tail]))
    painter.drawPath(path.simplified())


GLYPHS: dict[Glyph, Callable[[QPainter, QPointF, float], None]] = {
    "stop": _dot, "condition": _diamond, "log": _bubble,
}  # fmt: skip
"""Round stops every time, a diamond asks first, a bubble only says something."""
