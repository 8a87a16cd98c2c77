"""Controls that look the same everywhere: buttons of bars, headings, texts that can be copied."""

import re
from collections.abc import Callable, Iterable
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

LEAST = 40
"""Pixels that words have at least: no longer word makes what they stand in wider."""

LONG_WORD = re.compile(r"\S{25,}")
MARKS = re.compile(r"[_./:,;-]+")


def small_button(parent: QWidget, title: str, tip: str, do: Callable[[], object]) -> QPushButton:
    """A button for a bar."""
    button = QPushButton(title, parent)
    button.setProperty("small", True)
    button.setToolTip(tip)
    button.clicked.connect(lambda: do())
    return button


def paragraph(parent: QWidget, role: str, text: str = "") -> QLabel:
    """Plain text over several lines, which can be selected; `role` is its look."""
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    label.setMinimumWidth(LEAST)
    if role:
        label.setProperty("role", role)
    return label


def heading(parent: QWidget, text: str) -> QLabel:
    """The heading of a part of a page."""
    label = QLabel(text, parent)
    label.setProperty("role", "section")
    label.setIndent(0)  # or Qt moves it in, since its style has it padded
    return label


def rich(parent: QWidget, name: str) -> QLabel:
    """A label for a `table_of` something, which can be selected; `name` is for screen readers."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    label.setMinimumWidth(LEAST)
    label.setAccessibleName(name)
    return label


def table_of(rows: Iterable[tuple[str, str]]) -> str:
    """Names and what there is to say of each, as rich text; "" for none."""
    cells = "".join(
        f"<tr><td style='padding: 1px 14px 1px 0; white-space: pre'>{escape(name)}</td>"
        f"<td style='padding: 1px 0'>{escape(breakable(text))}</td></tr>"
        for name, text in rows
    )
    return f"<table cellspacing='0' cellpadding='0'>{cells}</table>" if cells else ""


def breakable(text: str) -> str:
    """The same text, whose long words may go over several lines: there is no room for all."""
    return LONG_WORD.sub(lambda word: MARKS.sub("\\g<0>\u200b", word[0]), text)
