"""Every example of every block holds, and every block says what it is."""

import copy
import inspect
from typing import Any

import pytest

from graph.block import Route
from graph.spec import BlockSpec, Example
from graph.values import mismatch
from tests.graph.blocks.conftest import PureContext
from tests.write_reference import own_blocks

BLOCKS = list(own_blocks())
PURE = [spec for spec in BLOCKS if spec.agent == "pure"]
EXAMPLES = [
    pytest.param(spec, example, id=f"{spec.kind}-{number}")
    for spec in PURE
    for number, example in enumerate(spec.examples)
]


async def result_of(spec: BlockSpec, inputs: dict[str, Any], context: PureContext) -> Any:
    arguments = {**inputs, spec.wants_context: context} if spec.wants_context else inputs
    result = spec.function(**arguments)
    return await result if inspect.isawaitable(result) else result


def named(spec: BlockSpec, result: Any) -> dict[str, Any]:
    """The result by the name of the output it leaves through."""
    if isinstance(result, Route):
        return {result.port: result.value}
    if len(spec.outputs) == 1:
        return {spec.outputs[0].name: result}
    return dict(zip((output.name for output in spec.outputs), result, strict=True))


@pytest.mark.parametrize(("spec", "example"), EXAMPLES)
async def test_an_example_gives_what_it_says(
    spec: BlockSpec, example: Example, context: PureContext
) -> None:
    result = await result_of(spec, dict(example.inputs), context)

    assert result == example.output
    assert type(result) is type(example.output)


@pytest.mark.parametrize(("spec", "example"), EXAMPLES)
async def test_inputs_are_never_changed(
    spec: BlockSpec, example: Example, context: PureContext
) -> None:
    inputs = copy.deepcopy(dict(example.inputs))

    await result_of(spec, inputs, context)

    assert inputs == example.inputs


@pytest.mark.parametrize(("spec", "example"), EXAMPLES)
def test_an_example_is_of_the_types_the_block_declares(spec: BlockSpec, example: Example) -> None:
    for name, value in example.inputs.items():
        parameter = spec.parameter(name)
        assert parameter or spec.open_inputs
        assert not (parameter and mismatch(parameter.type, value))
    for name, value in named(spec, example.output).items():
        output = spec.output(name)
        assert output is None or not mismatch(output.type, value)


@pytest.mark.parametrize(("spec", "example"), EXAMPLES)
def test_the_fields_of_an_example_pass_the_check_of_the_block(
    spec: BlockSpec, example: Example
) -> None:
    assert spec.check is None or spec.check(example.inputs) == []


@pytest.mark.parametrize("spec", BLOCKS, ids=lambda spec: spec.kind)
def test_a_block_says_what_it_is(spec: BlockSpec) -> None:
    assert spec.title
    assert spec.summary.endswith(".")
    assert spec.icon.startswith("mdi6.")
    assert spec.search
    assert [p.name for p in spec.parameters if not p.description] == []


@pytest.mark.parametrize(
    "spec", [s for s in PURE if s.category in ("text", "data")], ids=lambda spec: spec.kind
)
def test_a_library_block_shows_an_example(spec: BlockSpec) -> None:
    assert spec.examples or spec.effect != "none"


def test_titles_are_unique_within_a_category() -> None:
    titles = [(spec.category, spec.title) for spec in BLOCKS]

    assert len(set(titles)) == len(titles)
