"""A flow from elsewhere is looked at before it runs; one made here is not."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.dialogs.permissions import Permissions
from app.editor.quarantine import Quarantine
from app.start import build
from app.studio import Studio
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.edits import AddFlow, SetField
from graph.file_format import write
from graph.flow import Block, Flow
from runtime.settings import Settings

WEB = Flow.of([Block("get", "http.get", {"url": "https://example.org"})], name="Get it")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "web.flow.json"
    path.write_text(write(WEB))
    return path


def opened(window: MainWindow, path: Path) -> Workbench:
    window.studio.open_wanted.emit(path)
    assert window.studio.workspace.current is not None
    return window.studio.workspace.current


def cover(window: MainWindow, bench: Workbench) -> Quarantine:
    return window.pages.page(bench).findChildren(Quarantine)[0]


def test_a_flow_from_elsewhere_is_covered_by_what_it_wants(window: MainWindow, file: Path) -> None:
    bench = opened(window, file)

    assert not bench.is_trusted
    assert not cover(window, bench).isHidden()


def test_it_neither_runs_nor_changes_before_it_may(window: MainWindow, file: Path) -> None:
    bench = opened(window, file)
    refused: list[str] = []
    window.studio.runs.refused.connect(lambda _, error: refused.append(str(error)))

    window.studio.runs.start(bench, {})

    assert "haven't let this flow run" in refused[0]
    assert not bench.do(SetField("get", "url", "https://evil.example"))
    assert bench.document.flow == WEB


def test_that_it_may_not_run_is_no_longer_told_once_it_may(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    bench = opened(window, file)
    with qtbot.waitSignal(window.studio.notices.told) as told:
        window.studio.runs.start(bench, {})
    withdrawn: list[str] = []
    window.studio.notices.withdrawn.connect(withdrawn.append)

    cover(window, bench).allow.click()

    assert told.args[0].key in withdrawn


def test_what_was_let_run_once_is_known_the_next_time(
    qtbot: QtBot, window: MainWindow, home: Path, file: Path
) -> None:
    bench = opened(window, file)
    cover(window, bench).allow.click()
    assert bench.is_trusted
    assert cover(window, bench).isHidden()

    again = build(Settings(home=str(home)))
    qtbot.addWidget(again)

    assert opened(again, file).is_trusted


def test_what_a_person_changes_and_saves_here_stays_known(
    qtbot: QtBot, window: MainWindow, home: Path, file: Path
) -> None:
    bench = opened(window, file)
    bench.trust()
    bench.do(SetField("get", "url", "https://example.com"))
    with qtbot.waitSignal(bench.saved_changed):
        window.studio.actions["file.save"].trigger()

    again = build(Settings(home=str(home)))
    qtbot.addWidget(again)

    assert opened(again, file).is_trusted


def test_what_someone_else_changes_in_a_known_file_is_asked_about(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    bench = opened(window, file)
    bench.trust()

    with qtbot.waitSignal(bench.trust_changed):
        changed = Flow.of([Block("get", "http.get", {"url": "https://evil.example"})])
        file.write_text(write(changed))

    assert not bench.is_trusted


def test_a_flow_that_touches_nothing_is_not_asked_about(window: MainWindow, file: Path) -> None:
    file.write_text(write(Flow.of([Block("fill", "text.template", {"text": "hello"})])))

    assert opened(window, file).is_trusted


def test_a_block_may_be_looked_at_before(window: MainWindow, file: Path) -> None:
    bench = opened(window, file)

    cover(window, bench).look()

    assert cover(window, bench).isHidden()
    assert not bench.is_trusted


def test_more_may_be_allowed_than_the_flow_says(
    studio: Studio, window: MainWindow, file: Path, qtbot: QtBot
) -> None:
    bench = opened(window, file)
    bench.trust()
    studio.actions["file.permissions"].trigger()
    [sheet] = window.findChildren(Permissions)
    sheet.add("hosts", "www.example.org")

    sheet.press("Done")

    assert studio.runs.grants(bench, {})["hosts"] == ["example.org", "www.example.org"]


def test_a_sub_flow_from_a_file_is_looked_at_too(
    window: MainWindow, tmp_path: Path, file: Path
) -> None:
    (tmp_path / "mine.flow.json").write_text(write(Flow.of([Block("a", "text.template")])))
    bench = opened(window, tmp_path / "mine.flow.json")
    assert bench.is_trusted

    bench.do(AddFlow("harmless.flow.json", Flow.of([Block("b", "text.template")])))
    assert bench.is_trusted
    bench.do(AddFlow("web.flow.json", WEB))

    assert not bench.is_trusted


@pytest.mark.parametrize("changed", [False, True])
def test_a_draft_is_looked_at_again_when_a_file_it_uses_was_changed(
    qtbot: QtBot, home: Path, tmp_path: Path, file: Path, changed: bool
) -> None:
    uses = tmp_path / "uses.flow.json"
    uses.write_text(write(Flow.of([Block("call", "flow.call", {"flow": file.name})])))
    first = build(Settings(home=str(home)))
    qtbot.addWidget(first)
    first.studio.begun.emit()
    opened(first, uses).trust()
    first.close()
    if changed:
        other = Flow.of([Block("get", "http.get", {"url": "https://evil.example"})])
        file.write_text(write(other))

    again = build(Settings(home=str(home)))
    qtbot.addWidget(again)
    again.studio.begun.emit()

    [bench] = again.studio.workspace
    assert bench.is_trusted is not changed
