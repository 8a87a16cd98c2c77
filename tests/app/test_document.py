"""The document: every edit can be taken back, and who listens always knows the flow."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.document import Change, Document
from graph.edits import AddBlock, AddFlow, MoveBlocks, Rename, SetField
from graph.errors import EditRefused
from graph.flow import Block, Flow
from tests.graph.strategies import edits_of, flows

HELLO = Flow.of([Block("greet", "text.template")])


def test_an_edit_is_done_and_taken_back() -> None:
    document = Document(HELLO)

    document.do(SetField("greet", "text", "Hi"), label="Set text")
    assert document.flow.blocks["greet"].fields == {"text": "Hi"}

    document.undo()
    assert document.flow == HELLO
    assert document.can_redo

    document.redo()
    assert document.flow.blocks["greet"].fields == {"text": "Hi"}


def test_a_refused_edit_changes_nothing() -> None:
    document = Document(HELLO)

    with pytest.raises(EditRefused):
        document.do(SetField("greet", "text", "Hi"), SetField("gone", "text", "Hi"))

    assert document.flow is HELLO
    assert not document.can_undo


def test_typing_is_one_step_until_it_is_sealed() -> None:
    document = Document(HELLO)
    for text in ("H", "He", "Hey"):
        document.do(SetField("greet", "text", text), merge="greet.text")
    document.seal()
    document.do(SetField("greet", "text", "Hey!"), merge="greet.text")

    document.undo()
    assert document.flow.blocks["greet"].fields == {"text": "Hey"}
    document.undo()
    assert document.flow == HELLO


def test_typing_after_a_save_is_a_step_of_its_own() -> None:
    document = Document(HELLO)
    document.do(SetField("greet", "text", "H"), merge="greet.text")
    document.mark_saved()
    document.do(SetField("greet", "text", "He"), merge="greet.text")

    document.undo()

    assert document.is_saved
    assert document.flow.blocks["greet"].fields == {"text": "H"}


def test_an_edit_that_changes_nothing_is_no_step() -> None:
    document = Document(HELLO)

    document.do(Rename("greet", ""))

    assert not document.can_undo


def test_a_new_edit_forgets_what_was_taken_back() -> None:
    document = Document(HELLO)
    document.do(Rename("greet", "One"))
    document.undo()

    document.do(Rename("greet", "Two"))

    assert not document.can_redo
    assert [step.done for step in document.history] == [Rename("greet", "Two")]


def test_an_embedded_flow_is_edited_where_it_stands() -> None:
    document = Document(HELLO)
    document.do(AddFlow("body", HELLO))

    document.do(Rename("greet", "Inner"), level=("body",))

    assert document.at(("body",)).blocks["greet"].title == "Inner"
    assert document.flow.blocks["greet"].title == ""
    assert document.around(("body",)) == (document.flow,)


def test_whoever_listens_is_told_of_each_change_until_it_stops() -> None:
    document, heard = Document(HELLO), list[Change]()
    stop = document.listen(heard.append)

    document.do(AddBlock(Block("other", "text.case")), label="Add Change case")
    document.undo()
    stop()
    document.redo()

    assert [(change.cause, change.label) for change in heard] == [
        ("edit", "Add Change case"),
        ("undo", "Add Change case"),
    ]
    assert heard[0].after is heard[1].before


def test_undoing_to_what_was_saved_is_saved() -> None:
    document = Document(HELLO)
    document.do(MoveBlocks({"greet": (10.0, 20.0)}))
    assert not document.is_saved

    document.undo()

    assert document.is_saved


@given(st.data())
def test_the_history_leads_to_every_flow_there_was(data: st.DataObject) -> None:
    document = Document(data.draw(flows()))
    past = [document.flow]
    for _ in range(4):
        with contextlib.suppress(EditRefused):
            document.do(data.draw(edits_of(document.flow)))
        if document.position == len(past):
            past.append(document.flow)

    for position in data.draw(st.permutations(range(len(past)))):
        document.go_to(position)
        assert document.flow == past[position]


class Editing(RuleBasedStateMachine):
    """Edits, undo and redo in any order, against a list of flows and a place in it."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document(Flow())
        self.seen = self.document.flow
        self.document.listen(self._hear)
        self.past, self.place = [Flow()], 0

    def _hear(self, change: Change) -> None:
        assert change.before is self.seen
        self.seen = change.after

    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        before = self.document.flow
        with contextlib.suppress(EditRefused):
            self.document.do(data.draw(edits_of(before)))
        if self.document.flow != before:
            self.past = [*self.past[: self.place + 1], self.document.flow]
            self.place += 1

    @rule()
    def undo(self) -> None:
        self.document.undo()
        self.place = max(0, self.place - 1)

    @rule()
    def redo(self) -> None:
        self.document.redo()
        self.place = min(len(self.past) - 1, self.place + 1)

    @invariant()
    def agrees(self) -> None:
        assert self.document.flow == self.past[self.place]
        assert self.seen is self.document.flow


TestEditing = Editing.TestCase
