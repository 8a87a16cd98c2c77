"""What passed over HTTP, as the network panel of a browser shows it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.presenters.run_words import duration
from app.results.pane import ValuePane
from app.results.table_view import TableView
from runtime.projections.task_data import Trace

SIDES = (("response", "Answer"), ("request", "Request"))


class ExchangeView(QWidget):
    """Shows one request and its answer: status and times, headers, bodies."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._trace: Trace | None = None
        self.status, self.address, self.times = QLabel(self), QLabel(self), QLabel(self)
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
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.status, self.address, self.times, self.trouble):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.address.setProperty("role", "mono")
        self.address.setMinimumWidth(40)
        self.times.setProperty("role", "small")
        self.trouble.setProperty("role", "error")
        self.trouble.setWordWrap(True)
        self.trouble.setContentsMargins(12, 0, 12, 4)
        self.nothing.setProperty("role", "empty")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Parts of the exchange")
        self.headers.setAccessibleName("Headers")
        line = QHBoxLayout()
        line.setContentsMargins(12, 2, 12, 2)
        line.setSpacing(10)
        line.addWidget(self.status)
        line.addWidget(self.address, 1)
        line.addWidget(self.times)
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 0, 8, 0)
        bar.addWidget(self.tabs)
        bar.addStretch(1)
        bar.addWidget(self.body.switch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.trouble)
        layout.addLayout(bar)
        layout.addWidget(self._stack, 1)

    def show_trace(self, trace: Trace) -> None:
        """Show an exchange."""
        if trace is self._trace:
            return
        self._trace = trace
        asked, answer = self._part("request"), self._part("response")
        status = f"{answer.get('status', '')} {answer.get('reason', '')}".strip()
        self.status.setText(status or "No answer")
        failed = not status or int(answer.get("status", 0)) >= 400
        self.status.setProperty("role", "error" if failed else "success")
        self.status.style().polish(self.status)
        method, url = asked.get("method", ""), str(asked.get("url", ""))
        self.address.setText(f"{method} {url}")
        self.address.setToolTip(url)
        self.times.setText(_times(trace.detail))
        error = str(trace.detail.get("error", ""))
        self.trouble.setText(error)
        self.trouble.setVisible(bool(error) and not status)
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
            self.tabs.addTab(f"{title} headers ({len(self._part(side).get('headers', []))})")
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


def _times(detail: Mapping[str, Any]) -> str:
    """How long it took, and how much of that was waiting for the answer to begin."""
    took, waited = float(detail.get("took", 0.0)), float(detail.get("waited", 0.0))
    said = duration(took)
    if waited:
        said += f" · answer began after {duration(waited)}"
    answer = detail.get("response")
    size = answer.get("size") if isinstance(answer, Mapping) else None
    return f"{said} · {size:,} bytes" if size else said
