"""One test: why it failed, what was expected beside what came, and what can be done about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.controls import paragraph, small_button
from app.presenters.cases import expected_outputs, in_words, place_of
from app.results.pane import CHANGES, MISSING, ValuePane
from runtime.flow_tests.case import Case
from runtime.flow_tests.spelling import read_back
from runtime.flow_tests.verdict import Finding, Verdict

MOST_TOLD = 8
"""Findings that are told of."""

OUTDATED = ("recording", "unrecorded", "unasked")
"""What a new recording mends."""


class CaseDetails(QWidget):
    """Shows a case and its verdict."""

    accepted = Signal()
    edited = Signal()
    outdated = Signal()
    """What is recorded is to be recorded again."""
    went = Signal(str)
    """To the block at that address."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._case = Case()
        self._verdict: Verdict | None = None
        self._names: list[str] = []
        self._called = ""
        self.title = QLabel(self)
        self.title.setProperty("role", "heading")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.about = paragraph(self, "small")
        self.accept = small_button(
            self,
            "Accept new result",
            "Expect from now on what the flow gives now",
            self.accepted.emit,
        )
        self.edit = small_button(
            self, "Edit…", "Change inputs and what is expected", self.edited.emit
        )
        self.findings = QWidget(self)
        self._findings = QVBoxLayout(self.findings)
        self._findings.setContentsMargins(12, 0, 12, 6)
        self._findings.setSpacing(6)
        self.tabs = QTabBar(self)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Outputs")
        self.tabs.currentChanged.connect(self._show_value)
        self.said = paragraph(self, "small")
        self.pane = ValuePane(self, comparison="What differs from what was expected")
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 8, 6)
        head.setSpacing(6)
        head.addWidget(self.title, 1)
        for button in (self.accept, self.edit):
            head.addWidget(button)
        outputs = QHBoxLayout()
        outputs.setContentsMargins(12, 0, 8, 4)
        outputs.setSpacing(10)
        outputs.addWidget(self.tabs)
        outputs.addStretch(1)
        outputs.addWidget(self.pane.switch)
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.about)
        column.addWidget(self.findings)
        column.addLayout(outputs)
        column.addWidget(self.said)
        column.addWidget(self.pane, 1)
        column.addStretch(0)
        for text in (self.about, self.said):
            text.setContentsMargins(12, 0, 12, 6)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.pane.setMinimumHeight(120)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)

    def show_case(
        self, name: str, case: Case, verdict: Verdict | None, *, acceptable: bool, editable: bool
    ) -> None:
        """Show a test and what came of it."""
        self._case, self._verdict = case, verdict
        self._called = name
        self.about.setText(case.about)
        self.about.setVisible(bool(case.about))
        self.accept.setVisible(acceptable)
        self.edit.setVisible(editable)
        self._show_title()
        self._show_findings(verdict.findings if verdict else ())
        outputs = verdict.outputs if verdict and verdict.outputs else {}
        self._offer([*dict.fromkeys([*case.expect, *outputs])])
        self._show_value()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_title()

    def _show_title(self) -> None:
        """As much of the name as there is room for."""
        room = max(0, self.width() - self.edit.width() - 40)
        if self.accept.isVisibleTo(self):
            room -= self.accept.width() + 6
        text = self.title.fontMetrics().elidedText(self._called, Qt.TextElideMode.ElideRight, room)
        self.title.setText(text)
        self.title.setToolTip(self._called)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self.pane.restyle()

    def _show_findings(self, findings: "tuple[Finding, ...] | object") -> None:
        while (item := self._findings.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        told = list(findings)[:MOST_TOLD] if isinstance(findings, list | tuple) else []
        for finding in told:
            self._findings.addWidget(self._banner(finding))
        self.findings.setVisible(bool(told))

    def _banner(self, finding: Finding) -> QFrame:
        frame = QFrame(self.findings)
        frame.setProperty("banner", "error")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        first, *rest = finding.lines()
        texts.addWidget(paragraph(frame, "heading", first))
        if rest:
            texts.addWidget(paragraph(frame, "", "\n".join(line.strip() for line in rest)))
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 8, 12, 8)
        row.addLayout(texts, 1)
        buttons = QVBoxLayout()
        buttons.setSpacing(6)
        if place := place_of(finding):
            tip = f"Show {place}"
            buttons.addWidget(small_button(self, "Go to block", tip, lambda: self.went.emit(place)))
        if finding.about in OUTDATED:
            tip = "Run the flow for real with these inputs, and record what comes of it"
            buttons.addWidget(small_button(self, "Record again", tip, self.outdated.emit))
        buttons.addStretch(1)
        row.addLayout(buttons)
        frame.setAccessibleName(str(finding))
        return frame

    def _offer(self, names: list[str]) -> None:
        """One tab for each output, keeping the one that is shown."""
        if names != self._names:
            shown = self._name()
            self._names = names
            self.tabs.blockSignals(True)
            while self.tabs.count():
                self.tabs.removeTab(0)
            for name in names:
                self.tabs.addTab(name)
            if shown in names:
                self.tabs.setCurrentIndex(names.index(shown))
            self.tabs.blockSignals(False)
        self.tabs.setVisible(bool(names))

    def _name(self) -> str:
        index = self.tabs.currentIndex()
        return self._names[index] if 0 <= index < len(self._names) else ""

    def _show_value(self) -> None:
        """The output that came, and how it differs; before the test has run, what is expected."""
        name = self._name()
        matcher = self._case.expect.get(name)
        self.said.setText(f"{name} {in_words(matcher)}" if matcher else "Nothing is expected of it")
        expected = expected_outputs(self._case)
        outputs = (self._verdict.outputs if self._verdict else None) or {}
        before = read_back(expected[name]) if name in expected else MISSING
        value = read_back(outputs[name]) if name in outputs else before
        there = bool(name) and value is not MISSING
        # What it has to be exactly stands in the comparison.
        self.said.setVisible(bool(name) and (matcher is None or matcher.way != "equals"))
        self.pane.setVisible(there)
        self.pane.switch.setVisible(there)
        if there:
            self.pane.show_value(value, before)
            if before is not MISSING and before != value:
                self.pane.choose(CHANGES)
