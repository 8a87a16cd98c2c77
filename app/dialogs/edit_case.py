"""One test, to be changed: its name, what goes in, and what has to come of it."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.input_fields import InputFields, scrolling
from app.dialogs.sheet import Sheet
from app.editor.fields.json_field import in_json, read_json
from app.presenters.cases import WAYS, matcher_of
from app.presenters.input_form import NoValue, asked
from app.workbench import Workbench
from graph.compile.ports import interface
from runtime.flow_tests.case import Case, Failing, Matcher, Suite

TALLEST = 320
NOTHING = "may be anything"


class EditCase(Sheet):
    """Gives name and case to `put` once all of it makes sense."""

    def __init__(
        self, parent: QWidget, workbench: Workbench, suite: Suite, name: str,
        put: Callable[[str, Case], object],
    ) -> None:  # fmt: skip
        super().__init__(parent, "Edit test", width=640)
        self._workbench = workbench
        self._suite = suite
        self._old, self._case = name, suite.cases[name]
        self._put = put
        self.name = _line(self, "Name of the test", name)
        self.about = _line(self, "What it is for", self._case.about)
        head = QFormLayout()
        head.setHorizontalSpacing(14)
        head.setVerticalSpacing(8)
        head.addRow("Name", self.name)
        head.addRow("About", self.about)
        self.body.addLayout(head)
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self._make_inputs(), "Inputs")
        self.tabs.addTab(self._make_expectations(), "Expected")
        self.tabs.addTab(self._make_outside(), "The outside")
        self.body.addWidget(self.tabs, 1)
        self.wrong = self.say("")
        self.wrong.setProperty("role", "error")
        self.wrong.hide()
        self.button("Cancel")
        self.button("Save test", self._apply, main=True, closes=False)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self.inputs.restyle()

    # How it is made.

    def _make_inputs(self) -> QWidget:
        flow = self._workbench.document.flow
        form = asked(flow, interface(flow)[0], self._case.inputs)
        self.inputs = InputFields(self._workbench, form, self)
        return (
            _page(self, scrolling(self.inputs, TALLEST, self))
            if form
            else _page(self, _said(self, "The flow takes no inputs."))
        )

    def _make_expectations(self) -> QWidget:
        case = self._case
        flow = self._workbench.document.flow
        names = dict.fromkeys([*case.expect, *interface(flow)[1]])
        self.fails = QCheckBox("The run has to fail", self)
        self.fails.setChecked(case.fails is not None)
        failing = case.fails or Failing()
        self.type = _line(self, "Type of the failure", failing.type, "Any type")
        self.message = _line(self, "Words in its message", failing.message, "Any message")
        self.at = _line(self, "Block that fails", failing.at, "Any block")
        self.expected = {name: _Expected(name, case.expect.get(name), self) for name in names}
        self._outputs, self._failure = QWidget(self), QWidget(self)
        outputs = QVBoxLayout(self._outputs)
        outputs.setContentsMargins(0, 0, 8, 0)
        outputs.setSpacing(12)
        for row in self.expected.values():
            outputs.addWidget(row)
        if not names:
            outputs.addWidget(_said(self, "The flow has no outputs: it has to succeed."))
        failure = QFormLayout(self._failure)
        failure.setContentsMargins(0, 0, 0, 0)
        failure.setHorizontalSpacing(14)
        failure.setVerticalSpacing(10)
        for title, field in (
            ("Type", self.type),
            ("Message has", self.message),
            ("Block", self.at),
        ):
            failure.addRow(title, field)
        self.rules = QPlainTextEdit("\n".join(case.holds), self)
        self.rules.setProperty("mono", True)
        self.rules.setAccessibleName("Rules over inputs and outputs")
        self.rules.setPlaceholderText("outputs['total'] >= inputs['amount']")
        self.rules.setTabChangesFocus(True)
        self.rules.setFixedHeight(48)
        outputs.addWidget(_said(self, "Also true, one expression a line:"))
        outputs.addWidget(self.rules)
        self.fails.toggled.connect(self._switch)
        self._switch(self.fails.isChecked())
        return _page(self, self.fails, self._failure, scrolling(self._outputs, TALLEST, self))

    def _make_outside(self) -> QWidget:
        case = self._case
        self.unrecorded = QComboBox(self)
        self.unrecorded.addItem("is refused, and the test fails", "refuse")
        self.unrecorded.addItem("is really asked, in a copy of the flow's folder", "do")
        self.unrecorded.setCurrentIndex(self.unrecorded.findData(case.unrecorded))
        self.unrecorded.setAccessibleName("What isn't recorded")
        self.skip = _line(self, "Why it is skipped", case.skip, "It is run")
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        form.addRow("What isn't recorded", self.unrecorded)
        form.addRow("Skip, because", self.skip)
        tasks = ", ".join(dict.fromkeys(effect.task for effect in case.effects))
        count = len(case.effects)
        told = (
            f"{count} recorded answer{'' if count == 1 else 's'}: {tasks}."
            if count
            else ("Nothing of the outside is recorded.")
        )
        holder = QWidget(self)
        holder.setLayout(form)
        return _page(self, holder, _said(self, told))

    def _switch(self, fails: bool) -> None:
        self._failure.setVisible(fails)
        self._outputs.setVisible(not fails)

    # What it says.

    def _apply(self) -> None:
        try:
            name, case = self._name(), self._changed()
        except (NoValue, ValueError) as error:
            self.wrong.setText(str(error))
            self.wrong.show()
            return
        self.accept()
        self._put(name, case)

    def _name(self) -> str:
        name = self.name.text().strip()
        if not name:
            raise ValueError("The test needs a name.")
        if name != self._old and name in self._suite.cases:
            raise ValueError(f"Another test is called “{name}”.")
        return name

    def _changed(self) -> Case:
        given = dict(self.inputs.given())
        unknown = {n: v for n, v in self._case.inputs.items() if n not in self._known()}
        fails = None
        if self.fails.isChecked():
            fails = Failing(*(line.text().strip() for line in (self.type, self.message, self.at)))
        expect = {name: found for name, row in self.expected.items() if (found := row.matcher())}
        return replace(
            self._case, inputs={**unknown, **given}, about=self.about.text().strip(),
            skip=self.skip.text().strip(), fails=fails, expect={} if fails else expect,
            unrecorded=self.unrecorded.currentData(),
            holds=tuple(filter(None, map(str.strip, self.rules.toPlainText().splitlines()))),
        )  # fmt: skip

    def _known(self) -> set[str]:
        return set(interface(self._workbench.document.flow)[0])


class _Expected(QWidget):
    """What one output has to be."""

    def __init__(self, name: str, matcher: Matcher | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._output = name
        self._before = matcher
        self.way = QComboBox(self)
        self.way.addItem(NOTHING, "")
        for way, words in WAYS.items():
            self.way.addItem(words, way)
        self.way.setCurrentIndex(self.way.findData(matcher.way if matcher else ""))
        self.way.setAccessibleName(f"How {name} is looked at")
        self.value = _Json(f"What {name} has to be", self)
        if matcher is not None:
            self.value.setPlainText(in_json(matcher.wanted))
        self.within = _line(self, f"How far {name} may be off", "", "0")
        self.ignoring = _line(self, f"What may differ in {name}", "", "Nothing; or id, rows[*].at")
        if matcher is not None:
            self.within.setText(f"{matcher.within:g}" if matcher.within else "")
            self.ignoring.setText(", ".join(matcher.ignoring))
        self._lay_out()
        self.way.currentIndexChanged.connect(lambda _: self._look())
        self._look()

    def _lay_out(self) -> None:
        title = QLabel(self._output, self)
        title.setProperty("role", "heading")
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(title)
        head.addWidget(self.way, 1)
        extra = QHBoxLayout()
        self._extra: list[tuple[QLabel, QLineEdit]] = []
        for text, line in (("Give or take", self.within), ("Ignoring", self.ignoring)):
            label = QLabel(text, self)
            label.setProperty("role", "small")
            self._extra.append((label, line))
            extra.addWidget(label)
            extra.addWidget(line, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.value)
        layout.addLayout(extra)

    def _look(self) -> None:
        way = self.way.currentData()
        self.value.setVisible(bool(way))
        for (label, line), ways in zip(self._extra, (("about",), ("equals", "about")), strict=True):
            label.setVisible(way in ways)
            line.setVisible(way in ways)

    def matcher(self) -> Matcher | None:
        """What was put together. Raises ValueError."""
        way = self.way.currentData()
        if not way:
            return None
        try:
            within = float(self.within.text() or 0) if way == "about" else 0.0
            parts = [part.strip() for part in self.ignoring.text().split(",")]
            ignoring = [part for part in parts if part] if way in ("equals", "about") else []
            return matcher_of(way, self.value.read(), within, ignoring)
        except ValueError as error:
            raise ValueError(f"{self._output}: {error}.".replace("..", ".")) from None


class _Json(QPlainTextEdit):
    """A value as JSON."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setProperty("mono", True)
        self.setTabChangesFocus(True)
        self.setFixedHeight(72)

    def read(self) -> Any:
        """The value. Raises ValueError."""
        text = self.toPlainText().strip()
        return read_json(text) if text else UNSET


def _line(parent: QWidget, name: str, text: str, hint: str = "") -> QLineEdit:
    made = QLineEdit(text, parent)
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    return made


def _said(parent: QWidget, text: str) -> QLabel:
    label = QLabel(text, parent)
    label.setProperty("role", "muted")
    label.setWordWrap(True)
    return label


def _page(parent: QWidget, *parts: QWidget) -> QWidget:
    page = QWidget(parent)
    column = QVBoxLayout(page)
    column.setContentsMargins(4, 12, 4, 4)
    column.setSpacing(12)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return page
