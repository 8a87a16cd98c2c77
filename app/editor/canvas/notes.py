"""Notes on the canvas: Markdown laid out once, drawn as often as need be."""

from functools import lru_cache

from PySide6.QtGui import QTextDocument

from app.editor.canvas.cards import NOTE_WIDTH
from app.theme import BODY, current, font

INSET = 12.0


@lru_cache(maxsize=512)
def note_document(text: str, theme: str) -> QTextDocument:
    """The text as a page of the width of a note, in the colours of the theme of that name."""
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(font(BODY))
    document.setDefaultStyleSheet(f"body {{ color: {current().text}; }}")
    document.setMarkdown(text or "*An empty note*")
    document.setTextWidth(NOTE_WIDTH - 2 * INSET)
    return document


def note_height(text: str) -> float:
    """How high the card of a note with this text is."""
    return float(round(note_document(text, current().name).size().height() + 2 * INSET))
