"""Lists of sentences in dialogs."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListWidget, QVBoxLayout, QWidget


def sentences(title: str, lines: Sequence[str], parent: QWidget, *, none: str) -> QWidget:
    """A titled list to be read; `none` is said when there is nothing in it."""
    box = QWidget(parent)
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    heading = QLabel(title, box)
    heading.setProperty("role", "small")
    layout.addWidget(heading)
    listing = QListWidget(box)
    listing.setAccessibleName(title)
    listing.setWordWrap(True)
    listing.setAlternatingRowColors(True)
    listing.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    listing.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    listing.setSpacing(2)
    listing.addItems(list(lines) or [none])
    listing.setMinimumHeight(150)
    layout.addWidget(listing, 1)
    return box
