"""Values that are small in memory and endless when written out are told from merely large ones."""

import time
from typing import Any

import pytest

from graph.blocks.logic import merge_all
from graph.errors import BadInput
from graph.sharing import is_endless


def doubled(times: int) -> Any:
    value: Any = 1
    for _ in range(times):
        value = {"a": value, "b": [value]}
    return value


def ring() -> list[Any]:
    made: list[Any] = []
    made.extend((made, made))
    return made


ROWS = [{"n": n, "text": str(n)} for n in range(100_000)]


@pytest.mark.parametrize(
    "value",
    [doubled(60), doubled(5_000), ring(), [[[0] * 10_000] * 10_000] * 10_000, [ROWS] * 1_000],
    ids=["doubled", "deep", "ring", "lists", "tables"],
)
def test_an_endless_value_is_found_at_once(value: Any) -> None:
    began = time.process_time()

    assert is_endless(value)
    with pytest.raises(BadInput, match="over and over"):
        merge_all(one=value)

    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "value",
    [
        1,
        "text",
        [],
        {},
        doubled(14),
        [ROWS] * 5,
        [{"same": 1}] * 1_000_000,
        [list(range(1_000_000))],
    ],
    ids=["number", "text", "list", "record", "doubled", "tables", "equal", "long"],
)
def test_one_that_has_an_end_is_not(value: Any) -> None:
    assert not is_endless(value)
