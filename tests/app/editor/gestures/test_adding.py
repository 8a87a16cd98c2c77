"""New blocks, notes and frames, and what is dropped on the canvas."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from app.editor.block_search import BlockSearch
from app.editor.canvas.canvas import Canvas
from app.placing import MIME, TEMPLATE_MIME
from app.workbench import Workbench
from graph.file_format import write
from graph.flow import Block, End, Flow
from tests.app.editor.gestures.test_selecting import NOWHERE, middle_of_link
from tests.app.editor.hands import CTRL, NONE, Hand, placed, steps

ITEMS = End("sort", "items")


def drop(
    canvas: Canvas, data: QMimeData, at: QPointF, keys: Qt.KeyboardModifier = NONE
) -> QDropEvent:
    place, copy, left = canvas.to_view(at), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    view = canvas.viewport()
    entering = QDragEnterEvent(place.toPoint(), copy, data, left, keys)
    QApplication.sendEvent(view, entering)
    assert entering.isAccepted()
    event = QDropEvent(place, copy, data, left, keys)
    QApplication.sendEvent(view, event)
    return event


def kind(name: str) -> QMimeData:
    data = QMimeData()
    data.setData(MIME, QByteArray(name.encode()))
    return data


def file_data(path: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


@pytest.fixture
def greeting(tmp_path: Path) -> Path:
    path = tmp_path / "greeting.flow.json"
    path.write_text(write(Flow.of([Block("hello", "flow.output", {"value": "Hello"})])))
    return path


def search(canvas: Canvas) -> BlockSearch:
    return next(s for s in canvas.findChildren(BlockSearch) if s.isVisible())


def test_a_double_click_on_nothing_adds_a_block_there(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    hand.double(NOWHERE)
    QTest.keyClicks(search(canvas).field, "split text")
    QTest.keyClick(search(canvas).field, Qt.Key.Key_Return)

    assert bench.flow.blocks["split"].kind == "text.split"
    assert bench.selected == {"split"}
    assert canvas.shapes.rect("split").adjusted(-140, -140, 140, 140).contains(NOWHERE)
    assert steps(bench) == ["Add “Split text”"]


def test_a_new_block_lies_on_no_other(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    canvas.look_at(QPointF(104, 40))
    hand.do("insert.block")
    QTest.keyClicks(search(canvas).field, "split text")
    QTest.keyClick(search(canvas).field, Qt.Key.Key_Return)

    new = canvas.shapes.rect("split")
    assert not any(
        new.intersects(canvas.shapes.rect(id)) for id in bench.flow.blocks if id != "split"
    )


def test_a_block_is_dropped_from_the_dock(bench: Workbench, canvas: Canvas) -> None:
    event = drop(canvas, kind("data.limit"), NOWHERE)

    assert event.isAccepted()
    assert bench.flow.blocks["limit"].kind == "data.limit"
    assert canvas.studio.finder.used[-1] == "data.limit"


def test_a_block_dropped_on_a_link_is_put_into_it(bench: Workbench, canvas: Canvas) -> None:
    drop(canvas, kind("data.limit"), middle_of_link(canvas, ITEMS))

    assert bench.flow.links[ITEMS].source == End("limit", "value")
    assert bench.flow.links[End("limit", "items")].source == End("rows", "rows")
    assert len(steps(bench)) == 1


def test_a_block_that_does_not_fit_a_link_is_refused(
    bench: Workbench, canvas: Canvas, refusals: list[str]
) -> None:
    drop(canvas, kind("flow.input"), middle_of_link(canvas, ITEMS))

    assert refusals
    assert steps(bench) == []


def test_a_template_dropped_from_the_dock_is_asked_for_at_its_place(
    bench: Workbench, canvas: Canvas, greeting: Path
) -> None:
    wanted = list[tuple[Path, object]]()
    canvas.studio.insert_wanted.connect(lambda *asked: wanted.append(asked))
    data = QMimeData()
    data.setData(TEMPLATE_MIME, QByteArray(str(greeting).encode()))

    event = drop(canvas, data, NOWHERE)

    assert event.isAccepted()
    ((file, place),) = wanted
    assert file == greeting
    assert place == pytest.approx((NOWHERE.x(), NOWHERE.y()), abs=2)


def test_a_dropped_file_is_opened(bench: Workbench, canvas: Canvas, greeting: Path) -> None:
    wanted = list[Path]()
    canvas.studio.open_wanted.connect(wanted.append)

    drop(canvas, file_data(greeting), NOWHERE)

    assert wanted == [greeting]
    assert steps(bench) == []


def test_a_file_dropped_with_ctrl_is_used_as_a_sub_flow(
    bench: Workbench, canvas: Canvas, greeting: Path
) -> None:
    bench.path = greeting.parent / "orders.flow.json"

    drop(canvas, file_data(greeting), NOWHERE, CTRL)

    assert bench.flow.blocks["greeting"].fields == {"flow": "greeting.flow.json"}
    assert canvas.shapes.card("greeting").port("result", "out")
    bench.undo()
    assert "greeting.flow.json" not in bench.flow.flows


def test_a_flow_without_a_file_cannot_use_one(
    bench: Workbench, canvas: Canvas, greeting: Path, refusals: list[str]
) -> None:
    drop(canvas, file_data(greeting), NOWHERE, CTRL)

    assert "Save this flow first" in refusals[0]


def test_dropped_text_of_a_flow_is_put_in(bench: Workbench, canvas: Canvas, greeting: Path) -> None:
    data = QMimeData()
    data.setText(greeting.read_text())

    drop(canvas, data, NOWHERE)

    assert bench.flow.blocks["hello"].kind == "flow.output"


def test_other_things_are_not_taken(canvas: Canvas) -> None:
    data = QMimeData()
    data.setText("just words")
    event = QDragEnterEvent(
        canvas.viewport().rect().center(), Qt.DropAction.CopyAction, data,
        Qt.MouseButton.LeftButton, NONE,
    )  # fmt: skip
    event.setAccepted(False)

    QApplication.sendEvent(canvas.viewport(), event)

    assert not event.isAccepted()


def test_a_note_is_written_at_once(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    hand.do("insert.note")
    editor = canvas.findChild(QPlainTextEdit)
    QTest.keyClicks(editor, "Read me")

    QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)

    (note,) = (b for b in bench.flow.blocks.values() if b.kind == "flow.note" and b.id != "about")
    assert note.fields["text"] == "Read me"


def test_a_frame_is_drawn_around_what_is_selected_and_named(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    bench.select(["rows", "sort"])
    hand.do("insert.frame")
    editor = canvas.findChild(QLineEdit)

    QTest.keyClicks(editor, "Reading")
    QTest.keyClick(editor, Qt.Key.Key_Return)

    frame = bench.flow.view.frames["frame"]
    assert frame.title == "Reading"
    assert (frame.x, frame.y) == (-24, -48)
    assert placed(bench, "rows") == (0, 0)


def test_a_block_is_renamed_in_place(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    bench.select(["sort"])
    hand.do("edit.rename")
    editor = canvas.findChild(QLineEdit)
    assert editor.selectedText() == "Sort"

    QTest.keyClicks(editor, "Newest first")
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert bench.flow.blocks["sort"].title == "Newest first"
    assert steps(bench) == ["Rename"]


def test_escape_throws_a_new_name_away(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    bench.select(["sort"])
    hand.do("edit.rename")
    editor = canvas.findChild(QLineEdit)
    QTest.keyClicks(editor, "Oldest")

    QTest.keyClick(editor, Qt.Key.Key_Escape)

    assert steps(bench) == []


def test_a_double_click_on_the_head_of_a_frame_renames_it(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    hand.double(QPointF(200, 196))
    editor = canvas.findChild(QLineEdit)

    QTest.keyClicks(editor, "Words")
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert bench.flow.view.frames["texts"].title == "Words"
