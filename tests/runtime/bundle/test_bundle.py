"""A run in one file: what goes in comes out on another machine, and nothing else does."""

import datetime
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from graph.compile import compile_flow
from graph.file_format import write
from graph.flow import Block, Flow
from runtime.bundle import reading, writing
from runtime.bundle.bringing import CUT_OFF, bring_in
from runtime.bundle.contents import BadBundle, Bundle, NotBundled, Recording
from runtime.bundle.gathering import gathered
from runtime.bundle.reading import unpacked
from runtime.bundle.writing import written
from runtime.events import (
    AnyEvent,
    Failure,
    RunCancelled,
    RunRecovered,
    RunStarted,
    RunSucceeded,
    TaskFailed,
    TaskFinished,
    TaskStarted,
    TaskTraced,
)
from runtime.journal.memory import MemoryJournal
from tests.runtime.engine.world import CATALOG

FLOW = Flow.of([Block("a", "t.watched", {"name": "a"})], name="Watched")
HASH = compile_flow(FLOW, CATALOG).hash
SECRET = "hunter2 & more"
NEW = "fresh"


def run(id: str, *values: Any, replays: str = "", over: bool = True) -> list[AnyEvent]:
    began = RunStarted(
        id, 1, 10.0, HASH, "Watched", {"to": "Ada"}, "desk:17:abc", replays,
        grants={"folder": "/home/ada", "hosts": ["*"]},
    )  # fmt: skip
    events: list[AnyEvent] = [began]
    for seq, value in enumerate(values, start=2):
        events.append(TaskFinished(id, seq, 10.0 + seq, "a", 10.5, {"value": value}))
    if over:
        events.append(RunSucceeded(id, len(events) + 1, 20.0, {}, 10.0))
    return events


async def journal_with(*runs: Sequence[AnyEvent]) -> MemoryJournal:
    journal = MemoryJournal()
    await journal.keep_flow(HASH, "Watched", write(FLOW))
    for events in runs:
        journal.append(events)
    return journal


async def bundled(journal: MemoryJournal, run: str, *secrets: str) -> bytes:
    return written(await gathered(journal, run, 1_800_000_000.0, secrets))


async def brought(content: bytes, journal: MemoryJournal) -> str:
    return await bring_in(journal, unpacked(content), lambda: NEW)


def private(events: Sequence[AnyEvent]) -> list[AnyEvent]:
    """The events without what only the machine knows on which they happened."""
    return [
        msgspec.structs.replace(e, owner="", grants={}, origin="")
        if isinstance(e, RunStarted)
        else e
        for e in events
    ]


# What goes in comes out.


async def test_a_run_is_the_same_on_another_machine() -> None:
    values = [1.5, None, "text\n", b"\0\xff", datetime.date(2024, 2, 29), {"deep": [[1, True]]}]
    here = await journal_with(run("r1", *values))
    there = MemoryJournal()

    id = await brought(await bundled(here, "r1"), there)

    assert id == "r1"
    assert private(await there.read("r1")) == private(await here.read("r1"))
    kept = await there.flow(HASH)
    assert kept is not None
    assert (kept.name, kept.text) == ("Watched", write(FLOW))
    row = await there.run("r1")
    assert (row.state, row.name, row.started) == ("succeeded", "Watched", 10.0)
    assert row.origin.startswith("a bundle made on 2027-01-15")


async def test_the_runs_that_it_repeats_come_with_it() -> None:
    here = await journal_with(run("a", 1), run("b", 2, replays="a"), run("c", 3, replays="b"))
    there = MemoryJournal()

    await brought(await bundled(here, "c"), there)

    assert [row.run for row in await there.runs()] == ["c", "b", "a"]
    assert (await there.run("c")).replays == "b"


async def test_one_that_it_repeats_may_be_gone() -> None:
    here = await journal_with(run("b", 2, replays="pruned"))

    found = unpacked(await bundled(here, "b"))

    assert [recording.run for recording in found.recordings] == ["b"]


async def test_large_values_and_long_runs_are_whole() -> None:
    here = await journal_with(run("r1", "x" * 2_000_000, *range(5_000)))
    there = MemoryJournal()

    content = await bundled(here, "r1")
    await brought(content, there)

    assert len(content) < 500_000
    assert private(await there.read("r1")) == private(await here.read("r1"))


async def test_the_same_run_gives_the_same_file() -> None:
    here = await journal_with(run("r1", 1))

    assert await bundled(here, "r1") == await bundled(here, "r1")


async def test_a_run_that_has_not_ended_is_shown_as_far_as_it_was() -> None:
    here = await journal_with(run("r1", 1, over=False))
    there = MemoryJournal()

    await brought(await bundled(here, "r1"), there)

    last = (await there.read("r1"))[-1]
    assert isinstance(last, RunCancelled)
    assert last.reason == CUT_OFF
    assert not await there.claim("r1", "somebody", 30.0)


# Into a journal.


async def test_opening_it_twice_changes_nothing() -> None:
    content = await bundled(await journal_with(run("r1", 1)), "r1")
    there = MemoryJournal()

    first, second = await brought(content, there), await brought(content, there)

    assert (first, second) == ("r1", "r1")
    assert len(await there.runs()) == 1


async def test_opened_where_it_was_made_the_run_stays_ones_own() -> None:
    here = await journal_with(run("r1", 1))

    id = await brought(await bundled(here, "r1"), here)

    assert (id, (await here.run("r1")).origin) == ("r1", "")


async def test_another_run_of_that_id_is_left_alone() -> None:
    here = await journal_with(run("a", 1), run("b", 2, replays="a"))
    there = await journal_with(run("a", "something else"))

    await brought(await bundled(here, "b"), there)

    assert (await there.read("a"))[1].outputs == {"value": "something else"}  # type: ignore[union-attr]
    assert (await there.run("b")).replays == NEW
    assert {event.run for event in await there.read(NEW)} == {NEW}


# What stays at home.


async def test_owner_and_grants_stay_at_home() -> None:
    events = [*run("r1", 1, over=False), RunRecovered("r1", 3, 15.0, "desk:18:def")]
    content = await bundled(await journal_with(events), "r1")

    assert all(word not in everything_in(content) for word in (b"desk", b"/home/ada"))


async def test_a_secret_is_nowhere_in_it() -> None:
    events = [
        RunStarted("r1", 1, 10.0, HASH, f"Named {SECRET}", {"key": SECRET}),
        TaskStarted("r1", 2, 11.0, "a"),
        TaskTraced("r1", 3, 11.5, "a", "http", {"headers": [["Key", f"Bearer {SECRET}"]]}),
        TaskFailed("r1", 4, 12.0, "a", 1, Failure("Refused", f"no {SECRET}", f"not {SECRET}",
            cause=Failure("Deeper", json.dumps(SECRET)))),
        TaskFinished("r1", 5, 13.0, "a", 12.0, {"value": [{"said": SECRET}, SECRET.encode()]}),
        RunSucceeded("r1", 6, 14.0, {"result": SECRET}, 4.0),
    ]  # fmt: skip
    content = await bundled(await journal_with(events), "r1", SECRET)

    assert b"hunter2" not in everything_in(content)
    assert unpacked(content).recordings[0].events[5].outputs == {"result": "•••"}  # type: ignore[union-attr]


async def test_a_flow_with_a_secret_written_into_it_is_not_bundled() -> None:
    flow = Flow.of([Block("a", "t.watched", {"name": SECRET})])
    hash = compile_flow(flow, CATALOG).hash
    journal = MemoryJournal()
    await journal.keep_flow(hash, "Told", write(flow))
    journal.append([RunStarted("r1", 1, 10.0, hash, "Told")])

    with pytest.raises(NotBundled, match="value of a secret"):
        await bundled(journal, "r1", SECRET)


async def test_the_trace_has_times_and_no_values() -> None:
    events = run("r1", "a private value")
    events.insert(2, TaskFailed("r1", 3, 13.0, "b", 2, Failure("Refused", "a private word")))
    events[3] = msgspec.structs.replace(events[3], seq=4)

    trace = json.loads(zipped(await bundled(await journal_with(events), "r1"))["trace.json"])

    spans = [(e["name"], e["dur"], e["args"].get("state")) for e in trace["traceEvents"]]
    assert spans == [
        ("Watched", 10_000_000, "run_succeeded"), ("a", 1_500_000, "done"), ("b", 0, "failed"),
    ]  # fmt: skip
    assert "private" not in json.dumps(trace)


# From somebody who means harm, or over a bad line.


def zipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def everything_in(content: bytes) -> bytes:
    return b"\n".join(zipped(content).values())


def as_zip(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.fixture
async def content() -> bytes:
    return await bundled(await journal_with(run("r1", 1, 2)), "r1")


def part(files: dict[str, bytes], kind: str) -> str:
    return next(name for name in files if name.startswith(kind))


def unlisted(files: dict[str, bytes]) -> None:
    files["runs/0/00000077.events"] = b"\x90"


def changed(files: dict[str, bytes]) -> None:
    files[part(files, "runs/")] += b" "


def missing(files: dict[str, bytes]) -> None:
    del files[part(files, "flows/")]


def outside(files: dict[str, bytes]) -> None:
    files["../../.bashrc"] = b"rm"


def absolute(files: dict[str, bytes]) -> None:
    files["/etc/cron.d/evil"] = b"rm"


def no_contents(files: dict[str, bytes]) -> None:
    del files["bundle.json"]


def nonsense(files: dict[str, bytes]) -> None:
    files["bundle.json"] = b'{"heddle_run": 1, "runs": 3}'


def too_new(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["bundle.json"])
    files["bundle.json"] = json.dumps(manifest | {"heddle_run": 99}).encode()


def newer_events(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["bundle.json"])
    files["bundle.json"] = json.dumps(manifest | {"events": 99}).encode()


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (unlisted, "isn't in its table of contents"),
        (changed, "was changed since it was made"),
        (missing, "is missing"),
        (outside, r"'\.\./\.\./\.bashrc', which is no part"),
        (absolute, "which is no part"),
        (no_contents, "no table of contents"),
        (nonsense, "table of contents can't be read"),
        (too_new, "format 99.*Update Heddle"),
        (newer_events, "events of version 99.*Update Heddle"),
    ],
)
def test_what_is_not_as_it_was_made_is_refused(
    content: bytes, harm: Callable[[dict[str, bytes]], None], told: str
) -> None:
    files = zipped(content)
    harm(files)

    with pytest.raises(BadBundle, match=told):
        unpacked(as_zip(files))


@pytest.mark.parametrize("length", [0, 1, 100, -1, -40])
def test_one_that_is_cut_short_is_refused(content: bytes, length: int) -> None:
    with pytest.raises(BadBundle, match="not the whole of one"):
        unpacked(content[:length])


def test_something_else_is_refused() -> None:
    with pytest.raises(BadBundle, match="no run bundle"):
        unpacked(b'{"heddle": 1, "blocks": {}}')


def test_one_that_swells_is_refused(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_UNPACKED", 1_000_000)
    files = zipped(content) | {"runs/0/00000099.events": bytes(50_000_000)}
    bomb = as_zip(files)

    with pytest.raises(BadBundle, match="unpacks to more than"):
        unpacked(bomb)

    assert len(bomb) < 100_000


def test_one_of_too_many_files_is_refused(content: bytes) -> None:
    many = {f"runs/0/{number:08}.events": b"" for number in range(2001)}

    with pytest.raises(BadBundle, match="more than 2,000 files"):
        unpacked(as_zip(zipped(content) | many))


def test_a_file_that_is_there_twice_is_refused(content: bytes) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("bundle.json", zipped(content)["bundle.json"])
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("bundle.json", b"{}")

    with pytest.raises(BadBundle, match="twice"):
        unpacked(made.getvalue())


def told(*events: AnyEvent) -> bytes:
    """A bundle whose digests are right and whose events are these."""
    return written(Bundle("r1", 1.0, (Recording("r1", events),), {HASH: write(FLOW)}))


START, FIRST, END = run("r1", 1)


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ((START, END, FIRST), "out of order"),
        ((START, msgspec.structs.replace(FIRST, run="other"), END), "out of order"),
        ((START, msgspec.structs.replace(START, seq=2)), "begins twice"),
        ((START, msgspec.structs.replace(END, seq=2), msgspec.structs.replace(FIRST, seq=3)),
         "after its end"),
        ((msgspec.structs.replace(START, run="other"),), "no beginning"),
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_events_that_make_no_run_are_refused(events: Sequence[AnyEvent], why: str) -> None:
    with pytest.raises(BadBundle, match=why):
        unpacked(told(*events))


def test_a_flow_that_is_not_the_one_that_was_run_is_refused() -> None:
    other = write(Flow.of([Block("b", "t.watched")]))
    forged = written(Bundle("r1", 1.0, (Recording("r1", [START, FIRST, END]),), {HASH: other}))

    with pytest.raises(BadBundle, match="isn't the one that was run"):
        unpacked(forged)


async def test_too_much_is_not_bundled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "LARGEST_UNPACKED", 1000)
    journal = await journal_with(run("r1", "x" * 2000))

    with pytest.raises(NotBundled, match="too large"):
        await bundled(journal, "r1")
