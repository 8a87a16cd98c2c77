"""A bare batch painter: lines and rectangles from numpy arrays, nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from shiboken6 import Shiboken

from tests.benchmarks.canvases import drawn
from tests.benchmarks.contenders.frames import HEIGHT, WIDTH, application, moving
from tests.benchmarks.lane import DoLap

CARD, PORT = (208.0, 106.0), (65.0, 87.0)


class Bare(QWidget):
    """Cards are plain rectangles and links straight lines, at every zoom."""

    def __init__(self, blocks: int) -> None:
        super().__init__()
        flow = drawn(blocks)
        self.rects = np.empty((blocks, 4))
        self.rects[:, :2], self.rects[:, 2:] = flow.places, CARD
        links = np.array(flow.links)
        sources, targets = self.rects[links[:, 0]], self.rects[links[:, 1]]
        self.lines = np.empty((len(links), 4))
        self.lines[:, 0], self.lines[:, 1] = sources[:, 0] + CARD[0], sources[:, 1] + PORT[0]
        self.lines[:, 2] = targets[:, 0]
        self.lines[:, 3] = targets[:, 1] + np.array(PORT)[links[:, 2]]
        self.corner, self.scale = QPointF(), 1.0
        self.back, self.face = QBrush(QColor("#13151a")), QBrush(QColor("#2a3a50"))
        self.pen = QPen(QColor("#5f6c7d"), 0)
        self.resize(WIDTH, HEIGHT)
        self.show()
        application().processEvents()

    def paintEvent(self, _: QPaintEvent) -> None:
        left, top = self.corner.x(), self.corner.y()
        right, bottom = left + WIDTH / self.scale, top + HEIGHT / self.scale
        x1, y1, x2, y2 = self.lines.T
        lines = np.ascontiguousarray(
            self.lines[
                (np.minimum(x1, x2) <= right) & (np.maximum(x1, x2) >= left)
                & (np.minimum(y1, y2) <= bottom) & (np.maximum(y1, y2) >= top)
            ]
        )  # fmt: skip
        x, y, width, height = self.rects.T
        rects = np.ascontiguousarray(
            self.rects[(x <= right) & (x + width >= left) & (y <= bottom) & (y + height >= top)]
        )
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.back)
        painter.scale(self.scale, self.scale)
        painter.translate(-self.corner)
        painter.setPen(self.pen)
        painter.drawLines(Shiboken.wrapInstance(lines.ctypes.data, QLineF), len(lines))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.face)
        painter.drawRects(Shiboken.wrapInstance(rects.ctypes.data, QRectF), len(rects))
        painter.end()

    def look(self, zoom: float) -> None:
        far = (self.rects[:, :2] + self.rects[:, 2:]).max(axis=0)
        fitting = min((WIDTH - 96) / far[0], (HEIGHT - 96) / far[1], 1.0)
        self.scale = zoom or max(0.05, float(fitting))
        self.corner = QPointF(*(far / 2)) - QPointF(WIDTH, HEIGHT) / (2 * self.scale)

    def pan(self, across: int, down: int) -> None:
        self.corner += QPointF(across, down) / self.scale

    def zoom(self, factor: float) -> None:
        middle = QPointF(WIDTH, HEIGHT) / 2
        centre = self.corner + middle / self.scale
        self.scale *= factor
        self.corner = centre - middle / self.scale

    def news(self, turn: int) -> None:
        """It has no states: a frame is a frame."""


@asynccontextmanager
async def bare(blocks: int, gesture: str, level: str, frames: int = 30) -> AsyncIterator[DoLap]:
    """Frames of a gesture."""
    application()
    yield moving(Bare(blocks), gesture, level, frames)
