"""Out of the granted folders: every way that somebody may try, and the word that stops it."""

import contextlib
import itertools
import os
import socket
import threading
from pathlib import Path

import pytest

from agents import disk
from agents.contract import Grants
from agents.errors import AgentError, NotGranted, Rejected
from agents.files.blocks import append, delete, exists, list_, read, read_many, write
from agents.folders import Folders
from graph.errors import BadInput
from tests.agents.conftest import Granting, Surroundings


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder nobody granted, with something in it."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def inside(tmp_path: Path, outside: Path) -> Path:
    """The granted folder, with links that lead out of it."""
    folder = tmp_path / "inside"
    (folder / "deep").mkdir(parents=True)
    (folder / "plain.txt").write_text("plain")
    (folder / "link.txt").symlink_to(outside / "secret.txt")
    (folder / "way").symlink_to(outside)
    (folder / "dangling").symlink_to(outside / "new.txt")
    (folder / "own.txt").symlink_to("plain.txt")
    return folder


@pytest.fixture
def confined(granting: Granting, inside: Path) -> Surroundings:
    return granting(folder=str(inside), writes=(str(inside),))


LEADING_OUT = [
    "../outside/secret.txt",
    "deep/../../outside/secret.txt",
    "link.txt",
    "way/secret.txt",
    "deep/../way/secret.txt",
    "/etc/passwd",
    "~/.ssh/id_rsa",
    "/proc/self/environ",
    "/dev/zero",
]


@pytest.mark.parametrize("path", LEADING_OUT)
async def test_nothing_outside_is_read(confined: Surroundings, path: str) -> None:
    with pytest.raises(NotGranted, match="--allow-read"):
        await read(path, confined)
    with pytest.raises(NotGranted):
        await exists(path, confined)


@pytest.mark.parametrize("path", [*LEADING_OUT, "dangling", "way/new.txt"])
async def test_nothing_outside_is_written(confined: Surroundings, outside: Path, path: str) -> None:
    with pytest.raises(NotGranted, match="--allow-write"):
        await write(path, "mine", confined)
    with pytest.raises(NotGranted):
        await append(path, "mine", confined)

    assert os.listdir(outside) == ["secret.txt"]
    assert (outside / "secret.txt").read_text() == "secret"


async def test_the_error_names_where_a_path_leads_and_the_cure(
    confined: Surroundings, outside: Path
) -> None:
    with pytest.raises(NotGranted) as caught:
        await read("way/secret.txt", confined)

    assert str(caught.value) == (
        f"The flow may not read way/secret.txt (which is {outside}/secret.txt). "
        f"If it should, run it with --allow-read {outside}"
    )


async def test_links_that_stay_inside_are_followed(confined: Surroundings, inside: Path) -> None:
    text = await read("own.txt", confined)
    await write("own.txt", "changed", confined)

    assert text == "plain"
    assert (inside / "plain.txt").read_text() == "changed"
    assert (inside / "own.txt").is_symlink()


async def test_deleting_a_link_leaves_its_target(
    confined: Surroundings, inside: Path, outside: Path
) -> None:
    deleted = await delete("link.txt", confined)

    assert deleted
    assert not (inside / "link.txt").is_symlink()
    assert (outside / "secret.txt").exists()
    with pytest.raises(NotGranted):
        await delete("way/secret.txt", confined)


async def test_what_leads_out_is_not_listed(confined: Surroundings) -> None:
    everything = await list_("**", confined)
    through = await list_("*/*", confined)

    assert [file["path"] for file in everything] == ["plain.txt"]
    assert through == []
    with pytest.raises(NotGranted):
        await list_("way/*", confined)
    with pytest.raises(NotGranted):
        await read_many("../outside/*", confined)
    with pytest.raises(BadInput, match="behind a wildcard"):
        await list_("*/../../outside/*", confined)


async def test_reading_does_not_mean_writing(granting: Granting, inside: Path) -> None:
    context = granting(folder=str(inside), reads=(str(inside),))

    text = await read("plain.txt", context)

    assert text == "plain"
    with pytest.raises(NotGranted, match=r"may not write plain\.txt"):
        await write("plain.txt", "mine", context)
    with pytest.raises(NotGranted):
        await delete("plain.txt", context)


async def test_resources_are_read_by_every_flow_and_written_by_none(
    granting: Granting, inside: Path, outside: Path
) -> None:
    context = granting(folder=str(outside), resources=str(inside), writes=(str(inside),))

    text = await read("heddle:plain.txt", context)
    listed = await list_("heddle:*.txt", context)

    assert text == "plain"
    assert [file["path"] for file in listed] == ["heddle:plain.txt"]
    with pytest.raises(NotGranted, match="can only be read"):
        await write("heddle:plain.txt", "mine", context)
    with pytest.raises(NotGranted, match="leads out of the resources"):
        await read("heddle:../outside/secret.txt", context)
    with pytest.raises(NotGranted, match="leads out of the resources"):
        await read("heddle:/way/secret.txt", context)


async def test_a_granted_file_grants_no_neighbour(granting: Granting, inside: Path) -> None:
    (inside / "other.txt").write_text("other")
    context = granting(folder=str(inside), reads=(str(inside / "plain.txt"),))

    assert await read("plain.txt", context) == "plain"
    with pytest.raises(NotGranted):
        await read("other.txt", context)


async def test_a_folder_whose_name_only_starts_alike_is_another(
    granting: Granting, tmp_path: Path
) -> None:
    for name in ("data", "data-private"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text(name)
    context = granting(reads=(str(tmp_path / "data"),))

    assert await read("data/a", context) == "data"
    with pytest.raises(NotGranted):
        await read("data-private/a", context)


@pytest.mark.parametrize("path", ["", " ", "a\0b"])
async def test_a_path_that_is_none_is_said(confined: Surroundings, path: str) -> None:
    with pytest.raises(BadInput, match=r"path"):
        await read(path, confined)


async def test_pipes_and_devices_do_not_hold_anything_up(
    confined: Surroundings, inside: Path
) -> None:
    os.mkfifo(inside / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(inside / "socket"))

        with pytest.raises(Rejected, match="pipe is no ordinary file"):
            await read("pipe", confined)
        with pytest.raises(Rejected):
            await append("pipe", "x", confined)
        with pytest.raises(Rejected, match="no ordinary file"):
            await write("pipe", "x", confined)
        with pytest.raises(Rejected):
            await read("socket", confined)


def test_a_link_put_there_after_the_check_is_not_followed(inside: Path, outside: Path) -> None:
    folders = Folders(Grants(folder=str(inside), writes=(str(inside),)))
    (inside / "deep" / "secret.txt").write_text("mine")
    file, through = folders.writable("plain.txt"), folders.writable("deep/secret.txt")
    new = folders.writable("deep/new.txt")

    (inside / "plain.txt").unlink()
    (inside / "plain.txt").symlink_to(outside / "secret.txt")
    (inside / "deep").rename(inside / "moved")
    (inside / "deep").symlink_to(outside)

    for place in (file, through):
        with pytest.raises(AgentError):
            disk.read(place, 100)
    for place in (through, new):
        with pytest.raises(AgentError):
            disk.write(place, b"mine")
        with pytest.raises(AgentError):
            disk.append(place, b"mine")
        with pytest.raises(AgentError):
            disk.delete(place)
    with pytest.raises(AgentError):
        disk.append(file, b"mine")
    assert os.listdir(outside) == ["secret.txt"]
    assert (outside / "secret.txt").read_text() == "secret"


def test_a_race_between_check_and_use_is_never_won(inside: Path, outside: Path) -> None:
    folders = Folders(Grants(folder=str(inside), writes=(str(inside),)))
    (inside / "deep" / "secret.txt").write_text("mine")
    over = threading.Event()

    def swap() -> None:
        for turn in itertools.count():
            for step in (
                lambda: os.rename(inside / "deep", inside / f"kept-{turn}"),  # noqa: B023
                lambda: os.symlink(outside, inside / "deep"),
                lambda: os.unlink(inside / "deep"),
                lambda: os.rename(inside / f"kept-{turn}", inside / "deep"),  # noqa: B023
            ):
                with contextlib.suppress(OSError):
                    step()
            if over.is_set():
                return

    swapping = threading.Thread(target=swap)
    swapping.start()
    read, refused = set[bytes](), 0
    try:
        for turn in range(100_000):
            if turn > 1_000 and read and refused:
                break
            try:
                read.add(disk.read(folders.readable("deep/secret.txt"), 100))
                disk.write(folders.writable("deep/secret.txt"), b"mine")
            except AgentError:
                refused += 1
    finally:
        over.set()
        swapping.join()

    assert read == {b"mine"}
    assert refused
    assert (outside / "secret.txt").read_text() == "secret"
