"""What was noted while something was planned: what blocks are for, what was mended or changed."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.controls import paragraph
from app.dialogs.input_fields import scrolling
from app.dialogs.sheet import Sheet
from app.presenters.plan_words import Noted

TALLEST = 420


class NotesSheet(Sheet):
    """The notes among each other, under their headings."""

    def __init__(self, parent: QWidget, title: str, notes: Sequence[Noted]) -> None:
        super().__init__(parent, title, width=560)
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        for noted in notes:
            heading = QLabel(noted.heading, inside)
            heading.setProperty("role", "heading")
            column.addWidget(heading)
            for name, text in noted.things:
                column.addLayout(_thing(inside, name, text))
            column.addSpacing(8)
        column.addStretch(1)
        self.body.addWidget(scrolling(inside, TALLEST, self), 1)
        self.button("Close", main=True)


def _thing(parent: QWidget, name: str, text: str) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(1)
    if name:
        column.addWidget(paragraph(parent, "", name))
    column.addWidget(paragraph(parent, "muted" if name else "", text))
    return column
