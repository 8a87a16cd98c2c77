"""Whatever is done on the canvas in whatever order: it shows what the document holds."""

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.document import Document
from app.editor.choice_popup import ChoicePopup
from app.editor.page import EditorPage
from app.studio import Studio
from app.workbench import Workbench
from tests.app.editor.hands import ALT, CTRL, FLOW, NONE, RIGHT, Hand

numbers = st.integers(0, 50)
places = st.builds(QPointF, st.integers(-60, 1000), st.integers(-120, 420))
ACTIONS = (
    "edit.copy", "edit.cut", "edit.paste", "edit.duplicate", "edit.delete",
    "edit.remove_keeping", "edit.select_linked", "arrange.layout", "arrange.left",
    "arrange.distribute_down", "arrange.reroute", "arrange.collapse", "arrange.expand",
    "arrange.bypass", "insert.frame", "insert.note", "insert.block", "insert.link", "go.enter",
)  # fmt: skip


class Canvassing(RuleBasedStateMachine):
    """A hand that does anything, and a canvas that keeps up."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.bench = Workbench(Document(FLOW), studio.catalog)
        studio.workspace.add(self.bench)
        self.page = EditorPage(self.bench, studio)
        layout = studio.window.layout()
        assert layout is not None
        layout.addWidget(self.page)
        self.canvas = self.page.canvas
        self.hand = Hand(self.canvas)
        self.before = 0

    @initialize()
    def look(self) -> None:
        self.canvas.restore_view_state((470, 150, 1.0))

    def any_block(self, number: int) -> str | None:
        ids = self.canvas.shapes.ids
        return ids[number % len(ids)] if ids else None

    @rule(number=numbers, to=places)
    def drag_a_block(self, number: int, to: QPointF) -> None:
        if id := self.any_block(number):
            self.hand.drag(self.canvas.shapes.rect(id).topLeft() + QPointF(40, 12), to)

    @rule(one=places, other=places, keys=st.sampled_from([NONE, ALT]))
    def select_in_an_area(self, one: QPointF, other: QPointF, keys: Qt.KeyboardModifier) -> None:
        self.hand.drag(one, QPointF(one.x(), other.y()), other, keys=keys)

    @rule(one=places, other=places)
    def slice_links(self, one: QPointF, other: QPointF) -> None:
        self.hand.drag(one, other, button=RIGHT, keys=CTRL)

    @rule(one=numbers, port=numbers, to=places, taken=st.booleans())
    def pull_a_link(self, one: int, port: int, to: QPointF, taken: bool) -> None:
        if not (id := self.any_block(one)):
            return
        card = self.canvas.shapes.card(id)
        ports = [(p.name, "in") for p in card.inputs] + [(p.name, "out") for p in card.outputs]
        if ports:
            start = self.canvas.shapes.port(id, *ports[port % len(ports)])
            self.hand.drag(start, to)
            self.answer(taken)

    @rule(at=places, taken=st.booleans())
    def click_twice(self, at: QPointF, taken: bool) -> None:
        self.hand.double(at)
        self.answer(taken)

    @rule(action=st.sampled_from(ACTIONS), on=st.lists(numbers, max_size=3), taken=st.booleans())
    def act(self, action: str, on: list[int], taken: bool) -> None:
        """Do it with these blocks, or with whatever is selected."""
        if chosen := [id for number in on if (id := self.any_block(number))]:
            self.bench.select(chosen)
        self.hand.do(action)
        self.answer(taken)

    @rule(number=numbers)
    def select(self, number: int) -> None:
        if id := self.any_block(number):
            self.bench.select(self.bench.selected ^ {id})

    @rule(key=st.sampled_from([Qt.Key.Key_Left, Qt.Key.Key_Down]))
    def nudge(self, key: Qt.Key) -> None:
        self.hand.key(key)

    @rule()
    def begin_and_call_off(self) -> None:
        before = self.bench.document.flow
        self.hand.press(QPointF(30, 20))
        self.hand.move(QPointF(200, 200))
        self.hand.key(Qt.Key.Key_Escape)
        self.hand.release(QPointF(200, 200))
        assert self.bench.document.flow is before

    @rule()
    def undo(self) -> None:
        self.bench.undo()

    @rule()
    def redo(self) -> None:
        self.bench.redo()

    @rule()
    def leave(self) -> None:
        self.bench.leave()

    def answer(self, taken: bool) -> None:
        """Take what a popup offers first, or close it; be done with what is edited in place."""
        for _ in range(2):
            for popup in self.canvas.findChildren(ChoicePopup):
                if popup.isVisible():
                    key = Qt.Key.Key_Return if taken else Qt.Key.Key_Escape
                    QTest.keyClick(popup.field, key)
                    popup.close()
        for field in self.canvas.viewport().findChildren(QLineEdit):
            if field.isVisible():
                QTest.keyClick(field, Qt.Key.Key_Return)
        self.canvas.setFocus()

    @invariant()
    def the_canvas_shows_the_flow(self) -> None:
        flow, shapes = self.bench.flow, self.canvas.shapes
        assert shapes.ids == list(flow.blocks)
        for id, place in flow.view.positions.items():
            if id in flow.blocks:
                assert shapes.rect(id).topLeft() == QPointF(*place)
        shown = {t for t, link in flow.links.items() if link.source.block in flow.blocks
                 and t.block in flow.blocks}  # fmt: skip
        assert shapes.link_rows.keys() == shown
        for target, row in shapes.link_rows.items():
            assert shapes.links[row] == flow.links[target]
            assert QPointF(*shapes.ends[row, 2:].tolist()) == shapes.port(*target, "in")

    @invariant()
    def what_is_selected_is_there(self) -> None:
        flow = self.bench.flow
        assert self.bench.selected <= flow.blocks.keys()
        assert self.bench.selected_links <= flow.links.keys()
        assert self.bench.selected_frames <= flow.view.frames.keys()

    @invariant()
    def what_was_done_is_one_step(self) -> None:
        position = self.bench.document.position
        assert position - self.before <= MOST_STEPS
        self.before = position

    def teardown(self) -> None:
        """Everything can be taken back."""
        self.bench.document.go_to(0)
        assert self.bench.document.flow == FLOW
        self.the_canvas_shows_the_flow()
        studio = self.canvas.studio
        self.page.setParent(None)
        studio.workspace.remove(self.bench)
        self.page.deleteLater()
        QApplication.sendPostedEvents(None, 52)


MOST_STEPS = 2
"""A new frame or note is one step, and what is written on it another."""


@pytest.mark.usefixtures("qapp")
def test_the_canvas_agrees_with_the_document_whatever_is_done(studio: Studio) -> None:
    studio.window.resize(1100, 700)
    studio.window.show()
    make: Callable[[], Canvassing] = lambda: Canvassing(studio)  # noqa: E731 - handed on

    run_state_machine_as_test(
        make, settings=settings(max_examples=25, stateful_step_count=25, deadline=None)
    )
