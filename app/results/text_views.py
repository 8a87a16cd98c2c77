"""A value as text: plain, formatted Markdown, or as what changed in it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextBrowser, QWidget

from app.presenters.comparing import Line
from app.presenters.tables import as_text
from app.text_tables import rule_tables
from app.theme import current, mixed

LONGEST = 2_000_000
LONGEST_MARKDOWN = 300_000


class PlainView(QPlainTextEdit):
    """Text as it is; the rest as JSON."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("mono", True)
        self.setProperty("bare", True)
        self.setAccessibleName("Result as text")

    def show_value(self, value: Any) -> None:
        """Show a value, staying where one was in it when it has only grown."""
        text = _cut(as_text(value), LONGEST)
        before = self.toPlainText()
        if text == before:
            return
        bar = self.verticalScrollBar()
        at_end, place = bar.value() >= bar.maximum() - 2, bar.value()
        self.setPlainText(text)
        if before and text.startswith(before):
            bar.setValue(bar.maximum() if at_end else place)


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
        self.setAccessibleName("What changed since the last run")
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
