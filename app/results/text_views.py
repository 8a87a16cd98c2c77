"""A value as text: plain, formatted Markdown, or as what changed in it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, QUrl
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QPainter,
    QPaintEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextBrowser, QWidget

from app.presenters.comparing import Line
from app.presenters.tables import Load, as_text
from app.text_tables import rule_tables
from app.theme import current, mixed
from runtime.large import Large, Page

LONGEST = 2_000_000
LONGEST_MARKDOWN = 300_000
CARET = 2
PIECE = 100_000
"""Letters of a long text that are loaded at a time."""


class PlainView(QPlainTextEdit):
    """Text as it is; the rest as JSON. More of a large text comes as one scrolls down."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("mono", True)
        self.setProperty("bare", True)
        self.setAccessibleName("Result as text")
        self._load: Load | None = None
        self._large: Large | None = None
        self._known = 0
        self._is_loading = False
        self.is_growing = False
        """Whether more of the text is about to come: a caret stands at its end."""
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def load_with(self, load: Load | None) -> None:
        """Load more of large values with this."""
        self._load = load

    def set_mono(self, mono: bool) -> None:
        """Show it in letters of one width, as suits data, or as words are read."""
        if self.property("mono") != mono:
            self.setProperty("mono", mono)
            self.style().polish(self)

    def show_value(self, value: Any) -> None:
        """Show a value, staying where one was in it when it has only grown."""
        is_long = isinstance(value, Large) and value.kind == "text"
        self._large, self._is_loading = (value if is_long else None), False
        self._known = len(value.head) if is_long else 0
        text = _cut(as_text(value), LONGEST)
        before = self.toPlainText()
        if text == before:
            return
        bar = self.verticalScrollBar()
        at_end, place = bar.value() >= bar.maximum() - 2, bar.value()
        self.setPlainText(text)
        if before and text.startswith(before):
            bar.setValue(bar.maximum() if at_end else place)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, and a caret behind what is still being written."""
        super().paintEvent(event)
        if self.is_growing:
            end = QTextCursor(self.document())
            end.movePosition(QTextCursor.MoveOperation.End)
            place = self.cursorRect(end)
            painter = QPainter(self.viewport())
            bar = QRect(place.x() + 1, place.y() + 1, CARET, place.height() - 2)
            painter.fillRect(bar, QColor(current().running))
            painter.end()

    def _scrolled(self, value: int) -> None:
        bar, large = self.verticalScrollBar(), self._large
        near = value >= bar.maximum() - 2 * bar.pageStep()
        if large is None or not near or self._is_loading or self._load is None:
            return
        if self._known < min(large.size, LONGEST):
            self._is_loading = True
            self._load(large.place, self._known, PIECE, lambda page: self._add(large, page))

    def _add(self, large: Large, page: Page) -> None:
        """A piece of a long text is there."""
        if large is not self._large or page.start != self._known or not page.values:
            return
        self._is_loading = False
        self._known += len(page.values[0])
        end = QTextCursor(self.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        end.insertText(page.values[0])


class FormattedView(QTextBrowser):
    """Markdown, formatted. Nothing is loaded from anywhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Result, formatted")
        self.anchorClicked.connect(_open)
        self.document().setDocumentMargin(12)

    def show_value(self, value: Any) -> None:
        """Show a text, from its beginning."""
        self.document().setMarkdown(
            _cut(as_text(value), LONGEST_MARKDOWN),
            QTextDocument.MarkdownFeature.MarkdownDialectGitHub
            | QTextDocument.MarkdownFeature.MarkdownNoHTML,
        )
        self._space_out()

    def _space_out(self) -> None:
        """Room between paragraphs, which Markdown leaves to whoever shows it."""
        cursor = QTextCursor(self.document())
        block = self.document().begin()
        while block.isValid():
            if cursor.currentTable() is None:
                room = block.blockFormat()
                room.setBottomMargin(3 if block.textList() is not None else 8)
                cursor.setBlockFormat(room)
            block = block.next()
            cursor.setPosition(block.position() if block.isValid() else 0)
        rule_tables(self.document())
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        rule_tables(self.document())

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: ARG002 - Qt's
        """Neither a file nor the network."""
        return ""


class ChangesView(QPlainTextEdit):
    """A comparison, its lines coloured by what became of them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("mono", True)
        self.setProperty("bare", True)
        self.setAccessibleName("What is different")
        self._colours = _Colours(self.document())

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show a comparison."""
        self.setPlainText("\n".join(f"{line.sign} {line.text}" for line in lines))

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._colours.restyle()


class _Colours(QSyntaxHighlighter):
    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats = _formats()

    def restyle(self) -> None:
        self._formats = _formats()
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if (wanted := self._formats.get(text[:1])) is not None:
            self.setFormat(0, len(text), wanted)


def _formats() -> dict[str, QTextCharFormat]:
    t = current()
    return {
        "+": _format(t.text, mixed(t.panel, t.done, 0.22)),
        "-": _format(t.text, mixed(t.panel, t.failed, 0.22)),
        "~": _format(t.text, mixed(t.panel, t.warning, 0.18)),
        "@": _format(t.muted, ""),
    }


def _format(ink: str, ground: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(ink))
    if ground:
        made.setBackground(QColor(ground))
    return made


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return f"{text[:longest]}\n… {len(text) - longest:,} more characters; save it to see all."


def _open(link: QUrl) -> None:
    if link.scheme() in ("http", "https", "mailto"):
        QDesktopServices.openUrl(link)
