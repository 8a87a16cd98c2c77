"""Notes on the canvas: Markdown laid out once, drawn as often as need be."""

from functools import lru_cache

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument, QTextFormat

from app.editor.canvas.cards import NOTE_WIDTH
from app.theme import BODY, TITLE, font

INSET = 12.0
BETWEEN = 6.0
"""The room between paragraphs."""
INDENT = 14.0


@lru_cache(maxsize=512)
def note_document(text: str, theme: str) -> QTextDocument:
    """The text as a page of the width of a note; one for each theme, whose colours it has."""
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(font(BODY))
    document.setIndentWidth(INDENT)
    document.setMarkdown(text or "*An empty note*")
    block = document.begin()
    while block.isValid():
        _set_apart(block)
        block = block.next()
    document.setTextWidth(NOTE_WIDTH - 2 * INSET)
    return document


def note_height(text: str) -> float:
    """How high the card of a note with this text is."""
    return float(round(note_document(text, "").size().height() + 2 * INSET))


def _set_apart(block: QTextBlock) -> None:
    """Room under a paragraph, and headings no larger than titles."""
    cursor = QTextCursor(block)
    form = block.blockFormat()
    last = not block.next().isValid()
    together = block.textList() is not None and block.next().textList() is block.textList()
    form.setTopMargin(0)
    form.setBottomMargin(0 if last else 2 if together else BETWEEN)
    cursor.setBlockFormat(form)
    if form.headingLevel():
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        letters = cursor.charFormat()
        letters.setFont(font(TITLE if form.headingLevel() == 1 else BODY, bold=True))
        letters.clearProperty(QTextFormat.Property.FontSizeAdjustment)
        cursor.setCharFormat(letters)
