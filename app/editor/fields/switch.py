"""Yes or no."""

from typing import Any

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from app.theme import current
from graph.spec import Parameter

WIDTH, HEIGHT = 34, 20


class Switch(QCheckBox):
    """A check box that looks like a switch."""

    def sizeHint(self) -> QSize:
        return QSize(WIDTH + 4, HEIGHT + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _: QPaintEvent) -> None:
        """A track with a knob, ringed while it has the keyboard."""
        t, on = current(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(2, (self.height() - HEIGHT) / 2, WIDTH, HEIGHT)
        if self.hasFocus():
            painter.setPen(QPen(QColor(t.accent), 1.5))
            painter.drawRoundedRect(track.adjusted(-1, -1, 1, 1), HEIGHT / 2 + 1, HEIGHT / 2 + 1)
        painter.setPen(QPen(QColor(t.accent if on else t.strong_line), 1))
        painter.setBrush(QColor(t.accent if on else t.pressed))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), HEIGHT / 2, HEIGHT / 2)
        knob = HEIGHT - 8
        left = track.right() - knob - 4 if on else track.left() + 4
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.on_accent if on else t.text))
        painter.drawEllipse(QRectF(left, track.top() + 4, knob, knob))


class SwitchField(Field):
    """A switch."""

    inline = True

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.switch = Switch(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.switch)
        self.attend(self.switch)
        self.switch.clicked.connect(lambda: self._clicked(self.switch.isChecked()))
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        return isinstance(value, bool)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        self.switch.setChecked(self.shown is True)

    def _clicked(self, on: bool) -> None:
        self.become(UNSET if on is self.default else on)
