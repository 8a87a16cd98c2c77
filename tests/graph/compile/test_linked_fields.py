"""A field that is also linked: the link brings the value, the field is kept for later."""

import graph.blocks.flow
import graph.blocks.text
from graph.catalog import Catalog
from graph.compile import check, compile_flow
from graph.flow import Block, Flow

CATALOG = Catalog.of(graph.blocks.flow, graph.blocks.text)


def test_what_is_linked_counts_and_not_the_field() -> None:
    flow = Flow.of(
        [
            Block("name", "flow.constant", {"value": "ada"}),
            Block("upper", "text.case", {"text": "forgotten", "style": "upper"}),
        ],
        [("name.value", "upper.text")],
    )

    plan = compile_flow(flow, CATALOG)

    (call,) = (call for id, call in zip(plan.ids, plan.calls, strict=True) if id == "upper")
    assert call is not None
    assert call(["ada", None]) == "ADA"


def test_a_field_that_is_linked_is_not_complained_about() -> None:
    flow = Flow.of(
        [
            Block("name", "flow.constant", {"value": "ada"}),
            Block("upper", "text.case", {"text": 7, "style": "upper"}),
        ],
        [("name.value", "upper.text")],
    )

    assert check(flow, CATALOG) == []
