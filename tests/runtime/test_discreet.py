"""A discreet runtime tells of runs all but which process of which machine drives them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph.flow import Block, Flow
from runtime.commands import CancelRun, ResumeRun
from runtime.compose import compose, granted
from runtime.events import AnyEvent, RunStarted
from runtime.ownership import word_of
from runtime.runtime import Runtime
from runtime.settings import Settings
from runtime.steering import NotPossible

WAITING = Flow.of([Block("ask", "approval.ask", {"title": "Well?"})], name="Waiting")


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Runtime, Runtime]]:
    """Two discreet runtimes on one journal."""
    settings = Settings(home=str(tmp_path), secrets_in="vault")
    made = [compose(settings, granted(tmp_path), is_discreet=True) for _ in range(2)]
    async with made[0] as one, made[1] as other:
        yield one, other


async def begun(runtime: Runtime) -> str:
    """A run that is under way and recorded."""
    with runtime.watch() as happenings:
        run = await runtime.start(WAITING)
        async with asyncio.timeout(10):
            async for batch in happenings:
                assert owners(batch) == [runtime.owner]
                return run
    raise AssertionError("it never began")


def owners(events: list[AnyEvent]) -> list[str]:
    return [event.owner for event in events if isinstance(event, RunStarted)]


async def test_an_owner_is_told_by_a_word_that_tells_it_apart(
    two: tuple[Runtime, Runtime],
) -> None:
    one, other = two
    run = await begun(one)

    rows = [await other.journal.run(run), *await other.journal.runs()]
    found = await other.journal.find("Waiting")

    assert one.owner == word_of(one.process) != other.owner
    assert {row.owner for row in [*rows, *(hit.row for hit in found.hits)]} == {one.owner}
    assert owners(await other.journal.read(run)) == [one.owner]


async def test_who_drives_a_run_is_still_found_and_kept_apart(
    two: tuple[Runtime, Runtime],
) -> None:
    one, other = two
    run = await begun(one)

    driver = await other.driver(run)
    with pytest.raises(NotPossible, match=f"belongs to {one.owner}, which is still at work"):
        await other.obey(ResumeRun(run))
    await one.obey(CancelRun(run))
    await one.ended(run)

    assert driver == one.process
    assert await other.driver(run) == ""
