"""The dock of endpoints once it is seen: a list of them, and all about the one that is selected."""

from functools import partial
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.controls import small_button
from app.endpoints.details import Details
from app.endpoints.sheets import DeprecateSheet, KeySheet, PublishSheet
from app.endpoints.table import EndpointTable
from app.living import is_there
from app.looking import Looking
from app.presenters.endpoints import (
    Wanted,
    changes_of,
    curl_of,
    docs_of,
    endpoint_of,
    endpoint_rows,
    suggested,
)
from app.presenters.endpoints import (
    is_there as is_published,
)
from app.studio import Studio
from app.workbench import Workbench
from graph.errors import HeddleError
from graph.file_format import write
from graph.self_contained import self_contained

EVERY = 1000
"""Milliseconds between two looks at the endpoints, while somebody looks at them here."""

NOTHING_YET = (
    "No flow is published yet. Publish the one in front, and any program can call it by HTTP: its"
    " inputs come from the path, the query and the body, its results are the answer."
)
NOT_READY = "Endpoints appear here once the runtime is ready."
KEY = "endpoints"


class Panel(Looking):
    """Asks once a second; what is done is done by the gateway of the runtime."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(EVERY)
        self._studio = studio
        self._known = studio.endpoints
        self.table, self.details = EndpointTable(self), Details(self)
        self.said = QLabel(NOT_READY, self)
        self.said.setProperty("role", "empty")
        self.said.setWordWrap(True)
        self.first = small_button(self, "Publish the flow in front…", "", self.publish)
        self.publish_button = small_button(
            self, "Publish the flow in front…", "Put the open flow behind an address", self.publish
        )
        self._lay_out()
        self._connect()

    def publish(self) -> None:
        """Ask how the flow in front is to be called."""
        bench = self._studio.workspace.current
        if bench is None:
            self._tell("Open the flow that is to be published first.", "warning")
            return
        seen = self._known.seen
        wanted = suggested(bench.spoken_name, seen.endpoints if seen is not None else ())
        publish = partial(self._publish, bench)
        PublishSheet(self._studio.window, bench.spoken_name, wanted, publish).open()

    def _publish(self, bench: Workbench, sheet: PublishSheet, wanted: Wanted) -> None:
        there = self._known.seen.endpoints if self._known.seen is not None else ()
        try:
            said = endpoint_of(wanted, bench.spoken_name)
            text = write(self_contained(bench.document.flow, bench.catalog))
        except (ValueError, HeddleError) as error:
            sheet.refuse(error)
            return

        def done(_: Any) -> None:
            if is_there(sheet):
                sheet.accept()
            self._tell(f"{bench.spoken_name} is published.", "success")

        def failed(error: HeddleError) -> None:
            if is_there(sheet):
                sheet.refuse(error)

        if is_published(said, there):
            self._known.do(
                "change", done, failed, version=said["version"], name=said["name"],
                changes=changes_of(said), text=text,
            )  # fmt: skip
        else:
            self._known.do("create", done, failed, endpoint=said, text=text)

    # What is shown.

    def look(self) -> None:
        """See how the endpoints are."""
        if self._studio.bridge.state not in ("ready", "elsewhere"):
            self._show_nothing(NOT_READY, can_publish=False)
        elif self.isVisible():
            self._known.read()

    def _take(self) -> None:
        seen = self._known.seen
        if seen is None or not is_there(self):
            return
        self.table.show_rows(endpoint_rows(seen))
        if not seen.endpoints:
            self._show_nothing(NOTHING_YET, can_publish=True)
            return
        self._pages.setCurrentWidget(self._split)
        self._show_details()

    def _show_details(self) -> None:
        row, seen = self.table.selected, self._known.seen
        if row is not None and seen is not None:
            self.details.show_endpoint(row, seen)

    def _show_nothing(self, why: str, *, can_publish: bool) -> None:
        self.said.setText(why)
        self.first.setVisible(can_publish)
        self._pages.setCurrentWidget(self._empty)

    # What is done.

    def _copy(self) -> None:
        if (row := self.table.selected) is not None:
            command = curl_of(row.shown.endpoint, self._known.base)
            QGuiApplication.clipboard().setText(command)
            self._tell("The command is copied.", "success")

    def _open_docs(self) -> None:
        if (row := self.table.selected) is not None:
            QDesktopServices.openUrl(QUrl(docs_of(row.shown.endpoint, self._known.base)))

    def _deprecate(self) -> None:
        if (row := self.table.selected) is None:
            return
        endpoint = row.shown.endpoint
        which = {"version": endpoint.version, "name": endpoint.name}
        if endpoint.deprecation is not None:
            self._known.do("change", _ignore, self._trouble, **which,
                           changes={"deprecation": None})  # fmt: skip
            return

        def deprecate(sunset: float | None, successor: str, note: str) -> None:
            self._known.do("deprecate", _ignore, self._trouble, **which, sunset=sunset,
                           successor=successor, note=note)  # fmt: skip

        DeprecateSheet(self._studio.window, row.shown.address, deprecate).open()

    def _remove(self) -> None:
        if (row := self.table.selected) is not None:
            endpoint = row.shown.endpoint
            self._known.do("remove", _ignore, self._trouble, version=endpoint.version,
                           name=endpoint.name)  # fmt: skip
            self._tell(f"{endpoint.method} {row.shown.address} is no longer answered.", "info")

    def _make_key(self) -> None:
        seen = self._known.seen
        keys = [one.endpoint.key for one in seen.endpoints] if seen is not None else []

        def make(label: str, endpoints: list[str]) -> None:
            self._known.make_key(label, endpoints, sheet.tell, sheet.refuse)

        sheet = KeySheet(self._studio.window, keys, make)
        sheet.open()

    def _remove_key(self, id: str) -> None:
        self._known.do("remove_key", _ignore, self._trouble, id=id)

    def _trouble(self, error: HeddleError) -> None:
        self._tell(str(error), "error")

    def _tell(self, text: str, tone: Any) -> None:
        self._studio.notices.tell(text, tone, key=KEY)

    # How it is put together.

    def _lay_out(self) -> None:
        self._empty = QWidget(self)
        middle = QVBoxLayout(self._empty)
        middle.addStretch(1)
        middle.addWidget(self.said)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.first)
        row.addStretch(1)
        middle.addLayout(row)
        middle.addStretch(1)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 8, 6)
        bar.addWidget(self.publish_button)
        bar.addStretch(1)
        column.addLayout(bar)
        column.addWidget(self.table, 1)
        self._split = QSplitter(self)
        self._split.addWidget(left)
        self._split.addWidget(self.details)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.setSizes([640, 460])
        self._split.setChildrenCollapsible(False)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._split)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self._pages)

    def _connect(self) -> None:
        self._studio.bridge.state_changed.connect(lambda _: self.look())
        self._known.changed.connect(self._take)
        self._known.troubled.connect(lambda why: self._show_nothing(why, can_publish=False))
        self.table.chosen.connect(self._show_details)
        self.details.copy_wanted.connect(self._copy)
        self.details.docs_wanted.connect(self._open_docs)
        self.details.deprecate_wanted.connect(self._deprecate)
        self.details.remove_wanted.connect(self._remove)
        self.details.key_wanted.connect(self._make_key)
        self.details.key_unwanted.connect(self._remove_key)


def _ignore(_: Any) -> None:
    """The list shows what came of it."""
