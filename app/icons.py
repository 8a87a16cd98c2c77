"""Icons by their qtawesome name, drawn in the colours of the theme when they are first needed."""

import qtawesome
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap

from app.theme import RESOURCES, current

_drawn: dict[tuple[str, str], QIcon] = {}


def icon(name: str, colour: str = "") -> QIcon:
    """The icon called `name` (`mdi6.play`), in `colour` or that of text in the current theme."""
    tint = colour or current().text
    found = _drawn.get((name, tint))
    if found is None:
        found = _drawn[name, tint] = _draw(name, tint)
    return found


def mark() -> QIcon:
    """The sign of Heddle: threads on their way through the eyes of three heddles."""
    return QIcon(str(RESOURCES / "icons" / "heddle.svg"))


def _draw(name: str, tint: str) -> QIcon:
    try:
        made: QIcon = qtawesome.icon(name, color=tint, color_disabled=current().faint)
    except Exception:  # noqa: BLE001 - a pack may name an icon that no font has
        made = qtawesome.icon("mdi6.cube-outline", color=tint)
    return QIcon(_Glyph(made))


class _Glyph(QIconEngine):
    """What qtawesome draws; nothing for a button squeezed to nothing, which that trips over."""

    def __init__(self, drawn: QIcon) -> None:
        super().__init__()
        self._drawn = drawn

    def clone(self) -> QIconEngine:
        return _Glyph(self._drawn)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        self._drawn.paint(painter, rect, Qt.AlignmentFlag.AlignCenter, mode, state)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return QPixmap() if size.isEmpty() else self._drawn.pixmap(size, 1.0, mode, state)
