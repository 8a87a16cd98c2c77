"""The dock of endpoints: a real runtime's, whose endpoints are really called."""

from typing import Any

import httpx
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.dialogs.sheet import Sheet
from app.docks.endpoints import DOCK, Endpoints
from app.document import Document
from app.endpoints.panel import Panel
from app.endpoints.sheets import DeprecateSheet, KeySheet, PublishSheet
from app.studio import Studio
from app.workbench import Workbench
from graph.errors import Problem
from graph.file_format import read
from runtime.compose import RESOURCES

LONG = 20_000
HELLO = read((RESOURCES / "templates" / "hello.flow.json").read_text())


@pytest.fixture(scope="module")
def studio(own_studio: Studio) -> Studio:
    return own_studio


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio) -> Endpoints:
    made = Endpoints(studio)
    qtbot.addWidget(made)
    made.resize(1000, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio, dock: Endpoints) -> Panel:
    assert isinstance(dock.panel, Panel)
    studio.bridge.start()
    qtbot.waitUntil(lambda: studio.endpoints.seen is not None, timeout=LONG)
    return dock.panel


@pytest.fixture
def bench(studio: Studio) -> Workbench:
    bench = Workbench(Document(HELLO), studio.catalog)
    studio.workspace.add(bench)
    return bench


def sheet_of(studio: Studio, kind: type[Any]) -> Any:
    return studio.window.findChildren(kind)[-1]


def publish(studio: Studio, panel: Panel, qtbot: QtBot, path: str, access: str) -> PublishSheet:
    panel.publish()
    sheet: PublishSheet = sheet_of(studio, PublishSheet)
    sheet.path.setText(path)
    sheet.access.setCurrentIndex(sheet.access.findData(access))
    sheet.press("Publish")
    return sheet


def remove(studio: Studio, panel: Panel) -> None:
    panel.details.remove.click()
    sheet_of(studio, Sheet).press("Remove")


def listed(panel: Panel) -> list[str]:
    return [row.shown.address for row in panel.table.listed.rows]


def test_without_endpoints_it_says_what_to_do(panel: Panel) -> None:
    assert "No flow is published yet" in panel.empty.text()
    assert not panel.empty.offer.isHidden()
    assert (DOCK.title, DOCK.area, DOCK.shown) == ("Endpoints", "bottom", False)


def test_a_flow_is_published_called_deprecated_and_taken_away(
    studio: Studio, panel: Panel, bench: Workbench, qtbot: QtBot
) -> None:
    publish(studio, panel, qtbot, "/hello", "open")
    qtbot.waitUntil(lambda: listed(panel) == ["/gateway/v1/hello"], timeout=LONG)

    base = studio.endpoints.base
    reply = httpx.post(f"{base}/gateway/v1/hello", json={"name": "Ada"})
    assert reply.json() == {"greeting": "Hello, Ada!"}
    qtbot.waitUntil(lambda: panel.table.listed.rows[0].texts[3] == "1", timeout=LONG)
    assert panel.details.address.text() == "POST /gateway/v1/hello"
    assert panel.details.figures.text().startswith("1 call · half within ")

    panel.details.copy.click()
    assert QGuiApplication.clipboard().text().startswith(f"curl -X POST {base}/gateway/v1/hello")

    panel.details.deprecate.click()
    sheet: DeprecateSheet = sheet_of(studio, DeprecateSheet)
    sheet.successor.setText("/gateway/v2/hello")
    sheet.press("Deprecate")
    qtbot.waitUntil(lambda: panel.details.deprecate.text() == "Take back", timeout=LONG)
    assert "Call /gateway/v2/hello instead." in panel.details.warning.text()
    qtbot.waitUntil(lambda: "deprecated-endpoint" in codes(bench.problems), timeout=LONG)
    assert httpx.post(f"{base}/gateway/v1/hello", json={}).headers["deprecation"].startswith("@")

    panel.details.deprecate.click()
    qtbot.waitUntil(lambda: "deprecated-endpoint" not in codes(bench.problems), timeout=LONG)
    remove(studio, panel)
    qtbot.waitUntil(lambda: "No flow is published yet" in panel.empty.text(), timeout=LONG)
    assert httpx.post(f"{base}/gateway/v1/hello", json={}).status_code == 404


def codes(problems: tuple[Problem, ...]) -> set[str]:
    return {one.code for one in problems}


def test_what_cannot_be_published_says_why_and_stays_to_be_mended(
    studio: Studio, panel: Panel, bench: Workbench, qtbot: QtBot
) -> None:
    sheet = publish(studio, panel, qtbot, "/hello/{nmae}", "open")

    qtbot.waitUntil(lambda: not sheet.told.isHidden(), timeout=LONG)
    assert "'nmae' is nothing that the flow 'Hello' is given" in sheet.told.text()
    sheet.path.setText("/hello/{name}")
    sheet.press("Publish")
    qtbot.waitUntil(lambda: listed(panel) == ["/gateway/v1/hello/{name}"], timeout=LONG)
    remove(studio, panel)
    qtbot.waitUntil(lambda: not listed(panel), timeout=LONG)


def test_a_key_is_made_told_once_and_removed(
    studio: Studio, panel: Panel, bench: Workbench, qtbot: QtBot
) -> None:
    publish(studio, panel, qtbot, "/guarded", "key")
    qtbot.waitUntil(lambda: listed(panel) == ["/gateway/v1/guarded"], timeout=LONG)
    address = f"{studio.endpoints.base}/gateway/v1/guarded"

    panel.details.new_key.click()
    sheet: KeySheet = sheet_of(studio, KeySheet)
    sheet.label.setText("the website")
    sheet.press("Make")
    qtbot.waitUntil(lambda: not sheet.secret.isHidden(), timeout=LONG)
    headers = {"X-API-Key": sheet.secret.text()}
    assert httpx.post(address, json={}, headers=headers).status_code == 200
    sheet.press("Close")

    qtbot.waitUntil(lambda: panel.details.removes != {}, timeout=LONG)
    next(iter(panel.details.removes.values())).click()
    sheet_of(studio, Sheet).press("Remove")
    qtbot.waitUntil(lambda: panel.details.removes == {}, timeout=LONG)
    assert httpx.post(address, json={}, headers=headers).status_code == 401
