"""Where a run goes on that is run from here: at the selected block, in the round that is shown."""

import pytest

from app.running.actions import beginning
from graph.flow import Block, Flow
from tests.app.flows import opened

BODY = Flow.of([Block("item", "flow.input", {"name": "item"}), Block("post", "text.template")])
FLOW = Flow.of(
    [Block("each", "logic.for_each", {"items": [1, 2], "body": "b"}), Block("say", "text.case")],
    flows={"b": BODY},
)


@pytest.mark.parametrize(
    ("inside", "selected", "round", "begins"),
    [
        (False, "say", "", "say"),
        (False, "each", "", "each"),
        (False, "each", "each[1]", "each[1]"),
        (False, "say", "each[1]", "say"),
        (True, "post", "", "each/post"),
        (True, "post", "each[1]", "each[1]/post"),
        (True, "", "each[1]", "each[1]"),
        (False, "", "", ""),
    ],
)
def test_it_begins_where_one_looks(
    request: pytest.FixtureRequest, inside: bool, selected: str, round: str, begins: str
) -> None:
    bench = opened(request, FLOW)
    if inside:
        bench.enter("b", "each")
    bench.show_round(round)
    bench.select([selected] if selected else [])

    assert beginning(bench) == begins
