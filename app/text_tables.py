"""Tables inside a text, ruled with single calm lines."""

from PySide6.QtGui import QColor, QTextDocument, QTextTable, QTextTableFormat

from app.theme import current

PADDING = 4


def rule_tables(document: QTextDocument) -> None:
    """Draw the tables of a document in the colours of the theme."""
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            look = frame.format().toTableFormat()
            look.setBorder(1)
            look.setBorderCollapse(True)
            look.setBorderStyle(QTextTableFormat.BorderStyle.BorderStyle_Solid)
            look.setBorderBrush(QColor(current().strong_line))
            look.setCellPadding(PADDING)
            frame.setFormat(look)
