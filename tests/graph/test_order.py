"""Sameness and order of values, whatever they are made of."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BadInput
from graph.order import identity, order_keys

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(VALUES)
def test_equal_values_have_one_identity(value: object) -> None:
    twin = identity(list(value) if isinstance(value, list) else value)

    assert identity(value) == twin
    assert hash(identity(value)) == hash(twin)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), ("1", 1), (None, ""), ([], {}), ([1], (1, 2)), ({"a": 1}, {"a": 2})],
)
def test_different_values_have_different_identities(one: object, other: object) -> None:
    assert identity(one) != identity(other)


def test_fields_come_in_any_order_and_not_a_number_is_itself() -> None:
    assert identity({"a": 1, "b": [2.0]}) == identity({"b": [2], "a": 1})
    assert identity(float("nan")) == identity(float("nan"))


@given(st.lists(st.integers() | st.floats(allow_nan=False)))
def test_numbers_sort_by_value(numbers: list[float]) -> None:
    keys = order_keys(numbers)

    assert sorted(range(len(numbers)), key=keys.__getitem__) == sorted(
        range(len(numbers)), key=numbers.__getitem__
    )


def test_lists_sort_item_by_item_with_nothing_last() -> None:
    values = [["a", None], ["a", 2], [None, 1], ["a", 1]]
    keys = order_keys(values)

    ordered = [values[i] for i in sorted(range(4), key=keys.__getitem__)]

    assert ordered == [["a", 1], ["a", 2], ["a", None], [None, 1]]


def test_times_with_and_without_a_zone_sort_together() -> None:
    plain = datetime.datetime(2026, 5, 3, 12)  # noqa: DTZ001
    later = datetime.datetime(2026, 5, 3, 13, tzinfo=datetime.UTC)
    first, second = order_keys([plain, later])

    assert first < second


def test_kinds_that_have_no_order_are_named() -> None:
    with pytest.raises(BadInput, match="Item 1 has number and item 2 has text"):
        order_keys([None, 3, "3"])
    with pytest.raises(BadInput, match="Item 0 has a record"):
        order_keys([{}])
