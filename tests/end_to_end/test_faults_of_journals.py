"""No room, no database, no owner: a run stops with its cause, and goes on when all is well."""

import asyncio
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from graph.file_format import write
from graph.flow import Block, Flow, Settings
from runtime.commands import ResumeRun, SettleTask
from runtime.engine.hub import Subscription
from runtime.events import (
    AnyEvent,
    RunInterrupted,
    RunRecovered,
    RunStalled,
    RunSucceeded,
    TaskDoubted,
    TaskFinished,
    TaskStarted,
)
from runtime.journal.contract import JournalError, UnknownRun
from runtime.runtime import Runtime
from runtime.steering import NotPossible
from tests.end_to_end.beside import end_of, others_go_on, runtime_in
from tests.end_to_end.test_kill import Forks, journaled
from tests.servers.postgres import PostgresServer

pytestmark = pytest.mark.alone

EFFECTS = 20
AGAIN = Settings(repeatable=True)


def noting(lines: Path, kilobytes: int = 0, seconds: float = 0.0) -> Flow:
    """Effects one after another, each with a line in a file and that much to be recorded."""
    names = [f"e{n}" for n in range(EFFECTS)]
    fields = {"file": str(lines), "seconds": seconds}
    return Flow.of(
        [
            Block("text", "text.template", {"text": "x" * kilobytes * 1000}),
            *(Block(n, "trouble.note", {**fields, "text": n}, settings=AGAIN) for n in names),
            Block("out", "flow.output"),
        ],
        [
            ("text.value", "e0.value"),
            *((f"e{n - 1}.value", f"e{n}.value") for n in range(1, EFFECTS)),
            (f"e{EFFECTS - 1}.value", "out.value"),
        ],
    )


def noted(lines: Path) -> Counter[str]:
    return Counter(lines.read_text().split())


def finished(events: Sequence[AnyEvent]) -> set[str]:
    return {event.task for event in events if isinstance(event, TaskFinished)}


async def recorded(runtime: Runtime, run: str) -> Sequence[AnyEvent]:
    """What is durable of a run: without a gap, and never an end it didn't have."""
    events = await runtime.journal.read(run)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return events


async def seen(subscription: Subscription) -> list[AnyEvent]:
    """All that whoever watched was shown, up to now."""
    subscription.end()
    return [event async for batch in subscription for event in batch]


async def resumed(runtime: Runtime, run: str) -> AnyEvent:
    await runtime.obey(ResumeRun(run))
    return await runtime.ended(run)


# No room


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("Only root may make a small disk.")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


async def test_a_run_stops_when_the_disk_is_full_and_finishes_when_there_is_room(
    tmp_path: Path, small_disk: Path
) -> None:
    ballast, lines = small_disk / "ballast", tmp_path / "lines"
    async with runtime_in(tmp_path, f"sqlite:///{small_disk / 'runs.db'}") as runtime:
        ballast.write_bytes(b"\0" * 1_200_000)

        with runtime.watch() as watched:
            end = await end_of(runtime, noting(lines, kilobytes=40))

        assert isinstance(end, RunInterrupted)
        assert end.failure.type == "JournalFull"
        assert "No room left" in end.failure.message
        assert "Free some disk space" in end.failure.cure
        before = await recorded(runtime, end.run)
        shown = [event for event in await seen(watched) if event.run == end.run]
        assert shown == [*before, end]
        done, notes = finished(before), noted(lines)
        assert 0 < len(done) < EFFECTS
        assert sum(notes.values()) - len(done - {"text"}) <= 1  # one was under way, or none

        ballast.unlink()
        again = await resumed(runtime, end.run)

        assert isinstance(again, RunSucceeded)
        notes = noted(lines)
        assert set(notes) == {f"e{n}" for n in range(EFFECTS)}
        assert all(notes[task] == 1 for task in done - {"text"})
        assert sum(notes.values()) <= EFFECTS + 1
        assert finished(await recorded(runtime, end.run)) >= set(notes)


async def test_a_run_that_has_no_room_to_begin_says_so_and_the_runtime_goes_on(
    tmp_path: Path, small_disk: Path
) -> None:
    ballast = small_disk / "ballast"
    async with runtime_in(tmp_path, f"sqlite:///{small_disk / 'runs.db'}") as runtime:
        flow = noting(tmp_path / "lines", kilobytes=100)
        await runtime.store(flow)
        with pytest.raises(OSError, match="No space"):
            ballast.write_bytes(b"\0" * 4_000_000)

        end = await end_of(runtime, flow)

        assert isinstance(end, RunInterrupted)
        assert end.failure.type == "JournalFull"
        with pytest.raises(UnknownRun):
            await runtime.journal.read(end.run)
        ballast.unlink()
        async with others_go_on(runtime):
            await asyncio.sleep(0.1)


# No database


@pytest.mark.parametrize(
    ("how", "durability"),
    [(signal.SIGINT, "normal"), (signal.SIGQUIT, "full")],
    ids=["stopped", "crashed"],
)
async def test_a_run_stops_when_the_database_is_gone_and_finishes_when_it_is_back(
    tmp_path: Path, own_postgres: PostgresServer, how: signal.Signals, durability: str
) -> None:
    lines = tmp_path / "lines"
    place = own_postgres.new_database()
    async with runtime_in(tmp_path, place, durability=durability) as runtime:
        run = await runtime.start(noting(lines, seconds=0.05))
        with runtime.watch(run) as watched:
            await asyncio.sleep(0.4)
            await asyncio.to_thread(own_postgres.stop, how)
            end = await runtime.ended(run)

        assert isinstance(end, RunInterrupted)
        assert end.failure.type == "JournalGone"
        assert "doesn't answer" in end.failure.message
        assert (await seen(watched))[-1] == end
        with pytest.raises(JournalError):
            await runtime.obey(ResumeRun(run))

        await asyncio.to_thread(own_postgres.start)
        done = finished(await recorded(runtime, run))
        assert 0 < len(done) < EFFECTS
        again = await resumed(runtime, run)

        assert isinstance(again, RunSucceeded)
        notes = noted(lines)
        assert set(notes) == {f"e{n}" for n in range(EFFECTS)}
        assert all(notes[task] == 1 for task in done - {"text"})
        assert sum(notes.values()) <= EFFECTS + 1
        await recorded(runtime, run)


async def test_what_a_crashed_database_has_lost_is_noticed_and_done_again(
    tmp_path: Path, own_postgres: PostgresServer
) -> None:
    """With durability "normal" it may have answered before its disk knew."""
    waits = {"a": 0.3, "b": 1.5}
    flow = Flow.of(
        [Block(name, "logic.wait", {"seconds": seconds}) for name, seconds in waits.items()],
        [("a.value", "b.value")],
    )
    async with runtime_in(tmp_path, own_postgres.new_database()) as runtime:
        run = await runtime.start(flow)
        await asyncio.sleep(0.34)
        before = await recorded(runtime, run)
        await asyncio.to_thread(own_postgres.stop, signal.SIGQUIT)
        await asyncio.to_thread(own_postgres.start)
        after = await recorded(runtime, run)
        end = await runtime.ended(run)

        if len(after) < len(before):
            assert isinstance(end, RunInterrupted)
            if end.failure.type == "Conflict":  # or it was not back in time
                assert f"in run {run} after event {len(after)}" in end.failure.message
            end = await resumed(runtime, run)
        assert isinstance(end, RunSucceeded)
        await recorded(runtime, run)


async def test_what_happened_while_the_database_was_going_leaves_no_gap(
    tmp_path: Path, own_postgres: PostgresServer
) -> None:
    """Blocks go on while a commit is under way; if it fails, what they did since is void too."""
    rounds = Flow.of(
        [Block("wait", "logic.wait", {"seconds": 0.002}), Block("out", "flow.output")],
        [("wait.value", "out.value")],
    )
    flow = Flow.of(
        [Block("each", "logic.for_each", {"items": list(range(2000)), "body": "round"})],
        flows={"round": rounds},
    )
    async with runtime_in(tmp_path, own_postgres.new_database()) as runtime:
        runs = [await runtime.start(flow) for _ in range(3)]
        await asyncio.sleep(0.3)
        await asyncio.to_thread(own_postgres.stop, signal.SIGQUIT)
        await asyncio.to_thread(own_postgres.start)

        ends = [await runtime.ended(run) for run in runs]
        for end in ends:
            if isinstance(end, RunInterrupted):
                await recorded(runtime, end.run)
                end = await resumed(runtime, end.run)
            assert isinstance(end, RunSucceeded)
            await recorded(runtime, end.run)


# Whose run it is


def waiting(seconds: float = 30.0) -> Flow:
    return Flow.of(
        [
            Block("one", "flow.constant", {"value": 1}),
            Block("wait", "logic.wait", {"seconds": seconds}),
            Block("out", "flow.output"),
        ],
        [("one.value", "wait.value"), ("wait.value", "out.value")],
    )


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Runtime, Runtime]]:
    """Two runtimes on one journal."""
    async with runtime_in(tmp_path) as one, runtime_in(tmp_path) as other:
        yield one, other


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110  (what it waits for is another process)
            await asyncio.sleep(0.02)


async def is_under_way(place: str, run: str) -> bool:
    return any(isinstance(event, TaskStarted) for event in await journaled(place, run))


async def test_a_run_that_another_drives_can_not_be_resumed(two: tuple[Runtime, Runtime]) -> None:
    one, other = two
    run = await one.start(waiting())
    await asyncio.sleep(0.1)

    with pytest.raises(NotPossible, match=f"belongs to {one.owner}, which is still at work"):
        await other.obey(ResumeRun(run))

    assert await one.obey(ResumeRun(run))  # its own is under way, which is what was wished for


async def test_a_run_left_by_a_runtime_that_closed_can_be_resumed_at_once(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as one:
        run = await one.start(waiting(0.5))
        await asyncio.sleep(0.1)
    async with runtime_in(tmp_path) as other:
        end = await resumed(other, run)
        events = await recorded(other, run)

    assert isinstance(end, RunSucceeded)
    assert [event.owner for event in events if isinstance(event, RunRecovered)] == [other.owner]


async def test_a_run_whose_process_was_killed_can_be_resumed_at_once(tmp_path: Path) -> None:
    place = f"sqlite:///{tmp_path / 'runs.db'}"
    (tmp_path / "it.flow.json").write_text(write(waiting(2.0)))

    async with Forks(place, tmp_path) as forks:
        child = asyncio.create_task(forks.child(f"start {tmp_path / 'it.flow.json'} r1", 1.5))
        await until(lambda: is_under_way(place, "r1"))
        assert await child == "killed"
    async with runtime_in(tmp_path, place) as runtime:
        end = await resumed(runtime, "r1")

    assert isinstance(end, RunSucceeded)


async def test_a_run_of_another_machine_can_be_resumed_when_its_lease_ran_out(
    tmp_path: Path,
) -> None:
    async with runtime_in(tmp_path) as one:
        run = await one.start(waiting(0.5))
        await asyncio.sleep(0.1)
    async with runtime_in(tmp_path) as other:
        assert await other.journal.claim(run, "elsewhere:1:abc", 0.6)

        with pytest.raises(NotPossible, match="belongs to elsewhere:1:abc") as caught:
            await other.obey(ResumeRun(run))
        assert caught.value.cure == "Try again in 1 s if it isn't."

        await asyncio.sleep(0.7)
        assert isinstance(await resumed(other, run), RunSucceeded)


async def test_a_runtime_keeps_its_runs_as_long_as_it_lives(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as first:
        run = await first.start(waiting())
        await asyncio.sleep(0.1)
    async with runtime_in(tmp_path, lease=0.6) as one, runtime_in(tmp_path) as other:
        await one.obey(ResumeRun(run))

        for _ in range(3):
            await asyncio.sleep(0.5)
            with pytest.raises(NotPossible, match="still at work"):
                await other.obey(ResumeRun(run))


async def test_who_was_given_up_for_dead_stops_where_another_went_on(
    two: tuple[Runtime, Runtime],
) -> None:
    one, other = two
    run = await one.start(waiting(0.6))
    async with others_go_on(one):
        await asyncio.sleep(0.1)
        await other.journal.release(run, one.owner)
        await other.obey(ResumeRun(run))

        ends = await asyncio.gather(one.ended(run), other.ended(run))

    assert isinstance(ends[0], RunInterrupted)
    assert ends[0].failure.type == "Conflict"
    assert "Somebody else has gone on" in ends[0].failure.message
    assert isinstance(ends[1], RunSucceeded)
    assert [type(e) for e in await recorded(other, run)].count(RunSucceeded) == 1


async def test_two_wishes_to_resume_a_run_make_one_driver(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as one:
        run = await one.start(waiting(0.3))
        await asyncio.sleep(0.1)
    async with runtime_in(tmp_path) as other:
        await asyncio.gather(*(other.obey(ResumeRun(run)) for _ in range(5)))
        end = await other.ended(run)

        assert isinstance(end, RunSucceeded)
        recoveries = [e for e in await recorded(other, run) if isinstance(e, RunRecovered)]
        assert len(recoveries) == 1


async def test_a_resume_that_fails_leaves_the_run_to_others(tmp_path: Path) -> None:
    async with runtime_in(tmp_path) as one:
        run = await one.start(noting(tmp_path / "lines", seconds=0.03))
        await asyncio.sleep(0.1)
    pack = tmp_path / "packs" / "troublemakers.py"
    pack.rename(tmp_path / "away.py")
    async with runtime_in(tmp_path) as without:
        with pytest.raises(Exception, match=r"No block of kind 'trouble\.note'"):
            await without.obey(ResumeRun(run))

        (tmp_path / "away.py").rename(pack)
        async with runtime_in(tmp_path) as other:
            assert isinstance(await resumed(other, run), RunSucceeded)


# Nothing moves


async def test_a_run_that_waits_for_somebodys_word_says_so_beside_a_busy_one(
    tmp_path: Path,
) -> None:
    lines = tmp_path / "lines"
    fields = {"file": str(lines), "text": "sent", "seconds": 20.0}
    flow = Flow.of(
        [Block("send", "trouble.note", fields), Block("out", "flow.output")],
        [("send.value", "out.value")],
    )
    async with runtime_in(tmp_path) as one:
        run = await one.start(flow)
        await until(lambda: asyncio.sleep(0, lines.exists()))
    async with runtime_in(tmp_path) as other, others_go_on(other):
        with other.watch(run) as watched:
            await other.obey(ResumeRun(run))
            async with asyncio.timeout(5):
                told = await anext(
                    event
                    async for batch in watched
                    for event in batch
                    if isinstance(event, RunStalled)
                )
        await other.obey(SettleTask(run, "send", "done", {"value": "was sent"}))
        end = await other.ended(run)
        events = await recorded(other, run)

    assert len(told.waits_for) == 1
    assert told.waits_for[0].startswith("send: it was interrupted and may or may not have had")
    assert f"`heddle resume {run} --settle send=again|done|failed`" in told.waits_for[0]
    assert TaskDoubted in map(type, events)
    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": "was sent"}
    assert lines.read_text() == "sent\n"
