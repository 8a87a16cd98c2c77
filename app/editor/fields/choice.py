"""One of a few values."""

from typing import Any

from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from app.editor.fields.field import UNSET, Field
from app.editor.fields.surroundings import Surroundings
from app.presenters.form import as_words
from graph.spec import Parameter

MOST_BESIDE = 4
WIDEST_BESIDE = 27
"""How many choices stand beside each other as buttons, each as wide as the longest, in letters."""


class ChoiceField(Field):
    """A choice from a list."""

    wheel_scrolls_form = True

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.box = QComboBox(self)
        self._values: list[Any] = list(parameter.type.choices)
        self.box.addItems([in_words(choice) for choice in self._values])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box, 1)
        self.attend(self.box)
        self.box.activated.connect(self._chosen)
        self.show_value(UNSET)

    @classmethod
    def shows(cls, value: Any) -> bool:
        """Whatever stands there: a choice that isn't one can still be changed."""
        return not isinstance(value, list | dict)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        shown = self.shown
        if shown is UNSET:
            self.box.setCurrentIndex(-1)
            self.box.setPlaceholderText("Choose…")
            return
        if shown not in self._values:
            self._values.append(shown)
            self.box.addItem(in_words(shown))
        self.box.setCurrentIndex(self._values.index(shown))

    def _chosen(self, index: int) -> None:
        value = self._values[index]
        self.become(UNSET if value == self.default else value)


class SegmentedField(Field):
    """A choice of very few short words, all of them in view."""

    def __init__(self, parameter: Parameter, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parameter, around, parent)
        self.setProperty("segmented", True)
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, choice in enumerate(parameter.type.choices):
            button = self._button(choice, number)
            row.addWidget(button, 1)
            self._group.addButton(button, number)
        self.attend(*self._group.buttons())
        self._group.idClicked.connect(self._chosen)
        self.show_value(UNSET)

    def _button(self, choice: Any, number: int) -> QPushButton:
        button = QPushButton(in_words(choice), self)
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        last = len(self.parameter.type.choices) - 1
        button.setProperty(
            "segment", "first" if not number else "last" if number == last else "mid"
        )
        button.setAccessibleName(f"{in_words(choice)}, {self.around.name_of(self.parameter)}")
        return button

    @classmethod
    def fits(cls, parameter: Parameter) -> bool:
        """Whether the choices of a parameter are few and short enough."""
        words = [in_words(choice) for choice in parameter.type.choices]
        return 2 <= len(words) <= MOST_BESIDE and len(words) * max(map(len, words)) <= WIDEST_BESIDE

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        shown = self.shown
        self._group.setExclusive(False)
        for number, choice in enumerate(self.parameter.type.choices):
            self._group.button(number).setChecked(choice == shown and shown is not UNSET)
        self._group.setExclusive(True)

    def _chosen(self, number: int) -> None:
        value = self.parameter.type.choices[number]
        self.become(UNSET if value == self.default else value)


def in_words(choice: Any) -> str:
    """A choice as a person reads it."""
    return as_words(choice) or "None" if isinstance(choice, str) else repr(choice)
