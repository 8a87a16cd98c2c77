"""A model to ask: one of those that are known, or any by its name."""

from functools import cache
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from agents.llm.catalogue import BadCatalogue, Catalogue
from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from app.presenters.model_choices import ModelChoice, model_choices
from app.theme import RESOURCES, current
from graph.spec import Parameter

NOTE = int(Qt.ItemDataRole.UserRole)
WIDEST = 460
"""Pixels of the list, which says more than the field has room for."""
DEFAULT = "Default model"


class ModelField(Field):
    """A line with a list."""

    wheel_scrolls_form = True

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.box = QComboBox(self)
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setItemDelegate(_Described(self.box))
        self.box.view().setMinimumWidth(WIDEST)
        spec = around.spec
        embeds = spec is not None and spec.kind == "ai.embed"
        for choice in choices("embed" if embeds else "chat"):
            self.box.addItem(choice.reference)
            self.box.setItemData(self.box.count() - 1, choice.note, NOTE)
        line = self.box.lineEdit()
        assert line is not None
        self.line = line
        self.line.setPlaceholderText(DEFAULT)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box, 1)
        self.attend(self.box, self.line)
        self.line.textEdited.connect(self._edited)
        self.box.activated.connect(lambda _: self._chosen())
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        return isinstance(value, str) and "\n" not in value

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        text = "" if value is UNSET else str(value)
        if text != self.line.text():
            self.box.setEditText(text)

    def _edited(self, text: str) -> None:
        self.become(text.strip() or UNSET)

    def _chosen(self) -> None:
        self._edited(self.box.currentText())
        self.left.emit()


class _Described(QStyledItemDelegate):
    """What is known of a model stands behind its name."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:  # fmt: skip
        super().paint(painter, option, index)
        painter.save()
        painter.setPen(QColor(current().muted))
        place = option.rect.adjusted(0, 0, -10, 0)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(side), str(index.data(NOTE) or ""))
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return super().sizeHint(option, index).expandedTo(QSize(0, 26))


@cache
def choices(ability: str) -> list[ModelChoice]:
    """What there is to choose from, of the models that come along."""
    try:
        return model_choices(Catalogue.at(RESOURCES / "models.json"), (ability,))
    except BadCatalogue:
        return model_choices(())
