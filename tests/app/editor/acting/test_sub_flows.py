"""Blocks become a sub-flow on the canvas and come out of it again, with room around them."""

from itertools import combinations

from app.editor.canvas.canvas import Canvas
from app.workbench import Workbench
from tests.app.editor.hands import Hand


def test_blocks_become_a_sub_flow_and_come_out_again(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    before = bench.flow
    bench.select(["fill", "case"])
    hand.do("arrange.collapse")
    (made,) = bench.selected

    bench.select([made])
    hand.do("arrange.expand")

    assert bench.flow.blocks == before.blocks
    assert bench.flow.links == before.links
    assert bench.flow.view.positions == before.view.positions
    assert bench.selected == {"fill", "case"}


def test_others_make_way_for_blocks_that_come_out(
    hand: Hand, bench: Workbench, canvas: Canvas
) -> None:
    bench.select(["rows", "sort", "fill", "case"])
    hand.do("arrange.collapse")
    (made,) = bench.selected
    hand.do("arrange.layout")

    bench.select([made])
    hand.do("arrange.expand")

    rects = [canvas.shapes.rect(id) for id in bench.flow.blocks]
    assert not any(one.intersects(other) for one, other in combinations(rects, 2))
