"""A run that stands still, and what a studio has done to it over the wire."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.bridge.bridge import Bridge
from app.runs.control import RunControl
from app.runs.debugging import Debugging
from app.workbench import Workbench
from graph.file_format import write
from graph.flow import Block, Flow
from runtime.breakpoints import Breakpoint
from runtime.commands import StartRun, StoreFlow
from runtime.settings import Settings
from runtime.steering import NotYourWheel, WrongValue
from tests.app.flows import opened

LONG = 20_000
ADDING = Flow.of(
    [
        Block("a", "flow.constant", {"value": "a"}),
        Block("b", "text.join", {"items": ["x"], "separator": "-"}),
        Block("c", "flow.output", {"name": "c"}),
    ],
    [("b.value", "c.value")],
)


@pytest.fixture
def runs(bridge: Bridge, shared_settings: Settings) -> RunControl:
    return RunControl(bridge, shared_settings, bridge)


@pytest.fixture
def held(runs: RunControl, request: pytest.FixtureRequest, qtbot: QtBot) -> Workbench:
    """A flow whose run stands before its block b."""
    bench = opened(request, ADDING)
    run = runs.bridge.new_run()
    runs.watching.follow(run, bench)

    def begin(stored: Any) -> None:
        points = [Breakpoint("p", "b")]
        command = StartRun(stored.flow, {}, run, breakpoints=points, client=runs.debugging.client)
        runs.bridge.ask(command)

    runs.bridge.ask(StoreFlow(write(ADDING)), begin)
    wait_held(qtbot, bench, "b")
    return bench


def wait_held(qtbot: QtBot, bench: Workbench, *tasks: str) -> None:
    qtbot.waitUntil(
        lambda: bench.live is not None and tuple(bench.live.view.held) == tasks, timeout=LONG
    )


def result(qtbot: QtBot, bench: Workbench) -> Any:
    qtbot.waitUntil(lambda: bench.live is not None and bench.live.is_over, timeout=LONG)
    assert bench.live is not None
    return bench.live.view.outputs


def test_a_changed_input_is_what_the_block_works_with(
    runs: RunControl, held: Workbench, qtbot: QtBot
) -> None:
    assert held.live is not None
    runs.debugging.change_inputs(held.live.run, "b", {"items": ["y", "z"]})
    runs.debugging.continue_(held.live.run)

    assert result(qtbot, held) == {"c": "y-z"}


def test_a_value_of_the_wrong_type_is_refused_in_place(
    runs: RunControl, held: Workbench, qtbot: QtBot
) -> None:
    assert held.live is not None
    why = list[Exception]()

    runs.debugging.change_inputs(held.live.run, "b", {"separator": 3}, failed=why.append)
    qtbot.waitUntil(lambda: bool(why), timeout=LONG)

    assert isinstance(why[0], WrongValue)


def test_a_step_stands_before_the_next_block_and_a_step_back_before_the_one_it_did(
    runs: RunControl, held: Workbench, qtbot: QtBot
) -> None:
    assert held.live is not None
    run = held.live.run

    runs.debugging.step(run, "over")
    wait_held(qtbot, held, "c")
    runs.debugging.step(run, "back")
    wait_held(qtbot, held, "b")
    runs.debugging.skip(run, "b", {"value": "skipped"})
    wait_held(qtbot, held, "c")
    runs.debugging.continue_(run)

    assert result(qtbot, held) == {"c": "skipped"}


def test_another_studio_watches_until_it_takes_the_wheel(
    runs: RunControl, bridge: Bridge, held: Workbench, qtbot: QtBot
) -> None:
    assert held.live is not None
    other, why = Debugging(bridge, bridge), list[Exception]()
    other.refused.connect(lambda _, error: why.append(error))

    other.continue_(held.live.run)
    qtbot.waitUntil(lambda: bool(why), timeout=LONG)
    assert isinstance(why[0], NotYourWheel)
    assert runs.debugging.client in str(why[0])

    other.take_wheel(held.live.run)
    qtbot.waitUntil(lambda: held.live is not None and held.live.view.wheel == other.client)
    other.continue_(held.live.run)

    assert result(qtbot, held) == {"c": "x"}


def test_commands_are_done_in_the_order_in_which_they_were_given(
    runs: RunControl, held: Workbench, qtbot: QtBot
) -> None:
    assert held.live is not None
    run = held.live.run

    for word in "one", "two", "three":
        runs.debugging.change_inputs(run, "b", {"items": [word]})
    runs.debugging.continue_(run)

    assert result(qtbot, held) == {"c": "three"}
