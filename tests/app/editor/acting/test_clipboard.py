"""Cut, copy, paste, duplicate, delete."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication

from app.editor.acting import clipboard
from app.editor.canvas.canvas import Canvas
from app.workbench import Workbench
from graph.edits import AddBlock
from graph.file_format import read, write
from graph.flow import Block, End, Flow
from tests.app.editor.hands import Hand, placed, steps

ITEMS = End("sort", "items")


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> QPointF:
    """Where the mouse is: the test has none of its own."""
    spot = QPointF(600, 120)
    monkeypatch.setattr(clipboard, "under_cursor", lambda _: spot)
    return spot


def copied() -> str:
    return QGuiApplication.clipboard().text()


def test_what_is_copied_is_the_text_of_a_flow(hand: Hand, bench: Workbench) -> None:
    bench.select(["rows", "sort"])

    hand.do("edit.copy")

    flow = read(copied())
    assert set(flow.blocks) == {"rows", "sort"}
    assert set(flow.links) == {ITEMS}


def test_what_was_copied_is_put_in_at_the_mouse_and_selected(hand: Hand, bench: Workbench) -> None:
    bench.select(["rows", "sort"])
    hand.do("edit.copy")

    hand.do("edit.paste")

    assert bench.selected == {"rows_2", "sort_2"}
    assert placed(bench, "rows_2") == (600, 120)
    assert bench.flow.links[End("sort_2", "items")].source == End("rows_2", "rows")
    assert steps(bench) == ["Paste"]


def test_cut_takes_out_what_it_copies_as_one_step(hand: Hand, bench: Workbench) -> None:
    bench.select(["rows", "sort"])

    hand.do("edit.cut")

    assert "rows" not in bench.flow.blocks
    assert set(read(copied()).blocks) == {"rows", "sort"}
    bench.undo()
    assert ITEMS in bench.flow.links


def test_a_whole_flow_file_can_be_pasted_with_words_around_it(hand: Hand, bench: Workbench) -> None:
    text = write(Flow.of([Block("hello", "flow.output", {"value": "Hello"})]))
    QGuiApplication.clipboard().setText(f"Try this:\n```json\n{text}```\nand tell me.")

    hand.do("edit.paste")

    assert "hello" in bench.flow.blocks


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "There is nothing to paste."),
        ("Dear all,", "What was copied is no flow."),
        ('{"heddle": 1, "blocks": {"a": {}}}', "kind"),
    ],
)
def test_what_cannot_be_pasted_is_told(
    hand: Hand, bench: Workbench, refusals: list[str], text: str, why: str
) -> None:
    QGuiApplication.clipboard().setText(text)

    hand.do("edit.paste")

    assert why in refusals[0]
    assert steps(bench) == []


def test_a_block_is_pasted_into_the_selected_link(hand: Hand, bench: Workbench) -> None:
    bench.do(AddBlock(Block("few", "data.limit")))
    bench.select(["few"])
    hand.do("edit.cut")
    bench.select(links=[ITEMS])

    hand.do("edit.paste")

    assert bench.flow.links[ITEMS].source == End("few", "value")
    assert placed(bench, "few") == (264, 0)
    assert placed(bench, "sort") == (536, 0)
    assert steps(bench)[-1] == "Paste"


def test_a_duplicate_lies_beside_and_is_selected(hand: Hand, bench: Workbench) -> None:
    bench.select(["count"])

    hand.do("edit.duplicate")

    assert bench.selected == {"count_2"}
    assert placed(bench, "count_2") == (756, 36)


def test_delete_takes_out_blocks_links_and_frames_as_one_step(hand: Hand, bench: Workbench) -> None:
    bench.select(["fill"], links=[ITEMS], frames=["texts"])

    hand.do("edit.delete")

    assert "fill" not in bench.flow.blocks
    assert bench.flow.links == {}
    assert bench.flow.view.frames == {}
    assert steps(bench) == ["Delete"]


def test_delete_and_keep_joins_what_stood_around(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    hand.drag(
        canvas.shapes.port("sort", "value", "out"), canvas.shapes.port("count", "items", "in")
    )
    bench.select(["sort"])

    hand.do("edit.remove_keeping")

    assert bench.flow.links[End("count", "items")].source == End("rows", "rows")


def test_all_that_is_linked_is_selected(hand: Hand, bench: Workbench) -> None:
    bench.select(["rows"])

    hand.do("edit.select_linked")

    assert bench.selected == {"rows", "sort"}


def test_a_copied_frame_takes_along_what_stands_in_it(hand: Hand, bench: Workbench) -> None:
    bench.select(frames=["texts"])

    hand.do("edit.copy")

    flow = read(copied())
    assert set(flow.blocks) == {"fill", "case"}
    assert [frame.title for frame in flow.view.frames.values()] == ["Texts"]
