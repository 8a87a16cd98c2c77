"""The dock of endpoints once it is seen: a list of them, and all about the one that is selected."""

from functools import partial
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from agents.swarm.api_gateway.shapes import Key
from app.controls import small_button
from app.dialogs.removal import ask_to_remove
from app.endpoints.details import Details
from app.endpoints.sheets import DeprecateSheet, KeySheet, PublishSheet
from app.endpoints.table import EndpointTable
from app.living import is_there
from app.panes.bar import Standing
from app.panes.pane import ListPane
from app.presenters.endpoints import (
    EndpointRow,
    Wanted,
    changes_of,
    curl_of,
    docs_of,
    endpoint_of,
    endpoint_rows,
    standing,
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

NOTHING_YET = (
    "No flow is published yet. Publish the one in front, and any program can call it by HTTP: its"
    " inputs come from the path, the query and the body, its results are the answer."
)

REMOVED = "It is answered no more, and how it was set is forgotten. Calls under way are answered."
KEY_REMOVED = "It opens nothing from then on, and can't be had back: callers need another one."


class Panel(ListPane[EndpointRow]):
    """What is done is done by the gateway of the runtime."""

    name = "endpoints"
    sign = "mdi6.api"
    not_ready = "Endpoints appear here once the runtime is ready."
    shares = (6, 5)

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._known = studio.endpoints
        self.table, self.details = EndpointTable(self), Details(self)
        self.counted = Standing(self)
        self.publish_button = small_button(
            self, "Publish…", "Put the flow in front behind an address", self.publish
        )
        self.bar.fill(self.counted, self.words, self.publish_button)
        self.empty.offers("Publish the flow in front…", self.publish)
        self.hold_list(self.table, self.details)
        self._connect()

    # What is shown.

    def read(self) -> None:
        """Have all of them read: others want to know of them, too."""
        self._known.read()

    def _take(self) -> None:
        seen = self._known.seen
        if seen is None or not is_there(self):
            return
        self.bar.setVisible(bool(seen.endpoints))
        self.counted.show_sign(standing(seen))
        self.show_rows(endpoint_rows(seen), NOTHING_YET, offer=True)

    def show_selected(self) -> None:
        """Show all about the selected one, as it is known."""
        row, seen = self.table.selected, self._known.seen
        if row is not None and seen is not None:
            self.details.show_endpoint(row, seen)

    # What is done.

    def publish(self) -> None:
        """Ask how the flow in front is to be called."""
        bench = self._studio.workspace.current
        if bench is None:
            self.tell("Open the flow that is to be published first.", "warning")
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
            sheet.finish()
            self.tell(f"{bench.spoken_name} is published.")

        if is_published(said, there):
            self._known.do(
                "change", done, sheet.refuse, version=said["version"], name=said["name"],
                changes=changes_of(said), text=text,
            )  # fmt: skip
        else:
            self._known.do("create", done, sheet.refuse, endpoint=said, text=text)

    def _copy(self) -> None:
        if (row := self.table.selected) is not None:
            command = curl_of(row.shown.endpoint, self._known.base)
            QGuiApplication.clipboard().setText(command)
            self.tell("The command is copied.")

    def _open_docs(self) -> None:
        if (row := self.table.selected) is not None:
            QDesktopServices.openUrl(QUrl(docs_of(row.shown.endpoint, self._known.base)))

    def _deprecate(self) -> None:
        if (row := self.table.selected) is None:
            return
        endpoint = row.shown.endpoint
        which = {"version": endpoint.version, "name": endpoint.name}
        if endpoint.deprecation is not None:
            self._known.do("change", _ignore, self.tell_trouble, **which,
                           changes={"deprecation": None})  # fmt: skip
            return

        def deprecate(sunset: float | None, successor: str, note: str) -> None:
            self._known.do("deprecate", sheet.finish, sheet.refuse, **which, sunset=sunset,
                           successor=successor, note=note)  # fmt: skip

        sheet = DeprecateSheet(self._studio.window, row.shown.address, deprecate)
        sheet.open()

    def _remove(self) -> None:
        if (row := self.table.selected) is None:
            return
        endpoint = row.shown.endpoint
        name = f"{endpoint.method} {row.shown.address}"
        remove = partial(
            self._known.do, "remove", lambda _: self.tell(f"{name} is no longer answered."),
            self.tell_trouble, version=endpoint.version, name=endpoint.name,
        )  # fmt: skip
        ask_to_remove(self._studio.window, name, REMOVED, remove)

    def _make_key(self) -> None:
        seen = self._known.seen
        keys = [one.endpoint.key for one in seen.endpoints] if seen is not None else []

        def make(label: str, endpoints: list[str]) -> None:
            self._known.make_key(label, endpoints, sheet.tell, sheet.refuse)

        sheet = KeySheet(self._studio.window, keys, make)
        sheet.open()

    def _remove_key(self, key: Key) -> None:
        remove = partial(self._known.do, "remove_key", _ignore, self.tell_trouble, id=key.id)
        ask_to_remove(self._studio.window, key.label, KEY_REMOVED, remove)

    def _connect(self) -> None:
        self._known.changed.connect(self._take)
        self._known.troubled.connect(self._say_trouble)
        self.table.removed.connect(self._remove)
        self.details.copy_wanted.connect(self._copy)
        self.details.docs_wanted.connect(self._open_docs)
        self.details.deprecate_wanted.connect(self._deprecate)
        self.details.remove_wanted.connect(self._remove)
        self.details.key_wanted.connect(self._make_key)
        self.details.key_unwanted.connect(self._remove_key)

    def _say_trouble(self, why: str) -> None:
        self.bar.hide()
        self.show_nothing(why)


def _ignore(_: Any) -> None:
    """The list shows what came of it."""
