"""The dock of agents: a real runtime's, with a host that is really down."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from agents.manager.status import AgentChanged
from app.agents.panel import Panel
from app.docks.agents import DOCK, Agents
from app.document import Document
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Block, Flow, Retry, Settings
from tests.app.flows import CATALOG

LONG = 20_000


@pytest.fixture(scope="module")
def studio(own_studio: Studio) -> Studio:
    return own_studio


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio) -> Agents:
    made = Agents(studio)
    qtbot.addWidget(made)
    made.resize(760, 320)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio, dock: Agents) -> Panel:
    assert isinstance(dock.panel, Panel)
    studio.bridge.start()
    panel = dock.panel
    qtbot.waitUntil(lambda: len(panel.table.listed.rows) > 4, timeout=LONG)
    return panel


@pytest.fixture
def down(studio: Studio, panel: Panel, qtbot: QtBot, unused_tcp_port: int) -> str:
    """A host that nobody answers at, asked until its breaker is open."""
    host = f"127.0.0.1:{unused_tcp_port}"
    often = Settings(retry=Retry(attempts=5, delay=0))
    flow = Flow.of([Block("get", "http.get", {"url": f"http://{host}/"}, settings=often)])
    bench = Workbench(Document(flow), CATALOG)
    studio.workspace.add(bench)
    studio.runs.start(bench, {})
    qtbot.waitUntil(lambda: f"http:{host}" in panel.details.guards, timeout=LONG)
    panel.show_agent("http")
    card = panel.details.guards[f"http:{host}"]
    qtbot.waitUntil(lambda: not card.reset.isHidden(), timeout=LONG)
    return host


def test_agents_are_listed_before_anybody_needs_them(panel: Panel) -> None:
    titles = {row.texts[0]: row.status.state for row in panel.table.listed.rows}

    assert {"HTTP", "Files", "Databases", "Python sandbox", "Models"} <= titles.keys()
    assert panel.details.title.toolTip() == panel.table.listed.rows[0].texts[0]
    assert "told once it has been started" in panel.details.capabilities.text()
    assert (DOCK.title, DOCK.area) == ("Agents", "bottom")


def test_a_host_that_is_down_is_seen_and_its_breaker_reset(
    studio: Studio, panel: Panel, down: str, qtbot: QtBot
) -> None:
    card = panel.details.guards[f"http:{down}"]
    assert card.accessibleName().startswith(f"Guard of {down}: Open, tried again in ")
    assert panel.table.listed.rows[0].texts[2] == "1 open"
    assert f"The breaker of {down} is open" in panel.details.lately.text()
    assert "Send a request" in panel.details.capabilities.text()

    card.reset.click()

    qtbot.waitUntil(lambda: card.reset.isHidden(), timeout=LONG)
    assert panel.table.listed.rows[0].texts[2] == "1 closed"


def test_a_breaker_is_held_open_until_somebody_tries_again(
    panel: Panel, down: str, qtbot: QtBot
) -> None:
    card = panel.details.guards[f"http:{down}"]

    card.hold.click()
    qtbot.waitUntil(lambda: card.hold.isHidden(), timeout=LONG)
    assert card.accessibleName().startswith(f"Guard of {down}: Open, held by hand")

    card.reset.click()
    qtbot.waitUntil(lambda: not card.hold.isHidden(), timeout=LONG)
    assert card.accessibleName().startswith(f"Guard of {down}: Closed")


def test_an_agent_is_checked_drained_and_started_again(
    studio: Studio, panel: Panel, down: str, qtbot: QtBot
) -> None:
    told: list[str] = []
    studio.notices.told.connect(lambda notice: told.append(notice.text))
    panel.show_agent("http")

    panel.details.check.click()
    qtbot.waitUntil(lambda: "HTTP is well." in told, timeout=LONG)
    panel.details.drain.click()
    qtbot.waitUntil(lambda: panel.details.restart.text() == "Start", timeout=LONG)
    assert panel.details.headline.text().startswith("Out of work")
    assert not panel.details.drain.isEnabled()
    panel.details.restart.click()
    qtbot.waitUntil(lambda: panel.details.restart.text() == "Restart", timeout=LONG)


def test_figures_change_in_place(panel: Panel, down: str, qtbot: QtBot) -> None:
    card = panel.details.guards[f"http:{down}"]
    asked = panel.table.listed.rows[0].status.calls

    panel.look()
    qtbot.waitUntil(lambda: panel.table.listed.rows[0].status.calls >= asked, timeout=LONG)

    assert panel.details.guards[f"http:{down}"] is card
    assert panel.table.selected is not None
    assert panel.table.selected.key == "http"
    panel.show_agent("files")
    assert panel.details.title.toolTip() == "Files"
    assert panel.details.guards == {}


def test_what_happens_is_heard_in_the_window(studio: Studio, panel: Panel, qtbot: QtBot) -> None:
    heard: list[object] = []
    studio.bridge.agents_happened.connect(heard.append)
    flow = Flow.of([Block("page", "files.exists", {"path": str(Path.cwd())})])
    bench = Workbench(Document(flow), CATALOG)
    studio.workspace.add(bench)
    studio.runs.start(bench, {})

    qtbot.waitUntil(lambda: any(
        isinstance(one, AgentChanged) and (one.agent, one.state) == ("files", "ok")
        for one in heard), timeout=LONG)  # fmt: skip
