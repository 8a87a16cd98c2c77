"""Texts on the canvas, laid out once: titles, labels and icons, cut to the room they have."""

from collections import OrderedDict
from functools import cache
from typing import Final, NamedTuple

import qtawesome
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QStaticText, QTransform

from app.theme import BODY, SMALL, font

LONGEST = 300
"""Characters of a text that are looked at; no line has room for as many."""
MOST = 6000
"""How many texts are kept laid out."""


class Voice:
    """In which font a text is set: names, which make quicker keys than members of an Enum."""

    TITLE: Final = "title"
    SMALL: Final = "small"
    FAR: Final = "far"
    FARTHEST: Final = "farthest"
    ICON: Final = "icon"
    MARK: Final = "mark"
    FAR_ICON: Final = "far icon"
    FRAME: Final = "frame"


class Laid(NamedTuple):
    """A text that is ready to be drawn, and its size."""

    text: QStaticText
    width: float
    height: float


class Texts:
    """Lays out texts and remembers them, the least used forgotten first."""

    def __init__(self) -> None:
        self.fonts = {
            Voice.TITLE: _scalable(font(BODY, bold=True)),
            Voice.SMALL: _scalable(font(SMALL)),
            Voice.FAR: _scalable(font(19, bold=True)),
            Voice.FARTHEST: _scalable(font(29, bold=True)),
            Voice.FRAME: _scalable(font(14, bold=True)),
            Voice.ICON: _scalable(qtawesome.font("mdi6", 17)),
            Voice.MARK: _scalable(qtawesome.font("mdi6", 15)),
            Voice.FAR_ICON: _scalable(qtawesome.font("mdi6", 26)),
        }
        self._metrics = {voice: QFontMetricsF(each) for voice, each in self.fonts.items()}
        self._broken: dict[tuple[str, str, float], tuple[str, ...]] = {}
        self._kept: OrderedDict[tuple[str, str, float], Laid] = OrderedDict()

    def of(self, text: str, voice: str, room: float = 0.0) -> Laid:
        """The text in one line of at most `room`, cut with an ellipsis; 0 for any length."""
        key = text[:LONGEST], voice, room
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        if len(self._kept) >= MOST:
            self._kept.popitem(last=False)
        laid = self._kept[key] = self._lay(" ".join(key[0].split()), voice, room)
        return laid

    def in_two(self, text: str, voice: str, room: float) -> tuple[Laid, ...]:
        """The text in one line, or in two where one is too short for it."""
        found = self._broken.get((text, voice, room))
        if found is None:
            if len(self._broken) >= MOST:
                self._broken.clear()
            found = self._broken[text, voice, room] = self._break(text, voice, room)
        return tuple(self.of(line, voice, room) for line in found)

    def _break(self, text: str, voice: str, room: float) -> tuple[str, ...]:
        width = self._metrics[voice].horizontalAdvance
        words, first = text.split(), ""
        if width(text) <= room or len(words) < 2:
            return (text,)
        while words and width(f"{first} {words[0]}".strip()) <= room:
            first = f"{first} {words.pop(0)}".strip()
        return (first, " ".join(words)) if first and words else (text,)

    def icon(self, name: str, voice: str = Voice.ICON) -> Laid:
        """An icon of the fonts that come with qtawesome, as a letter of that font."""
        return self.of(_letter(name), voice)

    def _lay(self, text: str, voice: str, room: float) -> Laid:
        metrics = self._metrics[voice]
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room) if room else text
        static = QStaticText(shown)
        static.setTextFormat(Qt.TextFormat.PlainText)
        static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        static.prepare(QTransform(), self.fonts[voice])
        size = static.size()
        return Laid(static, size.width(), size.height())


def _scalable(made: QFont) -> QFont:
    """Letters keep their places at every zoom only when they aren't fitted to pixels."""
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


@cache
def _letter(name: str) -> str:
    """An icon's letter; that of a cube for one that the fonts don't have."""
    if not name.startswith("mdi6."):
        return _letter("mdi6.cube-outline")
    try:
        return str(qtawesome.charmap(name))
    except KeyError:
        return _letter("mdi6.cube-outline")
