"""The dock of metrics: real runs of a real runtime, as charts of them show them."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.docks.metrics import DOCK, Metrics
from app.document import Document
from app.metrics.compare_dialog import CompareDialog
from app.metrics.panel import CHARTS, Panel
from app.plots.card import PlotCard
from app.preferences import Preferences
from app.presenters.charts import Scope
from app.presenters.scope_choices import BLOCKS_IN_FRONT, SELECTED
from app.presenters.windows import WINDOWS
from app.studio import Studio
from app.theme import Theme
from app.workbench import Workbench
from runtime.journal.contract import RunRow
from runtime.settings import Settings
from tests.app.flows import CATALOG, template

LONG = 20_000


@pytest.fixture(scope="module")
def studio(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """With a runtime of its own, in which "Hello" has run twice."""
    window = QWidget()
    settings = Settings(home=str(tmp_path_factory.mktemp("home")), database_url="memory:")
    made = Studio(window, settings, Preferences(settings.folder, window), Theme("dark", window))
    yield made
    made.bridge.close()
    window.close()
    window.deleteLater()


@pytest.fixture(scope="module")
def bench(studio: Studio) -> Workbench:
    made = Workbench(Document(template("hello")), CATALOG)
    studio.workspace.add(made)
    return made


@pytest.fixture
def ran(studio: Studio, bench: Workbench, qtbot: QtBot) -> list[RunRow]:
    """The runs there are: two at the least."""
    for _ in range(0 if bench.run else 2):
        run_once(studio, bench, qtbot)
    found = list[RunRow]()
    studio.bridge.look(lambda journal: journal.runs(), found.extend)
    qtbot.waitUntil(lambda: len(found) >= 2, timeout=LONG)
    return found


def run_once(studio: Studio, bench: Workbench, qtbot: QtBot) -> None:
    before = bench.run
    studio.runs.start(bench, {"name": "Ada"})
    qtbot.waitUntil(
        lambda: bench.run is not None and bench.run is not before and bench.run.is_over,
        timeout=LONG,
    )


@pytest.fixture
def dock(qtbot: QtBot, studio: Studio) -> Metrics:
    studio.preferences.remember(CHARTS, '{"picked": ["task_rate", "runs_succeeded", "memory"]}')
    made = Metrics(studio)
    qtbot.addWidget(made)
    made.resize(1100, 500)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def panel(dock: Metrics, ran: list[RunRow], qtbot: QtBot) -> Panel:
    assert isinstance(dock.panel, Panel)
    qtbot.waitUntil(lambda: bool(dock.panel.cards), timeout=LONG)  # type: ignore[attr-defined]
    return dock.panel


def titles(panel: Panel) -> list[str]:
    return [card.title.text() for card in panel.wall.cards]


def card(panel: Panel, title: str) -> PlotCard:
    return next(card for card in panel.wall.cards if card.title.text() == title)


def total(card: PlotCard) -> float:
    return sum(float(np.nansum(drawn.ring.values)) for drawn in card.plot.drawn)


def test_pyqtgraph_is_not_imported_before_the_dock_is_seen() -> None:
    """The rest of this file has imported it, so a process of its own tells."""
    import subprocess

    code = (
        "import sys; from app.docks import docks; docks(); import app.window.main_window;"
        "print('pyqtgraph' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "False"
    assert DOCK.area == "bottom"


def test_what_has_run_is_shown(panel: Panel, qtbot: QtBot) -> None:
    assert titles(panel) == ["Runs succeeded", "Tasks a second", "Memory"]

    qtbot.waitUntil(lambda: total(card(panel, "Runs succeeded")) >= 2, timeout=LONG)

    assert total(card(panel, "Tasks a second")) >= 4
    qtbot.waitUntil(lambda: "MB" in card(panel, "Memory").legend.text(), timeout=LONG)


def test_another_run_shows_itself_within_moments(
    panel: Panel, studio: Studio, bench: Workbench, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: total(card(panel, "Runs succeeded")) >= 2, timeout=LONG)
    before = total(card(panel, "Runs succeeded"))

    run_once(studio, bench, qtbot)

    qtbot.waitUntil(lambda: total(card(panel, "Runs succeeded")) == before + 1, timeout=LONG)


def test_a_chart_is_found_by_typing_and_picked_by_a_key(panel: Panel, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.picker.search, "retr")
    qtbot.keyClick(panel.picker.search, Qt.Key.Key_Down)
    item = panel.picker.tree.currentItem()
    assert item is not None
    assert item.text(0) == "Retries"

    qtbot.keyClick(panel.picker.tree, Qt.Key.Key_Space)
    assert "Retries" in titles(panel)

    qtbot.keyClick(panel.picker.tree, Qt.Key.Key_Space)
    assert "Retries" not in titles(panel)


def test_each_block_of_the_flow_in_front_gets_a_line(panel: Panel, qtbot: QtBot) -> None:
    panel.choose_scope(BLOCKS_IN_FRONT)

    rate = card(panel, "Tasks a second")
    qtbot.waitUntil(lambda: len(rate.plot.drawn) == 2, timeout=LONG)

    assert {drawn.name for drawn in rate.plot.drawn} == {"Greet", "Greeting"}
    assert card(panel, "Memory").of.text() == "Everything"
    assert card(panel, "Runs succeeded").of.text() == "Hello"


def test_charts_follow_the_selected_block(panel: Panel, bench: Workbench, qtbot: QtBot) -> None:
    panel.choose_scope(SELECTED)
    bench.select(["greet"])

    wanted = Scope("block", "Hello", "greet")
    qtbot.waitUntil(lambda: any(shown.scope == wanted for shown in panel.cards), timeout=LONG)
    qtbot.waitUntil(lambda: total(card(panel, "Tasks a second")) >= 2, timeout=LONG)

    bench.select([])


def test_a_pinned_chart_comes_first_and_stays_what_it_is(panel: Panel, qtbot: QtBot) -> None:
    card(panel, "Memory").pin.click()
    assert titles(panel)[0] == "Memory"

    panel.choose_scope(Scope("flow"))
    assert panel.wall.cards[0].of.text() == "Everything"

    panel.wall.cards[0].pin.click()
    assert titles(panel)[-1] == "Memory"


def test_a_chart_is_taken_away_by_its_cross(panel: Panel, studio: Studio) -> None:
    card(panel, "Memory").closes.click()

    assert "Memory" not in titles(panel)
    assert "memory" not in studio.preferences.text(CHARTS)


def test_a_paused_wall_stands_still_and_goes_on(panel: Panel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: panel.feed.newest > 0, timeout=LONG)

    qtbot.keyClick(panel.wall.cards[0].plot, Qt.Key.Key_Space)
    qtbot.wait(300)  # for an answer that was under way
    stands = panel.feed.newest
    qtbot.wait(1300)
    assert panel.feed.newest == stands

    panel.bar.pause.click()
    qtbot.waitUntil(lambda: panel.feed.newest > stands, timeout=LONG)


def test_whoever_zoomed_is_offered_the_way_back(panel: Panel, qtbot: QtBot) -> None:
    assert not panel.bar.reset.isEnabled()

    qtbot.keyClick(panel.wall.cards[0].plot, Qt.Key.Key_Plus)
    assert panel.bar.reset.isEnabled()

    panel.bar.reset.click()
    assert panel.span.follows


def test_another_stretch_of_time_is_read_anew_and_remembered(
    panel: Panel, studio: Studio, qtbot: QtBot
) -> None:
    panel.choose_window(WINDOWS[3])

    qtbot.waitUntil(lambda: total(card(panel, "Runs succeeded")) >= 2, timeout=LONG)
    assert panel.span.end - panel.span.start == 3600
    assert Panel(studio).span.length == 3600


def test_two_runs_are_laid_over_each_other(panel: Panel, ran: list[RunRow], qtbot: QtBot) -> None:
    panel.bar.compare.click()
    qtbot.waitUntil(lambda: bool(panel.findChildren(CompareDialog)), timeout=LONG)
    [dialog] = panel.findChildren(CompareDialog)
    assert {dialog.first.currentIndex(), dialog.second.currentIndex()} == {0, 1}
    dialog.press("Compare")

    rate = card(panel, "Tasks a second")
    qtbot.waitUntil(lambda: len(rate.plot.drawn) == 2, timeout=LONG)
    assert [drawn.dashed for drawn in rate.plot.drawn] == [False, True]
    assert rate.plot.is_elapsed
    assert panel.span.start == 0
    assert "Memory" not in titles(panel)

    panel.bar.live.click()
    qtbot.waitUntil(lambda: "Memory" in titles(panel), timeout=LONG)
    assert not card(panel, "Tasks a second").plot.is_elapsed


def test_what_is_seen_is_saved_as_a_table_and_as_a_picture(
    panel: Panel, tmp_path: Path, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: total(card(panel, "Runs succeeded")) >= 2, timeout=LONG)

    panel.save_csv(str(tmp_path / "metrics.csv"))
    panel.save_png(str(tmp_path / "metrics.png"))

    with (tmp_path / "metrics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    ended = sum(float(row["value"]) for row in rows if row["chart"] == "Runs succeeded")
    assert ended == total(card(panel, "Runs succeeded"))
    assert rows[0]["time"].endswith("+00:00")
    assert (tmp_path / "metrics.png").read_bytes().startswith(b"\x89PNG")


def test_a_place_that_cannot_be_written_is_told_of(
    panel: Panel, studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(studio.notices.told) as told:
        panel.save_csv(str(tmp_path / "nowhere" / "metrics.csv"))

    assert "Choose another place" in told.args[0].text


def test_a_dock_that_is_hidden_asks_for_nothing(dock: Metrics, panel: Panel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: panel.feed.newest > 0, timeout=LONG)

    dock.hide()
    qtbot.wait(300)
    stands = panel.feed.newest
    qtbot.wait(1200)

    assert panel.feed.newest == stands
