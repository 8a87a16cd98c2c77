"""The welcome page: begin with a template, go on with a recent flow, or start empty."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QIcon, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.controls import heading
from app.icons import icon, mark
from app.presenters.templates import Card, Section, cards, sections
from app.studio import Studio
from app.theme import current
from app.welcome import recent_row, template_card
from app.welcome.card_grid import CardGrid
from app.welcome.recent_row import RecentRow
from app.welcome.template_card import TemplateCard

WIDEST = 1100
MOST_RECENT = 6
SENTENCE = "Draw a flow, watch it run, and ship the same file."


class Welcome(QScrollArea):
    """The page that is there before any flow is."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._cards: list[Card] = []
        self.setAccessibleName("Welcome")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._buttons: list[tuple[QPushButton, str, str]] = []
        page = QWidget(self)
        self._recent_title = _heading("Go on with", page)
        self._recent = CardGrid(recent_row.LEAST, page)
        self._templates = QWidget(page)
        self._sections = QVBoxLayout(self._templates)
        self._sections.setContentsMargins(0, 0, 0, 0)
        self._sections.setSpacing(8)
        self._fill(page)
        self.setWidget(page)
        studio.preferences.recent_changed.connect(self._show_recent)
        studio.theme.changed.connect(self._restyle)
        self._show_recent()
        self._restyle()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the templates once the page has been seen; look again for recent flows."""
        super().showEvent(event)
        self._show_recent()
        QTimer.singleShot(0, self, self._show_templates)

    def _fill(self, page: QWidget) -> None:
        column = QVBoxLayout()
        column.setSpacing(12)
        column.setContentsMargins(24, 40, 24, 32)
        column.addLayout(self._head(page))
        column.addSpacing(20)
        for widget in (self._recent_title, self._recent):
            column.addWidget(widget)
        column.addSpacing(12)
        column.addWidget(_heading("Start from a template", page))
        column.addWidget(self._templates)
        column.addStretch(1)
        middle = QWidget(page)
        middle.setMaximumWidth(WIDEST)
        middle.setLayout(column)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(middle, 1000)
        row.addStretch(1)

    def _head(self, page: QWidget) -> QHBoxLayout:
        self._mark = QLabel(page)
        name, sentence = QLabel("Heddle", page), QLabel(SENTENCE, page)
        name.setProperty("role", "display")
        sentence.setProperty("role", "muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(name)
        words.addWidget(sentence)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self._mark)
        head.addLayout(words, 1)
        actions = self._studio.actions
        head.addWidget(self._button(actions["file.plan"], "mdi6.creation-outline", page))
        head.addWidget(self._button(actions["file.open"], "mdi6.folder-open-outline", page))
        head.addWidget(self._button(actions["file.new"], "mdi6.plus", page, main=True))
        return head

    def _button(
        self, action: QAction, sign: str, page: QWidget, *, main: bool = False
    ) -> QPushButton:
        button = QPushButton(action.text(), page)
        button.setProperty("primary", main)
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)
        self._buttons.append((button, sign, "on_accent" if main else "text"))
        return button

    def _show_recent(self) -> None:
        now = datetime.now().astimezone()
        rows: list[QWidget] = []
        for path in self._studio.preferences.recent()[:MOST_RECENT]:
            row = RecentRow(path, now, self._recent)
            row.clicked.connect(lambda _=False, at=path: self._studio.open_wanted.emit(at))
            row.removed.connect(lambda at=path: self._forget(at))
            rows.append(row)
        self._recent.fill(rows)
        self._recent.setVisible(bool(rows))
        self._recent_title.setVisible(bool(rows))

    def _forget(self, path: Path) -> None:
        QTimer.singleShot(0, self, lambda: self._studio.preferences.forget(path))

    def _show_templates(self) -> None:
        found = list(cards(self._studio.shelf.templates()))
        if found == self._cards:
            return
        self._cards = found
        while (item := self._sections.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for section in sections(found):
            self._show_section(section)

    def _show_section(self, section: Section) -> None:
        """The cards of one category."""
        title = heading(self._templates, section.title)
        grid = CardGrid(template_card.LEAST, self._templates)
        shown: list[QWidget] = []
        for card in section.cards:
            made = TemplateCard(card, grid)
            made.clicked.connect(lambda _=False, at=card.path: self._begin(at))
            shown.append(made)
        grid.fill(shown)
        self._sections.addWidget(title)
        self._sections.addWidget(grid)

    def _begin(self, path: Path) -> None:
        self._studio.template_wanted.emit(path)

    def _restyle(self) -> None:
        self._mark.setPixmap(mark().pixmap(44, 44))
        for button, sign, colour in self._buttons:
            made: QIcon = icon(sign, getattr(current(), colour))
            button.setIcon(made)
        self._show_recent()
        self.viewport().update()


def _heading(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setProperty("role", "heading")
    return label
