"""A file that someone else writes is seen, and nobody's work is lost."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.dialogs.clashes import ClashSheet
from app.dialogs.sheet import Sheet
from app.notices import Notice
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import AddBlock, SetField
from graph.file_format import read, write
from graph.flow import Block, Flow
from runtime.flow_files import backups_of, digest_of

BASE = Flow.of([Block("fill", "text.template", {"text": "base"}), Block("out", "flow.output")])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.flow.json"
    path.write_text(write(BASE))
    return path


@pytest.fixture
def bench(studio: Studio, file: Path) -> Workbench:
    studio.open_wanted.emit(file)
    assert studio.workspace.current is not None
    return studio.workspace.current


@pytest.fixture
def notices(studio: Studio) -> list[Notice]:
    told: list[Notice] = []
    studio.notices.told.connect(told.append)
    return told


def with_text(text: str, *more: str) -> Flow:
    blocks = [Block("fill", "text.template", {"text": text}), Block("out", "flow.output")]
    return Flow.of([*blocks, *(Block(id, "text.template") for id in more)])


def asked(studio: Studio, qtbot: QtBot, kind: type[Sheet] = Sheet) -> Sheet:
    def there() -> None:
        assert [s for s in studio.window.findChildren(kind) if s.isVisible()]

    qtbot.waitUntil(there)
    [sheet] = [s for s in studio.window.findChildren(kind) if s.isVisible()]
    return sheet


def test_a_flow_without_changes_follows_its_file(
    bench: Workbench, file: Path, qtbot: QtBot, notices: list[Notice]
) -> None:
    with qtbot.waitSignal(bench.changed):
        file.write_text(write(with_text("theirs")))

    assert bench.document.flow == with_text("theirs")
    assert bench.document.is_saved
    assert bench.digest == digest_of(file)
    bench.undo()
    assert bench.document.flow == BASE
    assert not bench.document.is_saved


def test_a_file_that_is_replaced_twice_is_seen_twice(
    bench: Workbench, file: Path, qtbot: QtBot
) -> None:
    for text in ("one", "two"):
        other = file.with_name("other")
        other.write_text(write(with_text(text)))
        with qtbot.waitSignal(bench.changed):
            other.replace(file)

    assert bench.document.flow == with_text("two")


def test_saving_is_not_taken_for_a_change_by_someone_else(
    studio: Studio, bench: Workbench, qtbot: QtBot, notices: list[Notice]
) -> None:
    bench.do(SetField("fill", "text", "mine"))
    with qtbot.waitSignal(bench.saved_changed):
        studio.actions["file.save"].trigger()
    qtbot.wait(400)

    assert notices == []
    assert bench.document.is_saved


def test_unsaved_changes_are_asked_about_and_may_be_kept(
    studio: Studio, bench: Workbench, file: Path, qtbot: QtBot
) -> None:
    bench.do(SetField("fill", "text", "mine"))
    file.write_text(write(with_text("theirs")))

    sheet = asked(studio, qtbot)
    assert read(file.read_text()) == with_text("theirs")
    with qtbot.waitSignal(bench.saved_changed):
        sheet.press("Keep mine")

    assert read(file.read_text()) == with_text("mine")
    assert read(backups_of(file)[0].read_text()) == with_text("theirs")


def test_theirs_may_be_taken_and_mine_brought_back(
    studio: Studio, bench: Workbench, file: Path, qtbot: QtBot
) -> None:
    bench.do(SetField("fill", "text", "mine"))
    file.write_text(write(with_text("theirs")))

    asked(studio, qtbot).press("Take theirs")

    assert bench.document.flow == with_text("theirs")
    assert bench.document.is_saved
    bench.undo()
    assert bench.document.flow == with_text("mine")


def test_both_come_together_where_they_fit(
    studio: Studio, bench: Workbench, file: Path, qtbot: QtBot
) -> None:
    bench.do(SetField("fill", "text", "mine"))
    file.write_text(write(with_text("base", "theirs")))

    asked(studio, qtbot).press("Merge both")

    assert bench.document.flow == with_text("mine", "theirs")
    assert not bench.document.is_saved
    with qtbot.waitSignal(bench.saved_changed):
        studio.actions["file.save"].trigger()
    assert read(file.read_text()) == with_text("mine", "theirs")


def test_where_they_clash_the_person_chooses(
    studio: Studio, bench: Workbench, file: Path, qtbot: QtBot
) -> None:
    bench.do(SetField("fill", "text", "mine"), AddBlock(Block("mine", "text.template")))
    file.write_text(write(with_text("theirs")))
    asked(studio, qtbot).press("Merge both")

    sheet = asked(studio, qtbot, ClashSheet)
    assert isinstance(sheet, ClashSheet)
    sheet.choose(("block", "fill", "field", "text"), theirs=True)
    sheet.press("Merge")

    assert bench.document.flow == with_text("theirs", "mine")


def test_saving_never_overwrites_what_nobody_has_seen(
    studio: Studio, bench: Workbench, file: Path, qtbot: QtBot
) -> None:
    bench.do(SetField("fill", "text", "mine"))
    file.write_text(write(with_text("theirs")))
    asked(studio, qtbot).press("Decide later")

    studio.actions["file.save"].trigger()

    asked(studio, qtbot).press("Decide later")
    assert read(file.read_text()) == with_text("theirs")
    assert bench.document.flow == with_text("mine")


def test_a_file_that_is_broken_meanwhile_is_only_replaced_when_asked(
    studio: Studio, bench: Workbench, file: Path, qtbot: QtBot, notices: list[Notice]
) -> None:
    with qtbot.waitSignal(studio.notices.told):
        file.write_text("{")
    bench.do(SetField("fill", "text", "mine"))

    studio.actions["file.save"].trigger()

    sheet = asked(studio, qtbot)
    assert file.read_text() == "{"
    with qtbot.waitSignal(bench.saved_changed):
        sheet.press("Keep mine")
    assert read(file.read_text()) == with_text("mine")


def test_a_file_that_was_removed_can_be_written_again(
    studio: Studio, bench: Workbench, file: Path, qtbot: QtBot, notices: list[Notice]
) -> None:
    with qtbot.waitSignal(studio.notices.told):
        file.unlink()
    assert not bench.document.is_saved

    with qtbot.waitSignal(bench.saved_changed):
        studio.actions["file.save"].trigger()

    assert read(file.read_text()) == BASE


def test_a_sub_flow_that_is_a_file_of_its_own_is_followed(
    studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "clean.flow.json").write_text(write(with_text("one")))
    calling = Flow.of([Block("call", "flow.call", {"flow": "clean.flow.json"})])
    (tmp_path / "main.flow.json").write_text(write(calling))
    studio.open_wanted.emit(tmp_path / "main.flow.json")
    bench = studio.workspace.current
    assert bench is not None

    with qtbot.waitSignal(bench.changed):
        (tmp_path / "clean.flow.json").write_text(write(with_text("two")))

    assert bench.document.flow.flows["clean.flow.json"] == with_text("two")
    assert bench.document.is_saved
    assert bench.is_trusted
