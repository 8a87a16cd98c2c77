"""Values of which only the beginning is there, and the rest comes as one looks."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.results.pane import ValuePane
from app.results.tree_view import TreeModel
from runtime.large import Large, Page, Place, page, shown

PLACE = Place("r", "a", "outputs", "value")


class Runtime:
    """Answers as the runtime does, when told to."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.asked: list[tuple[Place, int, int]] = []
        self._waiting: list[Callable[[], object]] = []

    def load(self, place: Place, start: int, count: int, then: Callable[[Page], object]) -> None:
        self.asked.append((place, start, count))
        value = self.value
        for step in place.path:
            value = value[step]
        self._waiting.append(lambda: then(page(value, place, start, count)))

    def answer(self) -> None:
        for call in self._waiting:
            call()
        self._waiting.clear()


@pytest.fixture
def pane(qtbot: QtBot) -> ValuePane:
    made = ValuePane()
    qtbot.addWidget(made)
    return made


def show(pane: ValuePane, value: Any) -> Runtime:
    runtime = Runtime(value)
    pane.load_with(runtime.load)
    large = shown(value, PLACE)
    assert isinstance(large, Large)
    pane.show_value(large)
    return runtime


def test_rows_of_a_long_table_are_loaded_when_they_are_seen(pane: ValuePane) -> None:
    runtime = show(pane, [{"id": i} for i in range(100_000)])
    model = pane.view("table").model()  # type: ignore[attr-defined]

    assert pane.shown == "table"
    assert model.rowCount() == 100_000
    assert model.index(3, 0).data() == "3"
    assert runtime.asked == []

    assert model.index(77_777, 0).data() == "…"
    runtime.answer()

    assert model.index(77_777, 0).data() == "77777"
    assert runtime.asked == [(PLACE, 77_600, 200)]


def test_a_tree_loads_more_of_what_is_opened(pane: ValuePane) -> None:
    runtime = show(pane, {"rows": [[i] for i in range(100_000)], "name": "x"})
    pane.choose("tree")
    model = pane.tree.model()
    assert isinstance(model, TreeModel)
    rows = model.index(0, 0)
    while model.rowCount(rows) < 1 or not runtime.asked:
        model.fetchMore(rows)
    before = model.rowCount(rows)

    assert not model.canFetchMore(rows)  # while it waits for an answer
    runtime.answer()

    assert model.rowCount(rows) == before + 200
    last = model.index(before + 199, 0, rows)
    assert model.member(last).path == ("rows", before + 199)
    assert model.member(last).value == [before + 199]


def test_an_answer_for_a_value_that_is_gone_changes_nothing(pane: ValuePane) -> None:
    runtime = show(pane, [[i] for i in range(100_000)])
    pane.choose("tree")
    model = pane.tree.model()
    while not runtime.asked:
        model.fetchMore(QModelIndex())

    pane.show_value([1, 2])
    pane.choose("tree")
    runtime.answer()

    assert model.rowCount() == 2


def test_a_long_text_grows_as_one_scrolls(pane: ValuePane, qtbot: QtBot) -> None:
    runtime = show(pane, "word " * 2_000_000)
    view = pane.view("text")
    pane.resize(300, 200)
    with qtbot.waitExposed(pane):
        pane.show()
    bar = view.verticalScrollBar()  # type: ignore[attr-defined]
    bar.setValue(bar.maximum() - 1)
    bar.setValue(bar.maximum())
    before = len(view.toPlainText())  # type: ignore[attr-defined]
    runtime.answer()

    assert runtime.asked[0][1] == before
    assert len(view.toPlainText()) == before + runtime.asked[0][2]  # type: ignore[attr-defined]


def test_the_whole_of_it_is_fetched_to_be_copied(pane: ValuePane) -> None:
    show(pane, [1] * 200_000)
    pane.load_with(None, lambda place, then, failed: then(b"[1, 1]"))

    pane.copy()

    assert QGuiApplication.clipboard().text() == "[1, 1]"


def test_without_its_runtime_the_beginning_is_seen_and_the_rest_is_said_to_be_gone(
    pane: ValuePane, qtbot: QtBot
) -> None:
    pane.show_value(shown([{"id": i} for i in range(100_000)], PLACE))

    assert pane.view("table").model().index(3, 0).data() == "3"  # type: ignore[attr-defined]
    with qtbot.waitSignal(pane.troubled) as told:
        pane.copy()
    assert "runtime is gone" in told.args[0]
