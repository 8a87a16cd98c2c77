"""The trail only grows, whatever is done to its tables shows, and it outlives them being away."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.errors import Unavailable
from agents.tables import Tables
from runtime.access.access import Access
from runtime.access.deeds import Deed, Head
from runtime.access.searching import Wanted
from runtime.access.tables import access_tables, done
from runtime.access.trail import Trail
from runtime.secrets.keep import Exposed
from tests.runtime.access.conftest import BY, HERE, PASSWORD


@pytest.fixture
def tables(access: Access, database_url: str) -> Iterator[Tables]:
    """The tables as another process has them, or whoever gets at the database."""
    tables = access_tables(access.folder, database_url)
    yield tables
    tables.close()


def deed(what: str = "start_run", who: str = "anna", tenant: str = "", **more: str) -> Deed:
    return Deed(at=7.0, what=what, outcome="done", who=who, tenant=tenant, **more)


async def noted(access: Access, count: int) -> None:
    for number in range(count):
        await access.trail.record(deed(request=f"r{number}"))


async def test_what_is_recorded_stands_there_newest_first(access: Access) -> None:
    await noted(access, 3)

    entries = await access.reading.entries(Wanted())

    assert [(one.seq, one.request) for one in entries] == [(3, "r2"), (2, "r1"), (1, "r0")]
    assert (await access.trail.verify()).entries == 3


async def test_those_who_record_at_once_all_find_a_place(access: Access) -> None:
    await asyncio.gather(*(access.trail.record(deed(request=f"r{n}")) for n in range(200)))

    entries = await access.reading.entries(Wanted(), limit=500)

    assert {one.request for one in entries} == {f"r{n}" for n in range(200)}
    assert (await access.trail.verify()).is_whole


async def test_several_processes_continue_one_chain(access: Access, tables: Tables) -> None:
    other = Trail(tables, access.folder)

    for number in range(5):
        await asyncio.gather(
            access.trail.record(deed(request=f"a{number}")),
            other.record(deed(request=f"b{number}")),
        )

    assert (await access.trail.verify()).entries == 10
    assert (await other.verify()).is_whole


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("UPDATE heddle_trail SET who = 'eve' WHERE seq = 2", 2),
        ("UPDATE heddle_trail SET outcome = 'refused' WHERE seq = 3", 3),
        ("DELETE FROM heddle_trail WHERE seq = 2", 2),
        ("DELETE FROM heddle_trail WHERE seq = 4", 4),
        ("DELETE FROM heddle_trail WHERE seq > 1", 2),
        ("DELETE FROM heddle_trail", 1),
    ],
)
async def test_whatever_is_done_to_the_tables_shows(
    access: Access, tables: Tables, statement: str, at: int
) -> None:
    await noted(access, 4)

    await tables.do(lambda one: done(one, statement))

    verdict = await access.trail.verify()
    assert (verdict.is_whole, verdict.flaw_at) == (False, at)


async def test_a_whole_chain_forged_anew_shows(access: Access, tables: Tables) -> None:
    await noted(access, 3)
    await tables.do(lambda one: done(one, "DELETE FROM heddle_trail"))
    forger = Trail(tables, access.folder / "elsewhere")
    for _ in range(5):
        await forger.record(deed(who="eve"))

    verdict = await access.trail.verify()

    assert (verdict.flaw_at, verdict.why) == (3, "It isn't what was written here.")


async def test_a_head_that_was_noted_elsewhere_is_looked_for(access: Access) -> None:
    await noted(access, 3)
    head = (await access.trail.verify()).head
    await noted(access, 2)

    assert (await access.trail.verify(head)).is_whole
    assert not (await access.trail.verify(Head(3, "0" * 64))).is_whole
    assert not (await access.trail.verify(Head(9, head.hash))).is_whole


async def test_a_change_and_its_note_are_made_together_or_not_at_all(access: Access) -> None:
    def half(_: object) -> tuple[None, list[Deed]]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await access.trail.along(half)

    assert list(await access.reading.entries(Wanted())) == []


async def test_while_the_tables_are_away_deeds_are_kept_in_a_file(
    access: Access, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    await noted(access, 1)
    with monkeypatch.context() as away:
        away.setattr(Tables, "do_now", _gone)
        await access.trail.record(deed(request="meanwhile"))
        await access.trail.record(deed(request="and then"))
    spool = access.folder / "trail.spool"
    assert os.stat(spool).st_mode & 0o777 == 0o600
    again = Trail(tables, access.folder)

    await again.record(deed(request="at last"))

    entries = await access.reading.entries(Wanted())
    assert [one.request for one in entries] == ["at last", "and then", "meanwhile", "r0"]
    assert not spool.exists()
    assert (await again.verify()).is_whole


def _gone(*_: object) -> None:
    raise Unavailable("The database is away.", cure="Wait.")


async def test_a_line_that_was_cut_off_spoils_none_of_the_others(
    access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(Tables, "do_now", _gone)
        await access.trail.record(deed(request="whole"))
    with (access.folder / "trail.spool").open("ab") as spool:
        spool.write(b'{"at": 7.0, "wh')

    await access.trail.record(deed(request="next"))

    entries = await access.reading.entries(Wanted())
    assert [one.request for one in entries] == ["next", "whole"]


async def test_what_is_kept_after_a_line_that_was_cut_off_is_not_lost_with_it(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    (access.folder / "trail.spool").write_bytes(b'{"at": 7.0, "wh')
    with monkeypatch.context() as away:
        away.setattr(Tables, "do_now", _gone)
        await access.trail.record(deed(request="whole"))

    await access.trail.record(deed(request="next"))

    entries = await access.reading.entries(Wanted())
    assert [one.request for one in entries] == ["next", "whole"]


@pytest.mark.parametrize("left", [b"\0" * 160, b'{"seq": 1, "ha', b"\xff\xfe"])
async def test_a_head_that_a_power_cut_spoiled_stops_nobody(access: Access, left: bytes) -> None:
    await noted(access, 1)
    (access.folder / "trail.head").write_bytes(left)

    await asyncio.wait_for(access.trail.record(deed(request="next")), 10)

    assert (await access.trail.verify()).is_whole


async def test_whoever_waits_is_told_why_a_deed_can_not_be_noted(access: Access) -> None:
    await noted(access, 1)
    (access.folder / "trail.head").chmod(0o644)

    for _ in range(2):
        with pytest.raises(Exposed, match="Others may read"):
            await asyncio.wait_for(access.trail.record(deed()), 10)


async def test_the_trail_is_searched_by_everything_it_says(access: Access) -> None:
    await access.trail.record(deed("start_run", "anna", "acme", target="run 100%", request="1"))
    await access.trail.record(deed("cancel_run", "ben", "acme", target="run 100x", request="2"))
    await access.trail.record(deed("start_run", "anna", "", target="", request="3"))

    async def found(**wanted: object) -> list[str]:
        entries = await access.reading.entries(Wanted(**wanted))  # type: ignore[arg-type]
        return [entry.request for entry in entries]

    assert await found(tenant="acme") == ["2", "1"]
    assert await found(tenant="") == ["3"]
    assert await found(who="anna") == ["3", "1"]
    assert await found(what="cancel_run") == ["2"]
    assert await found(text="RUN 100") == ["2", "1"]
    assert await found(text="100%") == ["1"]
    assert await found(text="' OR '1'='1") == []
    assert await found(since=7.0, until=7.5) == ["3", "2", "1"]
    assert await found(until=7.0) == []
    assert await found(outcome="refused") == []


async def test_it_is_read_page_by_page(access: Access) -> None:
    await noted(access, 5)

    first = await access.reading.entries(Wanted(), limit=2)
    second = await access.reading.entries(Wanted(), before=first[-1].seq, limit=2)

    assert [one.seq for one in (*first, *second)] == [5, 4, 3, 2]


async def test_what_everybody_did_is_a_fold_of_it(access: Access) -> None:
    await access.people.add("", "anna", "runner", PASSWORD, BY)
    await access.logins.login("", "anna", PASSWORD, HERE)
    await access.trail.record(deed("start_run", "anna"))
    await access.trail.record(Deed(at=9e9, what="start_run", outcome="refused", who="anna"))

    doers = (await access.reading.activity(Wanted())).newest_first()

    assert [(one.who, one.logins, one.changes, one.refused) for one in doers] == [
        ("anna", 1, 1, 1),
        ("owner", 0, 1, 0),
    ]
    assert doers[0].last == 9e9
