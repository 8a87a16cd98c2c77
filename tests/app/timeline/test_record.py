"""What is known of a run: read once, then followed, whatever comes in which order."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.bridge.bridge import Bridge
from app.timeline.record import Known, Record
from graph.errors import HeddleError
from graph.file_format import write
from runtime.events import AnyEvent, RunRewound, TaskProgressed, TaskStarted
from runtime.journal.contract import FlowRow, UnknownRun
from runtime.settings import Settings
from tests.app.flows import CATALOG
from tests.app.timeline.conftest import FLOW, happened


class Written:
    """A journal of one run, which is read as the bridge reads the one of a runtime."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.reads = 0

    async def read(self, run: str, after: int = 0) -> list[AnyEvent]:
        self.reads += 1
        if not self.events:
            raise UnknownRun("No such run.")
        return [event for event in self.events if event.seq > after]

    async def flow(self, flow: str) -> FlowRow | None:
        return FlowRow(flow, "", write(FLOW), 0.0)


class Near(Bridge):
    """A bridge whose journal is at hand; events come when a test lets them happen."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.journal = Written()

    def look(
        self, read: Any, then: Callable[[Any], object],
        failed: Callable[[HeddleError], object] | None = None,
    ) -> None:  # fmt: skip
        import asyncio

        try:
            answer = asyncio.run(read(self.journal))
        except HeddleError as error:
            if failed:
                failed(error)
        else:
            then(answer)


@pytest.fixture
def bridge(qtbot: QtBot, tmp_path: object) -> Iterator[Near]:
    made = Near(Settings(home=str(tmp_path)))
    yield made
    made.close()


@pytest.fixture
def record(bridge: Near) -> Iterator[Record]:
    made = Record(bridge, "r", CATALOG, bridge)
    yield made
    made.close()


def seqs(record: Record) -> list[int]:
    return [event.seq for event in record.known.moments.events]


def test_a_run_of_the_past_is_read_with_its_flow(bridge: Near, record: Record) -> None:
    bridge.journal.events = happened()

    record.read()

    assert seqs(record) == list(range(1, 9))
    assert record.known.depends["c"] == ["b"]
    path = [record.known.line.tasks[step.task] for step in record.known.path]
    assert path == ["a", "b", "c"]


def test_what_happens_is_taken_in_as_it_comes(bridge: Near, record: Record, qtbot: QtBot) -> None:
    bridge.journal.events = happened()[:3]
    record.read()

    with qtbot.waitSignal(record.changed):
        bridge.happened.emit(happened()[3:5])
    bridge.happened.emit(
        [TaskStarted("another", 6, 1.0, "x"), TaskProgressed("r", 5, 1.0, "b", 1, 2)]
    )
    bridge.happened.emit(happened()[5:])
    qtbot.waitUntil(lambda: record.known.line.is_over)

    assert seqs(record) == list(range(1, 9)), "neither other runs nor what is live only is kept"


def test_a_run_that_begins_is_followed_and_its_flow_read_then(
    bridge: Near, record: Record, qtbot: QtBot
) -> None:
    record.read()
    assert record.known.moments.last == 0

    bridge.journal.events = happened()[:4]
    bridge.happened.emit(happened()[:4])
    qtbot.waitUntil(lambda: bool(record.known.depends))

    assert seqs(record) == [1, 2, 3, 4]


def test_what_didnt_come_through_is_read(bridge: Near, record: Record, qtbot: QtBot) -> None:
    bridge.journal.events = happened()[:2]
    record.read()

    bridge.journal.events = happened()
    bridge.happened.emit(happened()[6:])
    qtbot.waitUntil(lambda: record.known.line.is_over)

    assert seqs(record) == list(range(1, 9))


def test_what_is_known_already_is_not_taken_in_twice(
    bridge: Near, record: Record, qtbot: QtBot
) -> None:
    bridge.journal.events = happened()[:6]
    record.read()

    bridge.happened.emit(happened()[2:])
    qtbot.waitUntil(lambda: record.known.line.is_over)

    assert seqs(record) == list(range(1, 9))
    assert bridge.journal.reads == 1


def test_what_a_run_left_behind_by_going_back_is_gone(
    bridge: Near, record: Record, qtbot: QtBot
) -> None:
    bridge.journal.events = happened()[:6]
    record.read()
    back = RunRewound("r", 7, 108.0, to=3)

    bridge.journal.events.append(back)
    bridge.happened.emit([back])
    qtbot.waitUntil(lambda: seqs(record)[-1] == 7)

    assert seqs(record) == [1, 2, 3, 7]
    assert record.known.line.tasks == ["a"]
    assert record.known.moments.at(record.known.moments.last).view.state == "paused"


def test_lanes_are_in_the_order_of_the_flow() -> None:
    from graph.compile import compile_flow

    known = Known("r", CATALOG, compile_flow(FLOW, CATALOG))
    events = happened()
    known.take([events[0], *events[5:7], *events[3:5], *events[1:3]])

    lanes = known.by_block
    assert [lanes.names[lane] for lane in lanes.sorted()] == ["a", "b", "c"]
