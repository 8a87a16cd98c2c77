"""What was written down of a flow brings it back, wherever the writing was cut off."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document import Change, Document
from app.safety.drafts import Draft, held, replayed
from app.safety.journal import (
    Did,
    Journal,
    Loose,
    Place,
    Record,
    Redid,
    Stored,
    Trusted,
    Undid,
    drafts_in,
    records_of,
    slim,
)
from app.safety.syncing import Syncer
from graph.edits import AddBlock, AddFlow, Rename, SetField
from graph.errors import EditRefused
from graph.flow import Block, End, Flow
from graph.spec import Needs
from tests.graph.strategies import edits_of, flows

HELLO = Flow.of([Block("greet", "text.template")], name="Hello")


@pytest.fixture(scope="module")
def syncer() -> Iterator[Syncer]:
    made = Syncer(pause=0)
    yield made
    made.close()


def record_of(document: Document, change: Change) -> Record:
    match change.cause:
        case "undo":
            return Undid()
        case "redo":
            return Redid()
        case "edit":
            merge = document.history[-1].merge
            return Did(change.edit, change.level, change.label, merge, change.joined)


def written(document: Document) -> tuple[list[Record], Document]:
    """A document whose every change is written down in the list."""
    start = Draft(document, "", "", "", False, Needs(), Place())
    records: list[Record] = [held(start)]
    document.listen(lambda change: records.append(record_of(document, change)))
    return records, document


def same(one: Document, other: Document) -> bool:
    """Whether both are the same flow, saved the same, with the same steps to take back."""
    return (
        one.flow == other.flow
        and one.is_saved == other.is_saved
        and one.position == other.position
        and [step[:4] for step in one.history] == [step[:4] for step in other.history]
    )


def on_disk(tmp: Path, syncer: Syncer, records: list[Record]) -> Path:
    journal = Journal(tmp, "d", syncer)
    first = records[0]
    assert not isinstance(first, Did | Undid)
    journal.begin(first)  # type: ignore[arg-type]
    for record in records[1:]:
        journal.add(record)
    journal.close()
    return tmp / "d.1.draft"


@given(data=st.data(), flow=flows())
def test_any_edits_come_back(
    data: st.DataObject, flow: Flow, tmp_path_factory: pytest.TempPathFactory, syncer: Syncer
) -> None:
    records, document = written(Document(slim(flow)))
    for _ in range(data.draw(st.integers(0, 8))):
        do = data.draw(st.sampled_from(["edit", "type", "undo", "redo", "seal", "save", "loose"]))
        match do:
            case "edit" | "type":
                try:
                    edit = data.draw(edits_of(document.flow))
                    document.do(edit, label=do, merge="word" if do == "type" else "")
                except EditRefused:
                    continue
            case "undo":
                document.undo()
            case "redo":
                document.redo()
            case "seal":
                document.seal()
            case "save":
                document.mark_saved()
                records.append(Stored("a", "b"))
            case "loose":
                document.mark_unsaved()
                records.append(Loose())
    tmp = tmp_path_factory.mktemp("drafts")
    on_disk(tmp, syncer, records)

    back = replayed(records_of(tmp, "d"))

    assert back is not None
    assert same(back.document, document)
    back.document.go_to(0)
    document.go_to(0)
    assert back.document.flow == document.flow


@given(cut=st.integers(0, 2000), junk=st.binary(max_size=40))
def test_a_broken_end_is_cut_off(
    cut: int, junk: bytes, tmp_path_factory: pytest.TempPathFactory, syncer: Syncer
) -> None:
    records, document = written(Document(HELLO))
    seen = [document.flow]
    for number in range(5):
        document.do(SetField("greet", "text", f"hello {number}"))
        seen.append(document.flow)
    tmp = tmp_path_factory.mktemp("drafts")
    path = on_disk(tmp, syncer, records)
    content = path.read_bytes()
    path.write_bytes(content[: max(0, len(content) - cut)] + junk)

    back = replayed(records_of(tmp, "d"))

    assert back is None or back.document.flow in seen
    if cut == 0:
        assert back is not None
        assert back.document.flow == document.flow


def test_a_flow_that_never_reached_the_disk_leaves_the_one_before(
    tmp_path: Path, syncer: Syncer
) -> None:
    records, document = written(Document(HELLO))
    document.do(Rename("greet", "Greeter"))
    on_disk(tmp_path, syncer, records)
    (tmp_path / "d.2.draft").write_bytes(b"heddle draft 1\n\0\0")

    back = replayed(records_of(tmp_path, "d"))

    assert back is not None
    assert back.document.flow == document.flow


def test_where_one_was_comes_back(tmp_path: Path, syncer: Syncer) -> None:
    place = Place(("inner",), ("call",), ("a", "b"), (End("a", "text"),), ("f",), (1.5, 2), 0.5)
    records, _ = written(Document(HELLO))
    on_disk(
        tmp_path,
        syncer,
        [*records, place, Trusted(True, Needs(hosts=("a.example",))), Stored("x.flow.json", "abc")],
    )

    back = replayed(records_of(tmp_path, "d"))

    assert back is not None
    assert back.place == place
    assert (back.trusted, back.allowed.hosts) == (True, ("a.example",))
    assert (back.path, back.digest) == ("x.flow.json", "abc")


def test_a_long_draft_begins_anew_and_the_old_file_goes(tmp_path: Path) -> None:
    syncer = Syncer(pause=0)
    journal = Journal(tmp_path, "d", syncer)
    document = Document(HELLO)
    draft = Draft(document, "", "", "", False, Needs(), Place())
    journal.begin(held(draft))
    for number in range(400):
        document.do(SetField("greet", "text", f"{number}" * 300))
        step = document.history[-1]
        journal.add(Did(step.done))
        if journal.is_long:
            journal.begin(held(draft))
    journal.close()
    syncer.close()

    [path] = tmp_path.glob("d.*.draft")
    back = replayed(records_of(tmp_path, "d"))
    assert path.name != "d.1.draft"
    assert back is not None
    assert back.document.flow == document.flow


def test_files_of_their_own_are_kept_by_name(tmp_path: Path, syncer: Syncer) -> None:
    shared = Flow.of([Block("x", "text.template")])
    for _ in range(40):  # each refers to the next twice: 2**40 flows if each way were written out
        shared = Flow(flows={"a.flow.json": shared, "b.flow.json": shared})
    records, document = written(Document(slim(shared)))
    document.do(AddFlow("c.flow.json", shared), AddBlock(Block("call", "flow.call")))
    on_disk(tmp_path, syncer, records)

    back = replayed(records_of(tmp_path, "d"))

    assert back is not None
    assert list(back.document.flow.flows) == ["a.flow.json", "b.flow.json", "c.flow.json"]
    assert "call" in back.document.flow.blocks


def test_a_draft_that_is_discarded_leaves_nothing(tmp_path: Path, syncer: Syncer) -> None:
    journal = Journal(tmp_path, "d", syncer)
    journal.begin(held(Draft(Document(HELLO), "", "", "", False, Needs(), Place())))
    assert drafts_in(tmp_path) == {"d"}

    journal.discard()

    assert drafts_in(tmp_path) == set()


def test_a_full_disk_is_told_of_and_what_was_there_before_counts(tmp_path: Path) -> None:
    """The limit on the size of files stands for a disk that is full."""
    syncer = Syncer(pause=0)
    journal = Journal(tmp_path, "d", syncer)
    document = Document(HELLO)
    draft = Draft(document, "", "", "", False, Needs(), Place())
    journal.begin(held(draft))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            journal.add(Did(SetField("greet", "text", "x" * 10_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    back = replayed(records_of(tmp_path, "d"))
    assert back is not None
    assert back.document.flow == HELLO
    assert journal.is_long
    document.do(Rename("greet", "Later"))
    journal.begin(held(draft))
    journal.close()
    syncer.close()
    again = replayed(records_of(tmp_path, "d"))
    assert again is not None
    assert again.document.flow == document.flow
