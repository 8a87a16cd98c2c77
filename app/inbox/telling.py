"""Tells that somebody is asked: in the window, or on the desktop when it isn't in front."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSystemTrayIcon

from app.inbox.showing import show_inbox
from app.notices import Offer
from app.studio import Studio
from runtime.projections.inbox import Question

KEY = "inbox"


def install(studio: Studio) -> None:
    """Tell of questions as they come."""
    Telling(studio)


class Telling(QObject):
    """The sign on the desktop is there only as long as somebody is asked."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._tray: QSystemTrayIcon | None = None
        studio.inbox.came.connect(self.tell)
        studio.inbox.found.connect(self.remind)
        studio.closing.connect(self.close)
        studio.inbox.changed.connect(self._tidy)

    def tell(self, question: Question) -> None:
        """Say what is asked; a click brings up the inbox."""
        self._studio.dock_speaks.emit("inbox")
        text = f"{question.flow or 'A flow'} asks: {question.title}"
        self._studio.notices.tell(
            text, "info", Offer("Answer", self.show_inbox), key=KEY, stays=True
        )
        if not self._studio.window.isActiveWindow() and QSystemTrayIcon.isSystemTrayAvailable():
            tray = self._sign()
            tray.show()
            tray.showMessage(question.title, text, self._studio.window.windowIcon())

    def remind(self, questions: list[Question]) -> None:
        """Say what was asked before the studio was there."""
        self._studio.dock_speaks.emit("inbox")
        first = questions[0]
        text = f"{first.flow or 'A flow'} still asks: {first.title}"
        if len(questions) > 1:
            text = f"{len(questions):,} questions of runs still wait for an answer."
        offer = Offer("Answer", self.show_inbox)
        self._studio.notices.tell(text, "info", offer, key=KEY, stays=True)

    def show_inbox(self) -> None:
        """Bring the window to the front, and the inbox in it."""
        window = self._studio.window
        window.show()
        window.raise_()
        window.activateWindow()
        show_inbox(self._studio)

    def close(self) -> None:
        """Take the sign away."""
        if self._tray is not None:
            self._tray.hide()

    def _sign(self) -> QSystemTrayIcon:
        if self._tray is None:
            window = self._studio.window
            self._tray = QSystemTrayIcon(window.windowIcon(), window)
            self._tray.setToolTip("Heddle: a run waits for an answer")
            self._tray.messageClicked.connect(self.show_inbox)
            self._tray.activated.connect(lambda _: self.show_inbox())
        return self._tray

    def _tidy(self) -> None:
        if not self._studio.inbox.open:
            self._studio.notices.withdraw(KEY)
            self.close()
