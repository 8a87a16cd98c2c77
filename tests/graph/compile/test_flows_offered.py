"""Blocks that name several flows, and those that bring flows of their own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import graph.blocks.flow
import graph.blocks.logic
import graph.blocks.text
from agents.contract import Grants
from graph.block import FlowNames, block, spec_of
from graph.catalog import Catalog
from graph.compile import compile_flow
from graph.compile.checks import check
from graph.compile.codegen import python_of
from graph.compile.fixes import fixes
from graph.compile.signature import signature_of
from graph.compile.unchanged import changed_tasks
from graph.context import Context
from graph.edits import apply
from graph.flow import Block, Flow
from graph.reshape.references import renamed_inside
from graph.self_contained import self_contained
from runtime.compose import World
from runtime.events import RunSucceeded, ScopeOpened
from runtime.exported import Context as ProgramContext
from tests.runtime.engine.world import Studio

LOUD = Flow.of(
    [
        Block("text", "flow.input", {"name": "text"}),
        Block("up", "text.case", {"style": "upper"}),
        Block("out", "flow.output"),
    ],
    [("text.value", "up.text"), ("up.value", "out.value")],
)
GREET = Flow.of(
    [
        Block(
            "who",
            "flow.input",
            {"name": "who", "type": "text", "required": True, "description": "A first name."},
        ),
        Block("times", "flow.input", {"name": "times", "type": "integer", "default": 1}),
        Block("text", "text.template", {"text": "Hello {who}"}),
        Block("out", "flow.output"),
    ],
    [("who.value", "text.who"), ("text.value", "out.value")],
    name="Greeting",
    description="Greets somebody.",
)


@block("t.chooses", title="Chooses", bodies={"@loud": LOUD})
async def chooses(
    context: Context, use: str, arguments: Mapping[str, Any], flows: FlowNames = ()
) -> Any:
    """Run the flow of that name, and say it loudly."""
    named = {context.flow(name).name: name for name in flows}
    said = await context.scope(named[use], "call", arguments, {})
    return (await context.scope("@loud", "loud", {"text": said["result"]}, {}))["result"]


CATALOG = Catalog.of(graph.blocks.flow, graph.blocks.logic, graph.blocks.text).joined(
    [spec_of(chooses)]
)


def choosing(flows: Sequence[str], **embedded: Flow) -> Flow:
    return Flow.of(
        [
            Block("c", "t.chooses", {"use": "greet", "arguments": {"who": "Ada"}, "flows": flows}),
            Block("out", "flow.output"),
        ],
        [("c.value", "out.value")],
        flows=embedded,
    )


def test_every_flow_named_and_every_one_of_the_kind_is_a_body() -> None:
    plan = compile_flow(choosing(["greet", "other"], greet=GREET, other=LOUD), CATALOG)

    assert list(plan.bodies[plan.index["c"]]) == ["greet", "other", "@loud"]


def test_a_flow_says_what_it_takes() -> None:
    plan = compile_flow(choosing(["greet"], greet=GREET), CATALOG)

    told = signature_of("lib/greet.flow.json", plan.bodies[plan.index["c"]]["greet"])

    assert (told.name, told.description, told.writes) == ("greet", "Greets somebody.", False)
    assert told.takes == {
        "type": "object",
        "properties": {
            "who": {"type": "string", "description": "A first name."},
            "times": {"type": "integer", "default": 1},
        },
        "required": ["who"],
        "additionalProperties": False,
    }


def test_one_of_several_flows_that_is_missing_is_told_and_mended() -> None:
    flow = choosing(["greet", "gret"], greet=GREET)
    (problem,) = check(flow, CATALOG)
    assert (problem.code, problem.field) == ("unknown-flow", "flows")

    mended = {fix.title: apply(flow, fix.edit) for fix in fixes(problem, flow, CATALOG)}

    assert mended["Leave “gret” out"].blocks["c"].fields["flows"] == ["greet"]
    assert mended["Use the flow “greet”"].blocks["c"].fields["flows"] == ["greet", "greet"]
    assert all(check(flow, CATALOG) == [] for flow in mended.values())


def test_flows_offered_need_no_input_from_the_block() -> None:
    assert check(choosing(["greet"], greet=GREET), CATALOG) == []


def test_a_flow_that_is_renamed_is_renamed_in_lists() -> None:
    renamed = renamed_inside(choosing(["greet", "other"]), {"greet": "hello"}, CATALOG)

    assert renamed.blocks["c"].fields["flows"] == ["hello", "other"]


def test_files_named_in_lists_are_embedded() -> None:
    flow = choosing(["lib/greet.flow.json"], **{"lib/greet.flow.json": GREET})

    alone = self_contained(flow, CATALOG)

    assert alone.blocks["c"].fields["flows"] == ["greet"]
    assert alone.flows == {"greet": GREET}


def test_what_a_flow_is_for_counts_for_those_it_is_offered_to() -> None:
    before = compile_flow(choosing(["greet"], greet=GREET), CATALOG)
    other = Flow.of(GREET.blocks.values(), GREET.links.values(), description="Says goodbye.")
    after = compile_flow(choosing(["greet"], greet=other), CATALOG)

    assert changed_tasks(after, before) == ["c"]


async def test_as_python_it_runs_the_same_flows(tmp_path: Path) -> None:
    names: dict[str, Any] = {"__name__": "exported"}
    exec(python_of(choosing(["greet"], greet=GREET), CATALOG), names)
    world = World(tmp_path)

    outputs = await names["flow"](ProgramContext(world, Grants(folder=str(tmp_path))))

    await world.close()
    assert outputs == {"result": "HELLO ADA"}


async def test_it_runs_what_it_names_and_what_came_with_it() -> None:
    studio = Studio(catalog=CATALOG)

    end = await studio.run(choosing(["greet"], greet=GREET))

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": "HELLO ADA"}
    opened = [(e.scope, e.body) for e in await studio.events() if isinstance(e, ScopeOpened)]
    assert opened == [("c[call]", "greet"), ("c[loud]", "@loud")]


def test_a_body_of_a_kind_has_a_name_that_no_flow_can_have() -> None:
    with pytest.raises(TypeError, match="write it like @turn"):
        block("t.bad", title="Bad", bodies={"turn": LOUD})(chooses)
