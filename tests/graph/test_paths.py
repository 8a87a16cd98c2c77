"""Paths are read strictly, lead only through records and lists, and copy what they change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BadInput
from graph.paths import MISSING, MOST_STEPS, find, look_up, put, read_path, write_path

NAMES = st.text(min_size=1).filter(lambda s: '"' not in s and s == s.strip())


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("name", ("name",)),
        ("user.name", ("user", "name")),
        ("items[0].tags[-1]", ("items", 0, "tags", -1)),
        ("[2]", (2,)),
        ('["a.b"].c', ("a.b", "c")),
        ("['it\"s']", ('it"s',)),
        ("first name.last", ("first name", "last")),
    ],
)
def test_a_path_is_read_into_steps(text: str, steps: tuple[str | int, ...]) -> None:
    assert read_path(text) == steps


@pytest.mark.parametrize(
    "text", ["", ".", "a.", ".a", "a..b", "a[", "a[x]", "a]", "[0]b", "a[0", " "]
)
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is no path"):
        read_path(text)


def test_a_path_has_a_bounded_number_of_steps() -> None:
    with pytest.raises(BadInput, match="at most"):
        read_path(".".join("a" * (MOST_STEPS + 1)))


@given(st.lists(NAMES | st.integers(-999, 999), min_size=1, max_size=6))
def test_a_written_path_reads_back(steps: list[str | int]) -> None:
    assert read_path(write_path(tuple(steps))) == tuple(steps)


def test_a_path_leads_through_records_and_lists() -> None:
    value = {"users": [{"name": "Ada"}, {"name": "Bob"}]}

    assert look_up(value, read_path("users[-1].name")) == "Bob"
    assert look_up(value, read_path("users.0.name")) == "Ada"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("usr", "no 'usr' in the value. Did you mean 'users'"),
        ("users[5]", "no item 5 in 'users', a list of 1"),
        ("users[0].nam", r"no 'nam' in 'users\[0\]'. Did you mean 'name'"),
        ("users[0].name.first", "'users.0..name': it is text"),
    ],
)
def test_a_path_that_gets_lost_says_where(path: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        look_up({"users": [{"name": "Ada"}]}, read_path(path))


@pytest.mark.parametrize(
    "path", ["__class__", "items.__class__", "real", "n.real", "keys", "t.format"]
)
def test_attributes_can_not_be_reached(path: str) -> None:
    assert find({"items": [], "n": 1, "t": ""}, read_path(path)) is MISSING or path == "items"


def test_setting_copies_the_way_and_nothing_else() -> None:
    value = {"a": {"b": [1, {"c": 2}]}, "other": []}

    changed = put(value, read_path("a.b[1].c"), 3)

    assert changed == {"a": {"b": [1, {"c": 3}]}, "other": []}
    assert value == {"a": {"b": [1, {"c": 2}]}, "other": []}
    assert changed["other"] is value["other"]


def test_setting_makes_the_records_on_the_way() -> None:
    assert put({"a": None}, read_path("a.b.c"), 1) == {"a": {"b": {"c": 1}}}


@pytest.mark.parametrize("path", ["name.first", "list[9]", "list[0].a"])
def test_setting_through_what_has_no_such_place_is_refused(path: str) -> None:
    with pytest.raises(BadInput):
        put({"name": "Ada", "list": [1]}, read_path(path), 1)
