"""Matchers: what each takes, and what is told of a value it doesn't take."""

import datetime
from typing import Any

import msgspec
import pytest

from graph.errors import BadInput
from runtime.flow_tests.case import Matcher
from runtime.flow_tests.matching import MOST, differences, unmet


def told(matcher: Matcher, value: Any) -> list[str]:
    return [str(difference) for difference in unmet(matcher, value)]


@pytest.mark.parametrize(
    ("matcher", "value"),
    [
        (Matcher(equals={"a": [1, None]}), {"a": [1.0, None]}),
        (Matcher(equals={"$bytes": "aGk="}), b"hi"),
        (Matcher(equals={"$date": "2025-01-31"}), datetime.date(2025, 1, 31)),
        (Matcher(equals={"id": 1, "at": "then"}, ignoring=("at",)), {"id": 1, "at": "now"}),
        (Matcher(equals=[{"id": 1, "n": 2}], ignoring=("[*].id",)), [{"id": 7, "n": 2}]),
        (Matcher(equals={"a": {"b": {"id": 1}}}, ignoring=("**.id",)), {"a": {"b": {"id": 2}}}),
        (Matcher(about=[1.0, {"x": 2}], within=0.1), [1.05, {"x": 1.95}]),
        (Matcher(about=0.1 + 0.2), 0.3),
        (Matcher(matches=r"^Hello, \w+"), "Hello, Ada!"),
        (Matcher(contains="Ada"), "Hello, Ada!"),
        (Matcher(contains={"id": 2}), [{"id": 1}, {"id": 2, "name": "x"}]),
        (Matcher(contains={"user": {"id": 2}}), {"user": {"id": 2, "name": "x"}, "more": 1}),
        (Matcher(one_of=("a", 1)), 1),
        (Matcher(unordered=(1, 2, 2)), [2, 1, 2]),
        (Matcher(type="table"), [{"a": 1}]),
        (Matcher(type="any"), None),
        (Matcher(schema={"type": "integer", "minimum": 1}), 3),
    ],
)
def test_a_matcher_takes_what_it_describes(matcher: Matcher, value: Any) -> None:
    assert told(matcher, value) == []


@pytest.mark.parametrize(
    ("matcher", "value", "said"),
    [
        (Matcher(equals=1), True, "true instead of 1"),
        (Matcher(equals={"a": [1, 2]}), {"a": [1, 3]}, "a[1]: 3 instead of 2"),
        (Matcher(equals={"a": 1}), {"a": 1, "b": 2}, "b: 2 wasn't there before"),
        (Matcher(equals=[1, 2]), [1], "[1]: 2 is missing"),
        (Matcher(equals="1"), 1, '1 instead of "1"'),
        (Matcher(about=1.0, within=0.1), 1.2, "1.2 instead of 1.0"),
        (Matcher(matches="^b"), "abc", "\"abc\" doesn't match '^b'"),
        (Matcher(matches="x"), 3, "integer instead of a text that matches 'x'"),
        (Matcher(contains="x"), ["a"], '["a"] doesn\'t contain "x"'),
        (Matcher(contains={"user": {"id": 2}}), {"user": {"id": 3}}, "user.id: 3 instead of 2"),
        (Matcher(one_of=("a", "b")), "c", '"c" is none of "a", "b"'),
        (Matcher(unordered=(1, 2)), [2, 3], "1 is missing"),
        (Matcher(type="text"), 3, "must be text, not integer (3)"),
        (Matcher(schema={"minimum": 4}), 3, "3 is less than the minimum of 4."),
    ],
)
def test_what_isnt_as_described_is_told_with_its_place(
    matcher: Matcher, value: Any, said: str
) -> None:
    assert told(matcher, value)[0].replace("True", "true") == said


def test_only_so_many_differences_are_told() -> None:
    assert len(differences(list(range(100)), list(range(1, 101)))) == MOST


@pytest.mark.parametrize("fields", [{}, {"equals": 1, "contains": 1}])
def test_a_matcher_says_exactly_one_thing(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a matcher says one of equals"):
        Matcher(**fields)


def test_null_is_a_value_to_be_equal_to() -> None:
    matcher = msgspec.json.decode(b'{"equals": null}', type=Matcher)

    assert told(matcher, None) == []
    assert told(matcher, 0) == ["0 instead of None"]


def test_a_pattern_that_would_take_for_ever_is_refused() -> None:
    with pytest.raises(BadInput, match="took more than"):
        unmet(Matcher(matches="^(a|a)+$"), "a" * 60 + "b")
