"""Titles and notes edited where they stand."""

from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from app.editor.canvas.canvas import Canvas
from app.editor.canvas.cards import HEAD, is_note
from app.editor.canvas.hits import FRAME_HEAD
from graph.edits import Rename, SetField, SetFrame

Done = Callable[[str], object]

LEAST_WIDTH, LEAST_HEIGHT = 160, 30


def rename(canvas: Canvas) -> None:
    """Edit the title of the one thing that is selected."""
    bench = canvas.workbench
    if bench.selected:
        id = min(bench.selected)
        (edit_note if is_note(bench.flow.blocks[id]) else edit_title)(canvas, id)
    elif bench.selected_frames:
        edit_frame(canvas, min(bench.selected_frames))


def edit_title(canvas: Canvas, id: str) -> None:
    """Edit what a block is called."""
    bench = canvas.workbench
    block, spec = bench.flow.blocks[id], bench.catalog.get(bench.flow.blocks[id].kind)
    own = spec.title if spec else block.kind
    rect = QRectF(canvas.shapes.rect(id))
    rect.setHeight(HEAD * 0.7)

    def done(text: str) -> None:
        bench.do(Rename(id, "" if text == own else text), label="Rename")

    _Line(canvas, rect, block.title or own, "Title of the block", done)


def edit_frame(canvas: Canvas, id: str) -> None:
    """Edit the title of a frame."""
    bench = canvas.workbench
    frame = bench.flow.view.frames[id]
    rect = QRectF(frame.x, frame.y, frame.width, FRAME_HEAD)

    def done(text: str) -> None:
        if (now := bench.flow.view.frames.get(id)) is not None:
            bench.do(SetFrame(id, replace(now, title=text)), label="Rename a frame")

    _Line(canvas, rect, frame.title, "Title of the frame", done)


def edit_note(canvas: Canvas, id: str) -> None:
    """Edit the text of a note."""
    text = str(canvas.workbench.flow.blocks[id].fields.get("text", ""))

    def done(new: str) -> None:
        canvas.workbench.do(SetField(id, "text", new), label="Write a note")

    _Note(canvas, canvas.shapes.rect(id), text, done)


class _Leaving(QObject):
    """Ends an editor: Escape throws away, leaving it or moving the view keeps."""

    def __init__(
        self,
        canvas: Canvas,
        editor: QLineEdit | QPlainTextEdit,
        read: Callable[[], str],
        done: Done,
    ) -> None:
        super().__init__(editor)
        self._canvas, self._editor = canvas, editor
        self._read, self._done, self._over = read, done, False
        self._before = read()
        editor.installEventFilter(self)
        canvas.moved_view.connect(self.keep)
        canvas.workbench.level_changed.connect(self.throw_away)

    def keep(self) -> None:
        """Take the text over."""
        if not self._over:
            self._go()
            if self._read() != self._before:
                self._done(self._read())

    def throw_away(self) -> None:
        """Leave everything as it was."""
        if not self._over:
            self._go()

    def _go(self) -> None:
        self._over = True
        had_focus = self._editor.hasFocus()
        self._editor.hide()
        self._editor.deleteLater()
        if had_focus:
            self._canvas.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape, Enter where a text has but one line, and losing the focus."""
        if event.type() == QEvent.Type.FocusOut:
            self.keep()
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            elif event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self.throw_away()
                return True
            elif event.type() == QEvent.Type.KeyPress and self._is_end(event):
                self.keep()
                return True
        return super().eventFilter(watched, event)

    def _is_end(self, event: QKeyEvent) -> bool:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        lone = isinstance(self._editor, QLineEdit)
        return lone or bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


class _Line(QLineEdit):
    def __init__(self, canvas: Canvas, rect: QRectF, text: str, name: str, done: Done) -> None:
        super().__init__(text, canvas.viewport())
        self.setAccessibleName(name)
        _lay_over(canvas, self, rect)
        self._leaving = _Leaving(canvas, self, lambda: self.text().strip(), done)
        self.show()
        self.setFocus()
        self.selectAll()


class _Note(QPlainTextEdit):
    def __init__(self, canvas: Canvas, rect: QRectF, text: str, done: Done) -> None:
        super().__init__(text, canvas.viewport())
        self.setAccessibleName("Text of the note")
        self.setPlaceholderText("Write a note. Markdown is understood.")
        self.setTabChangesFocus(True)
        _lay_over(canvas, self, rect.adjusted(0, 0, 0, 60))
        self._leaving = _Leaving(canvas, self, self.toPlainText, done)
        self.show()
        self.setFocus()


def _lay_over(canvas: Canvas, editor: QLineEdit | QPlainTextEdit, rect: QRectF) -> None:
    canvas.show_rect(rect)
    corner = canvas.to_view(rect.topLeft()).toPoint()
    width = max(LEAST_WIDTH, round(rect.width() * canvas.zoom))
    height = max(LEAST_HEIGHT, round(rect.height() * canvas.zoom))
    editor.setGeometry(corner.x(), corner.y(), width, height)
