"""Lists: sifted, sorted, cut, thinned out, flattened and spread."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.block import spec_of
from graph.blocks import lists
from graph.errors import BadInput
from tests.graph.blocks.conftest import PureContext

NESTED: st.SearchStrategy[Any] = st.recursive(
    st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=20
)


def numbers_in(value: Any) -> list[int]:
    if isinstance(value, int):
        return [value]
    return [number for inner in value for number in numbers_in(inner)]


async def test_filtering_an_empty_list_needs_no_sandbox(context: PureContext) -> None:
    assert await lists.filter_([], "no such", context) == ([], [])


async def test_empty_and_zero_count_as_no(context: PureContext) -> None:
    kept, rest = await lists.filter_([0, "", None, [], 1, "x"], "item", context)

    assert kept == [1, "x"]
    assert rest == [0, "", None, []]


@pytest.mark.parametrize(
    ("test", "value", "kept"),
    [
        ("equals", 2, [2]),
        ("equals", None, [None]),
        ("differs", 2, [None, 1, 3]),
        ("above", 1, [2, 3]),
        ("at least", 2, [2, 3]),
        ("below", 2, [1]),
        ("at most", 2, [1, 2]),
        ("one of", [1, 3, "2"], [1, 3]),
        ("is empty", None, [None]),
        ("is set", None, [1, 2, 3]),
    ],
)
def test_every_test_of_numbers(test: lists.Test, value: Any, kept: list[Any]) -> None:
    items: list[dict[str, Any]] = [{"n": None}, {"n": 1}, {"n": 2}, {"n": 3}]

    assert [item["n"] for item in lists.where(items, "n", test, value).value] == kept


@pytest.mark.parametrize(
    ("test", "value", "kept"),
    [
        ("contains", "a", ["Ada", ["a"]]),
        ("starts with", "B", ["Bob"]),
        ("ends with", "b", ["Bob"]),
        ("is empty", None, ["", []]),
    ],
)
def test_every_test_of_texts(test: lists.Test, value: Any, kept: list[Any]) -> None:
    texts: list[Any] = ["Ada", "Bob", "", ["a"], []]
    items = [{"t": one} for one in texts]

    assert [item["t"] for item in lists.where(items, "t", test, value).value] == kept


def test_a_comparison_that_makes_no_sense_is_named() -> None:
    with pytest.raises(BadInput, match="Item 1: text can't be compared with integer"):
        lists.where([{"n": 1}, {"n": "2"}], "n", "above", 1)
    with pytest.raises(BadInput, match="no value to compare"):
        lists.where([{"n": 1}], "n", "above")
    with pytest.raises(BadInput, match="must be a list"):
        lists.where([{"n": 1}], "n", "one of", "abc")


async def test_sorting_is_stable_both_ways(context: PureContext) -> None:
    items = [{"k": 1, "n": i} for i in range(3)] + [{"k": 0, "n": 3}]

    up = await lists.sort(items, context, "k")
    down = await lists.sort(items, context, "k", descending=True)

    assert [item["n"] for item in up] == [3, 0, 1, 2]
    assert [item["n"] for item in down] == [0, 1, 2, 3]


async def test_sorting_by_several_keys_takes_a_list(context: PureContext) -> None:
    items = [{"a": 2, "b": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 1}]

    ordered = await lists.sort(items, context, expression="[item['a'], item['b']]")

    assert ordered == [items[2], items[1], items[0]]


async def test_capitals_may_be_passed_over(context: PureContext) -> None:
    assert await lists.sort(["b", "C", "a"], context, ignore_case=True) == ["a", "b", "C"]


async def test_sorting_kinds_that_have_no_order_is_refused(context: PureContext) -> None:
    with pytest.raises(BadInput, match="Item 0 has number and item 2 has text"):
        await lists.sort([1, None, "1"], context)


async def test_a_field_no_item_has_is_a_slip(context: PureContext) -> None:
    with pytest.raises(BadInput, match=r"No item has a field 'prise'. Did you mean 'price'"):
        await lists.sort([{"price": 1}], context, "prise")
    assert await lists.sort([], context, "prise") == []


async def test_field_and_expression_exclude_each_other(context: PureContext) -> None:
    with pytest.raises(BadInput, match="both set"):
        await lists.sort([1], context, "a", "item")
    check = spec_of(lists.sort).check
    assert check
    assert [problem.code for problem in check({"field": "a", "expression": "b"})] == ["field-clash"]
    assert [problem.field for problem in check({"field": "a["})] == ["field"]


@given(st.lists(st.integers(0, 5)))
def test_duplicates_go_and_the_order_stays(items: list[int]) -> None:
    assert lists.deduplicate(items) == list(dict.fromkeys(items))
    assert lists.deduplicate(items, keep="last") == list(dict.fromkeys(items[::-1]))[::-1]


def test_records_are_duplicates_whatever_the_order_of_their_fields() -> None:
    assert len(lists.deduplicate([{"a": [1], "b": 2}, {"b": 2, "a": [1]}])) == 1


def test_cutting_beyond_the_end_gives_what_there_is() -> None:
    assert lists.limit([1, 2], 5, 1) == [2]
    assert lists.limit([1, 2], 0) == []
    with pytest.raises(BadInput, match="below zero"):
        lists.limit([1], -1)


@given(st.lists(NESTED, max_size=5))
def test_flattening_all_the_way_leaves_no_list(items: list[Any]) -> None:
    flat = lists.flatten(items, 0)

    assert flat == numbers_in(items)


def test_depth_costs_nothing() -> None:
    deep: list[Any] = [1]
    for _ in range(100_000):
        deep = [deep]

    assert lists.flatten(deep, 0) == [1]


def test_expanding_copies_only_what_changes() -> None:
    item = {"id": 1, "a": {"tags": ["x", "y"], "k": 0}}

    assert lists.expand([item, {"a": None}], "a.tags") == [
        {"id": 1, "a": {"tags": "x", "k": 0}},
        {"id": 1, "a": {"tags": "y", "k": 0}},
    ]
    assert item["a"] == {"tags": ["x", "y"], "k": 0}


def test_expanding_what_is_no_list_is_named() -> None:
    with pytest.raises(BadInput, match="Item 0: 'tags' must be a list, not text"):
        lists.expand([{"tags": "abc"}], "tags")


def test_expanding_wide_records_is_bounded() -> None:
    wide = {f"f{i}": 0 for i in range(10_000)} | {"tags": [0] * 10_000}

    with pytest.raises(BadInput, match="too many"):
        lists.expand([wide], "tags")
