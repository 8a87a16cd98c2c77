"""The dock of syncs: a real runtime's, with a table, conflicts and writes that wait."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.docks.sync import DOCK, Syncs
from app.preferences import Preferences
from app.studio import Studio
from app.syncs.panel import Panel
from app.syncs.sheets import MergeSheet, SyncSheet
from app.theme import Theme
from runtime.settings import Settings as RuntimeSettings

LONG = 20_000
AGENT = "database_sync"


@pytest.fixture(scope="module")
def studio(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    window = QWidget()
    home = tmp_path_factory.mktemp("home")
    data = home / "agents" / AGENT / "data.db"
    data.parent.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(data)) as connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    settings = RuntimeSettings(home=str(home), database_url="memory:")
    made = Studio(window, settings, Preferences(settings.folder, window), Theme("dark", window))
    yield made
    made.bridge.close()
    window.close()
    window.deleteLater()


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio) -> Syncs:
    made = Syncs(studio)
    qtbot.addWidget(made)
    made.resize(760, 320)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def panel(studio: Studio, dock: Syncs) -> Panel:
    assert isinstance(dock.panel, Panel)
    studio.bridge.start()
    return dock.panel


def do(qtbot: QtBot, studio: Studio, capability: str, **named: Any) -> Any:
    """Have something done by the agent of the runtime, as a flow does."""
    done = list[Any]()
    studio.bridge.agents(lambda a: a.perform(AGENT, capability, **named), done.append, done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=LONG)
    assert not isinstance(done[0], Exception), done[0]
    return done[0]


def sync_named(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "table": "users", "key": ["id"], **more}


def test_an_empty_dock_says_what_to_do(panel: Panel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "No table is kept in step" in panel.empty.text(), timeout=LONG)

    assert panel.empty.offer.isVisible()
    assert panel.sides[0].text() == "sqlite:///data.db answers"
    assert not DOCK.shown


def test_a_person_defines_a_sync(panel: Panel, qtbot: QtBot, studio: Studio) -> None:
    qtbot.waitUntil(panel.empty.offer.isVisible, timeout=LONG)
    qtbot.mouseClick(panel.empty.offer, Qt.MouseButton.LeftButton)
    sheet = studio.window.findChild(SyncSheet)
    assert isinstance(sheet, SyncSheet)
    sheet.lines["name"].setText("people")
    sheet.lines["table"].setText("nowhere")
    sheet.press("Define")
    qtbot.waitUntil(lambda: "no table" in sheet.told.text(), timeout=LONG)

    sheet.lines["table"].setText("users")
    sheet.press("Define")

    qtbot.waitUntil(lambda: panel.details.title.text() == "people", timeout=LONG)
    assert "through: in the database" in panel.details.facts.text()
    assert panel.details.no_conflicts.isVisibleTo(panel)
    do(qtbot, studio, "remove", sync="people")


def test_tab_goes_from_the_bar_to_the_list_and_on_to_the_rest(
    panel: Panel, qtbot: QtBot, studio: Studio
) -> None:
    do(qtbot, studio, "define", sync=sync_named("people"))
    panel.look()
    qtbot.waitUntil(panel.new.isVisible, timeout=LONG)
    panel.new.setFocus()
    met = list[QWidget | None]()
    for _ in range(3):
        qtbot.keyClick(panel.window().focusWidget(), Qt.Key.Key_Tab)
        met.append(panel.window().focusWidget())

    assert met == [panel.table, panel.details, panel.details.change]
    do(qtbot, studio, "remove", sync="people")


def test_only_what_counts_with_what_is_chosen_can_be_filled_in(studio: Studio) -> None:
    sheet = SyncSheet(studio.window, None, lambda *_: None)
    lines, choices = sheet.lines, sheet.choices
    before = lines["delay"].isEnabled(), lines["merge"].isEnabled()
    for name, value in (("mode", "behind"), ("on_conflict", "merge")):
        choices[name].setCurrentIndex(choices[name].findData(value))

    assert before == (False, False)
    assert (lines["delay"].isEnabled(), lines["merge"].isEnabled()) == (True, True)
    sheet.close()


def test_what_waits_is_flushed(panel: Panel, qtbot: QtBot, studio: Studio) -> None:
    do(qtbot, studio, "define", sync=sync_named("slow", mode="behind", delay=3600))
    do(qtbot, studio, "put", sync="slow", row={"id": 7, "name": "Ada"})
    panel.look()
    qtbot.waitUntil(panel.details.flush.isEnabled, timeout=LONG)

    qtbot.mouseClick(panel.details.flush, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: not panel.details.flush.isEnabled(), timeout=LONG)
    assert "1 brought to the database" in panel.details.facts.text()
    do(qtbot, studio, "remove", sync="slow")


@pytest.mark.parametrize(("title", "name"), [("Keep mine", "Eve"), ("Keep theirs", "Ada")])
def test_a_person_decides_a_conflict(
    panel: Panel, qtbot: QtBot, studio: Studio, title: str, name: str
) -> None:
    do(qtbot, studio, "define", sync=sync_named("users", on_conflict="ask"))
    do(qtbot, studio, "put", sync="users", row={"id": 1, "name": "Ada"})
    do(qtbot, studio, "put", sync="users", row={"id": 1, "name": "Eve"}, version=0)
    panel.look()
    qtbot.waitUntil(lambda: len(panel.details.cards) == 1, timeout=LONG)
    (button,) = [
        one for one in panel.details.cards[0].findChildren(QPushButton) if one.text() == title
    ]

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: panel.details.cards == [], timeout=LONG)
    assert do(qtbot, studio, "get", sync="users", key=1)["row"]["name"] == name
    do(qtbot, studio, "remove", sync="users")


def test_a_person_merges_by_hand(panel: Panel, qtbot: QtBot, studio: Studio) -> None:
    do(qtbot, studio, "define", sync=sync_named("users", on_conflict="ask"))
    do(qtbot, studio, "put", sync="users", row={"id": 2, "name": "Ada"})
    do(qtbot, studio, "put", sync="users", row={"id": 2, "name": "Eve"}, version=0)
    panel.look()
    qtbot.waitUntil(lambda: len(panel.details.cards) == 1, timeout=LONG)

    panel.details.decided.emit(panel.details.cards[0].id, "merged")
    sheet = studio.window.findChild(MergeSheet)
    assert isinstance(sheet, MergeSheet)
    sheet.row.setPlainText("[]")
    sheet.press("Write")
    assert "one record" in sheet.told.text()
    sheet.row.setPlainText('{\n"name": Joe}')
    sheet.press("Write")
    assert "Line 2 is no JSON" in sheet.told.text()
    sheet.row.setPlainText('{"name": "Joe"}')
    sheet.press("Write")

    qtbot.waitUntil(lambda: panel.details.cards == [], timeout=LONG)
    assert do(qtbot, studio, "get", sync="users", key=2)["row"]["name"] == "Joe"
    do(qtbot, studio, "remove", sync="users")


def test_the_table_of_the_home_is_where_the_dock_says(studio: Studio) -> None:
    assert Path(studio.settings.folder, "agents", AGENT, "data.db").exists()
