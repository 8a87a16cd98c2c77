"""Dragging blocks and frames."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.editor.canvas.canvas import Canvas
from app.editor.gestures.moving import SNAP
from app.workbench import Workbench
from graph.edits import RemoveBlock
from graph.flow import End
from tests.app.editor.hands import ALT, SHIFT, Hand, placed, steps


def test_a_dragged_block_moves_as_one_step(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    head = QPointF(760, 20)

    hand.drag(head, head + QPointF(60, 90), head + QPointF(119, 122))

    assert placed(bench, "count") == (840, 120)
    assert steps(bench) == ["Move"]
    assert canvas.shapes.rect("count").topLeft() == QPointF(840, 120)


def test_undo_brings_it_back(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    hand.drag(QPointF(760, 20), QPointF(900, 140))

    bench.undo()

    assert canvas.shapes.rect("count").topLeft() == QPointF(720, 0)


def test_a_block_is_led_into_line_with_its_neighbour(hand: Hand, bench: Workbench) -> None:
    hand.drag(QPointF(760, 20), QPointF(760 + 37, 20 + 245))

    assert placed(bench, "count")[1] == 240


def test_without_snapping_a_block_stays_where_it_is_let_go(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    canvas.studio.preferences.remember(SNAP, False)

    hand.drag(QPointF(760, 20), QPointF(793, 97))

    assert placed(bench, "count") == (753, 77)


def test_alt_lets_a_block_be_put_anywhere(hand: Hand, bench: Workbench) -> None:
    hand.press(QPointF(760, 20))
    hand.move(QPointF(780, 60), keys=ALT)
    hand.move(QPointF(793, 97), keys=ALT)
    hand.release(QPointF(793, 97), keys=ALT)

    assert placed(bench, "count") == (753, 77)


def test_all_that_is_selected_moves_along(hand: Hand, bench: Workbench) -> None:
    bench.select(["rows", "sort"])

    hand.drag(QPointF(30, 20), QPointF(30, -100))

    assert placed(bench, "rows") == (0, -120)
    assert placed(bench, "sort") == (360, -120)
    assert bench.selected == {"rows", "sort"}


def test_escape_leaves_everything_as_it_was(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    hand.press(QPointF(760, 20))
    hand.move(QPointF(800, 60))
    hand.move(QPointF(900, 160))

    hand.key(Qt.Key.Key_Escape)

    assert steps(bench) == []
    assert canvas.shapes.rect("count").topLeft() == QPointF(720, 0)


def test_a_trembling_hand_moves_nothing(hand: Hand, bench: Workbench) -> None:
    hand.press(QPointF(760, 20))
    hand.move(QPointF(762, 21))
    hand.release(QPointF(762, 21))

    assert steps(bench) == []
    assert bench.selected == {"count"}


def test_a_frame_takes_along_what_stands_in_it(hand: Hand, bench: Workbench) -> None:
    hand.drag(QPointF(200, 196), QPointF(200, 196 + 120))

    assert placed(bench, "fill") == (0, 360)
    assert placed(bench, "case") == (360, 360)
    assert placed(bench, "rows") == (0, 0)
    assert bench.flow.view.frames["texts"].y == 300
    assert steps(bench) == ["Move"]


def test_a_frame_is_resized_at_its_edge(hand: Hand, bench: Workbench) -> None:
    hand.drag(QPointF(612, 300), QPointF(660, 300))

    frame = bench.flow.view.frames["texts"]
    assert (frame.x, frame.width) == (-48, 708)
    assert placed(bench, "fill") == (0, 240)


def test_a_block_dropped_on_a_link_is_put_into_it(hand: Hand, bench: Workbench) -> None:
    bench.select([])
    start = QPointF(760, 20)

    hand.drag(start, QPointF(290 - 104 + 40, 20 + 10))

    flow = bench.flow
    assert flow.links[End("count", "items")].source == End("rows", "rows")
    assert flow.links[End("sort", "items")].source == End("count", "value")
    assert steps(bench) == ["Put a block into a link"]


@pytest.mark.parametrize(
    ("key", "keys", "to"),
    [(Qt.Key.Key_Right, None, (732, 0)), (Qt.Key.Key_Up, SHIFT, (720, -120))],
)
def test_the_arrow_keys_move_what_is_selected(
    hand: Hand, bench: Workbench, key: Qt.Key, keys: Qt.KeyboardModifier | None,
    to: tuple[float, float],
) -> None:  # fmt: skip
    bench.select(["count"])

    hand.key(key, keys or Qt.KeyboardModifier.NoModifier)

    assert placed(bench, "count") == to


def test_with_nothing_selected_the_arrow_keys_go_from_block_to_block(
    hand: Hand, bench: Workbench
) -> None:
    bench.select(["rows"])
    ctrl = Qt.KeyboardModifier.ControlModifier

    hand.key(Qt.Key.Key_Right, ctrl)
    first = bench.selected
    hand.key(Qt.Key.Key_Down, ctrl)

    assert first == {"sort"}
    assert bench.selected == {"case"}


def test_a_change_from_elsewhere_ends_the_drag(hand: Hand, bench: Workbench) -> None:
    hand.press(QPointF(760, 20))
    hand.move(QPointF(800, 60))
    hand.move(QPointF(900, 160))

    bench.do(RemoveBlock("count"))
    hand.release(QPointF(900, 160))

    assert steps(bench) == [""]
    assert "count" not in bench.flow.view.positions


def test_at_the_edge_the_view_moves_along(
    hand: Hand, bench: Workbench, canvas: Canvas, qtbot: QtBot
) -> None:
    before = canvas.area().right()
    edge = QPointF(before - 4, 20)
    hand.press(QPointF(760, 20))
    hand.move(QPointF(900, 20))
    hand.move(edge)

    qtbot.waitUntil(lambda: canvas.area().right() > before + 100)
    hand.key(Qt.Key.Key_Escape)

    assert steps(bench) == []


def test_escape_belongs_to_the_drag_and_not_to_the_action_that_has_it(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    hidden = list[str]()
    canvas.studio.actions.bind("run.hide", lambda: hidden.append("run"))
    canvas.activateWindow()
    hand.press(QPointF(760, 20))
    hand.move(QPointF(800, 60))
    hand.move(QPointF(900, 160))

    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    during = list(hidden)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)

    assert canvas.shapes.rect("count").topLeft() == QPointF(720, 0)
    assert (during, hidden) == ([], ["run"])
