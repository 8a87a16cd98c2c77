"""The form in which a template is named, described and given a sample input."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from app.dialogs.input_fields import InputFields, scrolling
from app.dialogs.sheet import Sheet
from app.icons import icon
from app.presenters.input_form import NoValue, asked
from app.workbench import Workbench
from graph.compile.ports import interface
from graph.flow import Flow
from runtime.library.about import ICON, OWN, About

TALLEST = 170
ICONS = (
    ICON, "mdi6.star-outline", "mdi6.robot-outline", "mdi6.web", "mdi6.database-outline",
    "mdi6.table", "mdi6.file-document-outline", "mdi6.email-outline", "mdi6.chart-line",
    "mdi6.bell-outline", "mdi6.calendar-clock", "mdi6.shield-half-full", "mdi6.sync",
    "mdi6.account-group-outline", "mdi6.cart-outline", "mdi6.github",
)  # fmt: skip

Keep = Callable[[Flow, About], object]


class TemplateSheet(Sheet):
    """`keep` is called with the flow under its new name, and what is said of it."""

    def __init__(
        self, parent: QWidget, title: str, bench: Workbench, about: About,
        categories: Sequence[str], keep: Keep,
    ) -> None:  # fmt: skip
        super().__init__(parent, title, width=540)
        self._bench, self._about, self._keep = bench, about, keep
        flow = bench.document.flow
        self.name = QLineEdit(flow.name, self)
        self.name.setAccessibleName("Name")
        self.name.textChanged.connect(lambda _: self._offer())
        self.category = self._categories(about.category or OWN, categories)
        self.icon = self._icons(about.icon or ICON)
        self.description = self._text(flow.description, "What it does, in a sentence or two", 62)
        self.description.setAccessibleName("Description")
        self.use = self._text(about.use, "What to press, and what to change to make it yours", 62)
        self.use.setAccessibleName("How to use it")
        self._fields = self._sample(flow, about.inputs)
        self._lay_out()
        self._wrong = self.say("")
        self._wrong.setProperty("role", "error")
        self._wrong.hide()
        self.button("Cancel")
        self._save = self.button("Save", self._apply, main=True, closes=False)
        self._offer()
        self.name.setFocus()
        self.name.selectAll()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        form.addRow("Name", self.name)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.category, 1)
        row.addWidget(self.icon)
        form.addRow("Category", row)
        form.addRow("Description", self.description)
        form.addRow("How to use it", self.use)
        self.body.addLayout(form)
        if self._fields is not None:
            heading = QLabel("Sample input", self)
            heading.setProperty("role", "heading")
            self.body.addWidget(heading)
            self.say("What the flow is run with at first. It is kept as it stands here, so put no "
                     "passwords into it.", small=True)  # fmt: skip
            self.body.addWidget(scrolling(self._fields, TALLEST, self))

    def _categories(self, chosen: str, categories: Sequence[str]) -> QComboBox:
        box = QComboBox(self)
        box.setEditable(True)
        box.setAccessibleName("Category")
        box.addItems(list(dict.fromkeys((OWN, *categories))))
        box.setCurrentText(chosen)
        return box

    def _icons(self, chosen: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName("Icon")
        box.setToolTip("The icon of the template")
        box.setIconSize(QSize(18, 18))
        for name in dict.fromkeys((*ICONS, chosen)):
            spoken = name.partition(".")[2].replace("-outline", "").replace("-", " ")
            box.addItem(icon(name), spoken.capitalize(), name)
        box.setCurrentIndex(box.findData(chosen))
        return box

    def _text(self, text: str, hint: str, height: int) -> QPlainTextEdit:
        field = QPlainTextEdit(text, self)
        field.setPlaceholderText(hint)
        field.setTabChangesFocus(True)
        field.setFixedHeight(height)
        return field

    def _sample(self, flow: Flow, inputs: Mapping[str, Any]) -> InputFields | None:
        """Fields for a sample, none of which must be filled in."""
        form = [
            msgspec.structs.replace(
                one, parameter=msgspec.structs.replace(one.parameter, default=None)
            )
            for one in asked(flow, interface(flow)[0], inputs)
        ]
        return InputFields(self._bench, form, self) if form else None

    def _offer(self) -> None:
        self._save.setEnabled(bool(self.name.text().strip()))

    def _apply(self) -> None:
        try:
            inputs = dict(self._fields.given()) if self._fields else {}
        except NoValue as error:
            self._wrong.setText(str(error))
            self._wrong.show()
            return
        category = self.category.currentText().strip()[:60]
        about = msgspec.structs.replace(
            self._about,
            category="" if category == OWN else category,
            icon="" if self.icon.currentData() == ICON else self.icon.currentData(),
            use=self.use.toPlainText().strip()[:4000],
            inputs=inputs,
        )
        flow = msgspec.structs.replace(
            self._bench.document.flow,
            name=self.name.text().strip(),
            description=self.description.toPlainText().strip(),
        )
        self.accept()
        self._keep(flow, about)
