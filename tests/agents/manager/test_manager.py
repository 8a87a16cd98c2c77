"""Agents are made when they are needed, looked after, made anew, taken out of work and closed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from agents.contract import Grants, Health, Means
from agents.errors import BreakerOpen, Unreachable
from agents.manager.known import Known
from agents.manager.manager import RHYTHM, Drained, Manager, NoSuchAgent
from agents.manager.member import LONGEST_PAUSE, pause
from agents.manager.status import AgentChanged, Happening
from agents.resilience.status import BreakerChanged
from agents.worker import Worker, capability
from runtime.clock import ManualClock

GRANTS = Grants(folder="/")


class Loom(Worker):
    """An agent that is as well as it is told to be."""

    kind: ClassVar[str] = "loom"
    title: ClassVar[str] = "Looms"
    made: ClassVar[list["Loom"]] = []
    reachable: ClassVar[bool] = True

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self.said: Health | Exception = Health("ok")
        self.closed = False
        self.may_end = asyncio.Event()
        self.made.append(self)

    async def connect(self) -> None:
        if not self.reachable:
            raise Unreachable("No loom answered.")

    async def close(self) -> None:
        self.closed = True

    async def health(self, *, deep: bool = False) -> Health:
        if isinstance(self.said, Exception):
            raise self.said
        return Health("degraded", "The warp is thin.") if deep else self.said

    @capability("write")
    async def weave(self) -> str:
        """Weave until told to stop."""
        await self.may_end.wait()
        return "cloth"


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def manager(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Manager]:
    Loom.made.clear()
    Loom.reachable = True
    known = {"loom": Known("Looms", ""), "dye": Known("Dyes", "")}
    made = Manager(tmp_path, known=known, clock=clock)
    yield made
    for loom in Loom.made:
        loom.may_end.set()
    await made.close()


def states(happenings: Sequence[Happening]) -> list[tuple[str, str]]:
    return [(h.state, h.detail) for h in happenings if isinstance(h, AgentChanged)]


async def test_agents_are_known_before_they_are_needed(manager: Manager) -> None:
    looms, dyes = manager.status().agents

    assert (looms.agent, looms.title, looms.state) == ("loom", "Looms", "idle")
    assert dyes.detail == "It starts when it is first needed."
    assert Loom.made == []


async def test_an_agent_has_a_folder_and_is_counted(manager: Manager, tmp_path: Path) -> None:
    loom = await manager.agent(Loom, GRANTS)
    loom.may_end.set()
    await loom.weave()

    status = manager.status().agents[0]

    assert loom.means.folder == tmp_path / "loom"
    assert loom.means.guards is manager.guards
    assert (status.state, status.instances, status.calls, status.failures) == ("ok", 1, 1, 0)
    assert [capability.name for capability in status.capabilities] == ["weave"]
    assert status.p50 is not None
    assert states(status.happenings) == [("starting", ""), ("ok", "")]


async def test_an_agent_that_is_down_is_made_anew_with_growing_pauses(
    manager: Manager, clock: ManualClock
) -> None:
    first = await manager.agent(Loom, GRANTS)
    first.said = Health("down", "The thread tore.")
    Loom.reachable = False
    await clock.advance(RHYTHM)
    assert manager.status().agents[0].detail == "The thread tore."
    assert not first.closed

    await clock.advance(4 * RHYTHM)
    assert first.closed
    assert manager.status().agents[0].detail == "No loom answered."
    tries = len(Loom.made)
    await clock.advance(600)
    assert len(Loom.made) - tries <= 600 / LONGEST_PAUSE + 5

    Loom.reachable = True
    await clock.advance(2 * LONGEST_PAUSE)

    status = manager.status().agents[0]
    assert (status.state, status.detail) == ("ok", "")
    assert await manager.agent(Loom, GRANTS) is Loom.made[-1]


def test_pauses_double_up_to_a_minute_and_a_quarter_is_chance() -> None:
    assert [pause(n, lambda: 0) for n in (1, 2, 3, 7, 100)] == [1, 2, 4, 60, 60]
    assert pause(1, lambda: 1) == 1.25


async def test_whoever_needs_an_agent_that_is_down_has_it_tried_at_once(manager: Manager) -> None:
    Loom.reachable = False
    with pytest.raises(Unreachable):
        await manager.agent(Loom, GRANTS)
    Loom.reachable = True

    assert await manager.agent(Loom, GRANTS) is Loom.made[-1]


async def test_an_agent_says_itself_that_it_is_not_well(manager: Manager) -> None:
    loom = await manager.agent(Loom, GRANTS)
    with manager.happenings.watch() as happenings:
        loom.means.report(Health("degraded", "The shuttle is slow."))
        happened = await anext(aiter(happenings))

    assert isinstance(happened, AgentChanged)
    assert (happened.state, happened.detail) == ("degraded", "The shuttle is slow.")


async def test_a_deep_check_asks_the_agent_itself(manager: Manager) -> None:
    loom = await manager.agent(Loom, GRANTS)
    status = (await manager.check()).agents[0]
    assert (status.state, status.detail) == ("degraded", "The warp is thin.")

    loom.said = RuntimeError("not a word")
    status = (await manager.check(deep=False, agent="loom")).agents[0]
    assert (status.state, status.detail) == ("down", "It can't say how it is: not a word.")

    with pytest.raises(NoSuchAgent, match="Did you mean 'loom'"):
        await manager.check(agent="looms")


async def test_a_restart_lets_the_old_one_finish_what_it_does(manager: Manager) -> None:
    old = await manager.agent(Loom, GRANTS)
    weaving = asyncio.ensure_future(old.weave())
    await asyncio.sleep(0)

    await manager.restart("loom")

    new = await manager.agent(Loom, GRANTS)
    assert new is not old
    assert not old.closed
    old.may_end.set()
    assert await weaving == "cloth"
    assert manager.status().agents[0].restarts == 1
    await manager.close()
    assert old.closed


async def test_a_drained_agent_finishes_and_gets_nothing_more(manager: Manager) -> None:
    loom = await manager.agent(Loom, GRANTS)
    weaving = asyncio.ensure_future(loom.weave())
    await asyncio.sleep(0)
    draining = asyncio.create_task(manager.drain("loom"))
    await asyncio.sleep(0)
    with pytest.raises(Drained, match="'Looms' was taken out of work"):
        await manager.agent(Loom, GRANTS)
    assert manager.status().agents[0].state == "draining"

    loom.may_end.set()
    await draining

    assert await weaving == "cloth"
    assert loom.closed
    assert manager.status().agents[0].state == "stopped"
    await manager.restart("loom")
    assert (await manager.agent(Loom, GRANTS)).closed is False
    told = [state for state, _ in states(manager.happenings.lately("loom"))]
    assert told == ["starting", "ok", "draining", "stopped", "idle", "starting", "ok"]


async def test_what_is_under_way_at_the_end_gets_so_long_and_no_longer(
    manager: Manager,
) -> None:
    quick, stuck = [await manager.agent(Loom, Grants(folder=place)) for place in "ab"]
    weaving = asyncio.ensure_future(quick.weave())
    hanging = asyncio.ensure_future(stuck.weave())
    await asyncio.sleep(0)
    quick.may_end.set()

    await manager.close(within=0.05)

    assert quick.closed
    assert stuck.closed
    assert weaving.result() == "cloth"
    assert not hanging.done()
    hanging.cancel()


async def test_breakers_are_told_of_beside_agents(manager: Manager) -> None:
    heard: list[Any] = []
    manager.happenings.listeners.append(heard.append)

    async def fail() -> None:
        raise Unreachable("Nobody there.")

    guard = manager.guards.of("loom:mill")
    for _ in range(5):
        with pytest.raises(Unreachable):
            await guard.call(fail, again=False)

    assert [type(happening) for happening in heard] == [BreakerChanged]
    status = manager.status().agents[0]
    assert [(guard.guard, guard.state) for guard in status.guards] == [("loom:mill", "open")]
    assert manager.levels() == {"agents_down": 0, "breakers_open": 1, "breakers_opened": 1}
    assert manager.levels() == {"agents_down": 0, "breakers_open": 1, "breakers_opened": 0}
    manager.reset("loom:mill")
    assert manager.status().agents[0].guards[0].state == "closed"
    with pytest.raises(NoSuchAgent):
        manager.reset("loom:mil")


async def test_a_breaker_is_kept_open_until_somebody_has_it_tried(manager: Manager) -> None:
    heard: list[Any] = []
    manager.happenings.listeners.append(heard.append)

    async def work() -> str:
        return "cloth"

    guard = manager.guards.of("loom:mill")
    manager.hold("loom:mill")
    with pytest.raises(BreakerOpen, match="somebody keeps its breaker open"):
        await guard.call(work)

    manager.reset("loom:mill")
    assert await guard.call(work) == "cloth"
    assert [(one.state, one.by_hand) for one in heard] == [("open", True), ("closed", True)]
    with pytest.raises(NoSuchAgent, match="Did you mean 'loom:mill'"):
        manager.hold("loom:mil")
