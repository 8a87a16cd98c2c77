"""Kinds of blocks as flows of their own, to be used as tools."""

import pytest

from graph.compile import compile_flow
from graph.compile.checks import check
from graph.compile.ports import interface
from graph.compile.signature import signature_of
from graph.flow import End
from graph.reshape.wrapping import wrapped
from graph.spec import BlockSpec, Output, Parameter
from graph.values import LIST, TEXT
from runtime.plugins import installed

CATALOG = installed().catalog


@pytest.mark.parametrize("kind", ["text.template", "http.request", "files.read", "ai.chat"])
def test_a_block_takes_what_it_cant_do_without(kind: str) -> None:
    spec = CATALOG.spec(kind)

    told = signature_of("it", compile_flow(wrapped(spec), CATALOG))

    assert told.description == spec.summary
    required = {p.name for p in spec.parameters if p.required}
    assert set(told.takes["required"]) == required


def test_every_kind_can_be_wrapped() -> None:
    for spec in CATALOG:
        if spec.category not in ("flow", "logic"):
            problems = [p.code for p in check(wrapped(spec), CATALOG) if p.severity == "error"]
            assert set(problems) <= {"missing", "field-value"}, spec.kind


def test_a_tool_of_a_server_takes_every_argument_and_gives_its_answer_once() -> None:
    spec = BlockSpec(
        "mcp.loom__weather", "Weather", print,
        parameters=(Parameter("city", TEXT), Parameter("unit", TEXT, default="celsius")),
        outputs=(Output("value"), Output("text", TEXT), Output("content", LIST)),
    )  # fmt: skip

    flow = wrapped(spec)

    takes, gives = interface(flow)
    assert (list(takes), list(gives)) == (["city", "unit"], ["result"])
    assert flow.links[End("weather_result", "value")].source == End("weather", "value")
