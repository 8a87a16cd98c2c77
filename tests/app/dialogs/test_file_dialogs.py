"""The dialogs about a flow's file: versions, properties, and export."""

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.dialogs.properties import Properties
from app.dialogs.python_export import PythonSheet
from app.dialogs.versions import VersionsSheet
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import AddBlock, SetField
from graph.file_format import write
from graph.flow import Block, Flow

FLOW = Flow.of([Block("fill", "text.template", {"text": "now"})], name="Greeting")


@pytest.fixture
def bench(studio: Studio, tmp_path: Path) -> Workbench:
    file = tmp_path / "greeting.flow.json"
    file.write_text(write(FLOW))
    studio.open_wanted.emit(file)
    assert studio.workspace.current is not None
    return studio.workspace.current


def versions_of(studio: Studio) -> VersionsSheet:
    studio.actions["file.versions"].trigger()
    [sheet] = studio.window.findChildren(VersionsSheet)
    return sheet


def test_a_version_is_kept_compared_and_brought_back(studio: Studio, bench: Workbench) -> None:
    sheet = versions_of(studio)
    sheet.name.setText("as it was")
    sheet.keep()
    bench.do(SetField("fill", "text", "later"), AddBlock(Block("more", "text.template")))
    sheet.refresh()

    lines = [sheet.changes.item(row).text() for row in range(sheet.changes.count())]
    assert lines[0] == "more: removed, a text.template."
    assert '"later" to "now"' in lines[1]
    sheet.restore.click()

    assert bench.document.flow == FLOW
    assert bench.document.history[-1].label == "Bring back “as it was”"
    bench.undo()
    assert "more" in bench.document.flow.blocks


def test_a_version_like_the_flow_can_not_be_brought_back(studio: Studio, bench: Workbench) -> None:
    sheet = versions_of(studio)
    sheet.name.setText("same")

    sheet.keep()

    assert not sheet.restore.isEnabled()
    assert sheet.changes.item(0).text() == "Nothing: the flow is like this now."


def test_a_version_is_deleted(studio: Studio, bench: Workbench) -> None:
    sheet = versions_of(studio)
    sheet.name.setText("wrong")
    sheet.keep()

    sheet.delete.click()

    assert sheet.list.count() == 0
    assert not sheet.delete.isEnabled()


def test_saving_leaves_a_version(studio: Studio, bench: Workbench, qtbot: QtBot) -> None:
    bench.do(SetField("fill", "text", "later"))
    with qtbot.waitSignal(bench.saved_changed):
        studio.actions["file.save"].trigger()

    sheet = versions_of(studio)

    assert sheet.list.item(0).text().startswith("Backup from saving")
    assert sheet.restore.isEnabled()
    assert not sheet.delete.isEnabled()


def test_name_and_description_are_changed_as_one_step(studio: Studio, bench: Workbench) -> None:
    studio.actions["file.properties"].trigger()
    [sheet] = studio.window.findChildren(Properties)
    sheet.name.setText("Farewell")
    sheet.description.setPlainText("Says goodbye.")

    sheet.press("Done")

    assert (bench.document.flow.name, bench.document.flow.description) == (
        "Farewell", "Says goodbye.",
    )  # fmt: skip
    bench.undo()
    assert bench.document.flow == FLOW


def test_a_flow_is_shown_copied_and_saved_as_python(
    studio: Studio, bench: Workbench, tmp_path: Path
) -> None:
    studio.actions["file.export_python"].trigger()
    [sheet] = studio.window.findChildren(PythonSheet)

    sheet.press("Copy")
    sheet.write(tmp_path / "greeting")

    assert (tmp_path / "greeting.py").read_text() == sheet.program
    assert QGuiApplication.clipboard().text() == sheet.program
    compile(sheet.program, "greeting.py", "exec")


def test_a_flow_with_problems_is_not_exported(studio: Studio, bench: Workbench) -> None:
    told: list[str] = []
    studio.notices.told.connect(lambda notice: told.append(notice.text))
    bench.do(AddBlock(Block("bad", "no.such_kind")))

    studio.actions["file.export_python"].trigger()

    assert told[0].startswith("The flow can't be exported yet: ")
    assert studio.window.findChildren(PythonSheet) == []
