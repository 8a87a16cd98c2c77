"""What can be written next in code."""

import pytest

from app.presenters.completion import completions, place_completions

VALUES = {"order": {"id": 1, "items": []}, "rows": [{"name": "Ann"}]}


def offers(before: str) -> list[str]:
    return completions(before, ["order", "rows", "other"], VALUES).offers


def test_names_that_are_given_come_first() -> None:
    assert offers("return or")[:1] == ["order"]
    assert "ord" in offers("return or")


def test_one_letter_offers_only_what_is_given() -> None:
    assert offers("o") == ["order", "other"]


@pytest.mark.parametrize("before", ["order['i", 'order["i', "order.get('i"])
def test_keys_of_the_last_value_are_offered(before: str) -> None:
    assert offers(before) == ["id", "items"]


def test_keys_of_the_first_of_several_are_offered() -> None:
    assert offers("rows[0]['") == ["name"]


@pytest.mark.parametrize("before", ["x = 'or", "# or", "item.or", "or1"])
def test_nothing_is_offered_where_no_name_begins(before: str) -> None:
    assert offers(before) == []


def test_a_name_that_is_complete_offers_nothing() -> None:
    assert offers("other") == []


@pytest.mark.parametrize(("before", "offers"), [
    ("Dear {", ["order", "rows", "other"]), ("Dear {or", ["order"]), ("{order.", ["id", "items"]),
    ("{order.i", ["id", "items"]), ("{rows[0].", ["name"]), ("{{or", []), ("{order} or", []),
    ("{nobody.", []),
])  # fmt: skip
def test_names_and_what_they_have_are_offered_in_places(before: str, offers: list[str]) -> None:
    assert place_completions(before, ["order", "rows", "other"], VALUES).offers == offers
