"""What every journal does, whatever it is kept in: the suite runs on each, on real databases."""

import asyncio
import datetime
import math
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, get_args

import msgspec
import psycopg
import pytest

from runtime.events import (
    AnyEvent,
    Failure,
    RunCancelled,
    RunContinued,
    RunFailed,
    RunPaused,
    RunRecovered,
    RunStarted,
    RunSucceeded,
    TaskFailed,
    TaskFinished,
    TaskRetried,
    TaskReused,
    TaskSkipped,
    TaskStarted,
)
from runtime.journal.contract import (
    FIRST_LEASE,
    Conflict,
    Journal,
    JournalError,
    JournalGone,
    RunRow,
    TaskRow,
    UnknownRun,
    Unrecordable,
)
from runtime.journal.memory import MemoryJournal
from runtime.journal.packing import LARGE
from runtime.journal.postgres import PostgresJournal
from runtime.journal.schema import REVISION
from runtime.journal.sql import SqlJournal
from runtime.journal.sqlite import SQLiteJournal
from runtime.journal.tables import metadata
from tests.runtime.journal.small_run import REFUSED, VALUES, small_run

LONG_AGO = 1_000.0


async def append(journal: Journal, *events: AnyEvent) -> None:
    recorded = journal.append(list(events))
    if recorded is not None:
        await recorded


def started(run: str, at: float = LONG_AGO, **more: Any) -> RunStarted:
    return RunStarted(run, 1, at, **{"flow": "hash", "name": "Triage", **more})


def finished(run: str, seq: int, value: Any = None, task: str = "parse") -> TaskFinished:
    return TaskFinished(run, seq, LONG_AGO + seq, task, LONG_AGO + seq - 0.5, {"value": value})


def succeeded(run: str, seq: int) -> RunSucceeded:
    return RunSucceeded(run, seq, LONG_AGO + seq, {}, 1.0)


async def ended_run(journal: Journal, run: str, at: float = LONG_AGO, value: Any = None) -> None:
    await append(journal, started(run, at), finished(run, 2, value), succeeded(run, 3))


class JournalContract:
    """For every journal. Suites give it a fixture `new_journal`."""

    @pytest.fixture
    async def journal(self, new_journal: Callable[[], Journal]) -> AsyncIterator[Journal]:
        journal = new_journal()
        await journal.open()
        yield journal
        await journal.close()

    async def test_closing_twice_does_no_harm(self, journal: Journal) -> None:
        await journal.close()

        await journal.close()

    # Events

    async def test_events_come_back_in_order(self, journal: Journal) -> None:
        events = [started("a"), *(finished("a", seq, seq) for seq in range(2, 5))]

        await append(journal, *events[:1])
        await append(journal, *events[1:3])
        await append(journal, *events[3:])

        assert await journal.read("a") == events

    async def test_only_the_events_after_one_are_asked_for(self, journal: Journal) -> None:
        events = [started("a"), *(finished("a", seq) for seq in range(2, 7))]
        await append(journal, *events[:4])
        await append(journal, *events[4:])

        later = {after: [e.seq for e in await journal.read("a", after)] for after in (0, 2, 4, 6)}

        assert later == {0: [1, 2, 3, 4, 5, 6], 2: [3, 4, 5, 6], 4: [5, 6], 6: []}

    async def test_events_of_many_runs_may_be_mixed(self, journal: Journal) -> None:
        runs = [f"run{i}" for i in range(20)]
        await append(journal, *map(started, runs))

        await append(journal, *(finished(run, seq, run) for seq in (2, 3) for run in runs))

        for run in runs:
            assert await journal.read(run) == [
                started(run),
                finished(run, 2, run),
                finished(run, 3, run),
            ]

    async def test_every_kind_of_event_comes_back_as_it_was(self, journal: Journal) -> None:
        events = small_run()
        assert {type(event) for event in events} == set(get_args(AnyEvent))

        await append(journal, *events)

        assert await journal.read("small") == events

    @pytest.mark.parametrize("name", VALUES)
    async def test_a_value_comes_back_as_it_was(self, journal: Journal, name: str) -> None:
        await append(journal, started("a"), finished("a", 2, VALUES[name]))

        [_, event] = await journal.read("a")

        value = event.outputs["value"]
        assert (value, repr(value)) == (VALUES[name], repr(VALUES[name]))

    async def test_what_is_no_number_stays_none(self, journal: Journal) -> None:
        await append(journal, started("a"), finished("a", 2, math.nan))

        [_, event] = await journal.read("a")

        assert math.isnan(event.outputs["value"])

    async def test_a_large_batch_is_taken_whole(self, journal: Journal) -> None:
        events = [started("a"), *(finished("a", seq, "x" * 100) for seq in range(2, 10_001))]

        await append(journal, *events)

        assert await journal.read("a") == events

    async def test_the_list_appended_may_be_used_again(self, journal: Journal) -> None:
        batch: list[AnyEvent] = [started("a")]
        if (recorded := journal.append(batch)) is not None:
            await recorded

        batch.clear()

        assert await journal.read("a") == [started("a")]

    async def test_appending_nothing_does_nothing(self, journal: Journal) -> None:
        await append(journal)

        assert await journal.runs() == []

    async def test_a_run_nobody_began_is_unknown(self, journal: Journal) -> None:
        for question in (journal.read, journal.run, journal.tasks):
            with pytest.raises(UnknownRun, match="no run 'nobody'"):
                await question("nobody")

    # Runs

    async def test_the_row_of_a_run_says_what_it_began_with(self, journal: Journal) -> None:
        await append(journal, started("a", 50.0, owner="desk:1", replays="old"))

        row = await journal.run("a")

        assert row == RunRow(
            run="a", flow="hash", name="Triage", state="running", started=50.0, replays="old",
            owner="desk:1", lease_until=50.0 + FIRST_LEASE, events=1,
        )  # fmt: skip

    @pytest.mark.parametrize("together", [True, False], ids=["in one append", "one by one"])
    @pytest.mark.parametrize(
        ("turns", "state", "summary"),
        [
            ([], "running", ""),
            ([RunPaused("a", 2, 2.0)], "paused", ""),
            ([RunPaused("a", 2, 2.0), RunContinued("a", 3, 3.0)], "running", ""),
            ([RunPaused("a", 2, 2.0), RunRecovered("a", 3, 3.0, "other")], "paused", ""),
            ([RunSucceeded("a", 2, 2.0, {}, 1.0, "enough")], "succeeded", "enough"),
            ([RunFailed("a", 2, 2.0, REFUSED, 1.0)], "failed", str(REFUSED)),
            ([RunCancelled("a", 2, 2.0, "a change of mind", 1.0)], "cancelled", "a change of mind"),
        ],
    )
    async def test_the_state_of_a_run_follows_from_its_events(
        self, journal: Journal, turns: list[AnyEvent], state: str, summary: str, together: bool
    ) -> None:
        events = [started("a", owner="desk:1"), *turns]

        for batch in [events] if together else [[event] for event in events]:
            await append(journal, *batch)

        row = await journal.run("a")
        assert (row.state, row.summary, row.events) == (state, summary, len(events))
        ended = state in ("succeeded", "failed", "cancelled")
        assert row.ended == (2.0 if ended else None)
        owner = "" if ended else "other" if "other" in str(turns) else "desk:1"
        assert row.owner == owner

    async def test_runs_are_listed_newest_first(self, journal: Journal) -> None:
        for at in (20.0, 40.0, 10.0, 30.0):
            await append(journal, started(f"at{at:.0f}", at))

        listed = {
            "all": await journal.runs(),
            "two": await journal.runs(limit=2),
            "older": await journal.runs(before=30.0),
        }

        names = {what: [row.run for row in rows] for what, rows in listed.items()}
        assert names == {
            "all": ["at40", "at30", "at20", "at10"],
            "two": ["at40", "at30"],
            "older": ["at20", "at10"],
        }

    async def test_runs_are_listed_by_flow_and_state(self, journal: Journal) -> None:
        await append(journal, started("a", flow="hash1", name="One"), succeeded("a", 2))
        await append(journal, started("b", flow="hash1", name="One"))
        await append(journal, started("c", flow="hash2", name="Two"))

        by_hash = await journal.runs(flow="hash1")
        by_name = await journal.runs(flow="Two")
        running = await journal.runs(flow="One", state="running")

        assert {row.run for row in by_hash} == {"a", "b"}
        assert [row.run for row in by_name] == ["c"]
        assert [row.run for row in running] == ["b"]

    async def test_runs_are_listed_since_a_time(self, journal: Journal) -> None:
        for at in (10.0, 20.0, 30.0):
            await append(journal, started(f"at{at:.0f}", at))

        assert [row.run for row in await journal.runs(since=20.0)] == ["at30", "at20"]
        assert [row.run for row in await journal.runs(since=20.0, before=30.0)] == ["at20"]

    # Searching

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("order 17", "We took Order 17 yesterday."),
            ("straße", {"to": ["Lange STRASSE 3"]}),
            ("4217", {"number": 4217}),
            ("4217", [1, 4217.0]),
            ("0.25", {"share": 0.25}),
            ("2024-02-29", {"on": datetime.date(2024, 2, 29)}),
            ("needle", "x" * 2 * LARGE + " a Needle " + "y" * LARGE),
        ],
    )
    async def test_a_value_is_found(self, journal: Journal, text: str, value: Any) -> None:
        await ended_run(journal, "other", value="nothing of the kind: 99, 0.5")
        await ended_run(journal, "wanted", value=value)

        found = await journal.find(text)

        assert [(hit.row.run, hit.place) for hit in found.hits] == [("wanted", "parse.value")]
        assert (found.looked, found.next) == (2, None)
        assert len(found.hits[0].excerpt) < 120

    async def test_inputs_outputs_and_failures_are_searched_and_names_are_not(
        self, journal: Journal
    ) -> None:
        await append(journal, started("given", 30.0, inputs={"to": "Ada"}))
        await append(journal, started("gave", 20.0), RunSucceeded("gave", 2, 21.0, {"a": "ada"}, 1))
        await append(journal, started("failed", 10.0), RunFailed(
            "failed", 2, 11.0, Failure("Refused", "Ada?", task="ask"), 1.0))  # fmt: skip
        await append(journal, started("named", 5.0), TaskFinished("named", 2, 6.0, "ada", 5.5, {
            "ada": {"ada": 1}}))  # fmt: skip

        found = await journal.find("ada")

        assert [(hit.row.run, hit.place) for hit in found.hits] == [
            ("given", "inputs.to"), ("gave", "outputs.a"), ("failed", "ask"),
        ]  # fmt: skip

    async def test_a_search_goes_on_step_by_step_until_all_was_seen(
        self, journal: Journal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in ("memory", "reader"):
            monkeypatch.setattr(f"runtime.journal.{module}.SEARCHED_RUNS", 2)
        for name in "abcde":  # all in one moment, so that only their ids tell them apart
            await ended_run(journal, name, value="here" if name in "ad" else "there is none")

        steps, spot, runs = 0, None, list[str]()
        while steps == 0 or spot:
            found = await journal.find("HERE", after=spot)
            steps, spot = steps + 1, found.next
            runs += [hit.row.run for hit in found.hits if hit.excerpt == "here"]

        assert (steps, runs) == (3, ["d", "a"])

    async def test_only_the_runs_meant_are_searched(self, journal: Journal) -> None:
        await ended_run(journal, "old", 10.0, value="here")
        await ended_run(journal, "new", 20.0, value="here")
        await append(journal, started("open", 30.0), finished("open", 2, "here"))

        recent = await journal.find("here", since=15.0, state="succeeded")

        assert [hit.row.run for hit in recent.hits] == ["new"]
        assert (await journal.find("here", flow="Another")).hits == []

    async def test_a_run_is_found_by_the_beginning_of_its_id(self, journal: Journal) -> None:
        await append(journal, started("abc"), started("abcd"), started("xyz_"), started("xyz%"))

        assert (await journal.run("xyz%")).run == "xyz%"
        assert (await journal.run("abc")).run == "abc"
        assert (await journal.run("abcd")).run == "abcd"
        with pytest.raises(UnknownRun, match="Several runs begin with ab"):
            await journal.run("ab")
        for nobody in ("", "b", "ABC", "abcde"):
            with pytest.raises(UnknownRun, match="no run"):
                await journal.run(nobody)

    # Tasks and blocks

    async def test_what_became_of_tasks_follows_from_the_events(self, journal: Journal) -> None:
        await append(
            journal,
            started("a"),
            TaskFinished("a", 2, 11.0, "parse", 10.5, {}),
            TaskReused("a", 3, 12.0, "fetch", {}),
            TaskSkipped("a", 4, 12.0, "warn"),
            TaskStarted("a", 5, 12.0, "each[0]/post"),
            TaskRetried("a", 6, 13.0, "each[0]/post", 1, REFUSED, 0.5),
            TaskStarted("a", 7, 14.0, "each[0]/post", 2),
            TaskStarted("a", 8, 14.0, "each[1]/post"),
            TaskFinished("a", 9, 15.0, "each[0]/post", 12.0, {}, 2),
            TaskFailed("a", 10, 16.0, "store", 1, Failure("Full", "no room")),
            RunFailed("a", 11, 17.0, Failure("Full", "no room"), 7.0),
        )

        first = await journal.tasks("a")
        second = await journal.tasks("a")

        assert first == [
            TaskRow("a", "parse", "parse", "finished", 1, 10.5, 11.0, 0.5),
            TaskRow("a", "fetch", "fetch", "reused", 1, 12.0, 12.0, 0.0),
            TaskRow("a", "warn", "warn", "skipped", 1, 12.0, 12.0, 0.0),
            TaskRow("a", "each[0]/post", "each/post", "finished", 2, 12.0, 15.0, 3.0),
            TaskRow("a", "each[1]/post", "each/post", "cancelled", 1, 14.0, 17.0, 3.0),
            TaskRow("a", "store", "store", "failed", 1, 16.0, 16.0, 0.0, "Full", "no room"),
        ]
        assert second == first

    async def test_the_tasks_of_a_running_run_are_those_so_far(self, journal: Journal) -> None:
        await append(journal, started("a"), TaskStarted("a", 2, 12.0, "post"))
        before = await journal.tasks("a")

        await append(journal, TaskFinished("a", 3, 13.0, "post", 12.0, {}), succeeded("a", 4))

        assert [row.state for row in before] == ["running"]
        assert [row.state for row in await journal.tasks("a")] == ["finished"]

    async def test_blocks_are_compared_over_many_runs(self, journal: Journal) -> None:
        for run, took in (("a", 1.0), ("b", 3.0)):
            await append(
                journal,
                started(run),
                TaskFinished(run, 2, 20.0, "each[0]/post", 20.0 - took, {}, 2),
                TaskFailed(run, 3, 21.0, "each[1]/post", 1, REFUSED, "continue"),
                TaskFinished(run, 4, 21.0, "parse", 20.9, {}),
                TaskSkipped(run, 5, 21.0, "warn"),
                succeeded(run, 6),
            )
        await append(journal, started("unended"), finished("unended", 2))
        await append(journal, started("c", flow="other", name="Other"), succeeded("c", 2))

        post, parse, warn = await journal.blocks(flow="Triage")

        assert (post.flow, post.block, post.runs, post.tasks) == ("hash", "each/post", 2, 4)
        assert (post.failed, post.retried, post.longest) == (2, 2, 3.0)
        assert post.mean == pytest.approx(1.0)
        assert (parse.block, parse.tasks, parse.failed) == ("parse", 2, 0)
        assert (warn.block, warn.tasks, warn.mean, warn.longest) == ("warn", 2, 0.0, 0.0)
        assert await journal.blocks(flow="hash", limit=1) == [post]
        assert await journal.blocks(flow="Other") == []

    # Flows

    async def test_a_flow_is_stored_once(self, journal: Journal) -> None:
        await journal.keep_flow("hash", "Triage", "{}")
        first = await journal.flow("hash")

        await journal.keep_flow("hash", "Renamed", "{other}")

        assert first is not None
        assert (first.flow, first.name, first.text) == ("hash", "Triage", "{}")
        assert await journal.flow("hash") == first
        assert await journal.flow("none") is None

    async def test_stored_flows_are_listed_with_the_newest_first(self, journal: Journal) -> None:
        for number, name in enumerate(("Triage", "Other", "Triage")):
            await journal.keep_flow(f"hash-{number}", name, "{}")

        listed = await journal.flows()

        assert [row.flow for row in listed] == ["hash-2", "hash-1", "hash-0"]
        assert [row.flow for row in await journal.flows(name="Triage")] == ["hash-2", "hash-0"]
        assert await journal.flows(limit=1) == listed[:1]
        assert await journal.flows(before=listed[0].stored + 1) == listed
        assert await journal.flows(before=listed[-1].stored) == []
        assert await journal.flows(among=["hash-1", "none"]) == listed[1:2]

    # Leases

    async def test_one_owner_at_a_time(self, journal: Journal) -> None:
        await append(journal, started("a"))

        assert await journal.claim("a", "desk:1", 60.0)
        assert not await journal.claim("a", "desk:2", 60.0)
        assert await journal.claim("a", "desk:1", 60.0)
        assert (await journal.run("a")).owner == "desk:1"

    async def test_a_lease_that_ran_out_is_free_to_claim(self, journal: Journal) -> None:
        await append(journal, started("a"))
        await journal.claim("a", "desk:1", 0.0)

        assert await journal.claim("a", "desk:2", 60.0)
        assert (await journal.run("a")).owner == "desk:2"

    async def test_the_lease_of_an_owner_known_dead_counts_for_nothing(
        self, journal: Journal
    ) -> None:
        await append(journal, started("a"))
        await journal.claim("a", "desk:1", 60.0)

        assert not await journal.claim("a", "desk:2", 60.0, gone=["desk:7", "desk:8"])
        assert await journal.claim("a", "desk:2", 60.0, gone=["desk:7", "desk:1"])

    async def test_who_starts_a_run_owns_it_at_once(self, journal: Journal) -> None:
        now = await self.stored_now(journal)
        await append(journal, started("a", now, owner="desk:1"))

        assert not await journal.claim("a", "desk:2", 60.0)

    async def stored_now(self, journal: Journal) -> float:
        """The time by the clock that leases are measured with."""
        await journal.keep_flow("now", "", "")
        row = await journal.flow("now")
        assert row is not None
        return row.stored

    async def test_leases_are_prolonged_together(self, journal: Journal) -> None:
        await append(journal, started("a"), started("b"), started("c"))
        await journal.claim("a", "desk:1", 0.0)
        await journal.claim("b", "desk:1", 0.0)
        await journal.claim("c", "desk:9", 0.0)

        await journal.renew("desk:1", 60.0)

        taken = [await journal.claim(run, "desk:2", 60.0) for run in "abc"]
        assert taken == [False, False, True]

    async def test_a_run_given_up_is_free_at_once(self, journal: Journal) -> None:
        await append(journal, started("a"), started("b"))
        await journal.claim("a", "desk:1", 60.0)
        await journal.claim("b", "desk:1", 60.0)

        await journal.release("a", "desk:1")
        await journal.release("b", "desk:2")
        await journal.renew("desk:1", 60.0)

        assert await journal.claim("a", "desk:2", 60.0)
        assert not await journal.claim("b", "desk:2", 60.0)

    async def test_a_run_that_ended_has_no_owner(self, journal: Journal) -> None:
        await append(journal, started("a", owner="desk:1"), succeeded("a", 2))

        assert not await journal.claim("a", "desk:1", 60.0)
        assert (await journal.run("a")).lease_until == 0.0
        with pytest.raises(UnknownRun):
            await journal.claim("nobody", "desk:1", 60.0)

    # Pruning

    async def test_old_ended_runs_are_forgotten(self, journal: Journal) -> None:
        await ended_run(journal, "old", at=10.0)
        await append(journal, started("old_running", 10.0))
        await ended_run(journal, "new", at=30.0)
        await journal.tasks("old")

        pruned = await journal.prune(before=20.0)

        assert pruned.runs == 1
        assert pruned.bytes > 0
        assert {row.run for row in await journal.runs()} == {"old_running", "new"}
        with pytest.raises(UnknownRun):
            await journal.read("old")

    async def test_the_oldest_are_forgotten_until_the_rest_is_small_enough(
        self, journal: Journal
    ) -> None:
        for i in range(10):
            await ended_run(journal, f"run{i}", at=float(i), value="x" * 10_000)
        await append(journal, started("running", 0.5))
        before = await journal.size()

        pruned = await journal.prune(keep_bytes=before.bytes - 25_000)

        after = await journal.size()
        assert pruned.runs == 3
        assert pruned.bytes == before.bytes - after.bytes
        assert after.runs == 8
        assert {row.run for row in await journal.runs()} == {
            "running", *(f"run{i}" for i in range(3, 10))
        }  # fmt: skip

    async def test_pruning_without_bounds_forgets_nothing(self, journal: Journal) -> None:
        await ended_run(journal, "a")

        pruned = await journal.prune()

        assert (pruned.runs, pruned.bytes) == (0, 0)
        assert (await journal.size()).runs == 1


class StoredContract(JournalContract):
    """For journals that outlast their process, and that several processes share."""

    @pytest.fixture
    async def other(self, new_journal: Callable[[], SqlJournal]) -> AsyncIterator[SqlJournal]:
        """A second journal on the same tables, as another process has one."""
        journal = new_journal()
        await journal.open()
        yield journal
        await journal.close()

    @pytest.fixture
    def execute(self) -> Callable[..., list[Any]]:
        """Ask the database in SQL, from outside."""
        raise NotImplementedError

    async def test_what_one_recorded_another_reads(self, journal: Journal, other: Journal) -> None:
        await append(journal, *small_run())
        await journal.keep_flow("hash", "Triage", "{}")
        await journal.close()

        assert await other.read("small") == small_run()
        assert await other.flow("hash") is not None

    async def test_a_closed_journal_says_so(self, journal: Journal) -> None:
        await journal.close()

        with pytest.raises(JournalGone, match="closed"):
            await append(journal, started("a"))
        with pytest.raises(JournalGone, match="closed"):
            await journal.runs()

    async def test_a_journal_may_be_opened_again(self, journal: Journal) -> None:
        await append(journal, started("a"))
        await journal.close()

        await journal.open()

        assert await journal.read("a") == [started("a")]

    async def test_a_tuple_comes_back_as_a_list(self, journal: Journal) -> None:
        await append(journal, started("a"), finished("a", 2, (1, (2,))))

        [_, event] = await journal.read("a")

        assert event.outputs == {"value": [1, [2]]}

    @pytest.mark.parametrize(
        ("value", "named"),
        [
            ({1, 2}, "type set"),
            ([{"deep": frozenset()}], r"type frozenset.*outputs\.value\[0\]\.deep"),
            (object(), "type object"),
            (msgspec.UNSET, "type UnsetType"),
            (1j, "type complex"),
            (REFUSED, "type Failure"),
            (2**64, "more than 64 bits"),
            (-(2**63) - 1, "more than 64 bits"),
            ("half a \ud83d", "surrogate"),
            ({(1, 2): 3}, "key of type tuple"),
            ({b"k": 3}, "key of type bytes"),
        ],
        ids=lambda given: str(given)[:20],
    )
    async def test_a_value_that_would_not_come_back_is_refused(
        self, journal: Journal, value: Any, named: str
    ) -> None:
        await append(journal, started("a"), started("b"))

        with pytest.raises(Unrecordable, match=named) as refused:
            await append(journal, finished("b", 2), finished("a", 2, value, task="each[2]/make"))

        assert (refused.value.run, refused.value.task) == ("a", "each[2]/make")
        assert "each[2]/make in run a" in str(refused.value)
        assert [len(await journal.read(run)) for run in "ab"] == [1, 1]
        await append(journal, finished("a", 2))

    async def test_a_value_without_end_is_refused(self, journal: Journal) -> None:
        cycle: list[Any] = []
        cycle.extend([cycle, {"again": cycle}])
        deep: list[Any] = []
        for _ in range(300):
            deep = [deep]

        for value in (cycle, deep):
            with pytest.raises(Unrecordable, match="levels deep"):
                await append(journal, started("a"), finished("a", 2, value))

        assert await journal.runs() == []

    async def test_an_event_beyond_all_bounds_is_refused(self, journal: Journal) -> None:
        outputs = {port: port.encode() * (32 * 2**20) for port in "abc"}
        too_much = TaskFinished("a", 2, 1.0, "read", 1.0, outputs)

        said = r"read in run a: a value of more than 64 MB.*Write it to a file"
        with pytest.raises(Unrecordable, match=said):
            await append(journal, started("a"), too_much)

        assert await journal.runs() == []

    async def test_appending_the_same_again_changes_nothing(self, journal: Journal) -> None:
        batch = [started("a"), finished("a", 2), started("b"), finished("b", 2)]
        await append(journal, *batch)
        await append(journal, finished("a", 3))

        await append(journal, *batch)
        await append(journal, finished("a", 3))

        assert [e.seq for e in await journal.read("a")] == [1, 2, 3]
        assert [e.seq for e in await journal.read("b")] == [1, 2]

    async def test_of_two_that_go_on_with_a_run_the_second_is_told(
        self, journal: Journal, other: Journal
    ) -> None:
        await append(journal, started("a"), started("b"))
        await append(other, RunRecovered("a", 2, LONG_AGO, "desk:2"))

        with pytest.raises(Conflict, match="gone on with run a from event 2") as conflict:
            await append(journal, finished("a", 2), finished("b", 2))

        assert conflict.value.run == "a"
        assert await journal.read("a") == [started("a"), RunRecovered("a", 2, LONG_AGO, "desk:2")]
        assert await journal.read("b") == [started("b")]
        await append(journal, finished("b", 2))

    async def test_a_run_is_not_begun_twice(self, journal: Journal, other: Journal) -> None:
        await append(journal, started("a", 10.0))

        with pytest.raises(Conflict, match="There is a run a already"):
            await append(other, started("a", 20.0))

        assert (await journal.run("a")).started == 10.0

    async def test_of_many_that_claim_a_run_one_gets_it(
        self, journal: SqlJournal, other: SqlJournal
    ) -> None:
        await append(journal, *(started(f"run{i}") for i in range(20)))

        def claims(journal: SqlJournal, owner: str) -> list[bool]:
            async def all_of_them() -> list[bool]:
                return [await journal.claim(f"run{i}", owner, 60.0) for i in range(20)]

            return asyncio.run(all_of_them())

        ones, others = await asyncio.gather(
            asyncio.to_thread(claims, journal, "desk:1"), asyncio.to_thread(claims, other, "desk:2")
        )

        assert [one + other for one, other in zip(ones, others, strict=True)] == [1] * 20

    async def test_a_large_value_is_kept_once(
        self, journal: SqlJournal, execute: Callable[..., list[Any]]
    ) -> None:
        large = [{"text": "x" * 1000, "date": VALUES["date"]} for _ in range(2 * LARGE // 1000)]

        await ended_run(journal, "a", value=large)
        await ended_run(journal, "b", value=large)

        assert (await journal.read("a"))[1] == finished("a", 2, large)
        assert await journal.read("b", 1) == [finished("b", 2, large), succeeded("b", 3)]
        assert execute("SELECT count(*) FROM blobs") == [(1,)]
        assert execute("SELECT max(length(payload)) FROM run_events")[0][0] < 1000

    async def test_a_large_value_goes_with_the_last_run_that_needs_it(
        self, journal: SqlJournal, execute: Callable[..., list[Any]]
    ) -> None:
        for at, run in enumerate("abc"):
            await ended_run(journal, run, at=float(at), value="x" * 2 * LARGE)
        await append(journal, started("d"), finished("d", 2, "y" * 2 * LARGE))

        first = await journal.prune(before=1.5)
        kept = await journal.read("c")
        second = await journal.prune(before=2.5)

        assert (first.runs, second.runs) == (2, 1)
        assert first.bytes < LARGE < 2 * LARGE < second.bytes
        assert kept[1] == finished("c", 2, "x" * 2 * LARGE)
        assert execute("SELECT count(*) FROM blobs") == [(1,)]
        assert execute("SELECT run FROM run_blobs") == [("d",)]

    async def test_pruning_counts_a_shared_large_value_once(self, journal: SqlJournal) -> None:
        for at, run in enumerate("abcd"):
            await ended_run(journal, run, at=float(at), value="x" * 2 * LARGE)
        size = await journal.size()

        pruned = await journal.prune(keep_bytes=size.bytes - 100)

        assert pruned.runs == 1
        assert (await journal.size()).bytes == size.bytes - pruned.bytes

    async def test_a_pruning_leaves_nothing_behind(
        self, journal: SqlJournal, execute: Callable[..., list[Any]]
    ) -> None:
        for i in range(120):
            await ended_run(journal, f"run{i}", at=float(i), value="x" * 2 * LARGE)
        await journal.blocks()

        pruned = await journal.prune(before=1000.0)

        assert pruned.runs == 120
        left = {name: execute(f"SELECT count(*) FROM {name}")[0][0] for name in metadata.tables}
        assert set(left.values()) == {0}, left

    async def test_other_tools_can_ask_which_blocks_fail(
        self, journal: SqlJournal, execute: Callable[..., list[Any]]
    ) -> None:
        for run in "abc":
            failed = TaskFailed(run, 2, 9.0, "each[0]/post", 3, REFUSED)
            await append(journal, started(run), failed, RunFailed(run, 3, 9.0, REFUSED, 1.0))

        await journal.blocks()

        assert execute(
            "SELECT block, error, count(*), max(attempts) FROM workflow_tasks "
            "WHERE state = 'failed' GROUP BY block, error"
        ) == [("each/post", "Refused", 3, 3)]

    async def test_text_may_contain_anything(self, journal: SqlJournal) -> None:
        odd = "NUL \0, quote ', percent %s, colon :run, 世界"
        failure = Failure("Odd", odd)

        await append(journal, started("a", name=odd), finished("a", 2, odd))
        await append(journal, RunFailed("a", 3, 9.0, failure, 1.0))

        assert (await journal.read("a"))[1] == finished("a", 2, odd)
        assert "percent %s, colon :run, 世界" in (await journal.run("a")).summary

    async def test_a_journal_from_the_future_is_left_alone(
        self,
        journal: SqlJournal,
        new_journal: Callable[[], SqlJournal],
        execute: Callable[..., Any],
    ) -> None:
        await append(journal, started("a"))
        execute("UPDATE heddle_schema SET version_num = '9999'")
        later = new_journal()

        with pytest.raises(JournalError, match=r"tables of version 9999.*Update Heddle"):
            await later.open()

        assert (await journal.run("a")).run == "a"
        execute(f"UPDATE heddle_schema SET version_num = '{REVISION}'")

    async def test_events_from_the_future_are_not_guessed_at(
        self, journal: SqlJournal, execute: Callable[..., Any]
    ) -> None:
        await append(journal, started("a"))
        execute("UPDATE run_events SET format = 99")

        with pytest.raises(JournalError, match=r"events of version 99.*Update Heddle"):
            await journal.read("a")

    async def test_damaged_events_are_reported(
        self, journal: SqlJournal, execute: Callable[..., Any]
    ) -> None:
        await append(journal, started("a"))
        execute("UPDATE run_events SET payload = substr(payload, 1, 20)")

        with pytest.raises(JournalError, match=r"can't be read.*backup"):
            await journal.read("a")

    async def test_two_may_open_a_new_journal_at_once(
        self, new_journal: Callable[[], SqlJournal], drop_everything: Callable[[], None]
    ) -> None:
        drop_everything()
        journals = [new_journal() for _ in range(3)]

        await asyncio.gather(
            *(asyncio.to_thread(asyncio.run, journal.open()) for journal in journals)
        )

        await append(journals[0], started("a"))
        for journal in journals:
            assert (await journal.run("a")).run == "a"
            await journal.close()


class TestMemoryJournal(JournalContract):
    @pytest.fixture
    def new_journal(self) -> Callable[[], Journal]:
        return MemoryJournal


class TestSQLiteJournal(StoredContract):
    @pytest.fixture(params=["normal", "full"])
    def new_journal(self, tmp_path: Path, request: Any) -> Callable[[], SQLiteJournal]:
        return lambda: SQLiteJournal(tmp_path / "journal.sqlite", request.param)

    @pytest.fixture
    def execute(self, tmp_path: Path) -> Callable[..., list[Any]]:
        import sqlite3

        def execute(statement: str) -> list[Any]:
            connection = sqlite3.connect(tmp_path / "journal.sqlite", isolation_level=None)
            try:
                return connection.execute(statement).fetchall()
            finally:
                connection.close()

        return execute

    @pytest.fixture
    def drop_everything(self) -> Callable[[], None]:
        return lambda: None  # the file isn't there yet


class TestPostgresJournal(StoredContract):
    @pytest.fixture(autouse=True)
    async def emptied(self, postgres_url: str) -> None:
        """The database is shared by the whole suite; each test finds it empty."""
        journal = PostgresJournal(postgres_url)
        await journal.open()
        await journal.close()
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"TRUNCATE {', '.join(metadata.tables)}")

    @pytest.fixture
    def new_journal(self, postgres_url: str) -> Callable[[], PostgresJournal]:
        return lambda: PostgresJournal(postgres_url)

    @pytest.fixture
    def execute(self, postgres_url: str) -> Callable[..., list[Any]]:
        def execute(statement: str) -> list[Any]:
            with psycopg.connect(postgres_url, autocommit=True) as connection:
                cursor = connection.execute(statement)
                return cursor.fetchall() if cursor.description else []

        return execute

    @pytest.fixture
    def drop_everything(self, postgres_url: str) -> Callable[[], None]:
        def drop_everything() -> None:
            with psycopg.connect(postgres_url, autocommit=True) as connection:
                connection.execute(f"DROP TABLE {', '.join(metadata.tables)}, heddle_schema")

        return drop_everything
