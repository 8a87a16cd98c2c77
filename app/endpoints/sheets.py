"""Dialogs of endpoints: how a flow is published, until when it is answered, and keys."""

import time
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QDate
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDateEdit, QLineEdit, QWidget

from agents.swarm.api_gateway.shapes import VERSIONS, NewKey
from app.dialogs.form import Form, choice
from app.living import is_there
from app.presenters.endpoints import METHODS, Wanted

DAY = 86_400
ACCESS = {"key": "a key", "open": "nothing: it is open"}


class PublishSheet(Form):
    """Asks how a flow is to be called; `publish` is handed that, and closes it once it is so."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        wanted: Wanted,
        publish: Callable[["PublishSheet", Wanted], object],
    ) -> None:
        super().__init__(
            parent, f"Publish {title}",
            "The flow is put behind an address that any program can call, as it is now. Its inputs "
            "come from the path, the query and the body, and its results are the answer.",
        )  # fmt: skip
        self._publish = publish
        self.method = choice(self, _as_they_are(METHODS), wanted.method)
        self.version = choice(self, _as_they_are(VERSIONS), wanted.version)
        self.access = choice(self, ACCESS, wanted.access)
        self.answers = choice(self, _as_they_are(("at once", "later")), wanted.answers)
        self.path, self.name = QLineEdit(wanted.path, self), QLineEdit(wanted.name, self)
        self.calls = QLineEdit(wanted.calls, self)
        self.path.setPlaceholderText("/lessons/{id}")
        self.calls.setPlaceholderText("any number")
        self.add("Method", self.method, (0, 0))
        self.add("Path: what is in {braces} is an input", self.path, (0, 1), 2)
        self.add("Version", self.version, (1, 0))
        self.add("Name", self.name, (1, 1), 2)
        self.add("Callers need", self.access, (2, 0))
        self.add("Answers come", self.answers, (2, 1))
        self.add("Calls a minute", self.calls, (2, 2))
        self.asks("Publish", self._done)
        self.path.setFocus()

    @property
    def wanted(self) -> Wanted:
        """How it stands in the fields."""
        return Wanted(
            self.name.text().strip(),
            str(self.version.currentData()),
            str(self.method.currentData()),
            self.path.text().strip(),
            str(self.access.currentData()),
            str(self.answers.currentData()),
            self.calls.text(),
        )

    def _done(self) -> None:
        self._publish(self, self.wanted)


class DeprecateSheet(Form):
    """Asks until when an endpoint answers, and what takes its place; `deprecate` is handed that."""

    def __init__(
        self, parent: QWidget, address: str, deprecate: Callable[[float | None, str, str], object]
    ) -> None:
        super().__init__(
            parent, f"Deprecate {address}",
            "Callers are told by the headers Deprecation and Sunset, by the description of the "
            "API, and here by a warning. After the last day it answers that it is gone.",
        )  # fmt: skip
        self._deprecate = deprecate
        self.until = QDateEdit(QDate.currentDate().addMonths(6), self)
        self.until.setCalendarPopup(True)
        self.until.setDisplayFormat("yyyy-MM-dd")
        self.successor, self.note = QLineEdit(self), QLineEdit(self)
        self.successor.setPlaceholderText("/gateway/v2/…")
        self.add("It answers until", self.until, (0, 0))
        self.add("What takes its place", self.successor, (0, 1), 2)
        self.add("What callers should know", self.note, (1, 0), 3)
        self.asks("Deprecate", self._done)

    def _done(self) -> None:
        day = self.until.date()
        sunset = time.mktime((day.year(), day.month(), day.day(), 0, 0, 0, 0, 0, -1)) + DAY
        self._deprecate(sunset, self.successor.text().strip(), self.note.text().strip())


class KeySheet(Form):
    """Asks whose key it is to be, and tells it once."""

    def __init__(
        self,
        parent: QWidget,
        endpoints: Sequence[str],
        make: Callable[[str, list[str]], object],
    ) -> None:
        super().__init__(
            parent, "New key",
            "A caller shows it in the header X-API-Key. It is told once, here, and kept as a hash "
            "only: copy it before you close this.",
        )  # fmt: skip
        self._make = make
        self.label = QLineEdit(self)
        self.label.setPlaceholderText("Who has it, such as “the website”")
        self.opens = QComboBox(self)
        self.opens.addItem("all endpoints", [])
        for one in endpoints:
            self.opens.addItem(one, [one])
        self.secret = QLineEdit(self)
        self.secret.setReadOnly(True)
        self.secret.setAccessibleName("The key")
        self.secret.hide()
        self.add("Whose key", self.label, (0, 0))
        self.add("It opens", self.opens, (0, 1))
        self.body.addWidget(self.secret)
        self._button = self.asks("Make", self._done, leave="Close")
        self.label.setFocus()

    def tell(self, made: NewKey) -> None:
        """Show the key that was made, to be copied."""
        if not is_there(self):
            return
        self.ready()
        self.secret.setText(made.secret)
        self.secret.show()
        self.secret.selectAll()
        self.label.setEnabled(False)
        self.opens.setEnabled(False)
        self._button.setText("Copy")

    def _done(self) -> None:
        if secret := self.secret.text():
            QGuiApplication.clipboard().setText(secret)
            self._button.setText("Copied")
            self.ready()
        else:
            self._make(self.label.text().strip(), self.opens.currentData())


def _as_they_are(values: Iterable[str]) -> dict[str, str]:
    return {value: value for value in values}
