"""The dock of channels: a real runtime's, with what a flow or a person says on them."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.channels.panel import Panel
from app.docks.channels import DOCK, Channels
from app.panes.pane import MANY, NONE_LIKE_IT
from app.studio import Studio

LONG = 20_000
AGENT = "realtime_update"


@pytest.fixture(scope="module")
def studio(own_studio: Studio) -> Studio:
    return own_studio


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio) -> Channels:
    made = Channels(studio)
    qtbot.addWidget(made)
    made.resize(760, 320)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def panel(studio: Studio, dock: Channels) -> Panel:
    assert isinstance(dock.panel, Panel)
    studio.bridge.start()
    return dock.panel


def say(qtbot: QtBot, studio: Studio, channel: str, event: str, data: object) -> None:
    """Have something said by the runtime, as a flow does."""
    done = list[object]()
    named = {"channels": [channel], "event": event, "data": data}
    studio.bridge.agents(lambda a: a.perform(AGENT, "broadcast", **named), done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=LONG)


def names(panel: Panel) -> list[str]:
    return [row.channel for row in panel.table.listed.rows]


def test_an_empty_dock_says_how_clients_join(panel: Panel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "pusher-js" in panel.empty.text(), timeout=LONG)

    assert panel.empty.isVisible()
    assert panel.route.text() == "Our own server"


def test_channels_are_listed_with_what_was_said_lately(
    panel: Panel, qtbot: QtBot, studio: Studio
) -> None:
    say(qtbot, studio, "orders", "placed", {"total": 17})

    panel.look()
    qtbot.waitUntil(lambda: "orders" in names(panel), timeout=LONG)
    qtbot.waitUntil(lambda: "placed" in panel.details.lately.text(), timeout=LONG)

    assert "17" in panel.details.lately.text()
    assert panel.details.title.text() == "orders"
    assert panel.details.people.isHidden()


def test_a_person_says_something_on_the_channel(panel: Panel, qtbot: QtBot, studio: Studio) -> None:
    say(qtbot, studio, "orders", "placed", 1)
    qtbot.waitUntil(lambda: panel.details.title.text() == "orders", timeout=LONG)

    qtbot.keyClicks(panel.details.name, "cancelled")
    qtbot.keyClicks(panel.details.data, '{"why": "sold <out>"}')
    qtbot.mouseClick(panel.details.say, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: "cancelled" in panel.details.lately.text(), timeout=LONG)
    assert "sold &lt;out&gt;" in panel.details.lately.text()


def test_among_many_one_is_found_by_its_name(panel: Panel, qtbot: QtBot, studio: Studio) -> None:
    channels = [f"room-{number}" for number in range(MANY + 1)]
    done = list[object]()
    for channel in channels:
        said = {"channels": [channel], "event": "opened", "data": 1}
        studio.bridge.agents(
            lambda a, said=said: a.perform(AGENT, "broadcast", **said), done.append
        )
    qtbot.waitUntil(lambda: len(done) == len(channels), timeout=LONG)
    panel.look()
    qtbot.waitUntil(panel.words.isVisible, timeout=LONG)

    qtbot.keyClicks(panel.words, "ROOM 12")
    found = names(panel)
    panel.words.setText("loom")
    nothing = panel.empty.text()
    panel.words.clear()

    assert found == ["room-12"]
    assert nothing == NONE_LIKE_IT
    assert set(channels) <= set(names(panel))


def test_what_can_t_be_said_is_told(panel: Panel, qtbot: QtBot, studio: Studio) -> None:
    say(qtbot, studio, "orders", "placed", 1)
    qtbot.waitUntil(lambda: panel.details.title.text() == "orders", timeout=LONG)
    told = list[str]()
    studio.notices.told.connect(lambda notice: told.append(str(notice)))

    panel.details.name.setText("pusher:error")
    qtbot.mouseClick(panel.details.say, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: any("pusher:error" in one for one in told), timeout=LONG)


def test_the_dock_doesn_t_open_by_itself() -> None:
    assert not DOCK.shown
