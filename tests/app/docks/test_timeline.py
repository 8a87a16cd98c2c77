"""A run is gone back through in the window, with a real runtime behind it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.docks.timeline import Timeline
from app.document import Document
from app.editor.past_banner import PastBanner
from app.presenters.block_status import look_of
from app.start import build
from app.timeline.painter import NAMES
from app.timeline.panel import Panel
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.edits import Rename
from graph.flow import Block, Flow
from runtime.settings import Settings
from tests.app.flows import CATALOG

LONG = 20_000
ROUNDS = 5

FLOW = Flow.of(
    [
        Block("items", "flow.constant", {"value": list(range(ROUNDS))}),
        Block("each", "logic.for_each", {"body": "twice", "parallel": 1}),
        Block("out", "flow.output", {"name": "all"}),
    ],
    [("items.value", "each.items"), ("each.value", "out.value")],
    flows={
        "twice": Flow.of(
            [
                Block("item", "flow.input", {"name": "item"}),
                Block("wait", "logic.wait", {"seconds": 0.02}),
                Block("text", "text.template", {"text": "{n}{n}"}),
                Block("out", "flow.output"),
            ],
            [("item.value", "wait.value"), ("wait.value", "text.n"), ("text.value", "out.value")],
        )
    },
)


@pytest.fixture(scope="module")
def window(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """The whole window, with a runtime of its own."""
    window = build(Settings(home=str(tmp_path_factory.mktemp("home")), database_url="memory:"))
    yield window
    window.studio.bridge.close()
    window.close()
    window.deleteLater()


@pytest.fixture
def bench(window: MainWindow, qtbot: QtBot) -> Iterator[Workbench]:
    workbench = Workbench(Document(FLOW), CATALOG)
    with qtbot.waitExposed(window):
        window.show()
    window.studio.workspace.add(workbench)
    window.docks.bring_up("timeline")
    yield workbench
    window.studio.workspace.remove(workbench)


def panel_of(window: MainWindow) -> Panel:
    dock = window.docks["timeline"].widget()
    assert isinstance(dock, Timeline)
    assert isinstance(dock.panel, Panel)
    return dock.panel


def run(window: MainWindow, bench: Workbench, qtbot: QtBot) -> Panel:
    """Run the flow to its end; gives the panel once it knows all of it."""
    window.studio.runs.start(bench, {})
    qtbot.waitUntil(lambda: bench.live is not None and bench.live.is_over, timeout=LONG)
    panel = panel_of(window)
    qtbot.waitUntil(lambda: knows_all(panel, bench), timeout=LONG)
    return panel


def knows_all(panel: Panel, bench: Workbench) -> bool:
    known = panel.known
    return (
        known is not None and bool(known.depends) and known.line.is_over
        and bench.live is not None and known.moments.events[-1].seq == bench.live.seq
        and panel.chart.scene is not None
        and len(panel.chart.scene.tasks.starts) == len(known.line.tasks)
    )  # fmt: skip


def test_without_a_run_it_says_what_it_is_for(
    window: MainWindow, bench: Workbench, qtbot: QtBot
) -> None:
    panel = panel_of(window)

    assert panel.empty.isVisible()
    assert "Run the flow" in panel.empty.text()


def test_lanes_are_called_as_the_blocks_of_the_flow_in_front(
    window: MainWindow, bench: Workbench, qtbot: QtBot
) -> None:
    run(window, bench, qtbot)
    other = Workbench(Document(FLOW), CATALOG)
    other.do(Rename("each", "Twice each"))
    window.studio.workspace.add(other)

    scene = run(window, other, qtbot).chart.scene

    assert scene is not None
    assert scene.names["each"] == "Twice each"
    window.studio.workspace.remove(other)


def test_dragging_the_head_shows_on_the_canvas_how_it_was(
    window: MainWindow, bench: Workbench, qtbot: QtBot
) -> None:
    panel = run(window, bench, qtbot)
    chart, view = panel.chart, panel.chart.viewport()
    middle = QPoint(NAMES + round(chart.span.x_of(chart.length / 2)), 8)

    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(middle.x() + 60, 8))
    qtbot.mouseMove(view, middle)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: bench.moment is not None)

    banner = window.pages.page(bench).findChild(PastBanner)
    assert bench.run is not None
    assert look_of(bench.run.block("each")) == "running"
    assert 0 < len(bench.run.scopes["each"]) <= ROUNDS
    assert bench.run.block("out") is None
    assert isinstance(banner, PastBanner)
    assert banner.isVisible()

    banner.back.click()

    assert look_of(bench.run.block("each")) == "done"
    assert not banner.isVisible()
    assert panel.chart.head is not None
    assert panel.chart.head.is_now


def test_every_place_of_a_real_run_can_be_stepped_to(
    window: MainWindow, bench: Workbench, qtbot: QtBot
) -> None:
    panel = run(window, bench, qtbot)
    assert panel.known is not None
    assert panel.chart.head is not None
    moments = panel.known.moments

    done = []
    for place in range(moments.last - 1, 0, -1):
        panel.chart.head.go_to(place)
        qtbot.waitUntil(lambda place=place: getattr(bench.moment, "place", 0) == place)
        view = bench.run.block("each") if bench.run else None
        done.append(view.rounds_done if view else 0)

    assert done == sorted(done, reverse=True)
    assert (done[0], done[-1]) == (ROUNDS, 0)


def test_it_says_where_the_time_went(window: MainWindow, bench: Workbench, qtbot: QtBot) -> None:
    panel = run(window, bench, qtbot)
    assert panel.known is not None

    qtbot.waitUntil(lambda: panel.summary.model.rows[0].block == "each/wait")
    assert panel.summary.model.rows[0].part > 0.5
    path = [panel.known.line.tasks[step.task] for step in panel.known.path]
    assert [f"each[{i}]/wait" for i in range(ROUNDS)] == [t for t in path if t.endswith("wait")]


def test_bars_and_canvas_select_each_other(
    window: MainWindow, bench: Workbench, qtbot: QtBot
) -> None:
    panel = run(window, bench, qtbot)

    panel.chart.chosen.emit("each/text")
    assert (bench.level, bench.selected) == (("twice",), frozenset({"text"}))

    bench.leave()
    bench.select(["each"])
    qtbot.waitUntil(lambda: panel.chart.scene is not None and "each" in panel.chart.scene.lit)


def test_lanes_can_be_those_of_agents(window: MainWindow, bench: Workbench, qtbot: QtBot) -> None:
    panel = run(window, bench, qtbot)

    panel.controls.lanes_changed.emit(True)

    assert panel.chart.scene is not None
    assert [lane.name for lane in panel.chart.scene.layout.lanes] == ["pure"]
    assert panel.summary.model.rows[0].texts[0] == "Worked out on the spot"
    panel.controls.lanes_changed.emit(False)


def test_another_run_is_followed_from_its_beginning(
    window: MainWindow, bench: Workbench, qtbot: QtBot
) -> None:
    panel = run(window, bench, qtbot)
    first = bench.live
    assert panel.chart.head is not None
    panel.chart.head.go_to(3)
    qtbot.waitUntil(lambda: bench.moment is not None)

    run(window, bench, qtbot)

    assert bench.live is not first
    assert bench.moment is None
    assert panel.chart.head.is_now


def test_each_flow_keeps_the_moment_that_is_shown_of_it(
    window: MainWindow, bench: Workbench, qtbot: QtBot
) -> None:
    panel = run(window, bench, qtbot)
    assert panel.chart.head is not None
    panel.chart.head.go_to(4)
    qtbot.waitUntil(lambda: bench.moment is not None)
    other = Workbench(Document(Flow()), CATALOG)
    window.studio.workspace.add(other)
    assert panel.known is None

    window.studio.workspace.show(bench)
    qtbot.waitUntil(lambda: knows_all(panel, bench), timeout=LONG)

    assert panel.chart.head.place == 4
    window.studio.workspace.remove(other)
