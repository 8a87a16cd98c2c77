"""Changes as a person names them: `block.field`, through loops and sub-flows, to a value."""

from pathlib import Path
from typing import Any

import pytest

from graph.edits import SetField, apply
from graph.flow import Block, Flow
from runtime.changes import NoSuchField, edits_for
from runtime.commands import ReplayRun
from runtime.events import RunSucceeded
from tests.end_to_end.beside import end_of, runtime_in, troublemakers

FLOW = Flow.of(
    [
        Block("text", "text.template", {"text": "one"}),
        Block("case", "text.case", {"text": "one"}),
        Block("each", "logic.for_each", {"items": [1], "body": "round"}),
        Block("safe", "logic.try", {"body": "round", "catch": "rescue"}),
        Block("code", "code.python", {"code": "n + 1", "n": 1}),
        Block("out", "flow.output"),
    ],
    [("text.value", "out.value")],
    flows={
        "round": Flow.of(
            [
                Block("fill", "text.template", {"text": "two"}),
                Block("case", "text.case", {"text": "two"}),
                Block("call", "flow.call", {"flow": "shared"}),
                Block("own", "flow.call", {"flow": "inner"}),
            ],
            flows={"inner": Flow.of([Block("deep", "text.template", {"text": "three"})])},
        ),
        "shared": Flow.of([Block("same", "text.template", {"text": "four"})]),
        "rescue": Flow.of([Block("last", "text.template", {"text": "five"})]),
    },
)


def changed(tmp_path: Path, **changes: Any) -> Flow:
    flow = FLOW
    for edit in edits_for(FLOW, troublemakers(tmp_path).catalog, changes):
        flow = apply(flow, edit)
    return flow


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("text", ()),
        ("each/fill", ("round",)),
        ("safe/last", ("rescue",)),
        ("each/call/same", ("shared",)),
        ("safe/own/deep", ("round", "inner")),
    ],
)
def test_a_field_is_set_wherever_its_block_is(
    tmp_path: Path, place: str, where: tuple[str, ...]
) -> None:
    flow = changed(tmp_path, **{f"{place}.text": "new"})

    for name in where:
        flow = flow.flows[name]
    assert flow.blocks[place.rpartition("/")[2]].fields == {"text": "new"}


def test_a_block_that_takes_any_input_takes_any_field(tmp_path: Path) -> None:
    assert changed(tmp_path, **{"code.m": 2}).blocks["code"].fields["m"] == 2


def test_several_changes_are_made_in_their_order(tmp_path: Path) -> None:
    changes = {"text.text": "a", "code.n": [1]}

    edits = list(edits_for(FLOW, troublemakers(tmp_path).catalog, changes))

    assert edits == [SetField("text", "text", "a"), SetField("code", "n", [1])]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("text", "'text' names no field. Write block.field=value."),
        ("txt.text", "There is no block 'txt'. Did you mean 'text'?"),
        ("case.txt", "'case' has no field 'txt'. Did you mean 'text'?"),
        ("text/fill.text", "'text' runs no flow. Write block.field=value."),
        ("each/fil.text", "'each' runs no flow that has a block 'fil'. Did you mean 'fill'?"),
        ("each/fill/x.text", "'fill' runs no flow."),
        ("each/call/sam.text", "'call' runs no flow that has a block 'sam'. Did you mean 'same'?"),
        ("each/case.txt", "'case' has no field 'txt'. Did you mean 'text'?"),
        (".text", "There is no block ''."),
        ("/.text", "There is no block ''."),
    ],
)
def test_what_is_not_there_is_named_with_what_is(tmp_path: Path, place: str, said: str) -> None:
    with pytest.raises(NoSuchField) as caught:
        changed(tmp_path, **{place: 1})

    assert str(caught.value).startswith(said)


async def test_a_run_is_replayed_with_a_change_inside_a_loop(tmp_path: Path) -> None:
    body = Flow.of(
        [
            Block("item", "flow.input", {"name": "item"}),
            Block("fill", "text.template", {"text": "{item}!"}),
            Block("out", "flow.output"),
        ],
        [("item.value", "fill.item"), ("fill.value", "out.value")],
    )
    flow = Flow.of(
        [
            Block("each", "logic.for_each", {"items": [1, 2], "body": "b"}),
            Block("out", "flow.output"),
        ],
        [("each.value", "out.value")],
        flows={"b": body},
    )
    async with runtime_in(tmp_path) as runtime:
        first = await end_of(runtime, flow)
        command = ReplayRun(first.run, "each/fill", {"each/fill.text": "{item}?"})
        again = await runtime.ended((await runtime.obey(command)).run)

    assert isinstance(again, RunSucceeded)
    assert again.outputs == {"result": ["1?", "2?"]}
