"""A flow as Python: readable, and the same in the end. Whole templates are tried end to end."""

import asyncio
from typing import Any

import pytest

import graph.blocks.flow
import graph.blocks.logic
import graph.blocks.text
from agents.code import blocks as code_blocks
from graph.catalog import Catalog
from graph.compile.codegen import python_of
from graph.compile.pythonic import inlined
from graph.flow import Block, Flow, Settings

CATALOG = Catalog.of(graph.blocks.flow, graph.blocks.logic, graph.blocks.text, code_blocks)


def test_an_expression_stays_as_it_is_where_names_are_the_same() -> None:
    assert inlined("a + 1", {"a": "a"}, {}) == "(a + 1)"


def test_an_expression_takes_the_programs_names() -> None:
    assert inlined("a + 1", {"a": "other"}, {}) == "(other + 1)"


def test_a_name_bound_inside_is_not_taken_for_another() -> None:
    text = inlined("[b for b in a]", {"a": "b"}, {})

    assert eval(text, {"b": [1, 2]}) == [1, 2]


def test_an_expression_may_go_over_lines() -> None:
    text = inlined("a  # the first\n+ 1", {"a": "a"}, {})

    assert eval(text, {"a": 1}) == 2


def test_a_flows_inputs_are_named() -> None:
    assert inlined("inputs['n']", {}, {"n": "count"}) == (
        "(lambda inputs: (inputs['n']))(inputs={'n': count})"
    )


def function_of(flow: Flow) -> Any:
    names: dict[str, Any] = {"__name__": "exported"}
    exec(python_of(flow, CATALOG), names)
    return names


def test_modules_that_expressions_name_are_imported() -> None:
    flow = Flow.of([Block("a", "flow.constant", {"value": {"$expr": "math.floor(2.5)"}})])

    assert "\nimport math\n" in python_of(flow, CATALOG)
    compile(python_of(flow, CATALOG), "exported", "exec")


def test_code_keeps_its_texts_and_gives_its_last_value() -> None:
    code = 'def twice(x):\n    return x * 2\ntext = """a\n  b"""\ntext * twice(1)'
    flow = Flow.of([Block("c", "code.python", {"code": code})])

    assert function_of(flow)["run_c"]() == "a\n  ba\n  b"


def test_blocks_that_share_a_name_are_told_apart() -> None:
    flow = Flow.of(
        [
            Block("run", "flow.constant", {"value": 1}),
            Block("list", "flow.constant", {"value": 2}),
            Block("template", "text.template", {"text": "{a}{b}"}),
        ],
        [("run.value", "template.a"), ("list.value", "template.b")],
    )

    program = python_of(flow, CATALOG)

    assert "run_2 = 1" in program
    assert "list_2 = 2" in program
    assert "template_2 = template(text='{a}{b}', a=run_2, b=list_2)" in program


def test_an_expression_makes_something_of_what_is_linked_to_its_own_port() -> None:
    flow = Flow.of(
        [
            Block("name", "flow.constant", {"value": "ada"}),
            Block("up", "text.case", {"text": {"$expr": "text + '!'"}, "style": "upper"}),
            Block("out", "flow.output"),
        ],
        [("name.value", "up.text"), ("up.value", "out.value")],
    )

    assert asyncio.run(function_of(flow)["flow"](None)) == {"result": "ADA!"}


def test_what_is_linked_counts_and_not_the_field() -> None:
    flow = Flow.of(
        [
            Block("name", "flow.constant", {"value": "ada"}),
            Block("up", "text.case", {"text": "unused", "style": "upper"}),
            Block("out", "flow.output"),
        ],
        [("name.value", "up.text"), ("up.value", "out.value")],
    )

    assert asyncio.run(function_of(flow)["flow"](None)) == {"result": "ADA"}


def test_a_pinned_block_is_its_outputs_and_nothing_of_it_is_called() -> None:
    pinned = Settings(pin={"value": {"n": 1}})
    flow = Flow.of(
        [
            Block("a", "code.python", {"code": "1 / 0"}, settings=pinned),
            Block("out", "flow.output"),
        ],
        [("a.value", "out.value")],
    )

    program = python_of(flow, CATALOG)

    assert "a = {'n': 1}" in program
    assert "1 / 0" not in program


@pytest.mark.parametrize(("name", "came"), [("ada", {"first": "ADA"}), (7, {})])
def test_those_that_came_are_a_record_also_where_none_came(name: Any, came: Any) -> None:
    flow = Flow.of(
        [
            Block("name", "flow.input", {"name": "name"}),
            Block("is", "logic.if", {"condition": {"$expr": "isinstance(value, str)"}}),
            Block("up", "text.case", {"style": "upper"}),
            Block("some", "logic.merge_some"),
            Block("out", "flow.output"),
        ],
        [
            ("name.value", "is.value"),
            ("is.then", "up.text"),
            ("up.value", "some.first"),
            ("some.value", "out.value"),
        ],
    )

    assert asyncio.run(function_of(flow)["flow"](None, name=name)) == {"result": came}
