"""The block that runs code: its examples hold, and its errors reach the flow."""

from typing import Any

import pytest

from agents.code.blocks import python
from agents.code.errors import CodeFailed
from agents.code.sandbox import Sandbox
from agents.contract import Grants
from graph.block import spec_of
from graph.errors import BlockError
from graph.spec import Example, Needs
from tests.agents.conftest import Surroundings

SPEC = spec_of(python)


class Around(Surroundings):
    """A context whose one agent is the sandbox of the test."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(Grants(folder="/"))
        self._sandbox: Any = sandbox

    async def agent(self, kind: type[Any]) -> Any:
        assert kind is Sandbox
        return self._sandbox


@pytest.fixture
def around(sandbox: Sandbox) -> Around:
    return Around(sandbox)


@pytest.mark.parametrize("example", SPEC.examples, ids=lambda example: example.title)
async def test_an_example_gives_what_it_says(around: Around, example: Example) -> None:
    assert await python(context=around, **example.inputs) == example.output


async def test_code_that_fails_fails_the_block_with_its_place(around: Around) -> None:
    with pytest.raises(BlockError, match=r"line 2, column 1") as caught:
        await python("total = 0\nprice / total", around, price=3)

    assert isinstance(caught.value, CodeFailed)
    assert not caught.value.retryable


async def test_the_block_says_that_it_runs_code_and_takes_any_inputs() -> None:
    assert SPEC.needs is not None
    assert SPEC.needs({"code": "1"}) == Needs(code=True)
    assert SPEC.open_inputs
    assert [output.name for output in SPEC.outputs] == ["value", "printed"]
