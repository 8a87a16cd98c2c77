"""Agents that do one thing at a time: queued for, made while tasks wait, let go when they idle."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.contract import Grants, PoolSize, Task
from agents.errors import Rejected, Unreachable
from agents.manager.manager import RHYTHM, Manager
from agents.manager.status import PoolScaled
from agents.worker import Worker, capability
from runtime.clock import ManualClock
from tests.agents.conftest import Granting

GRANTS = Grants(folder="/")


class Spindle(Worker):
    """Spins one thread at a time, and notices when it is given a second one."""

    kind: ClassVar[str] = "spindle"
    pool: ClassVar[PoolSize | None] = PoolSize(least=0, most=3, wait=0.5, idle=60.0)
    reachable: ClassVar[bool] = True
    busiest: ClassVar[int] = 0
    alive: ClassVar[int] = 0
    connected = False

    async def connect(self) -> None:
        if not self.reachable:
            raise Unreachable("There is no wheel.")
        type(self).alive += 1
        self.connected = True

    async def close(self) -> None:
        type(self).alive -= self.connected
        self.connected = False

    @capability("write")
    async def spin(self, go: asyncio.Event | None = None) -> str:
        """Make a thread."""
        type(self).busiest = max(self.busiest, self.figures().in_flight)
        if go is not None:
            await go.wait()
        return "thread"

    @capability()
    async def tear(self) -> None:
        """Fail."""
        raise Rejected("It tore.")


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def manager(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Manager]:
    Spindle.reachable, Spindle.busiest, Spindle.alive = True, 0, 0
    made = Manager(tmp_path, clock=clock)
    yield made
    await made.close()
    assert Spindle.alive == 0


def scaled(manager: Manager) -> list[tuple[int, int]]:
    told = manager.happenings.lately("spindle")
    return [(one.before, one.after) for one in told if isinstance(one, PoolScaled)]


async def begun(spindle: Spindle, go: asyncio.Event, count: int) -> list[asyncio.Future[str]]:
    tasks = [asyncio.ensure_future(spindle.spin(go)) for _ in range(count)]
    for _ in range(20):
        await asyncio.sleep(0)
    return tasks


async def test_there_are_more_while_tasks_wait_and_fewer_when_they_idle(
    manager: Manager, clock: ManualClock
) -> None:
    spindle, go = await manager.agent(Spindle, GRANTS), asyncio.Event()
    spinning = await begun(spindle, go, 5)
    assert (manager.status().agents[0].instances, manager.status().agents[0].queue) == (1, 4)

    await clock.advance(2)
    status = manager.status().agents[0]
    assert (status.instances, status.in_flight, status.queue) == (3, 3, 2)
    assert (status.least, status.most) == (0, 3)

    go.set()
    assert await asyncio.gather(*spinning) == ["thread"] * 5
    assert Spindle.busiest == 1
    await clock.advance(70)
    assert manager.status().agents[0].instances == 2
    await clock.advance(200)
    assert manager.status().agents[0].instances == 0
    assert scaled(manager) == [(0, 1), (1, 2), (2, 3), (3, 2), (2, 1), (1, 0)]


async def test_an_instance_that_fails_at_a_task_serves_the_next(manager: Manager) -> None:
    spindle = await manager.agent(Spindle, GRANTS)
    with pytest.raises(Rejected):
        await spindle.tear()

    assert await spindle.spin() == "thread"
    assert manager.status().agents[0].failures == 1


async def test_who_waits_for_one_that_cannot_start_is_told_why(manager: Manager) -> None:
    Spindle.reachable = False
    spindle = await manager.agent(Spindle, GRANTS)
    with pytest.raises(Unreachable, match="no wheel"):
        await spindle.spin()
    Spindle.reachable = True

    assert await spindle.spin() == "thread"


async def test_who_waits_no_more_leaves_the_turn_to_the_next(manager: Manager) -> None:
    spindle, go = await manager.agent(Spindle, GRANTS), asyncio.Event()
    first, second, third = await begun(spindle, go, 3)
    second.cancel()
    go.set()

    assert await first == await third == "thread"
    assert second.cancelled()


async def test_who_comes_later_is_not_served_before_those_who_wait(
    manager: Manager, clock: ManualClock
) -> None:
    class Only(Spindle):
        kind: ClassVar[str] = "only"
        pool: ClassVar[PoolSize | None] = PoolSize(least=1, most=1)

    only, order = await manager.agent(Only, GRANTS), list[str]()
    gates = {name: asyncio.Event() for name in ("first", "waiting", "late")}

    async def spin(*names: str) -> None:
        for name in names:
            await only.spin(gates[name])
            order.append(name)

    tasks = [asyncio.ensure_future(spin("first", "late"))]
    await asyncio.sleep(0)
    tasks.append(asyncio.ensure_future(spin("waiting")))
    await clock.advance(1)

    for gate in gates.values():
        gate.set()
    await asyncio.gather(*tasks)

    assert order == ["first", "waiting", "late"]


async def test_the_choice_of_an_instance_is_recorded_on_the_task(
    manager: Manager, granting: Granting
) -> None:
    context: Any = granting()

    done = await manager.perform(Spindle, GRANTS, Task("spin"), context)

    assert done == "thread"
    assert context.traced == [
        ("choice", {"chosen": "spindle 1", "reason": "It is its turn.", "policy": "round_robin",
                    "passed": {}})
    ]  # fmt: skip


async def test_a_drained_pool_finishes_first(manager: Manager, clock: ManualClock) -> None:
    spindle, go = await manager.agent(Spindle, GRANTS), asyncio.Event()
    (spinning,) = await begun(spindle, go, 1)
    draining = asyncio.create_task(manager.drain("spindle"))
    await asyncio.sleep(0)
    assert not draining.done()

    go.set()
    await draining

    assert await spinning == "thread"
    assert Spindle.alive == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["begin", "end", "cancel", "fail", "wait", "long"]), max_size=40))
def test_whatever_happens_one_thing_is_done_at_a_time_and_nothing_is_lost(steps: list[str]) -> None:
    async def run() -> None:
        Spindle.reachable, Spindle.busiest, Spindle.alive = True, 0, 0
        clock = ManualClock()
        manager = Manager(Path("/nowhere"), clock=clock)
        spindle = await manager.agent(Spindle, GRANTS)
        under_way: list[tuple[asyncio.Event, asyncio.Future[str]]] = []
        for step in steps:
            match step:
                case "begin":
                    go = asyncio.Event()
                    under_way += [(go, one) for one in await begun(spindle, go, 1)]
                case "end" if under_way:
                    under_way[0][0].set()
                    await clock.advance(0)
                case "cancel" if under_way:
                    under_way.pop()[1].cancel()
                case "fail":
                    failing = asyncio.ensure_future(spindle.tear())
                    failing.add_done_callback(lambda done: done.cancelled() or done.exception())
                case "wait":
                    await clock.advance(1)
                case "long":
                    await clock.advance(RHYTHM * 20)
            assert Spindle.busiest <= 1
            assert Spindle.alive <= 3
        for go, _ in under_way:
            go.set()
        await clock.advance(10)
        assert [one.result() for _, one in under_way] == ["thread"] * len(under_way)
        await manager.close()
        assert Spindle.alive == 0

    asyncio.run(run())
