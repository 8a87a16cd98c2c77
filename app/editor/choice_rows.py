"""How a row of a list of choices looks: icon, title with what was found, one line of detail."""

from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.icons import icon
from app.theme import BODY, SMALL, current, font

ROW_HEIGHT = 44
ICON = 20
LEFT = 42
"""Where the texts begin."""


class Choice(NamedTuple):
    """One row: `spans` of the title are highlighted, `hint` stands at its right end.

    A row that is `over` is dimmed; an `urgent` detail has the colour of a warning.
    """

    title: str
    value: object
    detail: str = ""
    icon: str = ""
    hint: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    over: bool = False
    urgent: bool = False


class ChoiceRows(QStyledItemDelegate):
    """Paints what a `Choice` holds."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:  # fmt: skip
        choice: Choice = index.data(Qt.ItemDataRole.UserRole)
        row: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(current().selection))
            painter.drawRoundedRect(row.adjusted(0, 1, 0, -1), 6, 6)
        if choice.icon:
            spot = QRect(row.left() + 11, row.center().y() - ICON // 2 + 1, ICON, ICON)
            icon(choice.icon, current().muted if choice.over else "").paint(painter, spot)
        self._texts(painter, row, choice)
        painter.restore()

    def _texts(self, painter: QPainter, row: QRect, choice: Choice) -> None:
        detail, hint = choice.detail, choice.hint
        box = row.adjusted(LEFT if choice.icon else 12, 0, -10, 0)
        small = QFontMetrics(font(SMALL))
        if hint:
            painter.setFont(font(SMALL))
            painter.setPen(QColor(current().muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, hint)
            box.adjust(0, 0, -small.horizontalAdvance(hint) - 12, 0)
        upper = box.adjusted(0, 5, 0, -box.height() // 2) if detail else box
        colour = current().muted if choice.over else current().text
        _title(painter, upper, choice.title, choice.spans, colour)
        if detail:
            painter.setFont(font(SMALL))
            painter.setPen(QColor(current().warning if choice.urgent else current().muted))
            lower = box.adjusted(0, box.height() // 2, 0, -5)
            shown = small.elidedText(detail, Qt.TextElideMode.ElideRight, lower.width())
            painter.drawText(
                lower, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown
            )


def _title(
    painter: QPainter, box: QRect, title: str, spans: tuple[tuple[int, int], ...], colour: str
) -> None:
    """The title, the letters that were found in bold."""
    plain, bold = font(BODY), font(BODY, bold=True)
    x = box.left()
    for text, found in _pieces(title, spans):
        face = bold if found else plain
        width = QFontMetrics(face).horizontalAdvance(text)
        painter.setFont(face)
        painter.setPen(QColor(current().accent if found else colour))
        left = box.right() - x
        shown = (
            text
            if width <= left
            else QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, left)
        )
        painter.drawText(
            QRect(x, box.top(), width + 2, box.height()),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown,
        )  # fmt: skip
        x += width


def _pieces(title: str, spans: tuple[tuple[int, int], ...]) -> list[tuple[str, bool]]:
    pieces, at = list[tuple[str, bool]](), 0
    for start, end in spans:
        pieces += [(title[at:start], False), (title[start:end], True)]
        at = end
    return [piece for piece in (*pieces, (title[at:], False)) if piece[0]]
