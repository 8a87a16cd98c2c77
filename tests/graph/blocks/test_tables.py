"""Tables: grouped, measured, aggregated and joined as a database would."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.blocks import tables
from graph.errors import BadInput
from tests.graph.blocks.conftest import PureContext

SALES: list[dict[str, Any]] = [
    {"shop": "a", "price": 2.5, "day": "2026-05-01"},
    {"shop": "b", "price": None, "day": "2026-05-03"},
    {"shop": "a", "price": 4, "day": "2026-05-02"},
    {"shop": None, "price": 1},
]


async def test_groups_keep_every_item_and_their_order(context: PureContext) -> None:
    groups = await tables.group(SALES, context, "shop")

    assert [group["key"] for group in groups] == ["a", "b", None]
    assert [group["count"] for group in groups] == [2, 1, 1]
    assert groups[0]["items"] == [SALES[0], SALES[2]]


async def test_groups_tell_1_from_yes(context: PureContext) -> None:
    groups = await tables.group([1, True, 1.0, "1"], context)

    assert [group["count"] for group in groups] == [2, 1, 1]


@pytest.mark.parametrize(
    ("how", "figure"),
    [
        ("count", 3), ("sum", 7.5), ("mean", 2.5), ("min", 1), ("max", 4), ("first", 2.5),
        ("last", 1), ("collect", [2.5, 4, 1]), ("distinct", 3),
    ],
)  # fmt: skip
def test_every_figure_leaves_out_what_is_missing(how: tables.How, figure: object) -> None:
    assert tables.measure(SALES, how, "price") == figure


@pytest.mark.parametrize(
    ("how", "figure"),
    [("count", 0), ("sum", 0), ("mean", None), ("min", None), ("first", None), ("collect", [])],
)
def test_every_figure_of_nothing(how: tables.How, figure: object) -> None:
    assert tables.measure([], how) == figure


@given(st.lists(st.floats(-1e9, 1e9)))
def test_sums_do_not_depend_on_the_order(numbers: list[float]) -> None:
    assert tables.measure(numbers, "sum") == tables.measure(numbers[::-1], "sum")


def test_whole_numbers_are_summed_exactly() -> None:
    assert tables.measure([10**30, 1], "sum") == 10**30 + 1


def test_a_sum_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(BadInput, match="too large"):
        tables.measure([1e308, 1e308], "sum")
    with pytest.raises(BadInput, match="too large"):
        tables.measure([10**400, 1], "mean")


def test_a_sum_of_texts_names_the_item() -> None:
    with pytest.raises(BadInput, match=r'Item 1 has text \("4"\) where a number is needed'):
        tables.measure([{"p": 1}, {"p": "4"}], "sum", "p")
    with pytest.raises(BadInput, match="Item 0 has boolean"):
        tables.measure([True], "mean")


def test_the_least_of_mixed_kinds_names_the_items() -> None:
    with pytest.raises(BadInput, match="Item 0 has number and item 2 has text"):
        tables.measure([1, None, "a"], "min")


def test_figures_for_each_group() -> None:
    made = tables.aggregate(
        SALES,
        [
            {"how": "count"},
            {"how": "sum", "field": "price", "name": "total"},
            {"how": "max", "field": "day"},
        ],
        ["shop"],
    )

    assert made == [
        {"shop": "a", "count": 2, "total": 6.5, "max_day": "2026-05-02"},
        {"shop": "b", "count": 1, "total": 0, "max_day": "2026-05-03"},
        {"shop": None, "count": 1, "total": 1, "max_day": None},
    ]


def test_an_empty_list_has_one_group_only_without_fields() -> None:
    assert tables.aggregate([]) == [{"count": 0}]
    assert tables.aggregate([], by=["shop"]) == []


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(BadInput, match="Two columns would be called 'count'"):
        tables.aggregate([], [{"how": "count"}, {"how": "count"}])


def test_an_unknown_figure_is_refused() -> None:
    with pytest.raises(BadInput, match="Measure 0: 'median' is none of count, sum"):
        tables.aggregate([], [{"how": "median"}])  # type: ignore[typeddict-item]


def test_the_work_of_aggregating_is_bounded() -> None:
    many: list[tables.Measure] = [{"how": "count", "name": str(i)} for i in range(2000)]

    with pytest.raises(BadInput, match="too many"):
        tables.aggregate([{}] * 10_000, many)


LEFT: list[dict[str, Any]] = [{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": None, "v": "c"}]
RIGHT: list[dict[str, Any]] = [
    {"id": 1, "w": 10},
    {"id": 1, "w": 11},
    {"id": None, "w": 12},
    {"id": 3, "w": 13},
]


def test_an_inner_join_pairs_what_is_equal() -> None:
    assert tables.join(LEFT, RIGHT, ["id"]) == [
        {"id": 1, "v": "a", "w": 10},
        {"id": 1, "v": "a", "w": 11},
    ]


def test_a_left_join_keeps_the_left() -> None:
    assert tables.join(LEFT, RIGHT, ["id"], how="left")[2:] == [
        {"id": 2, "v": "b", "w": None},
        {"id": None, "v": "c", "w": None},
    ]


def test_an_outer_join_keeps_both_sides() -> None:
    assert tables.join(LEFT, RIGHT, ["id"], how="outer")[4:] == [
        {"id": None, "v": None, "w": 12},
        {"id": 3, "v": None, "w": 13},
    ]


@given(
    st.lists(st.fixed_dictionaries({"k": st.integers(0, 4), "l": st.integers()})),
    st.lists(st.fixed_dictionaries({"k": st.integers(0, 4), "r": st.integers()}), min_size=1),
)
def test_a_join_is_what_comparing_every_pair_gives(
    left: list[dict[str, int]], right: list[dict[str, int]]
) -> None:
    pairs = [{**a, **b} for a in left for b in right if a["k"] == b["k"]]

    assert tables.join(left, right, ["k"]) == pairs


def test_keys_may_sit_inside_and_be_called_differently() -> None:
    issues = [{"title": "Crash", "user": {"id": 7}}]
    users = [{"id": 7, "title": "Dr"}]

    assert tables.join(issues, users, ["user.id"], ["id"]) == [
        {"title": "Crash", "user": {"id": 7}, "id": 7, "right_title": "Dr"}
    ]


def test_without_a_prefix_the_right_wins() -> None:
    assert tables.join([{"k": 1, "v": 1}], [{"k": 1, "v": 2}], ["k"], prefix="") == [
        {"k": 1, "v": 2}
    ]


def test_names_that_clash_all_the_same_are_refused() -> None:
    with pytest.raises(BadInput, match="same name"):
        tables.join([{"k": 1, "v": 1, "right_v": 1}], [{"k": 1, "v": 2}], ["k"])


def test_keys_must_be_as_many_on_both_sides() -> None:
    with pytest.raises(BadInput, match="as many"):
        tables.join([], [], ["a", "b"], ["c"])
    with pytest.raises(BadInput, match="as many"):
        tables.join([], [], [])


def test_a_join_that_explodes_is_refused() -> None:
    with pytest.raises(BadInput, match="items"):
        tables.join([{"k": 1}] * 2000, [{"k": 1}] * 2000, ["k"])
