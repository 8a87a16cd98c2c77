"""A plot under hands: mouse and keyboard move all plots of a wall in time, and read values."""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.plots.axes import AmountAxis, TimeAxis, clock, round_up
from app.plots.card import PlotCard
from app.plots.colours import MOST, line_colour
from app.plots.plot import Drawn, Plot
from app.plots.ring import Ring
from app.plots.span import Span
from app.plots.wall import Wall
from app.theme import Choice, Theme, contrast, current
from tests.app.plots.test_ring import stretch

NOON = 1_700_000_000.0


@pytest.fixture
def span() -> Span:
    made = Span(100.0)
    made.advance(100.0)
    return made


@pytest.fixture
def card(qtbot: QtBot, span: Span) -> Iterator[PlotCard]:
    wall = Wall()
    qtbot.addWidget(wall)
    card = PlotCard(span, "Tasks a second", "per second", "Tasks that finished.", wall.inside)
    wall.show_cards([card])
    wall.resize(600, 300)
    with qtbot.waitExposed(wall):
        wall.show()
    ring = Ring(1000)
    ring.add(*stretch(0, 100))
    card.show_lines([Drawn(ring, "")])
    yield card
    wall.close()


@pytest.fixture
def plot(card: PlotCard) -> Plot:
    return card.plot


def test_the_legend_tells_the_newest_value_and_that_at_the_crosshair(
    card: PlotCard, span: Span
) -> None:
    assert "990/s" in card.legend.text()

    span.point(42.5)

    assert "420/s" in card.legend.text()
    assert card.plot.accessibleDescription() == "420/s"


def test_several_lines_are_told_apart_by_name_below_the_title(card: PlotCard) -> None:
    rings = [Ring(10), Ring(10)]
    for ring in rings:
        ring.add(*stretch(95, 5))

    card.show_lines([Drawn(rings[0], "p50"), Drawn(rings[1], "p99")])

    assert card.below.isVisible()
    assert not card.legend.isVisible()
    assert all(name in card.below.text() for name in ("p50", "p99"))


def test_plus_and_minus_zoom_and_home_goes_with_the_clock_again(
    qtbot: QtBot, plot: Plot, span: Span
) -> None:
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert span.end - span.start == pytest.approx(80)
    assert not span.follows
    span.advance(150.0)
    assert span.end < 100

    qtbot.keyClick(plot, Qt.Key.Key_Home)

    assert (span.start, span.end) == (50, 150)


def test_arrows_move_the_crosshair_from_value_to_value(
    qtbot: QtBot, plot: Plot, span: Span
) -> None:
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert span.pointer == 100
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert span.pointer == 98
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert span.pointer == 99

    qtbot.keyClick(plot, Qt.Key.Key_Escape)

    assert span.pointer is None


def test_arrows_with_control_move_the_view(qtbot: QtBot, plot: Plot, span: Span) -> None:
    qtbot.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)

    assert (span.start, span.end) == (-10, 90)


def test_dragging_moves_the_view_by_as_much(qtbot: QtBot, plot: Plot, span: Span) -> None:
    view = plot.viewport()
    width = plot.getPlotItem().getViewBox().width()

    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 40))
    qtbot.mouseMove(view, QPoint(200 + round(width / 4), 40))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(200 + round(width / 4), 40))

    assert span.start == pytest.approx(-25, abs=0.5)


def test_the_pointer_reads_values_and_leaves_none_behind(
    qtbot: QtBot, plot: Plot, span: Span
) -> None:
    qtbot.mouseMove(plot.viewport(), QPoint(10, 10))
    qtbot.mouseMove(plot.viewport(), QPoint(300, 40))  # a move to where it is already is none
    qtbot.waitUntil(lambda: span.pointer is not None)
    assert span.pointer is not None
    assert 0 < span.pointer < 100

    plot.clearFocus()
    plot.leaveEvent(QWheelEvent(*_turned(0, Qt.KeyboardModifier.NoModifier)))

    assert span.pointer is None


def _turned(by: int, keys: Qt.KeyboardModifier):  # type: ignore[no-untyped-def]  # many types
    return (
        QPointF(300, 40), QPointF(300, 40), QPoint(), QPoint(0, by), Qt.MouseButton.NoButton,
        keys, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip


def test_the_wheel_zooms_around_the_pointer_with_control_only(plot: Plot, span: Span) -> None:
    at = plot._time_at(300)
    alone = QWheelEvent(*_turned(120, Qt.KeyboardModifier.NoModifier))
    plot.wheelEvent(alone)
    assert not alone.isAccepted()
    assert span.follows

    plot.wheelEvent(QWheelEvent(*_turned(120, Qt.KeyboardModifier.ControlModifier)))

    assert span.end - span.start == pytest.approx(80)
    assert plot._time_at(300) == pytest.approx(at, abs=0.5)


def test_a_double_click_shows_all_again(qtbot: QtBot, plot: Plot, span: Span) -> None:
    span.zoom(4)

    qtbot.mouseDClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 40))

    assert (span.start, span.end) == (0, 100)


def test_heights_follow_from_what_is_seen(plot: Plot, span: Span) -> None:
    assert plot.viewRange()[1][1] == 1200

    span.zoom(10, 0.0)

    assert plot.viewRange()[1][1] == 120


def test_shares_always_stand_on_the_same_scale(qtbot: QtBot, span: Span) -> None:
    plot = Plot(span, "share", "Success rate")
    qtbot.addWidget(plot)
    ring = Ring(100)
    times, _ = stretch(0, 100)
    ring.add(times, np.full(100, 0.02))

    plot.show_lines([Drawn(ring, "")])

    assert plot.viewRange()[1][1] == pytest.approx(1.04)


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_lines_stand_out_from_the_ground_of_a_plot(qapp: QApplication, choice: Choice) -> None:
    Theme(choice).apply()

    colours = [line_colour(at) for at in range(MOST)]

    assert len(set(colours)) == MOST
    assert min(contrast(colour, current().raised) for colour in colours) >= 4


def test_a_plot_takes_the_colours_of_another_theme(card: PlotCard) -> None:
    Theme("dark").apply()
    card.restyle()
    dark = card.plot.curves[0].colour
    Theme("light").apply()

    card.restyle()

    assert card.plot.curves[0].colour != dark
    assert card.plot.backgroundBrush().color() == QColor(current().raised)
    Theme("dark").apply()


def test_a_line_is_seen_where_its_values_are(qtbot: QtBot, card: PlotCard) -> None:
    Theme("dark").apply()
    card.restyle()
    view = card.plot.viewport()
    view.repaint()

    picture = view.grab().toImage()

    wanted = QColor(line_colour(0))
    seen = [
        x for x in range(picture.width()) for y in range(picture.height())
        if abs(picture.pixelColor(x, y).blue() - wanted.blue()) < 30
        and abs(picture.pixelColor(x, y).red() - wanted.red()) < 30
    ]  # fmt: skip
    assert max(seen) - min(seen) > 0.8 * card.plot.getPlotItem().getViewBox().width()


def test_a_wall_puts_as_many_beside_each_other_as_have_room(qtbot: QtBot, span: Span) -> None:
    wall = Wall()
    qtbot.addWidget(wall)
    cards = [PlotCard(span, f"Chart {at}", "count", "", wall.inside) for at in range(4)]
    wall.resize(1000, 400)
    with qtbot.waitExposed(wall):
        wall.show()

    wall.show_cards(cards)
    QApplication.processEvents()
    in_a_row = sum(card.y() == cards[0].y() for card in cards)
    wall.resize(300, 400)
    qtbot.waitUntil(lambda: cards[1].y() > cards[0].y())

    assert in_a_row == 4


# Axes.


def test_times_stand_at_round_moments_and_not_too_close() -> None:
    axis = TimeAxis()

    step, times = axis.ticks(NOON + 3, NOON + 303, 400)

    assert step in (60, 120)
    assert all(time % 60 == 0 for time in times)
    assert 2 <= len(times) <= 6


def test_a_run_of_a_moment_has_ticks_as_well() -> None:
    axis = TimeAxis()
    axis.is_elapsed = True

    step, times = axis.ticks(0, 0.05, 400)

    assert step == pytest.approx(0.02)
    assert times == pytest.approx([0, 0.02, 0.04])


@pytest.mark.parametrize(
    ("value", "unit", "round"),
    [
        (0.7, "", 1),
        (11, "", 20),
        (22, "", 25),
        (26, "", 50),
        (1, "", 1),
        (5e7, "bytes", 1.5 * 2**25),
    ],
)
def test_amounts_stand_at_round_numbers(value: float, unit: str, round: float) -> None:
    assert round_up(value, unit) == round


def test_an_axis_tells_nought_and_a_few_more() -> None:
    assert list(AmountAxis("count").ticks(80, 75)) == [0, 25, 50, 75]


def test_long_times_fit_beside_a_plot() -> None:
    axis = AmountAxis("seconds")

    assert [axis.told(value) for value in (0.05, 100, 9000)] == ["50 ms", "100 s", "2.5 h"]


def test_a_day_is_told_where_midnight_is() -> None:
    midnight = time.mktime((2026, 5, 3, 0, 0, 0, 0, 0, -1))

    assert clock(midnight, 3600) == "3 May"
    assert clock(midnight + 90, 60) == "00:01"
    assert clock(midnight + 90.25, 0.05) == "00:01:30.250"
