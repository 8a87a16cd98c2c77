"""What passed over HTTP, as the network panel of a browser shows it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.results.pane import ValuePane
from app.results.table_view import TableView
from runtime.projections.task_data import Trace

SIDES = (("response", "Answer"), ("request", "Request"))
"""The parts of an exchange, each with a tab for its body and one for its headers."""


class ExchangeView(QWidget):
    """Shows one request and its answer: status and times, headers, bodies."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._trace: Trace | None = None
        self.trouble = QLabel(self)
        self.tabs = QTabBar(self)
        self.body = ValuePane(self)
        self.headers = TableView(self)
        self.nothing = QLabel(self)
        self._stack = QStackedWidget(self)
        for page in (self.body, self.headers, self.nothing):
            self._stack.addWidget(page)
        self._lay_out()
        self.tabs.currentChanged.connect(lambda _: self._show_part())

    def _lay_out(self) -> None:
        self.trouble.setTextFormat(Qt.TextFormat.PlainText)
        self.trouble.setProperty("role", "error")
        self.trouble.setWordWrap(True)
        self.trouble.setContentsMargins(12, 0, 12, 4)
        self.nothing.setProperty("role", "empty")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Parts of the exchange")
        self.headers.setAccessibleName("Headers")
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 0, 8, 0)
        bar.addWidget(self.tabs)
        bar.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.trouble)
        layout.addLayout(bar)
        layout.addWidget(self._stack, 1)

    def show_trace(self, trace: Trace) -> None:
        """Show an exchange."""
        if trace is self._trace:
            return
        self._trace = trace
        error = str(trace.detail.get("error", ""))
        self.trouble.setText(error)
        self.trouble.setVisible(bool(error) and not self._part("response"))
        self._offer()

    def copy(self) -> None:
        """Copy what is shown of it."""
        if self._stack.currentWidget() is self.body:
            self.body.copy()

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self.body.restyle()

    def _part(self, side: str) -> Mapping[str, Any]:
        found = self._trace.detail.get(side) if self._trace else None
        return found if isinstance(found, Mapping) else {}

    def _offer(self) -> None:
        """A tab for each part; the one that was looked at stays."""
        chosen = max(0, self.tabs.currentIndex())
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for side, title in SIDES:
            self.tabs.addTab(title)
            self.tabs.addTab(f"Its headers ({len(self._part(side).get('headers', []))})")
        self.tabs.setCurrentIndex(chosen)
        self.tabs.blockSignals(False)
        self._show_part()

    def _show_part(self) -> None:
        number = max(0, self.tabs.currentIndex())
        part = self._part(SIDES[number // 2][0])
        is_body = number % 2 == 0
        self.body.switch.setVisible(is_body and bool(part.get("body")))
        if not is_body:
            pairs = part.get("headers", [])
            self.headers.show_value([{"Name": n, "Value": v} for n, v in pairs])
            self._stack.setCurrentWidget(self.headers)
        elif part.get("body"):
            self.body.show_value(_read(part["body"]))
            self._stack.setCurrentWidget(self.body)
        else:
            self.nothing.setText(_nothing(part))
            self._stack.setCurrentWidget(self.nothing)


def _read(body: Any) -> Any:
    """The body as the value it holds, where that is JSON and all of it is there."""
    text = str(body)
    if text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _nothing(part: Mapping[str, Any]) -> str:
    if not part:
        return "No answer came."
    size = part.get("size")
    return f"{size:,} bytes that are no text." if size else "It has no body."
