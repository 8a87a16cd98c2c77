"""The frame of the dialogs that ask a model: which one, how far it is, and giving up."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from agents.llm.connections import KINDS
from app.dialogs.sheet import Sheet
from app.editor.fields.editor import Editor
from app.editor.fields.model import ModelBox
from app.presenters.plan_words import how_far
from app.studio import Studio
from graph.errors import HeddleError
from graph.planning.heard import Hear, Heard
from runtime.connections.contents import Shown
from runtime.planning import Asked

T = TypeVar("T")
MODEL = "planning/model"
NOT_CONNECTED = "No model is connected yet. The plan needs one that can be asked."


class AskingSheet(Sheet):
    """Asks while it stands. Whoever closes it gives up, and nothing is drawn then."""

    def __init__(self, studio: Studio, title: str, text: str, verb: str) -> None:
        super().__init__(studio.window, title, text, width=600)
        self.body.setSpacing(14)
        self._studio = studio
        self._give_up: Callable[[], object] | None = None
        self._fields: list[QWidget] = []
        self._verb = verb

    # What it is made of.

    def add_text(self, title: str, hint: str, least: int) -> Editor:
        """A text over several lines, under its title."""
        editor = Editor(self, least=least, most=10)
        editor.setPlaceholderText(hint)
        self._name(title, editor)
        self.body.addLayout(_column(QLabel(title, self), editor))
        self._studio.theme.changed.connect(editor.restyle)
        return editor

    def add_model(self) -> None:
        """The model that is asked, and the way to connect one."""
        self.model = ModelBox(self._studio.connections, "chat", self)
        self.model.setEditText(self._studio.preferences.text(MODEL))
        self._name("Model", self.model, self.model.line)
        connect = QPushButton("Connect a model…", self)
        connect.setProperty("link", True)
        connect.setAutoDefault(False)
        connect.clicked.connect(self._connect)
        self._fields.append(connect)
        head = QHBoxLayout()
        head.addWidget(QLabel("Model", self), 1)
        head.addWidget(connect)
        self.body.addLayout(_column(head, self.model))

    def add_foot(self) -> None:
        """What is told, and the buttons."""
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName("Planning")
        self.told = self.say("", small=True)
        self.told.setMinimumHeight(2 * self.told.fontMetrics().lineSpacing())
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        _keep_place(self.bar)
        self.bar.hide()
        foot = QVBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.bar)
        foot.addWidget(self.told)
        self.body.addLayout(foot)
        self.body.addStretch(1)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        seen = self._studio.connections.seen
        if seen and not any(one.kind in KINDS for one in seen.connections):
            self.told.setText(NOT_CONNECTED)
        self.cancel = self.button("Cancel")
        self.main = self.button(self._verb, self.plan, main=True, closes=False)
        keys = QShortcut(QKeySequence("Ctrl+Return"), self)
        keys.activated.connect(self.main.click)
        self._fields.append(self.main)
        self.main.setToolTip(f"{self._verb} ({keys.key().toString()})")

    def _name(self, title: str, *fields: QWidget) -> None:
        for field in fields:
            field.setAccessibleName(title)
        self._fields.append(fields[0])

    def _connect(self) -> None:
        self._studio.connections.want(KINDS, then=self._connected)

    def _connected(self, shown: Shown) -> None:
        if self.isVisible():
            self.model.setEditText(shown.name)
            self._say("", "small")

    # Asking.

    def plan(self) -> None:
        """Begin, with what is filled in."""
        raise NotImplementedError

    @property
    def asked_model(self) -> str:
        """The model that is to be asked, "" for the default; it is there again next time."""
        chosen = self.model.currentText().strip()
        self._studio.preferences.remember(MODEL, chosen)
        return chosen

    def ask(self, do: Callable[[Asked, Hear], Awaitable[T]], then: Callable[[T], object]) -> None:
        """Have a model asked; `then` gets what came of it, once this is closed."""

        def done(found: T) -> None:
            self._give_up = None
            self.accept()
            then(found)

        self._busy(True)
        self._say(how_far(Heard(1)), "small")
        self._give_up = self._studio.bridge.work(do, done, self._failed, self._heard)

    def done(self, result: int) -> None:
        """Give up when it is closed before its time."""
        if self._give_up is not None:
            self._give_up()
            self._give_up = None
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        """As high as it has to be: only now it is known how its texts break."""
        super().showEvent(event)
        layout = self.layout()
        if layout is not None:
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def wrong(self, text: str, field: QWidget) -> None:
        """Say what is missing."""
        self._say(text, "error")
        field.setFocus()

    def _heard(self, heard: Heard) -> None:
        if self._give_up is not None:
            self._say(how_far(heard), "small")

    def _failed(self, error: HeddleError) -> None:
        self._give_up = None
        self._busy(False)
        self._say(str(error), "error")

    def _busy(self, on: bool) -> None:
        self.bar.setVisible(on)
        for field in self._fields:
            field.setEnabled(not on)
        (self.cancel if on else self.main).setFocus()

    def _say(self, text: str, role: str) -> None:
        self.told.setText(text)
        if self.told.property("role") != role:
            self.told.setProperty("role", role)
            self.told.style().unpolish(self.told)
            self.told.style().polish(self.told)


def _keep_place(widget: QWidget) -> None:
    """Nothing moves when it comes and goes."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


def _column(above: QLayout | QWidget, below: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(4)
    if isinstance(above, QLayout):
        column.addLayout(above)
    else:
        column.addWidget(above)
    column.addWidget(below)
    return column
