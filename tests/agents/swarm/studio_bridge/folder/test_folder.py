"""A folder on a real disk and the bridge's scripts: alike both ways, and no text is lost."""

import os
import sys
from pathlib import Path

import pytest

from agents.contract import Grants
from agents.errors import NotGranted, Rejected
from agents.swarm.studio_bridge.folder.agent import FolderAgent
from graph.errors import BadInput
from tests.agents.conftest import means_in
from tests.agents.swarm.studio_bridge.folder.conftest import Project

MAIN = "ServerScriptService/Main"
MAIN_FILE = f"{MAIN}.server.luau"


async def test_scripts_become_files_by_their_kinds_and_what_holds_others_an_init_file(
    project: Project,
) -> None:
    await project.studio.push_scripts({
        MAIN: "print(1)", "ServerScriptService/Main/Part.luau": "return 1",
        "StarterGui/Menu.client.luau": "-- menu", "ReplicatedStorage/A%2FB: ?": "return 2",
    })  # fmt: skip

    look = await project.look()

    assert project.files() == {
        f"{MAIN}/init.server.luau": "print(1)", f"{MAIN}/Part.luau": "return 1",
        "StarterGui/Menu.client.luau": "-- menu", "ReplicatedStorage/A%2FB%3A %3F.luau": "return 2",
    }  # fmt: skip
    assert (look.scripts, look.problems, look.conflicts) == (4, [], [])
    assert (await project.look()).did == []


async def test_files_become_scripts_and_a_byte_order_mark_and_line_ends_are_no_text(
    project: Project,
) -> None:
    project.write(MAIN_FILE, "\ufeffprint(1)\r\nprint(2)\r\n")
    project.write("Workspace/Door/init.luau", "return {}")
    project.write("Workspace/Door/Hinge.luau", "-- hinge")
    project.write("README.md", "no script")

    await project.look()

    assert await project.scripts() == {
        MAIN: "print(1)\nprint(2)\n",
        "Workspace/Door": "return {}", "Workspace/Door/Hinge": "-- hinge",
    }  # fmt: skip
    assert project.files()[MAIN_FILE] == "\ufeffprint(1)\r\nprint(2)\r\n"
    assert (await project.look()).did == []


async def test_what_either_side_writes_the_other_has_next(project: Project) -> None:
    await project.studio.push_scripts({MAIN: "one"})
    await project.look()

    project.write(MAIN_FILE, "two")
    await project.look()
    assert await project.scripts() == {MAIN: "two"}

    await project.studio.push_scripts({MAIN: "three"})
    await project.look()
    assert project.files() == {MAIN_FILE: "three"}
    assert await project.texts() == {"one", "two", "three"}


async def test_half_of_a_file_is_not_taken(project: Project) -> None:
    await project.studio.push_scripts({MAIN: "whole"})
    await project.look()

    project.write(MAIN_FILE, "")
    await project.once()
    project.write(MAIN_FILE, "all of it")
    await project.look()

    assert await project.texts() == {"whole", "all of it"}


async def test_a_file_that_is_moved_or_is_another_kind_keeps_its_script(project: Project) -> None:
    await project.studio.push_scripts({MAIN: "text", "Workspace/A.luau": "return 1"})
    await project.look()
    before = await project.ids()

    (project.folder / "Workspace/Parts").mkdir()
    (project.folder / "Workspace/A.luau").rename(project.folder / "Workspace/Parts/B.luau")
    (project.folder / MAIN_FILE).rename(project.folder / f"{MAIN}.client.luau")
    await project.look()

    after = await project.ids()
    assert after == {MAIN: before[MAIN], "Workspace/Parts/B": before["Workspace/A"]}
    assert (await project.studio.script(MAIN)).kind == "LocalScript"
    assert set(project.files()) == {f"{MAIN}.client.luau", "Workspace/Parts/B.luau"}


async def test_a_script_that_moves_takes_its_file_along(project: Project) -> None:
    await project.studio.push_scripts({MAIN: "text"})
    await project.look()
    script = (await project.ids())[MAIN]

    await project.studio.push_scripts({f"{MAIN}.client.luau": "text"})
    await project.look()
    assert project.files() == {f"{MAIN}.client.luau": "text"}

    await project.studio.push_scripts({f"{MAIN}/Part.luau": "return 1"})
    await project.look()
    assert set(project.files()) == {f"{MAIN}/init.client.luau", f"{MAIN}/Part.luau"}
    assert (await project.ids())[MAIN] == script


async def test_what_is_deleted_on_one_side_goes_on_the_other_and_stays_in_the_history(
    project: Project,
) -> None:
    await project.studio.push_scripts({MAIN: "a", "Workspace/Deep/B.luau": "b"})
    await project.look()

    (project.folder / MAIN_FILE).unlink()
    await project.studio.push_scripts({}, remove=["Workspace/Deep/B"])
    await project.look()

    assert (project.files(), await project.scripts()) == ({}, {})
    assert not (project.folder / "Workspace/Deep").exists()
    assert (await project.studio.script(MAIN, version=1)).source == "a"
    assert (await project.studio.script("Workspace/Deep/B", version=1)).source == "b"


async def test_what_is_deleted_on_one_side_and_changed_on_the_other_stays(
    project: Project,
) -> None:
    await project.studio.push_scripts({MAIN: "a", "Workspace/B.luau": "b"})
    await project.look()

    (project.folder / MAIN_FILE).unlink()
    await project.studio.push_scripts({MAIN: "newer"}, remove=["Workspace/B"])
    project.write("Workspace/B.luau", "newer, too")
    await project.look()

    assert await project.scripts() == {MAIN: "newer", "Workspace/B": "newer, too"}
    assert project.files() == {MAIN_FILE: "newer", "Workspace/B.luau": "newer, too"}


async def test_a_file_that_is_gone_for_a_moment_is_not_deleted(project: Project) -> None:
    await project.studio.push_scripts({MAIN: "a"})
    await project.look()

    (project.folder / MAIN_FILE).unlink()
    await project.once()
    project.write(MAIN_FILE, "a")
    await project.look()

    assert len(await project.studio.history(MAIN)) == 1


async def test_most_files_gone_at_once_are_deleted_only_if_that_is_said(project: Project) -> None:
    await project.studio.push_scripts({f"Workspace/M{n}.luau": "x" for n in range(6)})
    await project.look()

    for path in (project.folder / "Workspace").iterdir():
        path.unlink()
    held = await project.look()
    assert len(await project.scripts()) == 6
    assert "6 of 6 files are gone" in held.problems[0]

    await project.look(deletes=True)
    assert await project.scripts() == {}


async def test_a_folder_that_is_gone_deletes_nothing(project: Project) -> None:
    await project.studio.push_scripts({MAIN: "a"})
    await project.look()

    project.folder.rename(project.folder.with_name("elsewhere"))
    for _ in range(3):
        with pytest.raises(Rejected, match="can't be looked at"):
            await project.once()
    assert not project.folder.exists()
    project.folder.with_name("elsewhere").rename(project.folder)

    assert (await project.look()).did == []
    assert await project.scripts() == {MAIN: "a"}


async def conflict(project: Project) -> None:
    """Have both sides change one script."""
    await project.studio.push_scripts({MAIN: "one\ntwo\nthree"})
    await project.look()
    await project.studio.push_scripts({MAIN: "one\nheddle\nthree"})
    project.write(MAIN_FILE, "one\nfile\nthree")
    look = await project.look()
    assert look.conflicts == [MAIN_FILE]


async def test_what_both_sides_changed_is_told_in_files_and_neither_is_written_over(
    project: Project,
) -> None:
    await conflict(project)

    assert project.files() == {
        MAIN_FILE: "one\nfile\nthree",
        f"{MAIN_FILE}.heddle": "one\nheddle\nthree",
        f"{MAIN_FILE}.both": "one\n<<<<<<< Heddle\nheddle\n||||||| before\ntwo\n=======\nfile\n"
        ">>>>>>> file\nthree",
    }
    assert await project.scripts() == {MAIN: "one\nheddle\nthree"}
    assert (await project.look()).did == []


async def test_a_conflict_ends_with_the_file_that_tells_of_it(project: Project) -> None:
    await conflict(project)

    (project.folder / f"{MAIN_FILE}.heddle").unlink()
    look = await project.look()

    assert look.conflicts == []
    assert project.files() == {MAIN_FILE: "one\nfile\nthree"}
    assert await project.scripts() == {MAIN: "one\nfile\nthree"}
    assert "one\nheddle\nthree" in await project.texts()


async def test_a_conflict_ends_with_the_text_of_heddle_in_the_file(project: Project) -> None:
    await conflict(project)

    project.write(MAIN_FILE, "one\nheddle\nthree")
    look = await project.look()

    assert look.conflicts == []
    assert project.files() == {MAIN_FILE: "one\nheddle\nthree"}


async def test_a_conflict_is_not_ended_by_who_read_of_an_older_one(project: Project) -> None:
    await conflict(project)

    await project.studio.push_scripts({MAIN: "newer still"})
    (project.folder / f"{MAIN_FILE}.heddle").unlink()
    look = await project.look()

    assert look.conflicts == [MAIN_FILE]
    assert project.files()[f"{MAIN_FILE}.heddle"] == "newer still"
    assert await project.scripts() == {MAIN: "newer still"}


async def test_what_somebody_wrote_into_the_file_of_a_conflict_stays(project: Project) -> None:
    await conflict(project)

    project.write(f"{MAIN_FILE}.both", "half merged")
    project.write(MAIN_FILE, "one\nheddle\nthree")
    await project.look()

    assert project.files() == {MAIN_FILE: "one\nheddle\nthree", f"{MAIN_FILE}.both": "half merged"}


async def test_a_new_file_and_a_script_of_the_same_name_are_one_or_in_conflict(
    project: Project,
) -> None:
    await project.studio.push_scripts({MAIN: "same", "Workspace/A": "heddle"})
    project.write(MAIN_FILE, "same\r\n".strip())
    project.write("Workspace/A.luau", "file")

    look = await project.look()

    assert look.conflicts == ["Workspace/A.luau"]
    assert len(await project.studio.history(MAIN)) == 1
    assert await project.scripts() == {MAIN: "same", "Workspace/A": "heddle"}


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
async def test_links_are_left_alone_and_lead_nowhere(project: Project, tmp_path: Path) -> None:
    await project.studio.push_scripts({MAIN: "a", "Workspace/In/B.luau": "b"})
    await project.look()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "B.luau").write_text("elsewhere")

    (project.folder / MAIN_FILE).unlink()
    (project.folder / MAIN_FILE).symlink_to(outside / "B.luau")
    (project.folder / "Workspace/In/B.luau").unlink()
    (project.folder / "Workspace/In").rmdir()
    (project.folder / "Workspace/In").symlink_to(outside)
    await project.studio.push_scripts({MAIN: "newer", "Workspace/In/B.luau": "newer",
                                       "Workspace/In/C.luau": "new"})  # fmt: skip
    look = await project.look()

    assert sorted(look.problems) == [
        f"{MAIN_FILE} is a link, and links are left alone.",
        "Workspace/In/ is a link, and links are left alone.",
    ]
    assert {path.name: path.read_text() for path in outside.iterdir()} == {"B.luau": "elsewhere"}
    assert (await project.scripts())[MAIN] == "newer"


async def test_what_studio_cannot_hold_stays_in_the_folder_and_is_told(project: Project) -> None:
    await project.studio.push_scripts({MAIN: "a"})
    await project.look()

    (project.folder / MAIN_FILE).write_bytes(b"\xff\xfe")
    project.write("Workspace/Long.luau", "x" * 200_000)
    project.write("Workspace/Null.luau", "a\0b")
    project.write("Workspace/Twice.luau", "1")
    project.write("Workspace/Twice.client.luau", "2")
    look = await project.look()

    said = " ".join(look.problems)
    assert len(look.problems) == 5
    for word in ("UTF-8", "199,999", "NUL", "Twice.client.luau stands for"):
        assert word in said
    assert await project.scripts() == {MAIN: "a"}


async def test_scripts_whose_files_would_be_one_on_some_disks_are_told(project: Project) -> None:
    await project.studio.push_scripts({"Workspace/A": "1", "Workspace/a": "2"})

    look = await project.look()

    assert len(project.files()) == 1
    assert "another script's on some disks" in look.problems[0]
    assert len(await project.scripts()) == 2


async def test_a_script_whose_file_no_disk_can_hold_holds_up_nobody(project: Project) -> None:
    await project.studio.push_scripts({f"Workspace/{'🎈' * 90}": "1", MAIN: "2"})

    look = await project.look()

    assert project.files() == {MAIN_FILE: "2"}
    assert "🎈" in look.problems[0]


async def test_a_name_that_is_written_otherwise_names_the_file_otherwise(
    project: Project,
) -> None:
    await project.studio.push_scripts({MAIN: "a"})
    await project.look()
    script = (await project.ids())[MAIN]

    (project.folder / MAIN_FILE).rename(project.folder / "ServerScriptService/main.server.luau")
    await project.look()

    assert await project.ids() == {"ServerScriptService/main": script}


async def test_who_begins_anew_goes_on_from_what_is_kept(project: Project) -> None:
    await project.studio.push_scripts({MAIN: "a", "Workspace/B": "b"})
    await project.look()
    await project.keeper.close()

    (project.folder / "Workspace/B.luau").unlink()
    project.write(MAIN_FILE, "edited meanwhile")
    project.keeper = project.made()
    await project.look()

    assert await project.scripts() == {MAIN: "edited meanwhile"}
    assert (project.folder / ".heddle/.gitignore").read_text() == "*\n"


async def test_a_folder_of_which_nothing_is_known_any_longer_is_compared_anew(
    project: Project,
) -> None:
    await project.studio.push_scripts({MAIN: "a", "Workspace/B": "b"})
    await project.look()
    await project.keeper.close()

    (project.folder / ".heddle/roblox.json").unlink()
    (project.folder / "Workspace/B.luau").unlink()
    project.keeper = project.made()
    await project.look()

    assert project.files() == {MAIN_FILE: "a", "Workspace/B.luau": "b"}
    assert len(await project.studio.history(MAIN)) == 1


async def test_a_folder_belongs_to_one_project(project: Project) -> None:
    await project.look()
    keeper = project.made()

    with pytest.raises(BadInput, match="belongs to the project 'main'"):
        await keeper.look(str(project.folder), project="other")
    await keeper.close()


async def test_a_folder_has_to_be_granted(project: Project, tmp_path: Path) -> None:
    keeper = FolderAgent(Grants(folder=str(tmp_path)), means_in(tmp_path / "home" / "x"))

    with pytest.raises(NotGranted):
        await keeper.look("work")
    await keeper.close()


async def test_sync_ends_when_both_are_alike(project: Project) -> None:
    await project.studio.push_scripts({MAIN: "a"})
    project.write("Workspace/B.luau", "b")

    look = await project.keeper.sync(str(project.folder))

    assert {(one.file, one.what) for one in look.did} == {
        (MAIN_FILE, "written"), ("Workspace/B.luau", "taken"),
    }  # fmt: skip
    assert not look.again


@pytest.mark.skipif(sys.platform != "linux", reason="names are any bytes on Linux alone")
@pytest.mark.parametrize("kind", ["file", "folder", "link"])
async def test_a_name_that_is_no_text_keeps_nothing_else_from_being_taken(
    project: Project, kind: str
) -> None:
    project.write(MAIN_FILE, "print(1)")
    place = os.path.join(os.fsencode(project.folder), b"ServerScriptService", b"\xff.luau")
    match kind:
        case "file":
            os.close(os.open(place, os.O_CREAT))
        case "folder":
            os.mkdir(place)
        case _:
            os.symlink(b"nowhere", place)

    look = await project.look()

    assert await project.scripts() == {MAIN: "print(1)"}
    assert look.problems == ["ServerScriptService/?.luau has a name that is no UTF-8."]


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="nothing is closed to them"
)
async def test_a_folder_whose_files_can_t_be_looked_at_is_told_of(project: Project) -> None:
    project.write("Workspace/Closed/A.luau", "return 1")
    closed = project.folder / "Workspace/Closed"
    closed.chmod(0o444)
    try:
        with pytest.raises(Rejected, match="can't be looked at: permission denied"):
            await project.once()
    finally:
        closed.chmod(0o755)
