from pathlib import Path

from app.watches.kept import Kept, KeptWatches

HERE = [Kept("parse.items[0]"), Kept("len(sum.value)", "each")]


def test_watches_are_there_again_for_the_same_flow_only(tmp_path: Path) -> None:
    KeptWatches(tmp_path / "w").write(tmp_path / "a.flow.json", HERE)

    again = KeptWatches(tmp_path / "w")

    assert again.read(tmp_path / "a.flow.json") == HERE
    assert again.read(tmp_path / "b.flow.json") == []


def test_a_file_that_cannot_be_read_holds_none(tmp_path: Path) -> None:
    kept = KeptWatches(tmp_path)
    kept.write(tmp_path / "a", HERE)
    next(tmp_path.glob("*.json")).write_text("no json")

    assert kept.read(tmp_path / "a") == []


def test_when_none_are_left_no_file_is(tmp_path: Path) -> None:
    kept = KeptWatches(tmp_path)
    kept.write(tmp_path / "a", HERE)
    kept.write(tmp_path / "a", [])

    assert not list(tmp_path.glob("*.json"))


def test_where_nothing_can_be_written_nothing_goes_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    KeptWatches(tmp_path / "file").write(tmp_path / "a", HERE)
