"""The list of what can be written next, beside the cursor of an editor."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QCompleter, QListView

from app.editor.fields.editor import Editor
from app.presenters.completion import Completions

Ask = Callable[[str], Completions]
"""The completions for the text before the cursor."""


class Completer(QObject):
    """Offers completions while a person types, and at Ctrl+Space."""

    def __init__(self, editor: Editor, ask: Ask) -> None:
        super().__init__(editor)
        self._editor = editor
        self._ask = ask
        self._names = QStringListModel(self)
        self.list = QCompleter(self._names, self)
        self.list.setWidget(editor)
        self.list.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._view = QListView()
        self._view.setAccessibleName("What can be written here")
        self.list.setPopup(self._view)
        self.list.activated[str].connect(self.take)
        editor.typed.connect(lambda _: self.offer())
        editor.yields = self._view.isVisible
        editor.installEventFilter(self)

    def offer(self) -> None:
        """Show what can be written at the cursor; nothing when there is nothing to add."""
        begun, offers = self._ask(self._before())
        if not offers:
            self._view.hide()
            return
        self._names.setStringList(offers)
        self.list.setCompletionPrefix(begun)
        self._view.setCurrentIndex(self.list.completionModel().index(0, 0))
        place = self._editor.cursorRect()
        bar = self._view.verticalScrollBar().sizeHint().width()
        place.setWidth(max(160, self._view.sizeHintForColumn(0) + bar + 24))
        self.list.complete(place)

    def take(self, name: str) -> None:
        """Write the rest of a name."""
        begun, _ = self._ask(self._before())
        cursor = self._editor.textCursor()
        left, count = QTextCursor.MoveOperation.Left, len(begun)
        cursor.movePosition(left, QTextCursor.MoveMode.KeepAnchor, count)
        cursor.insertText(name)
        self._editor.setTextCursor(cursor)
        self._view.hide()

    def _before(self) -> str:
        return self._editor.text[: self._editor.textCursor().position()]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Space asks for the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
            if event.key() == Qt.Key.Key_Space and control:
                self.offer()
                return True
        return super().eventFilter(watched, event)
