"""The files of conflicts: those of one project are no other project's business."""

from pathlib import Path

from agents.swarm.studio_bridge.conflict_files import ConflictFiles
from agents.swarm.studio_bridge.shapes import Conflict

PROJECTS = (
    "main",
    "a/b",
    "a%2Fb",
    "Main",
    "..",
    ".",
    "x.",
    "x%2E",
    "con",
    "com¹",
    "\U0001f388" * 80,
)


def conflict() -> Conflict:
    return Conflict(
        script="c" * 32, path="Workspace/A", kind="Script", heddle="ours", studio="theirs",
        base=None, marked="", clean=False, heddle_version=1, studio_version=2, base_version=0,
    )  # fmt: skip


def test_projects_keep_their_files_apart_whatever_they_are_called(tmp_path: Path) -> None:
    files = ConflictFiles(tmp_path / "conflicts")
    for project in PROJECTS:
        files.keep(project, [conflict()])

    for project in PROJECTS[1:]:
        files.keep(project, [])

    home = Path(files.located("main", conflict()).folder)
    assert (home / "heddle.luau").read_text() == "ours"
    places = {files.located(project, conflict()).folder.lower() for project in PROJECTS}
    assert len(places) == len(PROJECTS)
    assert all(Path(place).parents[1].name == "conflicts" for place in places)
    assert not {Path(place).parent.name for place in places} & {"con", "com¹"}  # as Windows has
