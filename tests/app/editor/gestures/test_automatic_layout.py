"""The automatic layout on the canvas: links run straight, frames follow, one step back."""

from app.editor.canvas.canvas import Canvas
from app.workbench import Workbench
from graph.edits import MoveBlocks, SetRoute
from graph.flow import End
from tests.app.editor.hands import Hand, steps

ITEMS = End("sort", "items")


def test_links_run_straight_from_port_to_port(hand: Hand, bench: Workbench, canvas: Canvas) -> None:
    hand.do("arrange.layout")

    for target, link in bench.flow.links.items():
        leaves = canvas.shapes.port(link.source.block, link.source.port, "out")
        arrives = canvas.shapes.port(target.block, target.port, "in")
        assert abs(leaves.y() - arrives.y()) < 1
        assert leaves.x() < arrives.x()


def test_what_was_led_by_hand_is_led_anew_and_one_step_takes_all_back(
    hand: Hand, bench: Workbench
) -> None:
    apart = MoveBlocks({"rows": (100, 500), "sort": (40, 900)})
    bench.do(apart, SetRoute(ITEMS, ((288, 756),)))
    before = bench.flow

    hand.do("arrange.layout")

    assert bench.flow.view.routes == {}
    assert len(steps(bench)) == 2
    bench.undo()
    assert bench.flow == before
