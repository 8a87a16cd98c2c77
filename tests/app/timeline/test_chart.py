"""The chart of a run: what mouse and keys do, and what is where."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.timeline.chart import Chart
from app.timeline.head import Head
from app.timeline.painter import FEWEST_NAMES, NAMES, RULER, names_in
from app.timeline.record import Record
from app.workbench import Workbench
from tests.app.timeline.conftest import show

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def at(chart: Chart, seconds: float, lane: int | None = None) -> QPoint:
    """Where a time is: in the ruler, or in the middle of a lane."""
    x = NAMES + round(chart.span.x_of(seconds))
    return QPoint(x, 8) if lane is None else QPoint(x, RULER + 20 * lane + 10)


def press(
    chart: Chart, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, modifier)
    QApplication.sendEvent(chart, event)


def wheel(chart: Chart, place: QPoint, turn: int, modifier: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        QPointF(place), QPointF(chart.viewport().mapToGlobal(place)), QPoint(), QPoint(0, turn),
        Qt.MouseButton.NoButton, modifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart.viewport(), event)


def test_the_whole_run_is_in_sight_at_first(chart: Chart) -> None:
    assert 0 < chart.span.x_of(0.0) < chart.span.x_of(10.0) < chart.width_of_time


def test_dragging_in_the_ruler_goes_through_time(
    chart: Chart, head: Head, bench: Workbench, qtbot: QtBot
) -> None:
    qtbot.mousePress(chart.viewport(), LEFT, pos=at(chart, 8.0))
    qtbot.mouseMove(chart.viewport(), at(chart, 4.0))
    qtbot.mouseRelease(chart.viewport(), LEFT, pos=at(chart, 4.0))
    qtbot.waitUntil(lambda: bench.moment is not None)

    assert head.now() == pytest.approx(104.0, abs=0.05)
    assert head.place == 4


def test_a_click_on_a_bar_chooses_its_block(chart: Chart, head: Head, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chart.chosen) as chosen:
        qtbot.mouseClick(chart.viewport(), LEFT, pos=at(chart, 4.0, lane=1))

    assert chosen.args == ["b"]
    assert head.is_now, "looking at a bar is not going there"


def test_a_click_on_a_name_chooses_its_block(chart: Chart, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chart.chosen) as chosen:
        qtbot.mouseClick(chart.viewport(), LEFT, pos=QPoint(20, RULER + 50))

    assert chosen.args == ["c"]


def test_the_wheel_zooms_where_the_mouse_is(chart: Chart) -> None:
    place = at(chart, 7.0, lane=2)
    before = chart.span

    wheel(chart, place, 240, Qt.KeyboardModifier.ControlModifier)

    assert chart.span.pixel < before.pixel
    assert chart.span.time_at(place.x() - NAMES) == pytest.approx(
        before.time_at(place.x() - NAMES), abs=0.01
    )


def test_a_drag_moves_the_picture_once_it_is_zoomed(chart: Chart, qtbot: QtBot) -> None:
    chart.zoom(8.0, 300)
    before = chart.span.left

    qtbot.mousePress(chart.viewport(), LEFT, pos=QPoint(500, 150))
    qtbot.mouseMove(chart.viewport(), QPoint(400, 150))
    qtbot.mouseRelease(chart.viewport(), LEFT, pos=QPoint(400, 150))

    assert chart.span.left == pytest.approx(before + 100 * chart.span.pixel)


def test_a_double_click_shows_one_bar_as_large_as_can_be(chart: Chart, qtbot: QtBot) -> None:
    qtbot.mouseDClick(chart.viewport(), LEFT, pos=at(chart, 1.0, lane=0))

    width = chart.width_of_time
    assert chart.span.x_of(0.0) < width * 0.1
    assert chart.span.x_of(2.0) > width * 0.9


def test_the_menu_of_a_bar_goes_to_when_it_was(
    chart: Chart, head: Head, bench: Workbench, qtbot: QtBot
) -> None:
    began, ended = chart.menu_at(at(chart, 4.0, lane=1)).actions()[:2]

    began.trigger()
    assert head.now() == 102.0
    ended.trigger()
    assert head.now() == 107.0

    beside = chart.menu_at(at(chart, 4.0, lane=0)).actions()
    assert [action.text() for action in beside] == ["Show the whole run"]


def test_keys_step_zoom_and_go_back_to_now(chart: Chart, head: Head) -> None:
    press(chart, Qt.Key.Key_Left)
    assert head.place == 7
    press(chart, Qt.Key.Key_Home)
    assert head.place == 1
    press(chart, Qt.Key.Key_Right)
    assert head.place == 2

    whole = chart.span
    press(chart, Qt.Key.Key_Plus)
    assert chart.span.pixel < whole.pixel
    press(chart, Qt.Key.Key_0)
    assert chart.span == whole

    press(chart, Qt.Key.Key_Space)
    assert head.is_playing
    press(chart, Qt.Key.Key_Escape)
    assert (head.is_now, head.is_playing) == (True, False)


def test_with_shift_a_step_is_larger(chart: Chart, head: Head) -> None:
    press(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)

    assert head.place == 1


def test_arrows_go_from_lane_to_lane(
    chart: Chart, record: Record, head: Head, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(chart.chosen) as first:
        press(chart, Qt.Key.Key_Down)
    show(chart, record, head, "a")
    with qtbot.waitSignal(chart.chosen) as second:
        press(chart, Qt.Key.Key_Down)

    assert (first.args, second.args) == (["a"], ["b"])


def test_a_step_out_of_sight_brings_the_head_back_into_it(chart: Chart, head: Head) -> None:
    chart.zoom(20.0, 10)
    assert chart.span.x_of(10.0) > chart.width_of_time

    head.go_to(6)

    assert 0 <= chart.span.x_of(7.0) <= chart.width_of_time


def test_a_bar_tells_about_itself(chart: Chart) -> None:
    assert chart.tip_at(at(chart, 4.0, lane=1)).startswith("B\nDone · 5.0 s, from 2.0 s to 7.0 s")
    assert chart.tip_at(QPoint(20, RULER + 5)) == "A"
    assert chart.tip_at(at(chart, 9.0, lane=0)) == "A", "beside its bar a lane says which it is"


def test_it_is_said_what_is_shown_and_where_the_head_is(chart: Chart, head: Head) -> None:
    assert chart.accessibleDescription() == "10.0 s in 3 lanes, looking at the run now"

    head.go_to(3)

    assert "event 3 of 8" in chart.accessibleDescription()


def test_what_is_selected_stands_out(chart: Chart, record: Record, head: Head) -> None:
    before = chart.grab().toImage()

    show(chart, record, head, "b")

    after = chart.grab().toImage()
    lane = QPoint(NAMES + 700 - NAMES, RULER + 30)
    assert before.pixel(20, RULER + 22) != after.pixel(20, RULER + 22)
    assert before.pixel(lane.x(), RULER + 4) == after.pixel(lane.x(), RULER + 4)


def test_moving_the_head_draws_no_bar_anew(chart: Chart, head: Head) -> None:
    chart.grab()
    picture = chart._picture

    head.go_to(3)
    chart.grab()

    assert chart._picture is picture


def test_of_a_narrow_chart_most_is_for_time() -> None:
    assert [names_in(width) for width in (900, 420, 300, 120)] == [NAMES, NAMES, 120, FEWEST_NAMES]
