"""The page before a flow from elsewhere: what it wants to touch, and whether it may."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.editor.want_list import WantList
from app.icons import icon
from app.safety.wants import wants
from app.studio import Studio
from app.theme import current
from app.workbench import Workbench

WIDEST = 680
AROUND = 24
ROOMY = 420
"""Pixels of width from which on the buttons stand beside each other."""
FROM_ELSEWHERE = ("This flow comes from elsewhere", "Opening it has run nothing.")
PLANNED = ("A model planned this flow", "Drawing it has run nothing.")
WHAT = (
    "Once you let it run it can do what is listed here, and nothing else. Choose a block to see "
    "it on the canvas."
)


class Quarantine(QWidget):
    """Covers the page of a flow that may not run yet, until it may or is only looked at."""

    def __init__(self, workbench: Workbench, studio: Studio, over: QWidget) -> None:
        super().__init__(over)
        self._bench = workbench
        self._studio = studio
        self._over = over
        self.setObjectName("quarantine")
        self.setAccessibleName("What the flow wants to touch")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._list = WantList(workbench, self)
        self._list.chosen.connect(self.look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(AROUND, AROUND, AROUND, AROUND)
        outer.addStretch(1)
        outer.addWidget(self._card(), 8, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(4)  # room for notices at the foot
        over.installEventFilter(self)
        workbench.trust_changed.connect(self.refresh)
        studio.theme.changed.connect(self._restyle)
        self._restyle()
        self.refresh()

    def refresh(self) -> None:
        """Show what the flow wants, unless it may have it."""
        if self._bench.is_trusted:
            self.hide()
            return
        title, about = PLANNED if self._bench.is_planned else FROM_ELSEWHERE
        self._title.setText(title)
        self._about.setText(f"{about} {WHAT}")
        self._list.show_wants(wants(self._bench.document.flow, self._studio.catalog))
        self._place()
        self.show()
        self.raise_()

    def look(self) -> None:
        """Uncover the flow; it still may not run."""
        self.hide()
        self._over.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the page whatever its size."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.setGeometry(self._over.rect())
        width = max(280, min(WIDEST, self._over.width() - 2 * AROUND))
        self._box.setFixedWidth(width)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.BottomToTop
        self._row.setDirection(across if width >= ROOMY else down)

    def _card(self) -> QFrame:
        self._box = card = QFrame(self)
        card.setProperty("card", True)
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(28, 24, 28, 22)
        layout.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(14)
        self._shield = QLabel(card)
        head.addWidget(self._shield)
        self._title, self._about = _words("", card, role="title"), _words("", card)
        head.addWidget(self._title, 1)
        layout.addLayout(head)
        layout.addWidget(self._about)
        layout.addWidget(self._list, 1)
        layout.addWidget(_words(
            "Your answer is remembered for this flow as it is now. If its file is changed by "
            "someone else, you are asked again.", card, role="small"))  # fmt: skip
        layout.addLayout(self._buttons(card))
        return card

    def _buttons(self, parent: QWidget) -> QHBoxLayout:
        self._row = row = QHBoxLayout()
        row.setSpacing(8)
        close = QPushButton("Close it", parent)
        close.clicked.connect(lambda: self._studio.close_wanted.emit(self._bench))
        look = QPushButton("Only look at it", parent)
        look.clicked.connect(self.look)
        self.allow = QPushButton("Let it run", parent)
        self.allow.setProperty("primary", True)
        self.allow.clicked.connect(lambda: self._bench.trust())
        row.addWidget(close)
        row.addStretch(1)
        row.addWidget(look)
        row.addWidget(self.allow)
        return row

    def _restyle(self) -> None:
        shield = icon("mdi6.shield-alert-outline", current().warning)
        self._shield.setPixmap(shield.pixmap(30, 30))
        self.setStyleSheet(f"#quarantine {{ background: {current().canvas}; }}")


class OnlyLooking(QFrame):
    """The bar above a flow that is looked at and may not run."""

    def __init__(self, workbench: Workbench, quarantine: Quarantine, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = workbench
        self.setProperty("banner", "warning")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 10, 6)
        row.setSpacing(8)
        row.addWidget(
            _words(
                "You are only looking: this flow can't be run or changed until you let it.", self
            ),
            1,
        )
        review = QPushButton("See what it wants", self)
        review.clicked.connect(quarantine.refresh)
        allow = QPushButton("Let it run", self)
        allow.clicked.connect(lambda: workbench.trust())
        row.addWidget(review)
        row.addWidget(allow)
        workbench.trust_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self.setVisible(not self._bench.is_trusted)


def _words(text: str, parent: QWidget, *, role: str = "") -> QLabel:
    label = QLabel(text, parent)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label
