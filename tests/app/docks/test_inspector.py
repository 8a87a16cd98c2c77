"""The inspector: fields are filled in, and the flow follows."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.docks.inspector import Inspector
from app.document import Document
from app.editor.fields.completer import Completer
from app.editor.fields.editor import Editor
from app.editor.fields.flow import NEW, FlowField
from app.editor.fields.text import TextField
from app.editor.inspector.block_page import BlockPage
from app.editor.inspector.field_row import FieldRow
from app.editor.inspector.flow_page import FlowPage
from app.editor.inspector.several_page import SeveralPage
from app.presenters.live_run import LiveRun
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.edits import AddBlock, AddFlow, Connect, Rename, SetField, SetSettings
from graph.flow import Block, Bound, Budget, End, Flow, Link, Settings, end

FLOW = Flow.of(
    [
        Block("order", "flow.input", {"name": "order", "type": "record"}),
        Block("text", "text.template", {"text": "Dear {name}"}),
        Block("ask", "http.get", {"url": "https://example.org"}),
        Block("loop", "logic.for_each"),
        Block("code", "code.python"),
        Block("join", "text.join", {"items": ["a"]}),
    ],
    [("order.value", "text.fields")],
    name="Orders",
)


@pytest.fixture
def inspector(shared_window: MainWindow) -> Inspector:
    return shared_window.findChild(Inspector)


@pytest.fixture
def bench(shared_window: MainWindow, inspector: Inspector) -> Iterator[Workbench]:
    studio = shared_window.studio
    made = Workbench(Document(FLOW), studio.catalog)
    studio.workspace.add(made)
    yield made
    studio.workspace.remove(made)


def shown(inspector: Inspector, bench: Workbench, block: str) -> BlockPage:
    bench.select((block,))
    inspector.show_selected()
    page = inspector.page
    assert isinstance(page, BlockPage)
    return page


def row(inspector: Inspector, bench: Workbench, block: str, name: str) -> FieldRow:
    page = shown(inspector, bench, block)
    page.open_all()
    return page.rows[name]


def line(of: FieldRow) -> QLineEdit:
    assert isinstance(of.field, TextField)
    return of.field.line


def editor(of: FieldRow) -> Editor:
    return of.findChild(Editor)


def value(bench: Workbench, block: str, name: str) -> object:
    return bench.flow.blocks[block].fields.get(name, "unset")


def test_typing_a_word_is_one_step(inspector: Inspector, bench: Workbench, qtbot: QtBot) -> None:
    url = line(row(inspector, bench, "ask", "url"))
    url.clear()
    steps = len(bench.document.history)

    qtbot.keyClicks(url, "http://x")

    assert value(bench, "ask", "url") == "http://x"
    assert len(bench.document.history) == steps + 1
    bench.undo()
    assert value(bench, "ask", "url") == "https://example.org"


def test_leaving_a_field_ends_the_step(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    url = row(inspector, bench, "ask", "url")
    line(url).end(False)
    qtbot.keyClicks(line(url), "/a")
    url.left.emit()

    qtbot.keyClicks(line(url), "/b")

    bench.undo()
    assert value(bench, "ask", "url") == "https://example.org/a"


def test_undo_shows_in_the_field_and_leaves_the_cursor(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    url = line(row(inspector, bench, "ask", "url"))
    url.setCursorPosition(8)
    qtbot.keyClicks(url, "www.")

    bench.undo()

    assert url.text() == "https://example.org"
    assert url.cursorPosition() == 12


def test_a_change_from_elsewhere_shows_at_once(inspector: Inspector, bench: Workbench) -> None:
    box = editor(row(inspector, bench, "text", "text"))

    bench.do(SetField("text", "text", "Hello"))

    assert box.text == "Hello"


def test_what_is_no_number_never_reaches_the_flow(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    parallel = row(inspector, bench, "loop", "parallel")
    box = parallel.findChild(QLineEdit)

    qtbot.keyClicks(box, "four")

    assert value(bench, "loop", "parallel") == "unset"
    assert "whole number" in parallel.refused
    box.clear()
    qtbot.keyClicks(box, "4")
    assert value(bench, "loop", "parallel") == 4
    assert parallel.refused == ""


def test_what_was_refused_is_there_again_when_one_comes_back(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    box = row(inspector, bench, "loop", "parallel").findChild(QLineEdit)
    qtbot.keyClicks(box, "four")

    shown(inspector, bench, "ask")
    again = row(inspector, bench, "loop", "parallel")

    assert again.findChild(QLineEdit).text() == "four"
    assert "whole number" in again.refused


def test_emptying_a_field_that_needs_a_value_says_so(
    inspector: Inspector, bench: Workbench
) -> None:
    url = row(inspector, bench, "ask", "url")

    url.edited.emit("")
    line(url).clear()
    line(url).textEdited.emit("")
    bench.check_now()

    assert value(bench, "ask", "url") == "unset"
    assert [p.code for p in url.row.problems] == ["missing"]


def test_no_text_can_be_meant_where_the_default_is_some(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    name = row(inspector, bench, "join", "separator")
    box = line(name) if isinstance(name.field, TextField) else editor(name)
    qtbot.keyClicks(box, "-")

    qtbot.keyClick(box, Qt.Key.Key_Backspace)

    default = bench.catalog.spec("text.join").parameter("separator")
    assert default is not None
    assert value(bench, "join", "separator") == ("unset" if default.default == "" else "")


def test_setting_back_clears_the_field(inspector: Inspector, bench: Workbench) -> None:
    of = row(inspector, bench, "text", "text")

    of._set_back()

    assert value(bench, "text", "text") == "unset"
    assert editor(of).text == ""


def test_a_field_becomes_an_expression_and_back(inspector: Inspector, bench: Workbench) -> None:
    of = row(inspector, bench, "ask", "url")

    of.want("expression")
    assert value(bench, "ask", "url") == {"$expr": "'https://example.org'"}
    assert of.mode == "expression"

    of.want("expression")
    assert value(bench, "ask", "url") == "https://example.org"
    assert of.mode == "value"


def test_an_unset_field_becomes_an_expression_once_there_is_one(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    of = row(inspector, bench, "join", "separator")

    of.want("expression")
    assert value(bench, "join", "separator") == "unset"
    qtbot.keyClicks(editor(of), "1 + 1")

    assert value(bench, "join", "separator") == {"$expr": "1 + 1"}


def test_a_field_holds_the_name_of_a_secret(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    of = row(inspector, bench, "ask", "url")

    of.want("secret")
    qtbot.keyClicks(of.field.line, "github.url")

    assert value(bench, "ask", "url") == {"$secret": "github.url"}


def test_a_linked_field_leads_to_where_its_value_comes_from(
    inspector: Inspector, bench: Workbench
) -> None:
    of = row(inspector, bench, "text", "fields")
    assert of.mode == "linked"

    of.asked.emit("jump")

    assert bench.selected == {"order"}


def test_a_link_can_be_taken_out_in_the_form(inspector: Inspector, bench: Workbench) -> None:
    of = row(inspector, bench, "text", "fields")

    of.asked.emit("unlink")

    assert End("text", "fields") not in bench.flow.links
    assert of.mode == "value"


def test_a_field_is_shown_as_a_port_and_no_longer(inspector: Inspector, bench: Workbench) -> None:
    of = row(inspector, bench, "ask", "url")

    of.asked.emit("port")
    assert bench.flow.view.exposed == {"ask": ("url",)}

    of.asked.emit("unport")
    assert not bench.flow.view.exposed


def test_the_title_is_that_of_the_kind_until_another_is_written(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    page = shown(inspector, bench, "ask")
    kind = bench.catalog.spec("http.get").title
    assert page.title.text() == kind

    qtbot.keyClicks(page.title, "!")
    assert bench.flow.blocks["ask"].title == f"{kind}!"

    bench.do(Rename("ask", ""))
    assert page.title.text() == kind


def test_a_body_is_made_with_the_inputs_it_is_given(inspector: Inspector, bench: Workbench) -> None:
    of = row(inspector, bench, "loop", "body")
    assert isinstance(of.field, FlowField)
    of.field.box.activated.emit(of.field.box.findText(NEW))

    assert value(bench, "loop", "body") == "body"
    assert set(bench.flow.flows["body"].blocks) == {"item", "index", "result"}
    assert of.field.enter.isEnabled()


def test_how_a_block_runs_is_asked_and_kept(inspector: Inspector, bench: Workbench) -> None:
    page = shown(inspector, bench, "ask")
    page.open_all()
    assert page.settings is not None

    page.settings.fields["retry"].changed.emit(True)
    page.settings.fields["attempts"].changed.emit(5)

    retry = bench.flow.blocks["ask"].settings.retry
    assert retry is not None
    assert retry.attempts == 5


def test_a_block_runs_for_each_item_of_an_input_it_was_given_by_a_link(
    inspector: Inspector, bench: Workbench
) -> None:
    bench.do(
        AddBlock(Block("names", "flow.constant", {"value": ["Ada", "Grace"]})),
        Connect(Link(end("names.value"), end("text.name"))),
    )
    page = shown(inspector, bench, "text")
    page.open_all()
    assert page.settings is not None
    assert page.around.places()[1]["name"] == ["Ada", "Grace"]
    each = page.settings.fields["each"]
    assert "name" in each.parameter.type.choices

    each.changed.emit("name")

    assert bench.flow.blocks["text"].settings.each == "name"
    assert page.around.places()[1]["name"] == "Ada"


def test_last_values_are_shown_beside_the_ports(inspector: Inspector, bench: Workbench) -> None:
    page = shown(inspector, bench, "text")
    page.open_all()
    run = LiveRun("run")
    run.values = {"order": {"value": {"name": "Ann"}}, "text": {"value": "Dear Ann"}}

    bench.watch(run)
    page.refresh_run()

    assert page.traffic is not None
    assert page.traffic.lines() == [
        ("in", "fields", "record or null", '{"name": "Ann"}'),
        ("out", "value", "text", '"Dear Ann"'),
    ]


def test_several_blocks_are_bypassed_at_once(inspector: Inspector, bench: Workbench) -> None:
    bench.select(("ask", "text"))
    inspector.show_selected()
    assert isinstance(inspector.page, SeveralPage)

    inspector.page.bypass.click()

    assert all(bench.flow.blocks[id].settings.bypass for id in ("ask", "text"))


def test_with_nothing_selected_the_flow_is_described(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    inspector.show_selected()
    assert isinstance(inspector.page, FlowPage)

    qtbot.keyClicks(inspector.page.description, "Sends orders")

    assert bench.flow.description == "Sends orders"


def test_a_block_that_takes_any_input_is_given_another(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    page = shown(inspector, bench, "code")
    qtbot.keyClicks(page.add_input.name, "price")
    qtbot.keyClick(page.add_input.name, Qt.Key.Key_Return)
    inspector.show_selected()

    price = row(inspector, bench, "code", "price")
    qtbot.keyClicks(editor(price), "12")

    assert bench.flow.view.exposed == {"code": ("price",)}
    assert value(bench, "code", "price") == 12


def test_what_can_be_no_input_is_refused_with_a_reason(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    page = shown(inspector, bench, "code")

    qtbot.keyClicks(page.add_input.name, "the price")
    page.add_input.add.click()

    assert not bench.flow.view.exposed
    assert "letters" in page.add_input.notes.texts[0]


def test_a_problem_of_a_setting_opens_the_settings(inspector: Inspector, bench: Workbench) -> None:
    bench.do(SetSettings("ask", Settings(time_limit=-1.0)))
    bench.check_now()

    page = shown(inspector, bench, "ask")
    page.refresh()

    assert page.settings is not None
    assert "above zero" in page.settings.notes["time_limit"].texts[0]
    page.open_all()
    assert page.rows["time_limit"].row.problems == ()


def test_another_theme_keeps_what_is_shown_and_written(
    inspector: Inspector, bench: Workbench, shared_window: MainWindow, qtbot: QtBot
) -> None:
    theme = shared_window.studio.theme
    before = theme.choice
    box = row(inspector, bench, "loop", "parallel").findChild(QLineEdit)
    qtbot.keyClicks(box, "four")

    theme.choose("light" if before == "dark" else "dark")

    page = inspector.page
    assert isinstance(page, BlockPage)
    assert page.block == "loop"
    assert page.rows["parallel"].findChild(QLineEdit).text() == "four"
    theme.choose(before)


def test_a_flow_that_is_only_looked_at_cant_be_changed(
    inspector: Inspector, bench: Workbench
) -> None:
    bench.trust(False)

    page = shown(inspector, bench, "ask")

    assert not page.rows["url"].isEnabled()
    bench.trust()
    assert page.rows["url"].isEnabled()


def test_a_flow_that_is_a_file_of_its_own_is_only_shown(
    inspector: Inspector, bench: Workbench
) -> None:
    inner = Flow.of([Block("in", "text.case")])
    bench.do(AddFlow("other.flow.json", inner))
    bench.show_level(("other.flow.json",))

    page = shown(inspector, bench, "in")

    assert not page.rows["text"].isEnabled()
    assert "other.flow.json" in page.locked.text()


def test_places_of_a_text_are_completed_from_what_is_linked(
    inspector: Inspector, bench: Workbench, qtbot: QtBot
) -> None:
    run = LiveRun("run")
    run.values = {"order": {"value": {"name": "Ann", "street": "Rue"}}}
    bench.watch(run)
    box = editor(row(inspector, bench, "text", "text"))
    box.moveCursor(box.textCursor().MoveOperation.End)

    qtbot.keyClicks(box, " {st")
    qtbot.keyClick(box.findChild(Completer).list.popup(), Qt.Key.Key_Return)

    assert value(bench, "text", "text") == "Dear {name} {street"


def test_a_text_is_shown_with_the_last_values_in_its_places(
    inspector: Inspector, bench: Workbench
) -> None:
    run = LiveRun("run")
    run.values = {"order": {"value": {"name": "<b>Ann</b>"}}}
    bench.watch(run)
    field = row(inspector, bench, "text", "text").field

    field.try_now()

    assert field.preview.text() == "Dear <b>Ann</b>"


def test_screen_readers_are_told_what_is_wrong_with_a_field(
    inspector: Inspector, bench: Workbench
) -> None:
    bench.do(SetField("ask", "time_limit", "ten"))
    bench.check_now()
    of = row(inspector, bench, "ask", "time_limit")

    assert "must be number" in editor(of).accessibleDescription()
    assert editor(of).property("invalid")
    bench.do(SetField("ask", "time_limit", 10))
    bench.check_now()
    assert "must be" not in of.findChild(QLineEdit).accessibleDescription()


def test_every_control_of_a_form_has_a_name(inspector: Inspector, bench: Workbench) -> None:
    for block in FLOW.blocks:
        page = shown(inspector, bench, block)
        page.open_all()
        controls = [
            control
            for kind in (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit)
            for control in page.findChildren(kind)
            if control.objectName() != "qt_spinbox_lineedit"
        ]
        nameless = [c for c in controls if not (c.accessibleName() or getattr(c, "text", str)())]
        assert not nameless


def test_the_budget_is_asked_for_once_a_model_is_asked_and_is_one_step_a_box(
    window: MainWindow, qtbot: QtBot
) -> None:
    """In a window of its own: the forecast asks a runtime, and Hypothesis wants none about."""
    inspector = window.findChild(Inspector)
    bench = Workbench(Document(FLOW), window.studio.catalog)
    window.studio.workspace.add(bench)
    inspector.show_selected()
    assert isinstance(inspector.page, FlowPage)
    spending = inspector.page.spending
    assert spending.isHidden()

    bench.do(AddBlock(Block("chat", "ai.chat", {"prompt": "Hi", "model": "scripted/echo"})))
    inspector.page.refresh()
    qtbot.keyClicks(spending.boxes["run", "cost"], "0.25")
    qtbot.keyClicks(spending.boxes["month", "tokens"], "10,00x")

    assert not spending.isHidden()
    assert bench.flow.budget == Budget(run=Bound(cost=0.25), month=Bound(tokens=1000))
    assert spending.boxes["month", "tokens"].property("invalid") is True

    bench.document.undo()
    assert bench.flow.budget == Budget(run=Bound(cost=0.25))
