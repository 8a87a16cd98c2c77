"""The connections dock: made, tried out, agreed to, changed and removed, secrets only going in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.connections.agreeing import AgreeSheet
from app.connections.form import KEPT, ConnectionSheet
from app.connections.making import install
from app.connections.panel import Panel
from app.dialogs.sheet import Sheet
from app.document import Document
from app.editor.fields.connection import ConnectionField
from app.editor.fields.making import make_field
from app.editor.fields.surroundings import Surroundings
from app.editor.inspector.notes import offers_of
from app.presenters.connection_list import UNKNOWN
from app.presenters.missing_models import NO_MODEL
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Block, Flow
from runtime.connections.connections import Connections
from runtime.connections.contents import Draft
from runtime.plugins import own_connectable
from tests.servers.mirror import mirror

SECRET = "planted/7c1e+9f&key"
USING = {"url": "https://x.example", "connection": {"$connection": "web"}}
FLOW = Flow.of([Block("ask", "http.get", USING), Block("other", "http.get", {"url": "x"})])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with mirror() as at:
        yield at


@pytest.fixture
def bench(studio: Studio, tmp_path: Path) -> Workbench:
    made = Workbench(Document(FLOW), studio.catalog, tmp_path / "a.flow.json")
    studio.workspace.add(made)
    return made


@pytest.fixture
def panel(studio: Studio, bench: Workbench, qtbot: QtBot) -> Iterator[Panel]:
    made = Panel(studio)
    qtbot.addWidget(made)
    made.resize(900, 260)
    made.show()
    studio.bridge.start()
    qtbot.waitUntil(lambda: studio.connections.seen is not None, timeout=20_000)
    yield made
    studio.bridge.close()


def sheet_of(kind: type[Sheet], qtbot: QtBot) -> Sheet:
    """The sheet of that kind that is open, once it is."""

    def found() -> list[Sheet]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

    qtbot.waitUntil(lambda: bool(found()), timeout=10_000)
    return found()[0]


def fill(sheet: Sheet, **texts: str) -> None:
    assert isinstance(sheet, ConnectionSheet)
    for name, text in texts.items():
        entry = sheet.name if name == "name" else sheet.entries[name]
        assert isinstance(entry, QLineEdit)
        entry.setText(text)


def made(panel: Panel, qtbot: QtBot, address: str, name: str = "web") -> None:
    panel.make("http", name)
    sheet = sheet_of(ConnectionSheet, qtbot)
    fill(sheet, address=address, token=SECRET)
    sheet.press("Save")
    qtbot.waitUntil(lambda: name in names(panel), timeout=10_000)


def names(panel: Panel) -> list[str]:
    return [row.shown.name for row in panel.listed]


@pytest.mark.slow
def test_one_is_made_tried_changed_and_removed(
    panel: Panel, studio: Studio, qtbot: QtBot, address: str, home: Path
) -> None:
    assert panel.first_use.isVisible(), "nothing is connected yet"
    assert list(panel.first_use.offers)[:3] == [
        "Claude key…", "OpenAI key…", "Server on this machine…",
    ]  # fmt: skip

    made(panel, qtbot, address)
    (row,) = panel.listed
    assert row.texts == ("web", "Web service", "Encrypted file", "ask", "Not tried yet")

    panel.test()
    qtbot.waitUntil(lambda: panel.listed[0].tone != "muted", timeout=10_000)
    assert panel.listed[0].state == "It answers (501)." or "answers" in panel.listed[0].state

    panel.change()
    sheet = sheet_of(ConnectionSheet, qtbot)
    assert isinstance(sheet, ConnectionSheet)
    token = sheet.entries["token"]
    assert isinstance(token, QLineEdit)
    assert (token.text(), token.placeholderText()) == ("", KEPT)
    assert token.echoMode() == QLineEdit.EchoMode.Password
    fill(sheet, address=f"{address}/new")
    sheet.press("Save")
    qtbot.waitUntil(
        lambda: panel.listed[0].shown.fields["address"] == f"{address}/new", timeout=10_000
    )
    assert panel.listed[0].shown.secrets == ("token",), "what wasn't typed stays"

    QTest.keyClick(panel.rows, Qt.Key.Key_Delete)
    sheet = sheet_of(Sheet, qtbot)
    assert "ask" in " ".join(label.text() for label in sheet.findChildren(QLabel))
    sheet.press("Remove")
    qtbot.waitUntil(lambda: not panel.listed, timeout=10_000)
    assert all(SECRET.encode() not in p.read_bytes() for p in home.rglob("*") if p.is_file())


def test_nothing_can_be_done_with_connections_before_they_are_known(
    studio: Studio, qtbot: QtBot
) -> None:
    panel = Panel(studio)
    qtbot.addWidget(panel)
    panel.show()

    assert studio.connections.seen is None
    assert [one.text() for one in panel.findChildren(QPushButton) if one.isVisibleTo(panel)] == [
        "Claude key…", "OpenAI key…", "Server on this machine…", "Look again",
    ]  # fmt: skip


@pytest.mark.slow
def test_what_another_program_made_is_seen_when_one_looks(
    panel: Panel, qtbot: QtBot, home: Path
) -> None:
    panel.hide()
    here = Connections(home, own_connectable(), prefer="vault", variables={})
    here.put(Draft(name="elsewhere", kind="database", fields={"address": "x.db"}))
    panel.show()

    qtbot.waitUntil(lambda: names(panel) == ["elsewhere"], timeout=10_000)


@pytest.mark.slow
def test_what_starts_a_program_is_shown_word_by_word_first(panel: Panel, qtbot: QtBot) -> None:
    panel.make("mcp", "tools")
    sheet = sheet_of(ConnectionSheet, qtbot)
    fill(sheet, command="serve-tools  --all '/tmp/x y'")
    sheet.press("Save")

    asked = sheet_of(AgreeSheet, qtbot)
    assert isinstance(asked, AgreeSheet)
    assert asked.exact["command"].text() == "serve-tools  --all '/tmp/x y'"
    asked.press("Not now")
    qtbot.waitUntil(lambda: names(panel) == ["tools"], timeout=10_000)
    assert panel.listed[0].state == "Waits for your word"

    panel.agree()
    again = sheet_of(AgreeSheet, qtbot)
    again.press("Let flows use it")
    qtbot.waitUntil(lambda: panel.listed[0].shown.agreed, timeout=10_000)


@pytest.mark.slow
def test_a_field_offers_what_suits_and_a_flow_says_what_is_missing(
    panel: Panel, bench: Workbench, studio: Studio, qtbot: QtBot, address: str
) -> None:
    bench.check_now()
    (problem,) = [one for one in bench.problems if one.code == UNKNOWN]
    assert (problem.block, problem.field, problem.severity) == ("ask", "connection", "warning")
    assert [offer.title for offer in offers_of(bench)(problem)] == ["Connect…"]

    made(panel, qtbot, address)
    bench.check_now()
    assert [one for one in bench.problems if one.code == UNKNOWN] == []

    parameter = bench.catalog.spec("http.get").parameter("connection")
    assert parameter is not None
    around = Surroundings(bench, "other")
    field = make_field(parameter, around, panel)
    assert isinstance(field, ConnectionField)
    told: list[object] = []
    field.changed.connect(told.append)
    field.fill()
    offered = {action.text(): action for action in field.pick.menu().actions() if action.text()}
    assert list(offered) == ["web", "New…"]
    offered["web"].trigger()
    assert told == [{"$connection": "web"}]
    assert field.line.text() == "web"


@pytest.mark.slow
def test_a_flow_that_can_ask_no_model_offers_to_connect_one_and_is_content_then(
    panel: Panel, studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    asks = {"prompt": "Hello", "model": "anthropic/claude-sonnet-5-5"}
    bench = Workbench(Document(Flow.of([Block("chat", "ai.chat", asks)])), studio.catalog)
    studio.workspace.add(bench)
    install(studio)
    bench.check_now()
    (problem,) = [one for one in bench.problems if one.code == NO_MODEL]
    (offer,) = offers_of(bench)(problem)
    assert offer.title == "Connect a model…"

    offer.do()
    sheet = sheet_of(ConnectionSheet, qtbot)
    assert isinstance(sheet, ConnectionSheet)
    assert sheet.name.text() == "anthropic"
    fill(sheet, key=SECRET)
    sheet.press("Save")

    qtbot.waitUntil(lambda: bench.problems == (), timeout=10_000)
