"""Widgets in a row that goes on in further lines where there is no room."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

GROWS = (QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)


class Wrapping(QLayout):
    """Those that may grow share what is left of their line; none is wider than there is room."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(6)
        for widget in widgets:
            self.addWidget(widget)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        """All in one line."""
        hints = [_wanted(item) for item in self._shown()]
        gaps = self.spacing() * max(0, len(hints) - 1)
        high = max((hint.height() for hint in hints), default=0)
        return self._with_margins(QSize(sum(hint.width() for hint in hints) + gaps, high))

    def minimumSize(self) -> QSize:
        least = QSize()
        for item in self._shown():
            least = least.expandedTo(item.minimumSize())
        return self._with_margins(least)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _with_margins(self, size: QSize) -> QSize:
        return size.grownBy(self.contentsMargins())

    def _place(self, rect: QRect, *, move: bool) -> int:
        """How high all lines are; `move` has the widgets take their places in them."""
        inner = rect.marginsRemoved(self.contentsMargins())
        top = inner.top()
        for line in self._lines(inner.width()):
            if top > inner.top():
                top += self.spacing()
            high = max(item.sizeHint().height() for item, _ in line)
            if move:
                self._put(line, QPoint(inner.left(), top), inner.width(), high)
            top += high
        return top - rect.top() + self.contentsMargins().bottom()

    def _lines(self, room: int) -> list[list[tuple[QLayoutItem, int]]]:
        """What stands in each line, each with its width."""
        lines = list[list[tuple[QLayoutItem, int]]]()
        used = room + 1
        for item in self._shown():
            width = min(_wanted(item).width(), room)
            if used + self.spacing() + width > room:
                lines.append([])
                used = -self.spacing()
            lines[-1].append((item, width))
            used += self.spacing() + width
        return lines

    def _put(self, line: list[tuple[QLayoutItem, int]], at: QPoint, room: int, high: int) -> None:
        spare = room - sum(width for _, width in line) - self.spacing() * (len(line) - 1)
        growing = sum(_grows(item) for item, _ in line)
        x = at.x()
        for item, least in line:
            width = least + spare // growing if _grows(item) else least
            own = min(item.sizeHint().height(), high)
            item.setGeometry(QRect(x, at.y() + (high - own) // 2, width, own))
            x += width + self.spacing()


def _wanted(item: QLayoutItem) -> QSize:
    widget = item.widget()  # asked itself, since its item knows no hint of what may be cut short
    hint = widget.sizeHint() if widget is not None else item.sizeHint()
    return hint.expandedTo(item.minimumSize()).boundedTo(item.maximumSize())


def _grows(item: QLayoutItem) -> bool:
    widget = item.widget()
    return widget is not None and widget.sizePolicy().horizontalPolicy() in GROWS
