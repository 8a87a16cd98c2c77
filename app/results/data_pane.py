"""What is chosen of a task: a value in the view that suits it, an error, a request, its times."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app.icons import icon
from app.presenters.data_items import Item, about_exchange, answered
from app.presenters.results import STREAM
from app.results.elided_label import ElidedLabel
from app.results.exchange_view import ExchangeView
from app.results.failure_view import FailureView
from app.results.pane import ValuePane
from app.results.timing_view import TimingView
from app.theme import ROW


class DataPane(QWidget):
    """A line that says what is shown, with its tools, above it."""

    def __init__(
        self, parent: QWidget, go: Callable[[str], object], allow: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self.item: Item | None = None
        self.name, self.about = QLabel(self), ElidedLabel(self)
        self.values = ValuePane(self)
        self.failure = FailureView(self, go, allow)
        self.exchange = ExchangeView(self)
        self.timing = TimingView(self)
        self._stack = QStackedWidget(self)
        for view in (self.values, self.failure, self.exchange, self.timing):
            self._stack.addWidget(view)
        self.copy = self._tool("mdi6.content-copy", "Copy the value", self.copy_it)
        self.save = self._tool(
            "mdi6.content-save-outline", "Save the value as…", self.values.save_as
        )
        self.tools = QHBoxLayout()
        """More tools stand in here, left of those of every value."""
        self._lay_out()

    def _lay_out(self) -> None:
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setProperty("role", "heading")
        self.about.setProperty("role", "small")
        self.tools.setSpacing(2)
        line = QHBoxLayout()
        line.setContentsMargins(12, 4, 8, 4)
        line.setSpacing(8)
        line.addStrut(ROW)
        line.addWidget(self.name)
        line.addWidget(self.about, 1)
        line.addLayout(self.tools)
        for tool in (self.values.switch, self.exchange.body.switch, self.copy, self.save):
            line.addWidget(tool)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self._stack, 1)

    def show_item(
        self, item: Item, before: Any, title_at: Callable[[str], str], here: str = ""
    ) -> None:
        """Show what an item stands for; `before` is what it is compared with, or MISSING."""
        self.item = item
        self._say(item)
        is_value = item.kind in ("value", "log")
        self.values.switch.setVisible(is_value)
        self.exchange.body.switch.setVisible(item.kind == "exchange")
        self.save.setVisible(is_value)
        self.copy.setVisible(is_value or item.kind == "exchange")
        self._stack.setCurrentWidget(self._filled(item, before, title_at, here))

    def _say(self, item: Item) -> None:
        """What is shown, in a line."""
        title, well = _TITLES.get(item.kind, item.label), None
        about = " · ".join(filter(None, (item.type, item.note)))
        if item.kind == "exchange":
            title, well = answered(item.value)
            about = about_exchange(item.value)
        self.name.setText(title)
        self.about.show_text(about)
        role = "heading" if well is None else "success" if well else "error"
        if self.name.property("role") != role:
            self.name.setProperty("role", role)
            self.name.style().polish(self.name)

    def _filled(
        self, item: Item, before: Any, title_at: Callable[[str], str], here: str
    ) -> QWidget:
        match item.kind:
            case "failure":
                self.failure.show_failure(item.value, title_at, here)
                return self.failure
            case "exchange":
                self.exchange.show_trace(item.value)
                return self.exchange
            case "timing":
                self.timing.show_data(item.value)
                return self.timing
        self.values.be_growing(item.side == "outputs" and item.name == STREAM)
        self.values.show_value(item.value, before)
        return self.values

    @property
    def shown(self) -> QWidget:
        """The view that is in front."""
        found = self._stack.currentWidget()
        assert found is not None
        return found

    def restyle(self) -> None:
        """Use the colours of the theme."""
        for button in self.findChildren(QToolButton):
            if name := button.property("icon_name"):
                button.setIcon(icon(name))
        self.values.restyle()
        self.exchange.restyle()
        self.timing.update()

    def add_tool(self, name: str, tip: str, do: Callable[[], object]) -> QToolButton:
        """Another button in the line of tools."""
        made = self._tool(name, tip, do)
        self.tools.addWidget(made)
        return made

    def take_focus(self) -> None:
        """Go into what is shown with the keyboard."""
        view = self.values.front if self.shown is self.values else self.shown
        view.setFocus(Qt.FocusReason.TabFocusReason)

    def copy_it(self) -> None:
        """Copy what is shown."""
        if self.shown is self.exchange:
            self.exchange.copy()
        else:
            self.values.copy()

    def _tool(self, name: str, tip: str, do: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIconSize(QSize(16, 16))
        button.setIcon(icon(name))
        button.setProperty("icon_name", name)
        button.clicked.connect(lambda: do())
        return button


_TITLES = {
    "timing": "Where the time went",
    "log": "Said by a breakpoint",
    "failure": "What went wrong",
}
