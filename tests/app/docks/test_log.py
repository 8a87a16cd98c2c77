"""The log dock: a real runtime's, which a plugin speaks to."""

import re
from collections.abc import Iterator

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.docks.log import DOCK, Log
from app.log.panel import Panel
from app.log.table import LogTable
from app.studio import Studio

LONG = 20_000


@pytest.fixture(scope="module")
def studio(own_studio: Studio) -> Studio:
    return own_studio


@pytest.fixture
def dock(studio: Studio, qtbot: QtBot) -> Log:
    made = Log(studio)
    qtbot.addWidget(made)
    made.resize(820, 300)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def panel(studio: Studio, dock: Log) -> Panel:
    assert isinstance(dock.panel, Panel)
    studio.bridge.start()
    return dock.panel


@pytest.fixture
def plugin(panel: Panel, qtbot: QtBot) -> Iterator[httpx.Client]:
    """A plugin that was paired by the code that the dock shows."""
    qtbot.waitUntil(panel.connect_studio.isVisible, timeout=LONG)
    qtbot.mouseClick(panel.connect_studio, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(panel.code.isVisible, timeout=LONG)
    found = re.search(r"Enter (\S+) .* address (\S+),", panel.code.text())
    assert found is not None
    code, address = found.groups()
    headers = {"X-Heddle-Protocol": "1"}
    with httpx.Client(base_url=f"{address}/roblox/", headers=headers) as client:
        token = client.post("pair", json={"code": code, "place": "Obby"}).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        client.post("session", json={"run": "r", "place": "Obby"}).raise_for_status()
        yield client


def say(client: httpx.Client, number: int, level: str, text: str) -> None:
    message = {"number": number, "level": level, "text": text, "at": 0.0, "source": ""}
    client.post("log", json={"run": text, "messages": [message]}).raise_for_status()


def texts(panel: Panel) -> list[str]:
    return [row.texts[1] for row in panel.table.messages.rows]


def test_an_empty_dock_says_how_studio_is_connected(
    studio: Studio, panel: Panel, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: "heddle roblox plugin" in panel.empty.text(), timeout=LONG)

    assert studio.bridge.place is not None
    assert panel.status.text() == f"No Studio is connected to {studio.bridge.place.address}"


def test_what_studio_says_appears_and_can_be_narrowed(
    panel: Panel, qtbot: QtBot, plugin: httpx.Client
) -> None:
    say(plugin, 1, "output", "hello")
    say(plugin, 2, "error", "it broke")
    panel.look()
    qtbot.waitUntil(lambda: texts(panel) == ["hello", "it broke"], timeout=LONG)
    assert panel.status.text().startswith("Obby is connected")
    assert panel.code.isHidden()

    panel.level.setCurrentText("Errors")
    qtbot.waitUntil(lambda: texts(panel) == ["it broke"], timeout=LONG)
    panel.words.setText("nothing like it")
    qtbot.waitUntil(lambda: panel.empty.text() == "No message is like that.", timeout=LONG)
    panel.words.clear()
    panel.level.setCurrentIndex(0)

    qtbot.waitUntil(lambda: texts(panel) == ["hello", "it broke"], timeout=LONG)


def test_where_it_is_narrow_messages_have_the_room(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    table = LogTable(parent)
    table.resize(800, 200)
    parent.show()
    wide = table.isColumnHidden(2)
    table.resize(300, 200)

    assert (wide, table.isColumnHidden(2)) == (False, True)


def test_the_list_is_cleared_until_something_new_is_said(
    panel: Panel, qtbot: QtBot, plugin: httpx.Client
) -> None:
    say(plugin, 1, "output", "before")
    panel.look()
    qtbot.waitUntil(lambda: "before" in texts(panel), timeout=LONG)

    panel.clear()
    say(plugin, 2, "output", "after")

    qtbot.waitUntil(lambda: texts(panel) == ["after"], timeout=LONG)


def test_the_dock_doesn_t_open_by_itself() -> None:
    assert not DOCK.shown
