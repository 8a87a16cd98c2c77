"""Expressions are worked out while they are typed, apart from everything."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.document import Document
from app.editor.inspector.block_page import BlockPage
from app.editor.previewer import Outcome, Previewer
from app.presenters.live_run import LiveRun
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.edits import AddBlock, Connect, SetField
from graph.flow import Block, Flow, link_between

FLOW = Flow.of(
    [
        Block("order", "flow.input", {"name": "order"}),
        Block("filter", "data.filter", {"condition": "item > 1"}),
        Block("text", "text.template", {"text": {"$expr": "order['id']"}}),
    ],
    [("order.value", "filter.items"), ("order.value", "text.order")],
)


@pytest.fixture
def previewer(qtbot: QtBot) -> Iterator[Previewer]:
    made = Previewer()
    yield made
    made.close()
    made.deleteLater()


def outcome(qtbot: QtBot, previewer: Previewer, expression: str, **names: object) -> Outcome:
    with qtbot.waitSignal(previewer.done, timeout=20_000) as told:
        previewer.ask(expression, names)
    (found,) = told.args
    return found


def test_a_value_comes_with_its_kind(qtbot: QtBot, previewer: Previewer) -> None:
    assert outcome(qtbot, previewer, "a + 1", a=41)[1:] == ("42", "integer", False, "")


def test_an_error_says_where(qtbot: QtBot, previewer: Previewer) -> None:
    found = outcome(qtbot, previewer, "1 + a['b']", a={})

    assert found.failed
    assert "line 1, column 5" in found.text


def test_what_never_ends_is_ended(qtbot: QtBot, previewer: Previewer) -> None:
    found = outcome(qtbot, previewer, "[0 for a in range(10**9) for b in range(10**9)]")

    assert found.failed


def test_only_the_latest_wish_is_answered(qtbot: QtBot, previewer: Previewer) -> None:
    told: list[Outcome] = []
    previewer.done.connect(told.append)
    for number in range(20):
        last = previewer.ask("number", {"number": number})

    qtbot.waitUntil(lambda: bool(told) and told[-1].ticket == last, timeout=20_000)

    assert told[-1].text == "19"
    assert len(told) < 20


@pytest.fixture
def bench(qtbot: QtBot, shared_window: MainWindow) -> Iterator[Workbench]:
    made = Workbench(Document(FLOW), shared_window.studio.catalog)
    yield made
    made.close()
    made.deleteLater()


def page_of(bench: Workbench, window: MainWindow, block: str, previewer: Previewer) -> BlockPage:
    return BlockPage(bench, block, window.studio, window, previewer)


def test_typing_shows_the_value_for_the_last_run(
    qtbot: QtBot, bench: Workbench, shared_window: MainWindow, previewer: Previewer
) -> None:
    run = LiveRun("run")
    run.values = {"order": {"value": [5, 6]}}
    bench.watch(run)
    field = page_of(bench, shared_window, "filter", previewer).rows["condition"].field

    with qtbot.waitSignal(previewer.done, timeout=20_000):
        field.editor.insertPlainText("not ")

    assert field.preview.text() == "= False"


def test_a_constant_is_known_without_a_run(
    qtbot: QtBot, bench: Workbench, shared_window: MainWindow, previewer: Previewer
) -> None:
    bench.do(SetField("order", "default", [0, 9]))
    field = page_of(bench, shared_window, "filter", previewer).rows["condition"].field

    with qtbot.waitSignal(previewer.done, timeout=20_000):
        field.try_now()

    assert field.preview.text() == "= False"


def test_code_is_tried_at_the_press_of_a_button(
    qtbot: QtBot, bench: Workbench, shared_window: MainWindow, previewer: Previewer
) -> None:
    bench.do(SetField("order", "default", [1, 2]))
    code = "print('hi')\nreturn [2 * n for n in numbers]"
    bench.do(AddBlock(Block("code", "code.python", {"code": code})),
             Connect(link_between("order.value", "code.numbers")))  # fmt: skip
    field = page_of(bench, shared_window, "code", previewer).rows["code"].field

    with qtbot.waitSignal(previewer.done, timeout=20_000):
        field.try_out.click()

    assert field.preview.text() == '= [2, 4]\nprinted "hi"'


def test_without_a_run_the_preview_says_what_is_missing(
    bench: Workbench, shared_window: MainWindow, previewer: Previewer
) -> None:
    field = page_of(bench, shared_window, "text", previewer).rows["text"].field

    field.try_now()

    assert "'order'" in field.preview.text()


def test_showing_an_expression_runs_nothing(
    qtbot: QtBot, bench: Workbench, shared_window: MainWindow, previewer: Previewer
) -> None:
    page = page_of(bench, shared_window, "filter", previewer)
    page.refresh()
    page.refresh_run()
    qtbot.wait(400)

    assert previewer._thread is None
