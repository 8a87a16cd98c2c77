"""Patches: what they make of a value, what they touch, and what doesn't fit says where."""

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.swarm.ui_sync.patches import applied, encoded, look_at
from agents.swarm.ui_sync.shapes import Declined, Operation, Patch, Touched
from graph.errors import BadInput

LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab~/0", max_size=3)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab~/0", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


def operations(*said: dict[str, Any]) -> Patch:
    return Patch(patch=msgspec.convert(said, tuple[Operation, ...]))


RFC_7396 = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
"""The examples of RFC 7396, appendix A."""


@pytest.mark.parametrize(("value", "merge", "wanted"), RFC_7396)
def test_a_merge_patch_does_what_its_rfc_says(value: Any, merge: Any, wanted: Any) -> None:
    assert applied(value, Patch(merge=merge))[0] == wanted


def test_a_json_patch_changes_and_tells_what_it_touched() -> None:
    value = {"title": "x", "items": [1, 2, 3], "old": {"a/b": 1}}

    made, touched = applied(
        value,
        operations(
            {"op": "test", "path": "/title", "value": "x"},
            {"op": "add", "path": "/items/-", "value": 4},
            {"op": "remove", "path": "/items/0"},
            {"op": "move", "from": "/old/a~1b", "path": "/new"},
            {"op": "replace", "path": "/items/0", "value": 9},
        ),
    )

    assert made == {"title": "x", "items": [9, 3, 4], "old": {}, "new": 1}
    assert touched == Touched(("/items/0", "/items/3", "/new", "/old/a~1b"), ("/items",))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"op": "remove", "path": "/nothing"}, "Operation 1, remove /nothing, doesn't fit"),
        ({"op": "test", "path": "/a", "value": 2}, "Operation 1, test /a, doesn't fit"),
        ({"op": "add", "path": "/a/b/c", "value": 2}, "Operation 1, add /a/b/c, doesn't fit"),
        ({"op": "add", "path": "/list/7", "value": 2}, "Operation 1, add /list/7, doesn't fit"),
        ({"op": "move", "path": "/a"}, "Operation 1, move /a, doesn't fit"),
        ({"op": "add", "path": "/a"}, "Operation 1, add /a, doesn't fit"),
        ({"op": "move", "from": "", "path": "/a"}, "Operation 1, move /a, doesn't fit"),
    ],
)
def test_what_does_not_fit_says_which_operation(said: dict[str, Any], why: str) -> None:
    with pytest.raises(Declined, match=why) as caught:
        applied({"a": 1, "list": []}, operations(said))
    assert caught.value.code == "misfit"


def test_copies_that_double_the_state_again_and_again_are_refused() -> None:
    twice = [{"op": "copy", "from": "", "path": f"/{at}"} for at in range(60)]

    with pytest.raises(Declined, match="it may have 1,000,000"):
        applied({"a": "x" * 1_000}, operations(*twice))


def test_what_is_nested_too_deeply_is_refused() -> None:
    deep: Any = "x"
    for _ in range(20_000):
        deep = {"a": deep}

    for refused in (lambda: applied({}, Patch(merge=deep)), lambda: encoded(deep)):
        with pytest.raises(Declined, match="nested too deeply"):
            refused()


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        (Patch(), "either a `patch` or a `merge`"),
        (Patch(patch=(), merge={}), "either a `patch` or a `merge`"),
        (operations({"op": "remove", "path": "a/b"}), "'a/b' is no JSON pointer"),
        (operations({"op": "move", "path": "/a", "from": "/a~2"}), "is no JSON pointer"),
        (operations(*[{"op": "remove", "path": "/a"}] * 1_001), "at most 1,000 operations"),
    ],
)
def test_what_is_no_mutation_says_why(patch: Patch, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        look_at(patch)


@given(VALUES, VALUES)
def test_whatever_is_outside_the_places_told_stays_as_it_was(value: Any, merge: Any) -> None:
    before = copy.deepcopy(value)

    made, touched = applied(value, Patch(merge=merge))

    if isinstance(before, dict) and isinstance(made, dict) and touched.written != ("",):
        names = {pointer.split("/")[1].replace("~1", "/").replace("~0", "~")
                 for pointer in touched.written}  # fmt: skip
        assert {name: made[name] for name in before if name not in names} == {
            name: inner for name, inner in before.items() if name not in names
        }
