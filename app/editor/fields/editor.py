"""A box for text over several lines: grows with it, numbers its lines, shows where problems are."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from app.editor.fields.highlighting import Highlighter
from app.theme import current, mono

INDENT = "    "
LINES = {0x2028: "\n", 0x2029: "\n"}
"""What Qt has between lines."""
PADDING = 4
FOR_A_LIST = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape)


class Mark(NamedTuple):
    """A place in the text with a problem, in lines and columns from 1."""

    line: int
    column: int
    end_column: int
    message: str


class Editor(QPlainTextEdit):
    """A plain text box. With a language it is one for code."""

    typed = Signal(str)
    """The text, after a person changed it."""

    def __init__(
        self, parent: QWidget, language: str = "", *, numbers: bool = False,
        least: int = 3, most: int = 14,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._least, self._most = least, most
        self._marks: tuple[Mark, ...] = ()
        self._showing = False
        self.language = language
        self.is_code = language in ("python", "json", "sql")
        self.yields: Callable[[], bool] = lambda: False
        """Whether a list is open, for which some keys are meant."""
        self.highlighter = Highlighter(self.document(), language)
        self._gutter = _Gutter(self) if numbers else None
        self._dress()
        self.setTabChangesFocus(not self.is_code)
        self.textChanged.connect(self._changed)
        self.blockCountChanged.connect(self._fit)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.horizontalScrollBar().rangeChanged.connect(self._fit)
        self.updateRequest.connect(self._scrolled)
        self._fit()

    @property
    def text(self) -> str:
        """What is written; unlike `toPlainText`, with no-break spaces as they are."""
        return self.document().toRawText().translate(LINES)

    def show_text(self, text: str) -> None:
        """Show a text, leaving cursor and scroll where they are as far as they can be."""
        if text == self.text:
            return
        at, scroll = self.textCursor().position(), self.verticalScrollBar().value()
        self._showing = True
        try:
            self.setPlainText(text)
        finally:
            self._showing = False
        cursor = self.textCursor()
        cursor.setPosition(min(at, len(self.text)))
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(scroll)

    def show_marks(self, marks: tuple[Mark, ...]) -> None:
        """Underline the problems."""
        if marks != self._marks:
            self._marks = marks
            self._underline()

    def restyle(self) -> None:
        """Draw anew in the colours of the theme."""
        self.highlighter.restyle()
        self._underline()
        if self._gutter:
            self._gutter.update()

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor at a line and column, from 1."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + min(max(0, column - 1), max(0, block.length() - 1)))
        self.setTextCursor(cursor)
        self.setFocus()

    def _changed(self) -> None:
        if not self._showing:
            self.typed.emit(self.text)

    def _dress(self) -> None:
        if self.is_code:
            self.setFont(mono(12))
            self.setProperty("mono", True)
            self.setTabStopDistance(self.fontMetrics().horizontalAdvance(INDENT))
            self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def _fit(self, *_: object) -> None:
        """As tall as the text, within bounds."""
        lines = int(self.document().documentLayout().documentSize().height())
        rows = min(max(lines, self._least), self._most)
        bar = self.horizontalScrollBar()
        room = bar.sizeHint().height() + 2 if bar.maximum() > bar.minimum() else PADDING
        extra = 2 * (self.frameWidth() + int(self.document().documentMargin())) + room
        height = rows * self.fontMetrics().lineSpacing() + extra
        if height != self.minimumHeight():
            self.setFixedHeight(height)
        if self._gutter:
            self.setViewportMargins(self._gutter.sizeHint().width(), 0, 0, 0)

    def _underline(self) -> None:
        selections = []
        for mark in self._marks:
            selection = QTextEdit.ExtraSelection()
            line = QTextCharFormat()
            line.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            line.setUnderlineColor(QColor(current().failed))
            selection.format = line
            selection.cursor = self._cursor_over(mark)
            selections.append(selection)
        self.setExtraSelections(selections)

    def _cursor_over(self, mark: Mark) -> QTextCursor:
        block = self.document().findBlockByNumber(mark.line - 1)
        cursor = QTextCursor(block)
        length = max(0, block.length() - 1)
        start = min(max(0, mark.column - 1), max(0, length - 1))
        end = min(max(start + 1, mark.end_column - 1), length)
        cursor.setPosition(block.position() + start)
        cursor.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def event(self, event: QEvent) -> bool:
        """A tooltip over an underlined place says what is wrong there."""
        if isinstance(event, QHelpEvent):
            at = self.cursorForPosition(self.viewport().mapFrom(self, event.pos()))
            line, column = at.blockNumber() + 1, at.positionInBlock() + 1
            here = [m for m in self._marks if m.line == line and m.column <= column <= m.end_column]
            QToolTip.showText(event.globalPos(), "\n".join(m.message for m in here), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Code is indented by Tab and Return; Escape lets Tab leave."""
        if event.key() in FOR_A_LIST and self.yields():
            event.ignore()
            return
        if not self.is_code or self.isReadOnly():
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Escape if not self.tabChangesFocus():
                self.setTabChangesFocus(True)  # a second Escape leaves
            case Qt.Key.Key_Escape:
                event.ignore()
            case Qt.Key.Key_Tab if not self.tabChangesFocus():
                self._indent()
            case Qt.Key.Key_Backtab if not self.tabChangesFocus():
                self._outdent()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.modifiers():
                self.textCursor().insertText("\n" + self._next_indent())
                self.ensureCursorVisible()
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tab indents again after it was let leave."""
        self.setTabChangesFocus(not self.is_code)
        super().focusInEvent(event)

    def _next_indent(self) -> str:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        indent = before[: len(before) - len(before.lstrip())]
        return indent + INDENT if before.rstrip().endswith((":", "{", "[", "(")) else indent

    def _indent(self) -> None:
        cursor = self.textCursor()
        if not cursor.hasSelection():
            cursor.insertText(" " * (len(INDENT) - cursor.positionInBlock() % len(INDENT)))
            return
        self._each_line(lambda line: line.insertText(INDENT))

    def _outdent(self) -> None:
        def take(line: QTextCursor) -> None:
            text = line.block().text()
            for _ in range(min(len(INDENT), len(text) - len(text.lstrip(" ")))):
                line.deleteChar()

        self._each_line(take)

    def _each_line(self, do: Callable[[QTextCursor], object]) -> None:
        cursor = self.textCursor()
        first = self.document().findBlock(cursor.selectionStart()).blockNumber()
        last = self.document().findBlock(cursor.selectionEnd()).blockNumber()
        cursor.beginEditBlock()
        for number in range(first, last + 1):
            do(QTextCursor(self.document().findBlockByNumber(number)))
        cursor.endEditBlock()

    # The gutter.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._gutter:
            inside = self.contentsRect()
            width = self._gutter.sizeHint().width()
            self._gutter.setGeometry(QRect(inside.left(), inside.top(), width, inside.height()))
        self._fit()

    def _scrolled(self, _: QRect, by: int) -> None:
        if self._gutter:
            self._gutter.scroll(0, by) if by else self._gutter.update()

    def paint_gutter(self, gutter: QWidget, event: QPaintEvent) -> None:
        """Draw the numbers of the lines in view."""
        t, painter = current(), QPainter(gutter)
        painter.setFont(self.font())
        faulty = {mark.line for mark in self._marks}
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            number = block.blockNumber() + 1
            painter.setPen(QColor(t.failed if number in faulty else t.faint))
            place = QRect(0, int(top), gutter.width() - 8, self.fontMetrics().height())
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, str(number))
            block, top = block.next(), top + height
        painter.end()


class _Gutter(QWidget):
    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        digits = max(2, len(str(self._editor.blockCount())))
        return QSize(14 + digits * self._editor.fontMetrics().horizontalAdvance("9"), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_gutter(self, event)
