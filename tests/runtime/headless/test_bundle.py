"""`heddle bundle`: exported on one machine, opened on another, where it shows the same."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.headless.conftest import Heddle, flow_file

SECRET = "planted-6f1d"
BLOCKS: dict[str, Any] = {
    "n": {"kind": "flow.input", "fields": {"name": "n"}},
    "write": {
        "kind": "files.write",
        "fields": {"path": "said.txt", "content": {"$secret": "told"}},
    },
    "say": {"kind": "text.template", "fields": {"text": "{n} of {path}"}},
    "out": {"kind": "flow.output"},
}
LINKS = ("n.value -> say.n", "write.path -> say.path", "say.value -> out.value")


@pytest.fixture
def run(heddle: Heddle, here: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a run that used a secret."""
    monkeypatch.setenv("HEDDLE_SECRET_TOLD", SECRET)
    said = heddle("run", flow_file(here / "told.flow.json", BLOCKS, *LINKS), "-i", "n=3", "--json")
    assert said.code == 0, said.err
    return str(said.lines[0]["run"])


def shown(heddle: Heddle, run: str) -> dict[str, Any]:
    """All that is told of a run, but for whose it was."""
    (document,) = heddle("show", run, "--json").lines
    return {name: value for name, value in document.items() if name != "owner"}


def test_another_machine_shows_the_same(
    heddle: Heddle, run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = heddle("bundle", "export", run, "-o", tmp_path / "failed.run")
    before = shown(heddle, run)
    monkeypatch.setenv("HEDDLE_HOME", str(tmp_path / "another home"))

    opened = heddle("bundle", "open", tmp_path / "failed.run")

    assert (exported.code, opened.code) == (0, 0), (exported.err, opened.err)
    assert opened.out.strip() == run
    assert shown(heddle, run) == before
    (row,) = heddle("runs", "--json").lines
    assert row["origin"].startswith("a bundle made on ")


def test_a_secret_that_was_typed_as_an_input_is_taken_out(
    heddle: Heddle, run: str, here: Path
) -> None:
    (began, *_) = heddle("run", here / "told.flow.json", "-i", f"n={SECRET}", "--json").lines
    heddle("bundle", "export", began["run"], "-o", "a.run")

    with zipfile.ZipFile(here / "a.run") as archive:
        content = b"".join(map(archive.read, archive.namelist()))

    assert SECRET.encode() not in content
    assert "•••".encode() in content


def test_its_effects_wait_for_a_word(
    heddle: Heddle, run: str, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heddle("bundle", "export", run, "-o", tmp_path / "a.run")
    monkeypatch.setenv("HEDDLE_HOME", str(tmp_path / "another home"))
    heddle("bundle", "open", tmp_path / "a.run")
    (here / "said.txt").unlink()

    refused = heddle("replay", run, "--set", "write.content=again")
    untouched = not (here / "said.txt").exists()
    trusted = heddle("replay", run, "--set", "write.content=again", "--trust")

    assert (refused.code, untouched) == (2, True)
    assert "done elsewhere" in refused.err
    assert "--trust" in refused.err
    assert trusted.code == 0, trusted.err
    assert (here / "said.txt").read_text() == "again"


def test_what_is_no_bundle_is_refused(heddle: Heddle, here: Path) -> None:
    (here / "not.run").write_text("no")

    said = heddle("bundle", "open", "not.run")

    assert said.code == 2
    assert "no run bundle" in said.err


def test_a_place_that_cannot_be_written_is_told(heddle: Heddle, run: str, here: Path) -> None:
    said = heddle("bundle", "export", run, "-o", here / "nowhere" / "a.run")

    assert said.code == 2
    assert "can't be written: no such file or directory" in said.err
