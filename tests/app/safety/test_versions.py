"""Versions are kept by name, beside the backups of saving."""

from pathlib import Path

from app.safety.versions import Versions
from graph.flow import Block, Flow
from runtime.flow_files import digest_of, save

ONE = Flow.of([Block("a", "text.template", {"text": "1"})])
TWO = Flow.of([Block("a", "text.template", {"text": "2"})])


def test_a_named_version_is_kept_and_read_back(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "versions")

    versions.keep(tmp_path / "x.flow.json", "first", ONE)

    [kept] = versions.of(tmp_path / "x.flow.json")
    assert (kept.name, kept.is_named) == ("first", True)
    assert versions.read(kept) == ONE
    assert versions.of(tmp_path / "y.flow.json") == []


def test_backups_are_versions_without_a_name(tmp_path: Path) -> None:
    file = tmp_path / "x.flow.json"
    save(file, ONE)
    save(file, TWO, replacing=digest_of(file))
    versions = Versions(tmp_path / "versions")

    [backup] = versions.of(file)

    assert not backup.is_named
    assert versions.read(backup) == ONE


def test_a_version_that_is_removed_is_gone(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "versions")
    versions.remove(versions.keep(tmp_path, "first", ONE))

    assert versions.of(tmp_path) == []


def test_versions_follow_the_flow_into_its_file(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "versions")
    versions.keep(tmp_path / "scratch", "first", ONE)

    versions.move(tmp_path / "scratch", tmp_path / "x.flow.json")

    assert versions.of(tmp_path / "scratch") == []
    assert [version.name for version in versions.of(tmp_path / "x.flow.json")] == ["first"]
