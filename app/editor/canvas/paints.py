"""Pens, brushes and colours of the canvas in a theme, each made once."""

from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPen

from app.presenters.block_status import Look
from app.theme import Tokens, category_colour, current, type_colour

NO_PEN = QPen(Qt.PenStyle.NoPen)
NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)


class Paints:
    """Ask for what is needed; `tokens` are those of the theme it was made for."""

    def __init__(self) -> None:
        self.tokens: Tokens = current()
        self.colour = cache(self._colour)
        self.pen = cache(self._pen)
        self.brush = cache(self._brush)
        self.tint = cache(self._tint)
        self.body = cache(self._body)
        self.of_type = cache(type_colour)
        self.mixed = cache(self._mixed)

    def _mixed(self, one: str, other: str, share: float) -> str:
        """`one` with a share (0 to 1) of `other`."""
        a, b = QColor(one), QColor(other)
        parts = (
            round(x + (y - x) * share) for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True)
        )
        return "#" + "".join(f"{part:02x}" for part in parts)

    def _colour(self, name: str, alpha: int = 255) -> QColor:
        made = QColor(name)
        made.setAlpha(alpha)
        return made

    def _pen(self, name: str, width: float = 1.0, alpha: int = 255, dashed: bool = False) -> QPen:
        """A pen; one of width 0 is a device pixel wide at every zoom."""
        made = QPen(self._colour(name, alpha), width)
        made.setCosmetic(width == 0)
        made.setCapStyle(Qt.PenCapStyle.RoundCap)
        made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if dashed:
            made.setDashPattern([4, 4])
        return made

    def _brush(self, name: str, alpha: int = 255) -> QBrush:
        return QBrush(self._colour(name, alpha))

    def state(self, look: Look) -> str:
        """The colour of a state in a run."""
        tokens = self.tokens
        return {
            "": tokens.faint, "waiting": tokens.faint, "running": tokens.running,
            "done": tokens.done, "reused": tokens.reused, "skipped": tokens.skipped,
            "failed": tokens.failed, "warning": tokens.warning, "stale": tokens.warning,
        }[look]  # fmt: skip

    def _tint(self, name: str) -> str:
        """The colour that a category stands for, or the one a person chose."""
        return name if name.startswith("#") else category_colour(name)

    def _body(self, name: str) -> str:
        """The face of a card tinted so: that of every card unless a person coloured it."""
        return (
            self.mixed(self.tokens.card, name, 0.22) if name.startswith("#") else self.tokens.card
        )
