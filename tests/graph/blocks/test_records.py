"""Records: fields picked, dropped, renamed and set, of one record or many."""

from typing import Any

import pytest

from graph.blocks import records
from graph.errors import BadInput
from tests.graph.blocks.conftest import PureContext

PEOPLE: list[dict[str, Any]] = [{"name": "Ada", "age": 36}, {"nam": "Bob"}]


def test_picking_says_what_is_missing() -> None:
    with pytest.raises(BadInput, match=r"no 'nme' in 'user'. Did you mean 'name'"):
        records.pick({"user": {"name": "Ada"}}, "user.nme")


def test_picking_may_fall_back() -> None:
    assert records.pick({"a": None}, "a", missing="default", default=1) is None
    assert records.pick({}, "a.b", missing="default") is None


def test_picking_fields_names_the_item_without_one() -> None:
    with pytest.raises(BadInput, match=r"Item 1: There is no 'name'.*Did you mean 'nam'"):
        records.pick_fields(PEOPLE, ["name"])


def test_missing_fields_may_be_null_or_left_out() -> None:
    assert records.pick_fields(PEOPLE, ["name"], "null") == [{"name": "Ada"}, {"name": None}]
    assert records.pick_fields(PEOPLE, ["name"], "leave out") == [{"name": "Ada"}, {}]


def test_two_fields_of_one_name_are_refused() -> None:
    with pytest.raises(BadInput, match="Two fields would be called 'id'"):
        records.pick_fields({}, ["user.id", "repo.id"])


def test_many_fields_of_many_records_are_bounded() -> None:
    with pytest.raises(BadInput, match="too many"):
        records.pick_fields([{}] * 10_000, [f"f{i}" for i in range(2000)], "null")


def test_renaming_keeps_the_order_of_the_fields() -> None:
    renamed = records.rename({"a": 1, "b": 2, "c": 3}, {"b": "x"})

    assert list(renamed) == ["a", "x", "c"]


def test_renaming_names_the_item_without_the_field() -> None:
    with pytest.raises(BadInput, match="Item 1: There is no field 'name'"):
        records.rename(PEOPLE, {"name": "n"})
    assert records.rename(PEOPLE[1], {"name": "n"}, "ignore") == {"nam": "Bob"}


def test_renaming_over_another_field_is_refused() -> None:
    with pytest.raises(BadInput, match="same name"):
        records.rename({"a": 1, "b": 2}, {"a": "b"})


def test_what_is_no_record_is_named() -> None:
    with pytest.raises(BadInput, match=r"Item 1 is integer, not a record"):
        records.drop_fields([{}, 3], ["a"])  # type: ignore[list-item]


async def test_setting_by_expression_sees_item_index_and_inputs(context: PureContext) -> None:
    changed = await records.set_(
        [{"n": 1}, {"n": 2}], "m", context, expression="item['n'] * 10 + index + extra", extra=5
    )

    assert changed == [{"n": 1, "m": 15}, {"n": 2, "m": 26}]


async def test_setting_one_record_gives_one_record(context: PureContext) -> None:
    assert await records.set_({"a": {"b": 1}}, "a.c", context, 2) == {"a": {"b": 1, "c": 2}}


async def test_setting_names_the_item_that_has_no_such_place(context: PureContext) -> None:
    with pytest.raises(BadInput, match="Item 1: There is no 'b' in 'a': it is text"):
        await records.set_([{"a": {}}, {"a": "x"}], "a.b", context, 1)


async def test_setting_in_an_empty_list_needs_no_sandbox(context: PureContext) -> None:
    assert await records.set_([], "a", context, expression="item") == []


def test_flattening_stops_at_the_levels_asked_for() -> None:
    nested = {"a": {"b": {"c": 1}}, "d": {}}

    assert records.flatten_record(nested, levels=1) == {"a.b": {"c": 1}, "d": {}}
    assert records.flatten_record(nested, separator="_") == {"a_b_c": 1, "d": {}}


def test_flattening_into_one_name_is_refused() -> None:
    with pytest.raises(BadInput, match=r"Item 0: Two fields would be called 'a.b'"):
        records.flatten_record([{"a.b": 1, "a": {"b": 2}}])


def test_names_can_not_grow_without_end() -> None:
    with pytest.raises(BadInput, match="name would have more"):
        records.flatten_record({"x" * 499: {"ab": 1}})
    with pytest.raises(BadInput, match="from 1 to 50"):
        records.flatten_record({}, levels=51)
