"""Geometry that follows a flow from change to change is that of the flow built anew."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from app.document import Document
from app.editor.canvas.shapes import Shapes
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import (
    AddBlock,
    ChangeId,
    Connect,
    Disconnect,
    MoveBlocks,
    RemoveBlock,
    SetColour,
    SetExposed,
    SetField,
)
from graph.flow import Block, End, Flow, Link

IDS = some.sampled_from(["a", "b", "c", "d"])
KINDS = some.sampled_from(["data.sort", "text.template", "logic.switch", "flow.note", "no.such"])
PLACES = some.tuples(some.integers(-500, 500), some.integers(-500, 500))
INPUTS = some.sampled_from(["items", "field", "template", "other"])

EDITS = some.one_of(
    some.builds(lambda id, kind: AddBlock(Block(id, kind)), IDS, KINDS),
    some.builds(RemoveBlock, IDS),
    some.builds(lambda id, place: MoveBlocks({id: place}), IDS, some.none() | PLACES),
    some.builds(lambda a, b, port: Connect(Link(End(a, "value"), End(b, port))), IDS, IDS, INPUTS),
    some.builds(lambda id, port: Disconnect(End(id, port)), IDS, INPUTS),
    some.builds(SetColour, IDS, some.sampled_from(["", "#c2585d", "#4f82c4"])),
    some.builds(lambda id, port: SetExposed(id, (port,)), IDS, INPUTS),
    some.builds(lambda id: SetField(id, "cases", ["x", "y"]), IDS),
    some.builds(ChangeId, IDS, some.sampled_from(["e", "f", "a"])),
)
STEPS = some.lists(EDITS | some.sampled_from(["undo", "redo"]), max_size=25)


def told(shapes: Shapes) -> dict[str, Any]:
    """All that shapes tell, with colours by name."""
    return {
        "ids": shapes.ids,
        "rows": shapes.rows,
        "cards": shapes.cards,
        "rects": shapes.rects.tolist(),
        "tints": [shapes.tint_names[tint] for tint in shapes.tints.tolist()],
        "links": shapes.links,
        "link_rows": shapes.link_rows,
        "ends": shapes.ends.tolist(),
        "boxes": shapes.boxes.tolist(),
        "kinds": shapes.link_kinds.tolist(),
    }


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(STEPS)
def test_shapes_that_follow_equal_shapes_built_anew(studio: Studio, steps: list[Any]) -> None:
    bench = Workbench(Document(Flow()), studio.catalog)
    shapes = Shapes(bench)

    for step in steps:
        if step == "undo":
            bench.undo()
        elif step == "redo":
            bench.redo()
        else:
            bench.do(step)
        shapes.displace({"a": (9999, 9999)})
        shapes.follow()

    shapes.displace({})
    assert told(shapes) == told(Shapes(bench))
    bench.close()


def test_a_block_nobody_placed_stands_below_the_others(studio: Studio) -> None:
    bench = Workbench(Document(Flow.of([Block("a", "data.sort")])), studio.catalog)
    bench.do(MoveBlocks({"a": (100, 100)}), AddBlock(Block("b", "data.sort")))

    shapes = Shapes(bench)

    assert shapes.rect("b").top() > shapes.rect("a").bottom()
    bench.close()


@pytest.mark.parametrize("gone", ["a", "b"])
def test_a_link_goes_with_its_block(studio: Studio, gone: str) -> None:
    flow = Flow.of([Block("a", "data.sort"), Block("b", "data.sort")], [("a.value", "b.items")])
    bench = Workbench(Document(flow), studio.catalog)
    shapes = Shapes(bench)

    bench.do(RemoveBlock(gone))
    shapes.follow()

    assert shapes.links == []
    assert not np.any(shapes.sources)
    bench.close()
