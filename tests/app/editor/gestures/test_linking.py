"""Pulling links."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from app.editor.block_search import BlockSearch
from app.editor.canvas.canvas import Canvas
from app.editor.gestures.dispatcher import Acting
from app.editor.gestures.linking import PullLink
from app.workbench import Workbench
from graph.edits import AddBlock, MoveBlocks
from graph.flow import Block, End, Link
from tests.app.editor.hands import Hand, placed, steps

WAIT = AddBlock(Block("wait", "logic.wait")), MoveBlocks({"wait": (720, 110)})
"""A block that takes a number, to which nobody can turn a list."""


def search(canvas: Canvas) -> BlockSearch:
    return next(s for s in canvas.findChildren(BlockSearch) if s.isVisible())


def test_a_link_is_pulled_from_an_output_to_an_input(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    hand.drag(
        canvas.shapes.port("sort", "value", "out"), canvas.shapes.port("count", "items", "in")
    )

    assert bench.flow.links[End("count", "items")] == Link(
        End("sort", "value"), End("count", "items")
    )
    assert steps(bench) == ["Link"]


def test_a_link_is_pulled_from_an_input_to_an_output(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    hand.drag(
        canvas.shapes.port("count", "items", "in"), canvas.shapes.port("sort", "value", "out")
    )

    assert bench.flow.links[End("count", "items")].source == End("sort", "value")


def test_dropped_on_a_block_it_goes_to_the_port_that_fits_best(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    hand.drag(canvas.shapes.port("sort", "value", "out"), QPointF(820, 20))

    assert bench.flow.links[End("count", "items")].source == End("sort", "value")


def test_a_link_is_taken_off_its_input_and_put_elsewhere(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    hand.drag(canvas.shapes.port("sort", "items", "in"), canvas.shapes.port("count", "items", "in"))

    assert End("sort", "items") not in bench.flow.links
    assert bench.flow.links[End("count", "items")].source == End("rows", "rows")
    assert len(steps(bench)) == 1


def test_a_link_taken_off_and_dropped_is_gone(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    hand.drag(canvas.shapes.port("sort", "items", "in"), QPointF(300, 150))

    assert End("sort", "items") not in bench.flow.links
    assert steps(bench) == ["Take a link off"]


def test_what_does_not_fit_is_refused_with_the_reason(
    hand: Hand, bench: Workbench, canvas: Canvas, refusals: list[str]
) -> None:
    bench.do(*WAIT)

    hand.drag(
        canvas.shapes.port("sort", "value", "out"), canvas.shapes.port("wait", "seconds", "in")
    )

    assert End("wait", "seconds") not in bench.flow.links
    assert "it takes number, not list" in refusals[0]


def test_a_circle_is_refused(
    hand: Hand, bench: Workbench, canvas: Canvas, refusals: list[str]
) -> None:
    bench.do(AddBlock(Block("last", "data.limit")), MoveBlocks({"last": (720, 120)}))
    hand.drag(canvas.shapes.port("sort", "value", "out"), canvas.shapes.port("last", "items", "in"))

    hand.drag(canvas.shapes.port("last", "value", "out"), canvas.shapes.port("sort", "items", "in"))

    assert "circle" in refusals[0]


def test_while_a_link_is_pulled_a_tip_says_why_a_port_does_not_fit(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    bench.do(*WAIT)
    hand.press(canvas.shapes.port("sort", "value", "out"))
    hand.move(QPointF(650, 150))
    hand.move(canvas.shapes.port("wait", "seconds", "in"))

    assert isinstance(canvas.gestures, Acting)
    pulling = canvas.gestures.gesture
    assert isinstance(pulling, PullLink)
    assert pulling._tip is not None
    assert "it takes number, not list" in pulling._tip.text()
    assert canvas.attention.active
    hand.key(Qt.Key.Key_Escape)
    assert not canvas.attention.active


def test_a_conversion_is_made_where_there_is_one_and_told(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    told = list[str]()
    canvas.studio.notices.told.connect(lambda notice: told.append(notice.text))
    bench.do(AddBlock(Block("number", "flow.input", {"name": "n", "type": "number"})),
             MoveBlocks({"number": (-60, 120)}), AddBlock(Block("big", "text.case")),
             MoveBlocks({"big": (300, 110)}))  # fmt: skip

    hand.drag(canvas.shapes.port("number", "value", "out"), canvas.shapes.port("big", "text", "in"))

    assert bench.flow.links[End("big", "text")].convert == "text"
    assert told == ["Values are turned into text on the way."]


def test_dropped_on_nothing_it_offers_what_fits_and_links_it(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    hand.drag(canvas.shapes.port("case", "value", "out"), QPointF(640, 150))
    popup = search(canvas)
    popup.field.setText("split")

    hand_key(popup, Qt.Key.Key_Return)

    assert bench.flow.links[End("split", "text")].source == End("case", "value")
    assert bench.selected == {"split"}
    assert placed(bench, "split")[0] >= 600
    assert len(steps(bench)) == 1


def test_dismissing_the_offer_changes_nothing(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    hand.drag(canvas.shapes.port("case", "value", "out"), QPointF(640, 150))
    drawn = len(canvas.overlay)

    hand_key(search(canvas), Qt.Key.Key_Escape)

    assert steps(bench) == []
    assert len(canvas.overlay) == drawn - 1


def test_a_link_goes_into_the_place_of_another(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    bench.do(
        AddBlock(Block("list", "flow.constant", {"value": []})), MoveBlocks({"list": (0, 110)})
    )

    hand.drag(canvas.shapes.port("list", "value", "out"), canvas.shapes.port("sort", "items", "in"))

    assert bench.flow.links[End("sort", "items")].source == End("list", "value")
    bench.undo()
    assert bench.flow.links[End("sort", "items")].source == End("rows", "rows")


def hand_key(popup: BlockSearch, key: Qt.Key) -> None:
    QTest.keyClick(popup.field, key)
