"""Tests in the whole window: runs kept, had again, looked at, changed and taken back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.dialogs.edit_case import EditCase
from app.dialogs.keep_test import KeepTest
from app.docks import tests as dock
from app.document import Document
from app.notices import Notice
from app.start import build
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.edits import SetField
from graph.file_format import write
from graph.flow import Block, Flow
from runtime.flow_tests.case import Case, Effect, Matcher, Suite
from runtime.flow_tests.tests_file import keep_suite, read_suite, suite_beside
from runtime.settings import Settings
from tests.app.flows import CATALOG, template

LONG = 30_000

ADA = Case({"name": "Ada"}, expect={"greeting": Matcher(equals="Hello, Ada!")})
ALAN = Case({"name": "Alan"}, expect={"greeting": Matcher(equals="Hello, Alan!")})


@pytest.fixture(scope="module")
def window(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """The whole window, with a runtime of its own."""
    window = build(Settings(home=str(tmp_path_factory.mktemp("home")), database_url="memory:"))
    window.show()
    window.complete()
    yield window
    window.studio.tests.close()
    window.studio.bridge.close()
    window.close()
    window.deleteLater()


Open = Callable[..., Workbench]


@pytest.fixture
def opened(window: MainWindow, tmp_path: Path) -> Iterator[Open]:
    """Opens a flow that has a file, and tests in a file beside that."""
    made: list[Workbench] = []

    def open(flow: Flow, **cases: Case) -> Workbench:
        path = tmp_path / "it.flow.json"
        path.write_text(write(flow))
        if cases:
            keep_suite(suite_beside(path), Suite(cases))
        window.studio.open_wanted.emit(path)
        bench = window.studio.workspace.current
        assert bench is not None
        assert bench.path == path
        bench.trust()
        made.append(bench)
        window.docks.bring_up("tests")
        return bench

    yield open
    for bench in made:
        window.studio.workspace.remove(bench)


@pytest.fixture
def cases(window: MainWindow) -> dock.Cases:
    found = window.docks["tests"].widget()
    assert isinstance(found, dock.Cases)
    return found


@pytest.fixture
def told(window: MainWindow) -> Iterator[list[str]]:
    """What the studio says."""
    said: list[str] = []

    def hear(notice: Notice) -> None:
        said.append(notice.text)

    window.studio.notices.told.connect(hear)
    yield said
    window.studio.notices.told.disconnect(hear)


def states(cases: dock.Cases) -> list[str]:
    return [row.state for row in cases.model.rows]


def kept(bench: Workbench) -> Suite:
    assert bench.path is not None
    return read_suite(suite_beside(bench.path))


def press(window: MainWindow, action: str) -> None:
    window.studio.actions.refresh()
    window.studio.actions[action].trigger()


def shout(bench: Workbench) -> None:
    """Change what the flow gives."""
    bench.do(SetField("greet", "text", "HELLO, {name}!"))


def test_a_run_is_kept_as_a_test_and_had_again(
    window: MainWindow, opened: Open, cases: dock.Cases, told: list[str], qtbot: QtBot
) -> None:
    bench = opened(template("hello"))
    window.studio.runs.start(bench, {"name": "Ada"})
    qtbot.waitUntil(lambda: bench.live is not None and bench.live.is_over, timeout=LONG)

    press(window, "test.keep")
    sheet = window.findChild(KeepTest)
    assert sheet.name.text() == "name = Ada"
    sheet.name.setText("greets Ada")
    sheet.press("Save test")
    qtbot.waitUntil(lambda: states(cases) == ["Passed"], timeout=LONG)

    assert kept(bench).cases == {"greets Ada": ADA}
    assert cases.count.text() == "1 passed"
    assert "The run is now the test “greets Ada”." in told


def test_what_differs_is_shown_and_can_be_accepted(
    window: MainWindow, opened: Open, cases: dock.Cases, qtbot: QtBot
) -> None:
    bench = opened(template("hello"), ada=ADA, alan=ALAN)
    shout(bench)

    press(window, "test.run")
    qtbot.waitUntil(lambda: states(cases) == ["Failed", "Failed"], timeout=LONG)

    assert cases.details.pane.shown == "changes"
    assert cases.details.pane.changes.toPlainText().splitlines()[-2:] == [
        "- Hello, Ada!",
        "+ HELLO, Ada!",
    ]
    assert window.docks["tests"].windowTitle() == "Tests (2)"

    cases.details.accept.click()
    qtbot.waitUntil(lambda: states(cases) == ["Passed", "Failed"], timeout=LONG)

    assert kept(bench).cases["ada"].expect == {"greeting": Matcher(equals="HELLO, Ada!")}
    assert kept(bench).cases["alan"] == ALAN


def test_after_each_change_the_tests_run_by_themselves(
    opened: Open, cases: dock.Cases, qtbot: QtBot
) -> None:
    bench = opened(template("hello"), ada=ADA)

    cases.by_itself.click()
    qtbot.waitUntil(lambda: states(cases) == ["Passed"], timeout=LONG)
    shout(bench)

    assert cases.model.rows[0].texts[1] == "Passed – before the last change"
    qtbot.waitUntil(lambda: states(cases) == ["Failed"], timeout=LONG)


def test_a_test_is_edited_in_its_sheet(
    window: MainWindow, opened: Open, cases: dock.Cases, qtbot: QtBot
) -> None:
    bench = opened(template("hello"), ada=ADA)

    cases.edit()
    sheet = window.findChild(EditCase)
    sheet.name.setText("contains the name")
    sheet.inputs.field("name").become("Bob")
    expected = sheet.expected["greeting"]
    expected.way.setCurrentIndex(expected.way.findData("contains"))
    expected.value.setPlainText("Bob")
    sheet.press("Save test")

    assert "greeting: This isn't JSON yet" in sheet.wrong.text()

    expected.value.setPlainText('"Bob"')
    sheet.press("Save test")
    qtbot.waitUntil(lambda: states(cases) == ["Passed"], timeout=LONG)

    assert kept(bench).cases == {
        "contains the name": Case({"name": "Bob"}, expect={"greeting": Matcher(contains="Bob")})
    }


def test_a_test_is_recorded_again(
    opened: Open, cases: dock.Cases, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "note.txt").write_text("tea")
    fields = {"path": "note.txt"}
    blocks = [Block("read", "files.read", fields), Block("out", "flow.output", {"name": "text"})]
    asked = Effect("read", "files.read", asked={"path": "old.txt"}, gives={"content": "milk"})
    stale = Case(about="Why.", expect={"text": Matcher(contains="milk")}, effects=(asked,))
    bench = opened(Flow.of(blocks, [("read.content", "out.value")]), it=stale)
    cases.run_all.click()
    qtbot.waitUntil(lambda: states(cases) == ["Failed"], timeout=LONG)

    buttons = cases.details.findings.findChildren(QPushButton)
    next(button for button in buttons if button.text() == "Record again").click()
    qtbot.waitUntil(lambda: kept(bench).cases["it"] != stale, timeout=LONG)

    again = kept(bench).cases["it"]
    assert (again.about, again.expect) == (stale.about, stale.expect)
    assert again.effects[0].asked == {"path": "note.txt"}
    assert again.effects[0].gives == {"content": "tea"}


def test_deleted_tests_can_be_brought_back(
    window: MainWindow, opened: Open, cases: dock.Cases
) -> None:
    bench = opened(template("hello"), ada=ADA, alan=ALAN)
    offered: list[Notice] = []
    window.studio.notices.told.connect(offered.append)
    cases.table.choose("alan")

    cases.delete()
    assert list(kept(bench).cases) == ["ada"]
    offered[-1].offers[0].do()

    assert list(kept(bench).cases) == ["ada", "alan"]


def test_a_copy_has_a_name_of_its_own(opened: Open, cases: dock.Cases) -> None:
    bench = opened(template("hello"), ada=ADA)
    cases.table.choose("ada")

    cases.duplicate()

    assert kept(bench).cases == {"ada": ADA, "ada 2": ADA}
    assert cases.table.current_name() == "ada 2"


def test_inputs_made_up_leave_the_worst_as_a_test(
    window: MainWindow, opened: Open, cases: dock.Cases, told: list[str], qtbot: QtBot
) -> None:
    fields = {"name": "text", "type": "text", "required": True}
    blocks = [Block("text", "flow.input", fields), Block("parse", "data.parse_json")]
    bench = opened(Flow.of(blocks, [("text.value", "parse.text")]))

    press(window, "test.make_up")
    qtbot.waitUntil(lambda: states(cases) == ["Failed"], timeout=LONG)

    assert list(kept(bench).cases) == ['text = ""']
    assert any('It is now the test “text = ""”.' in text for text in told)


def test_a_flow_without_a_file_is_to_be_saved_first(
    window: MainWindow, cases: dock.Cases, told: list[str]
) -> None:
    bench = Workbench(Document(template("hello")), CATALOG)
    window.studio.workspace.add(bench)

    press(window, "test.make_up")

    assert told[-1] == "Save the flow first: its tests stand beside its file."
    assert cases.empty.text() == dock.UNSAVED
    window.studio.workspace.remove(bench)


def test_a_flow_nobody_lets_run_is_not_tested(
    window: MainWindow, opened: Open, cases: dock.Cases, told: list[str]
) -> None:
    bench = opened(template("hello"), ada=ADA)
    bench.trust(False)

    press(window, "test.run")

    assert "You haven't let this flow run yet." in told[-1]
    assert states(cases) == ["Not run yet"]


def test_a_file_that_cant_be_read_says_why(opened: Open, cases: dock.Cases) -> None:
    bench = opened(template("hello"), ada=ADA)
    assert bench.path is not None
    suite_beside(bench.path).write_text("{")

    window_tests = cases.tests
    assert window_tests is not None
    window_tests.load()

    assert "the file ends in the middle" in cases.empty.text()
