"""Pulling links: from a port to a port, to a block, or to nowhere yet."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.handling import select_hit
from app.editor.canvas.hits import Hit
from app.editor.gestures.adding import search_at, tell_conversion
from app.editor.gestures.gesture import LEFT, Gesture, Press, Spot
from app.editor.gestures.outlines import draw_curve, hide_link, ring_block
from app.editor.gestures.selecting import adds
from app.editor.gestures.tips import Tip
from app.presenters.loose_link import LooseLink, told
from graph.edits import Disconnect
from graph.flow import End

FAR = 0.35
"""Below this zoom nobody sees a port."""


class PullLink(Gesture):
    """What fits the loose end glows, the rest fades; a tip says why a port doesn't fit."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas, press: Press, loose: LooseLink) -> None:
        super().__init__(canvas, press)
        self.loose = loose
        self._at = QPointF(press.spot.scene)
        self._over = Hit()
        self._target: End | None = None
        self._tip: Tip | None = None
        self._lit = QRectF()

    def click(self, spot: Spot, /) -> None:
        select_hit(self.bench, self.press.hit, adding=adds(spot.keys))

    def begin(self) -> None:
        self._tip = Tip(self.canvas.viewport())

    def move(self, spot: Spot, /) -> None:
        self._light_up()
        self._at, self._over = QPointF(spot.scene), self.canvas.hit(spot.scene)
        self._target = self._aim(self._over)
        assert self._tip is not None
        self._tip.say(self._words(), spot.view)

    def _aim(self, hit: Hit) -> End | None:
        """The port that the link would be put to, whether it fits or not."""
        if hit.kind == "port" and hit.side != self.loose.side:
            return End(hit.block, hit.port)
        return self.loose.best(hit.block) if hit.block else None

    def _words(self) -> str:
        block = self._over.block
        if self._target is None:
            if not block or block == self.loose.held.block:
                return ""
            return "Nothing here fits the link."
        verdict = self.loose.verdict(self._target)
        port = self._target.port.replace("_", " ")
        if not verdict.fits:
            return told(verdict, port)
        return f"Link to {port}" if self._over.kind != "port" else ""

    def finish(self, spot: Spot, /) -> None:
        self._put_away()
        if self._target is not None:
            self._link(self._target)
        elif self._over.block and self._over.block != self.loose.held.block:
            self.bench.refused.emit("Nothing on that block fits the link. Drop it on another one.")
        elif self._over.block:
            return
        elif self.loose.taken_from:
            self.bench.do(Disconnect(self.loose.taken_from), label="Take a link off")
        else:
            search_at(self.canvas, spot.scene, self.loose)

    def _link(self, other: End) -> None:
        if not self.loose.suits(other):
            why = told(self.loose.verdict(other), other.port.replace("_", " "))
            self.bench.refused.emit(why)
        elif other != self.loose.taken_from and self.bench.do(self.loose.edit(other), label="Link"):
            tell_conversion(self.canvas, self.loose, other)

    def cancel(self) -> None:
        self._put_away()

    def _put_away(self) -> None:
        self.canvas.attention.clear()
        if self._tip is not None:
            self._tip.hide()
            self._tip.deleteLater()
            self._tip = None

    def draw(self, painter: QPainter) -> None:
        tokens = self.canvas.drawing.paints.tokens
        colour, end = tokens.accent, self._at
        if self._target:
            other = "in" if self.loose.side == "out" else "out"
            end = self.canvas.shapes.port(*self._target, other)
            if not self.loose.suits(self._target):
                colour, end = tokens.failed, self._at
            elif self._over.kind != "port":
                ring_block(painter, self.canvas, self._target.block, tokens.accent)
        held = self.canvas.shapes.port(*self.loose.held, self.loose.side)
        ends = (held, end) if self.loose.side == "out" else (end, held)
        if self.loose.taken_from:
            hide_link(painter, self.canvas, self.loose.taken_from)
        draw_curve(painter, self.canvas, *ends, colour)

    def _light_up(self) -> None:
        """Let the ports glow that fit, among what is seen."""
        area = self.canvas.area()
        if area == self._lit:
            return
        if self.canvas.zoom < FAR:
            self.canvas.attention.clear()
            return
        self._lit = area
        held = self.loose.held
        lit: set[tuple[str, str, str]] = {(held.block, held.port, self.loose.side)}
        for id in self.canvas.blocks_in(area):
            lit |= self._fitting(id)
        self.canvas.attention.fit(lit)

    def _fitting(self, id: str) -> set[tuple[str, str, str]]:
        """The ports of a block that fit: those that show, or a needed one that would."""
        card = self.canvas.shapes.card(id)
        shown = card.inputs if self.loose.side == "out" else card.outputs
        names = {port.name for port in shown if self.loose.suits(End(id, port.name))}
        if not names and (best := self.loose.best(id)) and self.loose.wants(best):
            names = {best.port}
        side = "in" if self.loose.side == "out" else "out"
        return {(id, name, side) for name in names}


def start(canvas: Canvas, press: Press) -> Gesture | None:
    """On a port: a new link, or the one that ends in an input."""
    hit = press.hit
    if press.button != LEFT or hit.kind != "port" or hit.side == "":
        return None
    level = canvas.workbench.ports_level
    return PullLink(canvas, press, LooseLink.pulled(level, End(hit.block, hit.port), hit.side))
