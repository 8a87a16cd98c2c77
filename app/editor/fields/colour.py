"""A colour: one of a few, or any, as #rrggbb."""

import re
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QColorDialog, QToolButton, QWidget

from app.editor.fields.field import UNSET
from app.editor.fields.surroundings import Surroundings
from app.editor.fields.text import TextField
from app.theme import BLOCK_COLOURS, current
from graph.spec import Parameter

HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
SIZE = 18


class ColourField(TextField):
    """Dots to choose from, and the colour as it is written."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        self.dots: dict[str, QToolButton] = {}
        super().__init__(parameter, around, parent)
        self.line.setFixedWidth(106)
        self.line.setPlaceholderText(self.line.placeholderText() or "#rrggbb")
        for colour in filter(None, BLOCK_COLOURS):
            self.dots[colour] = self._dot(colour)
            self.row.addWidget(self.dots[colour])
        self.row.setSpacing(1)
        self.row.addStretch(1)
        self.line.addAction(
            self._action_icon(), self.line.ActionPosition.TrailingPosition
        ).triggered.connect(self.ask)
        self.show_value(UNSET)

    def _action_icon(self) -> QIcon:
        return dot(str(self.shown) if HEX.match(str(self.shown)) else "")

    def _dot(self, colour: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(dot(colour))
        button.setProperty("small", True)
        button.setFixedSize(23, 23)
        button.setCheckable(True)
        number = BLOCK_COLOURS.index(colour)
        button.setAccessibleName(f"Colour {number} for {self.around.name_of(self.parameter)}")
        button.setToolTip(colour)
        button.clicked.connect(lambda: self._choose(colour))
        return button

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        for colour, button in self.dots.items():
            button.setChecked(colour == self.shown)

    def pending(self) -> str:
        text = self.line.text().strip()
        return text if text and not HEX.match(text) else ""

    def show_pending(self, text: str) -> None:
        self.line.setText(text)
        self._edited(text)

    def ask(self) -> None:
        """Let a person mix one."""
        dialog = QColorDialog(QColor(str(self.shown)), self)
        dialog.colorSelected.connect(lambda colour: self._choose(colour.name()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _choose(self, colour: str) -> None:
        self.line.setText(colour)
        self._edited(colour)
        self.show_value(colour)
        self.left.emit()

    def _edited(self, text: str) -> None:
        plain = text.strip()
        if plain and not HEX.match(plain):
            self.refused.emit("Write a colour as #rrggbb, such as #4f82c4.")
        else:
            self.become(plain or UNSET)


def dot(colour: str) -> QIcon:
    """A dot of the colour; a ring for none."""
    pixmap = QPixmap(SIZE, SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(colour or current().muted))
    if colour:
        painter.setBrush(QColor(colour))
    painter.drawEllipse(2, 2, SIZE - 5, SIZE - 5)
    painter.end()
    return QIcon(pixmap)
