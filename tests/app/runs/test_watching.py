import threading
import time

import pytest
from pytestqt.qtbot import QtBot

from app.bridge.bridge import MOST, Bridge
from app.runs.control import RunControl
from app.workbench import Workbench
from graph.flow import Block, Flow
from runtime.events import AnyEvent, RunSucceeded, TaskStarted
from runtime.settings import Settings
from tests.app.flows import opened

LONG = 30_000
ROUNDS = 1500

LOOP = Flow.of(
    [
        Block("items", "flow.constant", {"value": list(range(ROUNDS))}),
        Block("each", "logic.for_each", {"body": "twice", "parallel": 50}),
        Block("out", "flow.output", {"name": "all"}),
    ],
    [("items.value", "each.items"), ("each.value", "out.value")],
    flows={
        "twice": Flow.of(
            [
                Block("item", "flow.input", {"name": "item"}),
                Block("text", "text.template", {"text": "{n}{n}"}),
                Block("out", "flow.output"),
            ],
            [("item.value", "text.n"), ("text.value", "out.value")],
        )
    },
)


@pytest.fixture
def runs(bridge: Bridge, shared_settings: Settings) -> RunControl:
    return RunControl(bridge, shared_settings, bridge)


@pytest.fixture
def bench(qapp: object, request: pytest.FixtureRequest) -> Workbench:
    return opened(request, LOOP)


def test_of_many_events_none_is_lost_and_few_tellings_are_made(
    runs: RunControl, bench: Workbench, qtbot: QtBot
) -> None:
    told: list[object] = []
    bench.run_changed.connect(told.append)
    runs.start(bench, {})
    qtbot.waitUntil(lambda: bench.run is not None and bench.run.is_over, timeout=LONG)

    run = bench.run
    assert run is not None
    assert run.counts["each/text"] == {"value": ROUNDS}
    assert run.view.blocks["each"].rounds_done == ROUNDS
    assert run.outputs("each/text", "each[7]") == {"value": "77"}
    assert run.view.events > 4 * ROUNDS
    assert len(told) < ROUNDS / 4


def test_a_run_that_is_over_is_shown_whole_and_not_announced(
    runs: RunControl, bench: Workbench, request: pytest.FixtureRequest, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(runs.watching.ended, timeout=LONG) as ended:
        runs.start(bench, {})
    first = ended.args[1]
    other = opened(request, LOOP)

    with qtbot.assertNotEmitted(runs.watching.ended):
        runs.show(other, first.run)
        qtbot.waitUntil(lambda: other.run is not None and other.run.is_over, timeout=LONG)

    assert other.run is not None
    assert other.run.view.outputs == first.view.outputs
    assert other.run.seq == first.seq


def test_an_end_that_was_missed_is_announced_once_it_is_read(
    runs: RunControl, bench: Workbench, bridge: Bridge, qtbot: QtBot
) -> None:
    came = list[AnyEvent]()
    bridge.happened.disconnect()  # as when somebody is too slow to take what comes
    bridge.happened.connect(came.extend)
    runs.start(bench, {})
    qtbot.waitUntil(lambda: any(isinstance(e, RunSucceeded) for e in came), timeout=LONG)

    with qtbot.waitSignal(runs.watching.ended, timeout=LONG):
        bridge.missed.emit()


# The bridge by itself, events put in as its thread does.


@pytest.fixture
def idle(qtbot: QtBot, tmp_path: object) -> Bridge:
    """A bridge to nowhere."""
    return Bridge(Settings(home=str(tmp_path)))


def batches(count: int) -> list[list[AnyEvent]]:
    return [[TaskStarted("r", i * 1000 + n, 0.0, "a") for n in range(1000)] for i in range(count)]


def test_events_come_in_order_a_portion_in_each_frame(idle: Bridge, qtbot: QtBot) -> None:
    heard: list[list[AnyEvent]] = []
    idle.happened.connect(heard.append)
    thread = threading.Thread(target=lambda: [idle._on_events(batch) for batch in batches(60)])
    thread.start()
    qtbot.waitUntil(lambda: sum(map(len, heard)) == 60_000, timeout=LONG)
    thread.join()

    assert [event.seq for portion in heard for event in portion] == list(range(60_000))
    assert len(heard) > 1
    assert max(map(len, heard)) <= MOST


def test_whoever_is_slow_gets_fewer_at_a_time(idle: Bridge, qtbot: QtBot) -> None:
    sizes: list[int] = []

    def slow(events: list[AnyEvent]) -> None:
        sizes.append(len(events))
        until = time.thread_time() + len(events) * 20e-6
        while time.thread_time() < until:
            pass

    idle.happened.connect(slow)
    for batch in batches(6):
        idle._on_events(batch)
    qtbot.waitUntil(lambda: sum(sizes) == 6000, timeout=LONG)

    assert sizes[0] == 2000
    assert max(sizes[1:]) < 1000
