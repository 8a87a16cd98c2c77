"""A model to ask: one of those that are connected or known, or any by its name."""

from functools import cache

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    QSize,
    QStringListModel,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from agents.llm.catalogue import BadCatalogue, Catalogue, Known
from app.editor.fields.listed import ListedField
from app.editor.fields.surroundings import Surroundings
from app.known_connections import KnownConnections
from app.presenters.model_choices import ModelChoice, model_choices, to_ask
from app.theme import RESOURCES, current
from graph.spec import Parameter

NOTE = int(Qt.ItemDataRole.UserRole)
WIDEST = 520
"""Pixels of the list, which says more than the field has room for."""
GAP = 28
"""Pixels that a name takes beside its letters, up to what is said of it."""
DEFAULT = "Default model"


class ModelField(ListedField):
    """The reference of a model."""

    box: "ModelBox"

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        spec = around.spec
        ability = "embed" if spec is not None and spec.kind == "ai.embed" else "chat"
        box = ModelBox(around.workbench.connections, ability, self)
        self.lets_choose(box, box.line)


class ModelBox(QComboBox):
    """Offers the models that are connected and known, and takes any other by its name.

    Servers are asked which models they have when the list is opened; it grows with what is heard.
    """

    def __init__(self, known: KnownConnections | None, ability: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setItemDelegate(_Described(self))
        self.view().setMinimumWidth(WIDEST)
        self._known, self._ability = known, ability
        self.offered: list[ModelChoice] = []
        line = self.lineEdit()
        assert line is not None, "it can be typed into"
        self.line = line
        self.line.setPlaceholderText(DEFAULT)
        self._names = QStringListModel(self)
        self.setCompleter(self._completer())
        if known is not None:
            known.changed.connect(self.fill)
            known.served_changed.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Offer what is connected and known now; what stands in the line stays."""
        seen = self._known.seen if self._known else None
        served = self._known.served if self._known else {}
        connections = seen.connections if seen else ()
        offered = model_choices(catalogued(), connections, served, (self._ability,))
        if offered == self.offered:
            return
        self.offered = offered
        text, cursor = self.line.text(), self.line.cursorPosition()
        with QSignalBlocker(self), QSignalBlocker(self.line):
            self.setModel(_listed(offered, self))
            self._names.setStringList([one.reference for one in offered if one.reference])
            self.setCurrentIndex(-1)
            self.setEditText(text)
            self.line.setCursorPosition(cursor)
        if self.view().isVisible():
            super().showPopup()  # with room for what is in the list now

    def showPopup(self) -> None:
        """Ask what there is, and show what is known of it so far."""
        if self._known is not None and self._known.seen is not None:
            for name in to_ask(self._known.seen.connections):
                self._known.ask_models(name)
        super().showPopup()

    def _completer(self) -> QCompleter:
        """Completes to what can be chosen, never to a word on what can't."""
        completer = QCompleter(self._names, self)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        return completer


def _listed(choices: list[ModelChoice], parent: QWidget) -> QStandardItemModel:
    model = QStandardItemModel(parent)
    for choice in choices:
        item = QStandardItem(choice.reference or choice.note)
        if choice.reference:
            item.setData(choice.note, NOTE)
        else:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setToolTip(f"{choice.reference}  {choice.note}".strip())
        model.appendRow(item)
    return model


class _Described(QStyledItemDelegate):
    """What is known of a model stands behind its name."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:  # fmt: skip
        super().paint(painter, option, index)
        name, note = (str(index.data(role) or "") for role in (Qt.ItemDataRole.DisplayRole, NOTE))
        metrics = option.fontMetrics
        place = option.rect.adjusted(metrics.horizontalAdvance(name) + GAP, 0, -10, 0)
        painter.save()
        painter.setPen(QColor(current().muted))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        cut = metrics.elidedText(note, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(side), cut)
        painter.restore()

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """What is no choice is said more softly."""
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideRight
        if not index.flags() & Qt.ItemFlag.ItemIsEnabled:
            option.palette.setColor(QPalette.ColorRole.Text, QColor(current().muted))

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return super().sizeHint(option, index).expandedTo(QSize(0, 26))


@cache
def catalogued() -> tuple[Known, ...]:
    """The models that are known by those that come along."""
    try:
        return tuple(Catalogue.at(RESOURCES / "models.json"))
    except BadCatalogue:
        return ()
