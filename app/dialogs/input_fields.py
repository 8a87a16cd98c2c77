"""One field for each input of a flow: what they hold, and why that won't do."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.editor.fields.field import Field
from app.editor.fields.making import make_field
from app.editor.fields.surroundings import Surroundings
from app.presenters.input_form import Asked, NoValue, values_of
from app.workbench import Workbench
from graph.spec import Parameter

Given = Mapping[str, Any]


class InputFields(QWidget):
    """The fields among each other, as tall as they are."""

    def __init__(self, workbench: Workbench, form: Sequence[Asked], parent: QWidget) -> None:
        super().__init__(parent)
        self._refused: dict[str, str] = {}
        self._wrong: dict[str, QLabel] = {}
        self._around = [_Around(workbench, one.block, self) for one in form]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(4)
        self._fields = [
            (one, self._add(layout, one, around))
            for one, around in zip(form, self._around, strict=True)
        ]
        layout.addStretch(1)

    @property
    def first(self) -> Field | None:
        """The uppermost field."""
        return next((field for _, field in self._fields), None)

    def field(self, name: str) -> Field:
        """The field of an input."""
        return next(field for one, field in self._fields if one.name == name)

    def given(self) -> Given:
        """What stands in the fields. Raises NoValue."""
        for one, _ in self._fields:
            if why := self._refused.get(one.name):
                raise NoValue(f"{one.title}: {why}", one.name)
        return values_of([(one, field.value) for one, field in self._fields])

    def blame(self, wrong: Mapping[str, str]) -> Field | None:
        """Say at fields why what they hold won't do, and at no others; gives the first of them."""
        for name, said in self._wrong.items():
            why = wrong.get(name, "")
            said.setText(why)
            said.setVisible(bool(why))
            self.field(name).describe(why, wrong=bool(why))
        return next((field for one, field in self._fields if one.name in wrong), None)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        for around in self._around:
            around.theme_changed.emit()

    def _add(self, layout: QVBoxLayout, one: Asked, around: Surroundings) -> Field:
        field = make_field(one.parameter, around, self, one.value)
        field.refused.connect(lambda why: self._refused.update({one.name: why}))
        label = QLabel(one.title + (" *" if one.parameter.required else ""), self)
        label.setBuddy(field)
        row = QHBoxLayout() if field.inline else QVBoxLayout()
        row.setSpacing(4)
        row.addWidget(label, 1)
        row.addWidget(field)
        layout.addLayout(row)
        if one.parameter.description:
            about = QLabel(one.parameter.description, self)
            about.setProperty("role", "small")
            about.setWordWrap(True)
            layout.addWidget(about)
        wrong = self._wrong[one.name] = QLabel(self)
        wrong.setProperty("role", "error")
        wrong.setTextFormat(Qt.TextFormat.PlainText)
        wrong.setWordWrap(True)
        wrong.hide()
        layout.addWidget(wrong)
        layout.addSpacing(12)
        return field


def scrolling(fields: QWidget, tallest: int, parent: QWidget) -> QWidget:
    """The fields, in a view that scrolls once they are taller than that."""
    if fields.sizeHint().height() <= tallest:
        return fields
    scroll = QScrollArea(parent)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidget(fields)
    scroll.setMinimumHeight(tallest)
    return scroll


class _Around(Surroundings):
    """What is asked for stands by itself: the block isn't where the person looks."""

    def name_of(self, parameter: Parameter) -> str:
        return parameter.name
