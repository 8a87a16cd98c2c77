"""The registry: who is there, who is late, who is gone; also while the place it stands in is."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from runtime.ownership import new_owner
from runtime.services.registry import shapes
from runtime.services.registry.registry import AWAY, NoSuchService, Registry, board_of
from runtime.services.registry.shapes import Board, Process
from tests.servers.postgres import PostgresServer


async def well() -> str:
    return ""


def process(owner: str = "", **services: str) -> Process:
    return Process(owner or new_owner(), "1.0", time.time(), services)


@pytest_asyncio.fixture(params=["files", "postgres"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Path, str]]:
    on_postgres = request.param == "postgres"
    url = request.getfixturevalue("empty_postgres_url") if on_postgres else ""
    yield tmp_path, url


@pytest.fixture
def another() -> Iterator[subprocess.Popen[bytes]]:
    """Another process of this machine."""
    made = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield made
    made.kill()
    made.wait()
    assert made.stdin is not None
    made.stdin.close()


def registry(place: tuple[Path, str], one: Process) -> Registry:
    return Registry(board_of(*place), one, well)


async def test_services_find_each_other(place: tuple[Path, str]) -> None:
    flows = registry(place, process(workflows="http://127.0.0.1:1"))
    drawn = registry(place, process(visual="http://127.0.0.1:2"))

    async with flows.present(), drawn.present():
        listed = await drawn.services()
        found = await drawn.find("workflows")

    assert [(one.service, one.health) for one in listed] == [("visual", "ok"), ("workflows", "ok")]
    assert (found.address, found.owner, found.pid) == (
        "http://127.0.0.1:1",
        flows.here.owner,
        os.getpid(),
    )


async def test_the_process_of_an_owner_is_found_whichever_of_its_houses_that_is(
    place: tuple[Path, str],
) -> None:
    elsewhere = registry(place, process("elsewhere:7:aa", workflows="http://10.0.0.1:1"))
    async with elsewhere.present(), registry(place, process(workflows="http://here:2")).present():
        found = await elsewhere.find("workflows", "elsewhere:7:bb")

    assert found.address == "http://10.0.0.1:1"


async def test_one_that_says_goodbye_is_gone_at_once(place: tuple[Path, str]) -> None:
    stays = registry(place, process(visual="http://127.0.0.1:2"))
    async with stays.present():
        async with registry(place, process(workflows="http://127.0.0.1:1")).present():
            both = await stays.services()
        left = await stays.services()

        with pytest.raises(NoSuchService, match="workflows"):
            await stays.find("workflows")

    assert [one.service for one in both] == ["visual", "workflows"]
    assert [one.service for one in left] == ["visual"]


async def test_one_that_was_killed_is_gone_at_once(
    place: tuple[Path, str], another: subprocess.Popen[bytes]
) -> None:
    stays = registry(place, process(visual="http://127.0.0.1:2"))
    owner = new_owner().replace(str(os.getpid()), str(another.pid))
    board = board_of(*place)
    await board.note(process(owner, workflows="http://127.0.0.1:1"))
    async with stays.present():
        before = await stays.services()
        another.send_signal(signal.SIGKILL)
        another.wait()

        after = await stays.services()

    board.close()
    assert [one.service for one in before] == ["visual", "workflows"]
    assert [one.service for one in after] == ["visual"]


async def test_one_without_a_sign_of_life_is_late_and_not_found(
    place: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stays = registry(place, process(visual="http://127.0.0.1:2"))
    board = board_of(*place)
    await board.note(process(workflows="http://127.0.0.1:1"))
    monkeypatch.setattr(shapes, "LATE", 0.0)

    async with stays.present():
        (late,) = [one for one in await stays.services() if one.service == "workflows"]
        with pytest.raises(NoSuchService):
            await stays.find("workflows")

    board.close()
    assert late.health == "late"
    assert "sign of life" in late.detail


async def test_one_of_another_machine_is_forgotten_in_the_end(tmp_path: Path) -> None:
    board = board_of(tmp_path, "")
    await board.note(process("elsewhere:1:aa", workflows="http://10.0.0.1:1"))
    (file,) = (tmp_path / "services").iterdir()
    old = time.time() - shapes.GONE - 1
    os.utime(file, (old, old))

    assert await board.seen() == []
    assert not file.exists()


async def test_what_is_wrong_with_a_service_is_told(place: tuple[Path, str]) -> None:
    async def ill() -> str:
        return "The journal doesn't answer."

    one = Registry(board_of(*place), process(visual="http://127.0.0.1:2"), ill)
    beside = board_of(*place)
    async with one.present():
        entry = await _until_ill(one)
        (seen,) = await beside.seen()

    beside.close()
    assert (entry, seen.process.detail) == ("degraded", "The journal doesn't answer.")


async def _until_ill(one: Registry) -> str:
    for _ in range(100):
        (entry,) = await one.services()
        if entry.health != "ok":
            break
        await asyncio.sleep(0.05)
    await one._note()
    return entry.health


async def test_the_files_are_for_their_user_alone(tmp_path: Path) -> None:
    board: Board = board_of(tmp_path, "")
    await board.note(process(visual="http://127.0.0.1:2"))

    (file,) = (tmp_path / "services").iterdir()

    assert file.stat().st_mode & 0o077 == 0


async def test_what_is_no_note_of_ours_is_passed_over(tmp_path: Path) -> None:
    board = board_of(tmp_path, "")
    await board.note(process(visual="http://127.0.0.1:2"))
    (tmp_path / "services" / "x.json").write_text("{")

    assert len(await board.seen()) == 1


async def test_while_the_database_is_away_the_last_that_was_known_is_told(
    own_postgres: PostgresServer, tmp_path: Path
) -> None:
    place = (tmp_path, own_postgres.new_database())
    flows = registry(place, process(workflows="http://127.0.0.1:1"))
    drawn = registry(place, process(visual="http://127.0.0.1:2"))

    async with flows.present(), drawn.present():
        await drawn.services()
        own_postgres.stop(signal.SIGQUIT)
        away = await drawn.services()
        own_postgres.start()
        await flows._note()
        back = await drawn.services()

    assert [one.service for one in away] == ["visual", "workflows"]
    assert {one.detail for one in away} >= {AWAY}
    assert [(one.service, one.detail) for one in back] == [("visual", ""), ("workflows", "")]
