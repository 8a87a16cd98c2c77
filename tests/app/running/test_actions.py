from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.dialogs.inputs import InputsSheet
from app.docks.history import History
from app.document import Document
from app.presenters.live_run import LiveRun
from app.start import build
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.edits import Disconnect, SetField, SetFlowText
from graph.flow import Block, Flow, end
from runtime.settings import Settings
from tests.app.flows import CATALOG, template

LONG = 20_000


@pytest.fixture(scope="module")
def window(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """The whole window, with a runtime of its own."""
    window = build(Settings(home=str(tmp_path_factory.mktemp("home")), database_url="memory:"))
    window.complete()
    yield window
    window.studio.bridge.close()
    window.close()
    window.deleteLater()


@pytest.fixture
def front(window: MainWindow) -> Iterator[Workbench]:
    workbench = Workbench(Document(template("hello")), CATALOG)
    window.studio.workspace.add(workbench)
    yield workbench
    window.studio.workspace.remove(workbench)


def press(window: MainWindow, action: str) -> None:
    window.studio.actions.refresh()
    window.studio.actions[action].trigger()


def sheet(window: MainWindow) -> InputsSheet:
    """The form that is open."""
    return next(s for s in window.findChildren(InputsSheet) if s.isVisible())


def is_other_and_over(workbench: Workbench, before: LiveRun) -> Callable[[], bool]:
    return lambda: (
        workbench.run is not None and workbench.run is not before and workbench.run.is_over
    )


def test_a_template_runs_at_the_press_of_a_key(
    window: MainWindow, front: Workbench, qtbot: QtBot
) -> None:
    press(window, "run.start")
    sheet(window).press("Run")
    qtbot.waitUntil(lambda: front.run is not None and front.run.is_over, timeout=LONG)

    assert front.run is not None
    assert front.run.view.outputs == {"greeting": "Hello, world!"}

    press(window, "run.hide")

    assert front.run is None


def test_a_flow_that_may_not_run_yet_is_refused_before_it_asks_for_inputs(
    window: MainWindow, front: Workbench, qtbot: QtBot
) -> None:
    front.trust(False)

    with qtbot.waitSignal(window.studio.notices.told) as told:
        press(window, "run.start")

    (notice,) = told.args
    assert "haven't let this flow run" in notice.text
    assert not any(form.isVisible() for form in window.findChildren(InputsSheet))
    (allow,) = notice.offers
    allow.do()
    press(window, "run.start")
    sheet(window).press("Cancel")


def test_a_flow_with_inputs_asks_for_them_and_remembers_them(
    window: MainWindow, front: Workbench, qtbot: QtBot
) -> None:
    press(window, "run.start")
    form = sheet(window)
    form.fill("name", "Ada")
    form.press("Run")
    qtbot.waitUntil(lambda: front.run is not None and front.run.is_over, timeout=LONG)

    assert front.run is not None
    assert front.run.view.outputs == {"greeting": "Hello, Ada!"}
    first = front.run

    press(window, "run.start")
    again = sheet(window)
    again.press("Run")
    qtbot.waitUntil(is_other_and_over(front, first), timeout=LONG)

    assert front.run.view.outputs == {"greeting": "Hello, Ada!"}


def test_a_flow_runs_again_with_the_same_inputs_and_from_a_block(
    window: MainWindow, front: Workbench, qtbot: QtBot
) -> None:
    window.studio.runs.start(front, {"name": "Bo"})
    qtbot.waitUntil(lambda: front.run is not None and front.run.is_over, timeout=LONG)
    first = front.run
    assert first is not None

    press(window, "run.again")
    qtbot.waitUntil(is_other_and_over(front, first), timeout=LONG)
    second = front.run
    assert second is not None
    assert second.view.outputs == {"greeting": "Hello, Bo!"}

    front.do(SetField("greet", "text", "Bye, {name}!"))
    front.select(["greet"])
    press(window, "run.from_here")
    qtbot.waitUntil(is_other_and_over(front, second), timeout=LONG)

    assert front.run is not None
    assert front.run.view.replays == second.run
    assert front.run.view.outputs == {"greeting": "Bye, Bo!"}


def test_a_run_to_here_leaves_out_what_comes_after(
    window: MainWindow, front: Workbench, qtbot: QtBot
) -> None:
    front.select(["greet"])
    press(window, "run.to_here")
    sheet(window).press("Run")
    qtbot.waitUntil(lambda: front.run is not None and front.run.is_over, timeout=LONG)

    assert front.run is not None
    assert set(front.run.values) == {"greet"}


def test_a_flow_that_runs_is_not_begun_twice(
    window: MainWindow, front: Workbench, qtbot: QtBot
) -> None:
    window.studio.runs.start(front, {"name": "Di"})
    begun = front.run
    with qtbot.waitSignal(window.studio.notices.told) as told:
        press(window, "run.start")

    assert "running already" in told.args[0].text
    assert begun is not None
    with qtbot.waitSignal(window.studio.notices.withdrawn, timeout=LONG):
        qtbot.waitUntil(lambda: begun.is_over, timeout=LONG)
    assert front.run is begun


def test_what_is_wrong_with_a_flow_is_shown_before_it_runs(
    window: MainWindow, front: Workbench, qtbot: QtBot
) -> None:
    front.do(Disconnect(end("out.value")))
    with qtbot.waitSignal(window.studio.notices.told) as told:
        press(window, "run.start")

    assert "value" in told.args[0].text
    assert front.selected == {"out"}
    assert front.run is None


def test_past_runs_are_listed_and_shown_again(
    window: MainWindow, front: Workbench, qtbot: QtBot
) -> None:
    window.studio.runs.start(front, {"name": "Cy"})
    qtbot.waitUntil(lambda: front.run is not None and front.run.is_over, timeout=LONG)
    first = front.run
    assert first is not None
    dock = window.docks["runs"].widget()
    assert isinstance(dock, History)
    with qtbot.waitExposed(window):
        window.show()
    window.docks.bring_up("runs")
    dock.read()
    qtbot.waitUntil(lambda: dock.table.runs.rowCount() > 0, timeout=LONG)

    assert dock.run_at(0).run == first.run
    assert dock.table.runs.index(0, 0).data() == "Done"

    front.watch(None)
    dock.open(0)
    qtbot.waitUntil(is_other_and_over(front, first), timeout=LONG)

    assert front.run is not None
    assert front.run.view.outputs == {"greeting": "Hello, Cy!"}
    assert front.run.values["greet"] == first.values["greet"]

    front.do(SetFlowText(name="Something else"))
    dock.open(0)
    qtbot.waitUntil(lambda: window.studio.workspace.current is not front, timeout=LONG)
    as_it_was = window.studio.workspace.current
    assert as_it_was is not None
    qtbot.waitUntil(lambda: as_it_was.run is not None and as_it_was.run.is_over, timeout=LONG)

    assert as_it_was.document.flow.name == "Hello"
    window.studio.workspace.remove(as_it_was)

    with qtbot.waitSignal(window.studio.notices.told, timeout=LONG) as told:
        dock.forget(None)

    assert told.args[0].text.startswith("Forgot ")


CHAIN = Flow.of(
    [
        Block("a", "flow.constant", {"value": "x"}),
        Block("b", "text.case", {"style": "upper"}),
        Block("c", "flow.output", {"name": "c"}),
    ],
    [("a.value", "b.text"), ("b.value", "c.value")],
)


@pytest.fixture
def chain(window: MainWindow) -> Iterator[Workbench]:
    workbench = Workbench(Document(CHAIN), CATALOG)
    window.studio.workspace.add(workbench)
    yield workbench
    window.studio.workspace.remove(workbench)


def stands_at(workbench: Workbench, task: str) -> Callable[[], bool]:
    return lambda: workbench.live is not None and list(workbench.live.view.held) == [task]


def ends(workbench: Workbench, qtbot: QtBot) -> object:
    qtbot.waitUntil(lambda: workbench.live is not None and workbench.live.is_over, timeout=LONG)
    assert workbench.live is not None
    return workbench.live.view.outputs


def test_a_step_without_a_run_begins_one_that_stands_before_its_first_block(
    window: MainWindow, chain: Workbench, qtbot: QtBot
) -> None:
    press(window, "debug.over")
    qtbot.waitUntil(stands_at(chain, "a"), timeout=LONG)

    press(window, "debug.over")
    qtbot.waitUntil(stands_at(chain, "b"), timeout=LONG)
    press(window, "run.start")

    assert ends(chain, qtbot) == {"c": "X"}


def test_run_stops_at_breakpoints_and_goes_on_from_them(
    window: MainWindow, chain: Workbench, qtbot: QtBot
) -> None:
    window.studio.runs.breakpoints.toggle(chain, "b")

    press(window, "run.start")
    qtbot.waitUntil(stands_at(chain, "b"), timeout=LONG)
    chain.select(["c"])
    press(window, "debug.run_to")
    qtbot.waitUntil(stands_at(chain, "c"), timeout=LONG)
    press(window, "debug.back")
    qtbot.waitUntil(stands_at(chain, "b"), timeout=LONG)
    press(window, "debug.skip")  # and with it what needs its value, which is all that is left

    assert ends(chain, qtbot) == {}


def test_a_run_without_breakpoints_goes_past_them(
    window: MainWindow, chain: Workbench, qtbot: QtBot
) -> None:
    window.studio.runs.breakpoints.toggle(chain, "b")

    press(window, "run.without")

    assert ends(chain, qtbot) == {"c": "X"}
    assert chain.live is not None
    assert chain.live.hits == {}


def test_a_breakpoint_set_while_the_run_goes_on_stops_it(
    window: MainWindow, qtbot: QtBot, chain: Workbench
) -> None:
    press(window, "debug.over")
    qtbot.waitUntil(stands_at(chain, "a"), timeout=LONG)

    window.studio.runs.breakpoints.toggle(chain, "c")
    qtbot.wait(1)
    press(window, "run.start")

    qtbot.waitUntil(stands_at(chain, "c"), timeout=LONG)
    press(window, "run.start")
    assert ends(chain, qtbot) == {"c": "X"}


def test_a_paused_run_stands_before_what_comes_next(window: MainWindow, qtbot: QtBot) -> None:
    flow = Flow.of(
        [Block("w", "logic.wait", {"seconds": 1.0, "value": "y"}), Block("o", "flow.output")],
        [("w.value", "o.value")],
    )
    bench = Workbench(Document(flow), CATALOG)
    window.studio.workspace.add(bench)
    press(window, "run.start")
    qtbot.waitUntil(lambda: bench.live is not None and "w" in bench.live.view.blocks, timeout=LONG)

    press(window, "run.pause")

    qtbot.waitUntil(stands_at(bench, "o"), timeout=LONG)
    press(window, "run.continue")
    assert ends(bench, qtbot) == {"result": "y"}
    window.studio.workspace.remove(bench)
