"""Flows come into the studio from files, templates and nothing."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.dialogs.sheet import Sheet
from app.files.recent_menu import RecentMenu
from app.safety.versions import Versions
from app.studio import Studio
from app.theme import RESOURCES
from app.window.main_window import MainWindow
from graph.edits import AddBlock
from graph.file_format import read, write
from graph.flow import Block, Flow
from runtime.flow_files import backups_of, digest_of, save

FLOW = Flow.of([Block("fill", "text.template", {"text": "hello"})], name="Greeting")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "greeting.flow.json"
    path.write_text(write(FLOW))
    return path


def dialogs(studio: Studio) -> list[Sheet]:
    return [sheet for sheet in studio.window.findChildren(Sheet) if sheet.isVisible()]


def test_a_new_flow_is_empty_and_has_a_folder_of_its_own(studio: Studio) -> None:
    studio.actions["file.new"].trigger()

    bench = studio.workspace.current
    assert bench is not None
    assert bench.document.flow == Flow()
    assert bench.folder.is_dir()
    assert list(bench.folder.iterdir()) == []


def test_a_file_opens_saved_and_knows_its_digest(studio: Studio, file: Path) -> None:
    studio.open_wanted.emit(file)

    bench = studio.workspace.current
    assert bench is not None
    assert (bench.document.flow, bench.path, bench.document.is_saved) == (FLOW, file, True)
    assert bench.digest == digest_of(file)
    assert bench.folder == file.parent
    assert studio.preferences.recent() == [file.resolve()]


def test_a_file_that_is_open_comes_to_the_front(studio: Studio, file: Path) -> None:
    studio.open_wanted.emit(file)
    first = studio.workspace.current
    studio.actions["file.new"].trigger()

    studio.open_wanted.emit(file.parent / "." / file.name)

    assert studio.workspace.current is first
    assert len(studio.workspace) == 2


def test_a_template_opens_as_a_new_flow_named_after_it(studio: Studio) -> None:
    templates = sorted(RESOURCES.glob("templates/*.flow.json"))
    for path in templates:
        studio.open_wanted.emit(path)

    benches = list(studio.workspace)
    assert [bench.path for bench in benches] == [None] * len(templates)
    assert not any(bench.document.is_saved for bench in benches)
    assert all(bench.title not in ("", "Untitled") and bench.is_trusted for bench in benches)
    assert not any(bench.folder.is_relative_to(RESOURCES) for bench in benches)


def test_a_flow_that_was_open_is_in_the_menu(
    studio: Studio, window: MainWindow, file: Path
) -> None:
    [menu] = window.findChildren(RecentMenu)
    assert not menu.menuAction().isEnabled()
    studio.open_wanted.emit(file)
    studio.actions["file.close"].trigger()

    menu.aboutToShow.emit()
    [action] = menu.actions()
    action.trigger()

    assert [bench.path for bench in studio.workspace] == [file.resolve()]


def test_a_template_that_was_not_touched_closes_without_a_question(studio: Studio) -> None:
    studio.open_wanted.emit(RESOURCES / "templates" / "hello.flow.json")
    bench = studio.workspace.current
    assert bench is not None
    scratch = bench.folder

    studio.actions["file.close"].trigger()

    assert len(studio.workspace) == 0
    assert not scratch.exists()


def test_a_broken_file_is_shown_with_every_problem(studio: Studio, file: Path) -> None:
    file.write_text('{"heddle": 1, "blocks": {"a": {"kind": 3}, "b": {"knid": "x"}}}')

    studio.open_wanted.emit(file)

    [sheet] = dialogs(studio)
    assert len(studio.workspace) == 0
    assert sheet.windowTitle() == "greeting.flow.json can't be opened"


def test_a_broken_file_offers_its_last_backup(studio: Studio, file: Path) -> None:
    save(file, Flow(name="later"), replacing=digest_of(file))
    file.write_text("{")
    studio.open_wanted.emit(file)
    [sheet] = dialogs(studio)

    sheet.press("Open the last backup")

    bench = studio.workspace.current
    assert bench is not None
    assert bench.document.flow.blocks == FLOW.blocks
    assert bench.path is None
    assert file.read_text() == "{"


def test_a_missing_sub_flow_does_not_keep_the_rest_shut(studio: Studio, file: Path) -> None:
    flow = Flow.of([Block("call", "flow.call", {"flow": "gone.flow.json"})])
    file.write_text(write(flow))
    told: list[str] = []
    studio.notices.told.connect(lambda notice: told.append(notice.text))

    studio.open_wanted.emit(file)

    bench = studio.workspace.current
    assert bench is not None
    assert bench.document.flow == flow
    assert "gone.flow.json" in told[0]


def test_what_is_saved_is_in_the_file_and_marked(studio: Studio, file: Path, qtbot: QtBot) -> None:
    studio.open_wanted.emit(file)
    bench = studio.workspace.current
    assert bench is not None
    bench.do(AddBlock(Block("more", "text.template")))

    with qtbot.waitSignal(bench.saved_changed):
        studio.actions["file.save"].trigger()

    assert bench.document.is_saved
    assert '"more"' in file.read_text()
    assert bench.digest == digest_of(file)


def test_closing_an_unsaved_flow_asks_and_may_save(
    studio: Studio, file: Path, qtbot: QtBot
) -> None:
    studio.open_wanted.emit(file)
    bench = studio.workspace.current
    assert bench is not None
    bench.do(AddBlock(Block("more", "text.template")))
    studio.actions["file.close"].trigger()
    [sheet] = dialogs(studio)

    with qtbot.waitSignal(studio.workspace.removed):
        sheet.press("Save")

    assert '"more"' in file.read_text()


def test_closing_an_unsaved_flow_may_be_called_off(studio: Studio, file: Path) -> None:
    studio.open_wanted.emit(file)
    bench = studio.workspace.current
    assert bench is not None
    bench.do(AddBlock(Block("more", "text.template")))
    studio.actions["file.close"].trigger()
    [sheet] = dialogs(studio)

    sheet.press("Cancel")

    assert studio.workspace.current is bench
    assert not bench.document.is_saved


def test_a_folder_that_may_not_be_written_to_is_told_of(
    studio: Studio, file: Path, qtbot: QtBot
) -> None:
    studio.open_wanted.emit(file)
    bench = studio.workspace.current
    assert bench is not None
    bench.do(AddBlock(Block("more", "text.template")))
    bench.path = file.parent / "gone" / file.name
    bench.digest = ""

    with qtbot.waitSignal(studio.notices.told) as told:
        studio.actions["file.save"].trigger()

    assert "kept as a draft" in told.args[0].text
    assert not bench.document.is_saved


def test_a_new_flow_is_saved_into_a_file_with_its_versions(
    studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    studio.actions["file.new"].trigger()
    bench = studio.workspace.current
    assert bench is not None
    scratch = bench.folder
    bench.do(AddBlock(Block("one", "text.template")))
    versions = Versions(studio.settings.folder / "versions")
    versions.keep(scratch, "draft", bench.document.flow)
    studio.actions["file.save"].trigger()
    [dialog] = studio.window.findChildren(QFileDialog)

    with qtbot.waitSignal(bench.saved_changed):
        dialog.fileSelected.emit(str(tmp_path / "fresh"))
    dialog.reject()

    file = tmp_path / "fresh.flow.json"
    assert (bench.path, bench.folder, bench.title) == (file, tmp_path, "fresh")
    assert [version.name for version in versions.of(file)] == ["draft"]
    assert not scratch.exists()


def test_another_file_is_only_replaced_when_the_person_has_chosen_it(
    studio: Studio, file: Path, qtbot: QtBot
) -> None:
    studio.actions["file.new"].trigger()
    bench = studio.workspace.current
    assert bench is not None
    bench.do(AddBlock(Block("one", "text.template")))
    studio.actions["file.save_as"].trigger()
    [dialog] = studio.window.findChildren(QFileDialog)

    with qtbot.waitSignal(bench.saved_changed):
        dialog.fileSelected.emit(str(file))
    dialog.reject()

    assert list(read(file.read_text()).blocks) == ["one"]
    assert read(backups_of(file)[0].read_text()) == FLOW


def test_what_can_be_read_of_a_newer_file_opens_as_a_copy(studio: Studio, file: Path) -> None:
    file.write_text(write(FLOW).replace('"heddle": 1', '"heddle": 99'))
    content = file.read_text()
    studio.open_wanted.emit(file)
    [sheet] = dialogs(studio)

    sheet.press("Open what can be read")

    bench = studio.workspace.current
    assert bench is not None
    assert bench.document.flow.blocks == FLOW.blocks
    assert bench.path is None
    assert file.read_text() == content


def test_dropped_files_are_opened(studio: Studio, file: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)), QUrl.fromLocalFile("/tmp/picture.png")])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
           Qt.KeyboardModifier.NoModifier)  # fmt: skip

    QApplication.sendEvent(studio.window, QDragEnterEvent(QPoint(10, 10), *how))
    QApplication.sendEvent(studio.window, QDropEvent(QPointF(10, 10), *how))

    assert [bench.path for bench in studio.workspace] == [file]
