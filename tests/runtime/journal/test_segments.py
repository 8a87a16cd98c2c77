"""Segments: how events are grouped and divided, and how old ones are brought up to date."""

from typing import Any

import pytest

from runtime.events import AnyEvent, TaskFinished
from runtime.journal.contract import JournalError
from runtime.journal.segments import LARGEST_SEGMENT, Facts, reader, write


def finished(run: str, seq: int, value: Any = None) -> TaskFinished:
    return TaskFinished(run, seq, float(seq), "t", 1.0, {"value": value})


def no_blob(digest: str) -> bytes:
    raise AssertionError(digest)


def test_each_run_of_an_append_gets_one_segment() -> None:
    events = [finished(run, seq) for seq in (4, 5, 9) for run in ("a", "b")]

    segments = write(events).segments

    assert [(s.run, s.first, s.last, s.at) for s in segments] == [
        ("a", 4, 9, 9.0),
        ("b", 4, 9, 9.0),
    ]


def test_runs_are_told_apart_by_their_ids_not_by_identity() -> None:
    events = [finished("".join(["run", "1"]), seq) for seq in (1, 2)]

    assert len(write(events).segments) == 1


def test_a_segment_too_large_is_divided() -> None:
    size = 50_000  # too small to be set aside
    events: list[AnyEvent] = [
        finished("a", seq, "x" * size) for seq in range(1, 3 * LARGEST_SEGMENT // size)
    ]

    segments = write(events).segments

    assert len(segments) == 4
    assert max(len(segment.payload) for segment in segments) <= LARGEST_SEGMENT
    read = reader(no_blob)
    assert [e for s in segments for e in read(s.format, s.payload)] == events


def test_old_events_are_upgraded_step_by_step() -> None:
    [segment] = write([finished("a", 1, "old")]).segments

    def louder(facts: Facts) -> Facts:
        return [{**fact, "outputs": {"value": fact["outputs"]["value"] + "!"}} for fact in facts]

    def renamed(facts: Facts) -> Facts:
        return [{**fact, "task": "new/" + fact["task"]} for fact in facts]

    read = reader(no_blob, upgrades={1: louder, 2: renamed}, newest=3)

    [first] = read(1, segment.payload)
    [second] = read(2, segment.payload)
    [third] = read(3, segment.payload)
    assert (first.task, first.outputs) == ("new/t", {"value": "old!"})
    assert (second.task, second.outputs) == ("new/t", {"value": "old"})
    assert third == finished("a", 1, "old")


def test_events_newer_than_this_heddle_are_refused() -> None:
    with pytest.raises(JournalError, match=r"version 4; this Heddle knows 3\. Update Heddle"):
        reader(no_blob, newest=3)(4, b"")


@pytest.mark.parametrize("payload", [b"", b"\x91", b"\x91\x81\xa5event\xa1x", b"\xc1", b"\x90\x90"])
def test_damaged_segments_are_refused(payload: bytes) -> None:
    with pytest.raises(JournalError, match="damaged"):
        reader(no_blob)(1, payload)
