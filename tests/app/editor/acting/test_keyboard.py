"""Linking, going about and menus without the mouse."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app.editor.acting.going import choose_bookmark, name_bookmark
from app.editor.canvas.canvas import Canvas
from app.editor.canvas.hits import Hit
from app.editor.choice_popup import ChoicePopup
from app.editor.gestures.menus import open_by_key, open_menu
from app.editor.visits import Visits
from app.workbench import Workbench
from graph.edits import AddBlock, AddFlow, SetExposed
from graph.flow import Block, End, Flow
from tests.app.editor.hands import NONE, SHIFT, Hand, placed, steps


def popup(canvas: Canvas) -> ChoicePopup:
    return next(p for p in canvas.findChildren(ChoicePopup) if p.isVisible())


def titles(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_a_link_is_made_by_choosing_two_ports(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    bench.select(["sort"])
    hand.do("insert.link")
    QTest.keyClicks(popup(canvas).field, "value")
    QTest.keyClick(popup(canvas).field, Qt.Key.Key_Return)
    QTest.keyClicks(popup(canvas).field, "measure items")
    QTest.keyClick(popup(canvas).field, Qt.Key.Key_Return)

    assert bench.flow.links[End("count", "items")].source == End("sort", "value")
    assert steps(bench) == ["Link"]


def test_ports_that_would_run_in_a_circle_are_not_offered(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    bench.select(["case"])
    hand.do("insert.link")
    QTest.keyClicks(popup(canvas).field, "gives text")
    QTest.keyClick(popup(canvas).field, Qt.Key.Key_Return)

    offered = {choice.hint for choice in popup(canvas).choices}

    assert "sort" in offered
    assert "fill" not in offered
    popup(canvas).close()


def test_a_sub_flow_is_entered_and_left(hand: Hand, bench: Workbench) -> None:
    bench.do(AddFlow("inner", Flow()), AddBlock(Block("call", "flow.call", {"flow": "inner"})))
    bench.select(["call"])

    hand.do("go.enter")

    assert (bench.level, bench.blocks_into) == (("inner",), ("call",))


def test_of_two_sub_flows_one_is_chosen(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    bench.do(
        AddFlow("try_it", Flow()), AddFlow("help_it", Flow()),
        AddBlock(Block("care", "logic.try", {"body": "try_it", "catch": "help_it"})),
    )  # fmt: skip
    bench.select(["care"])
    hand.do("go.enter")

    QTest.keyClicks(popup(canvas).field, "help")
    QTest.keyClick(popup(canvas).field, Qt.Key.Key_Return)

    assert bench.level == ("help_it",)


def test_a_view_is_bookmarked_by_name_and_found_again(bench: Workbench, canvas: Canvas) -> None:
    canvas.restore_view_state((400, 100, 1.0))
    naming = name_bookmark(canvas)
    QTest.keyClicks(naming.field, "Sorting")
    QTest.keyClick(naming.field, Qt.Key.Key_Return)
    canvas.restore_view_state((2000, 900, 0.5))

    choosing = choose_bookmark(canvas)
    QTest.keyClick(choosing.field, Qt.Key.Key_Return)

    assert bench.flow.view.bookmarks == {"Sorting": (400, 100, 1.0)}
    assert tuple(canvas.view_state()) == (400, 100, 1.0)


def test_one_goes_back_and_forward_over_views_and_levels(bench: Workbench, canvas: Canvas) -> None:
    visits = Visits(canvas.studio)
    bench.do(AddFlow("inner", Flow()), AddBlock(Block("call", "flow.call", {"flow": "inner"})))
    canvas.restore_view_state((400, 100, 1.0))
    visits.note_now()
    canvas.restore_view_state((4000, 100, 1.0))
    visits.note_now()
    bench.enter("inner", "call")
    visits.note_now()

    visits.go(canvas, -1)
    second = (bench.level, canvas.view_state().x)
    visits.go(canvas, -1)
    first = (bench.level, canvas.view_state().x)
    visits.go(canvas, 1)
    visits.go(canvas, 1)

    assert second == ((), 4000)
    assert first == ((), 400)
    assert bench.level == ("inner",)


def test_the_menu_of_a_block_has_what_can_be_done_with_it(bench: Workbench, canvas: Canvas) -> None:
    menu = open_menu(canvas, Hit("block", "sort"), QPoint(10, 10))

    assert bench.selected == {"sort"}
    assert "Rename" in titles(menu)
    assert "Expand sub-flow" not in titles(menu)
    menu.close()


def test_the_menu_of_a_link_adds_a_point_where_it_was_opened(
    bench: Workbench, canvas: Canvas
) -> None:
    spot = canvas.viewport().mapToGlobal(canvas.to_view(QPointF(285, 65)).toPoint())
    menu = open_menu(canvas, Hit("link", link=End("sort", "items")), spot)

    next(a for a in menu.actions() if a.text() == "Add reroute point").trigger()

    assert len(bench.flow.view.routes["sort.items"]) == 1
    menu.close()


def test_the_menu_of_a_port_takes_links_off_and_hides_it(bench: Workbench, canvas: Canvas) -> None:
    bench.do(SetExposed("count", ("field",)))
    linked = open_menu(canvas, Hit("port", "sort", "items", "in"), QPoint(10, 10))
    next(a for a in linked.actions() if a.text() == "Take the link off").trigger()
    linked.close()
    shown = open_menu(canvas, Hit("port", "count", "field", "in"), QPoint(10, 10))
    next(a for a in shown.actions() if a.text() == "Hide this port").trigger()
    shown.close()

    assert End("sort", "items") not in bench.flow.links
    assert bench.flow.view.exposed == {}


def test_the_menu_key_opens_the_menu_of_what_is_selected(bench: Workbench, canvas: Canvas) -> None:
    bench.select(["sort"])

    menu = open_by_key(canvas)

    assert bench.selected == {"sort"}
    assert "Rename" in titles(menu)
    menu.close()


def test_a_link_is_taken_off_by_keyboard(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    bench.select(["sort"])
    hand.do("insert.link")
    QTest.keyClicks(popup(canvas).field, "linked from rows")
    QTest.keyClick(popup(canvas).field, Qt.Key.Key_Return)
    QTest.keyClicks(popup(canvas).field, "take off")

    QTest.keyClick(popup(canvas).field, Qt.Key.Key_Return)

    assert End("sort", "items") not in bench.flow.links
    assert steps(bench) == ["Take a link off"]


def test_with_a_link_selected_a_new_block_goes_into_it(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    bench.select(links=[End("sort", "items")])
    hand.do("insert.block")
    QTest.keyClicks(popup(canvas).field, "limit")

    QTest.keyClick(popup(canvas).field, Qt.Key.Key_Return)

    assert bench.flow.links[End("sort", "items")].source == End("limit", "value")
    assert len(steps(bench)) == 1


def test_a_selected_frame_is_moved_by_the_arrow_keys_with_what_stands_in_it(
    hand: Hand, bench: Workbench
) -> None:
    bench.select(frames=["texts"])

    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Down)

    assert bench.flow.view.frames["texts"].y == 204
    assert placed(bench, "fill") == (0, 264)
    assert steps(bench) == ["Move"]


@pytest.mark.parametrize(("key", "keys"), [(Qt.Key.Key_F10, SHIFT), (Qt.Key.Key_Menu, NONE)])
def test_a_key_opens_the_menu_of_what_is_selected(
    hand: Hand, bench: Workbench, canvas: Canvas, key: Qt.Key, keys: Qt.KeyboardModifier
) -> None:
    bench.select(["sort"])

    hand.key(key, keys)

    (menu,) = (menu for menu in canvas.findChildren(QMenu) if menu.isVisible())
    assert "Rename" in titles(menu)
    menu.close()
