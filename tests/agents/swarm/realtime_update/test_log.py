"""What was said is kept by its place, known again, and waits to be taken outside in order."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.errors import Busy, Unavailable
from agents.swarm.realtime_update import log
from agents.swarm.realtime_update.log import Log
from agents.swarm.realtime_update.shapes import Wanted


def wanted(n: int, channel: str = "news", id: str = "") -> Wanted:
    return Wanted(channel=channel, name="said", data=str(n), id=id)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Log]:
    one = Log(tmp_path, lanes=3)
    one.open(100)
    yield one
    one.close()


def test_offsets_go_on_where_they_were(tmp_path: Path) -> None:
    first = Log(tmp_path)
    epoch = first.open(100).epoch
    offsets = [one.event.offset for one in first.append([wanted(1), wanted(2)])]
    first.close()

    second = Log(tmp_path)
    past = second.open(1)
    more = second.append([wanted(3)])[0].event.offset
    second.close()

    assert (past.epoch, past.begins, [e.data for e in past.events]) == (epoch, 1, ["2"])
    assert [*offsets, more] == [1, 2, 3]


def test_an_event_that_is_known_keeps_its_place_on_each_channel(made: Log) -> None:
    first = made.append([wanted(1, id="a"), wanted(1, "sport", id="a")])
    again = made.append([wanted(1, id="a"), wanted(2, id="b"), wanted(1, "sport", id="a")])

    assert [one.known for one in (*first, *again)] == [False, False, True, False, True]
    assert [again[0].event.offset, again[2].event.offset] == [1, 2]
    assert again[1].event.offset > 2


def test_parcels_wait_by_channel_until_they_are_taken(made: Log) -> None:
    made.append([wanted(n, channel) for n in range(4) for channel in ("a", "b")])
    lane = log.lane_of("a", 3)

    first = made.parcels(lane, 2)
    made.taken(first, {first[1].offset: "too long"})
    rest = made.parcels(lane, 10)

    assert [one.data for one in (*first, *rest)] == ["0", "1", "2", "3"]
    assert {one.channel for one in (*first, *rest)} == {"a"}
    assert made.waiting()[::2] == (6, 1)


def test_what_waits_is_on_its_way_also_when_there_are_other_ways(tmp_path: Path, made: Log) -> None:
    made.append([wanted(n, channel) for n in range(3) for channel in "abcde"])

    other = Log(tmp_path, lanes=2)
    other.open(100)
    by_lane = [{one.channel for one in other.parcels(lane, 100)} for lane in range(2)]
    other.close()

    assert set.union(*by_lane) == set("abcde")
    assert not by_lane[0] & by_lane[1]


def test_no_more_waits_than_is_bearable(made: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_WAITING", 3)
    made.append([wanted(n) for n in range(3)])

    with pytest.raises(Busy, match="wait to be taken"):
        made.append([wanted(4)])

    assert len(made.after(0)) == 3


def test_old_events_go_and_offsets_stay(made: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "KEPT", 5)
    monkeypatch.setattr(log, "TIDIED_EVERY", 10)

    for n in range(1_001):
        made.append([wanted(n)])

    assert made.after(0)[-1].event.offset == 1_001
    assert len(made.after(0)) <= 15


def test_one_process_at_a_time_takes_events_outside(made: Log) -> None:
    claims = [made.claim("one", 60), made.claim("two", 60), made.claim("one", 60)]
    made.release("one")

    assert claims == [True, False, True]
    assert made.claim("two", 60)


def test_whom_an_event_is_not_for_is_kept_also_in_a_file_from_before_it_was(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "events.db")) as old:
        old.execute(
            "CREATE TABLE events (offset INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL,"
            " name TEXT NOT NULL, data TEXT NOT NULL, id TEXT, at REAL NOT NULL,"
            " UNIQUE (id, channel))"
        )
        old.execute("INSERT INTO events VALUES (7, 'news', 'said', '1', NULL, 1.0)")
        old.commit()

    log = Log(tmp_path)
    log.open(1)
    log.append([Wanted(channel="news", name="said", data="2", except_socket="1.2")])
    due = log.after(0)
    log.close()

    assert [(one.event.offset, one.event.data, one.but) for one in due] == [
        (7, "1", ""), (8, "2", "1.2"),
    ]  # fmt: skip


@pytest.mark.parametrize(("flushes", "synchronous"), [(False, 1), (True, 2)])
def test_the_disk_is_told_to_flush_where_a_power_cut_is_to_be_survived(
    tmp_path: Path, flushes: bool, synchronous: int
) -> None:
    log = Log(tmp_path, flushes=flushes)
    with log._using() as database:
        (found,) = database.execute("PRAGMA synchronous").fetchone()
    log.close()

    assert found == synchronous


def test_a_folder_that_can_t_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Unavailable, match="can't be reached"):
        Log(tmp_path / "file").open(1)


def test_nobody_else_reads_what_was_said(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.open(1)

    modes = {file.stat().st_mode & 0o077 for file in tmp_path.glob("events.db*")}
    log.close()

    assert modes == {0}
