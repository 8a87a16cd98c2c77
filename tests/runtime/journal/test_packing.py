"""Values come back as they were, or are refused: nothing in between."""

import datetime
import enum
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.events import TaskFinished
from runtime.journal import packing
from runtime.journal.contract import Unrecordable
from runtime.journal.packing import LARGE
from runtime.journal.segments import reader, write
from tests.runtime.journal.small_run import small_run

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | texts
    | st.binary(max_size=20)
    | st.dates()
    # `fold` says which of two equal hours of a time zone is meant; an offset has only one.
    | st.datetimes(timezones=st.none() | st.just(datetime.UTC)).map(lambda at: at.replace(fold=0))
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def there_and_back(value: Any) -> Any:
    written = write([TaskFinished("a", 1, 1.0, "t", 1.0, {"value": value})])
    [segment] = written.segments
    [event] = reader(written.blobs.__getitem__)(segment.format, segment.payload)
    return event.outputs["value"]


@given(values)
def test_any_value_comes_back_as_it_was(value: Any) -> None:
    back = there_and_back(value)

    assert (back, repr(back)) == (value, repr(value))


@given(values)
def test_so_does_a_large_one(value: Any) -> None:
    before, middle, after = there_and_back([value, "x" * LARGE, {"value": value}])

    assert (repr(before), len(middle), repr(after)) == (repr(value), LARGE, repr({"value": value}))


class Colour(enum.StrEnum):
    RED = "red"


class Pair(tuple[int, int]):
    """As a named tuple is."""


class Count(int):
    """As a boolean of NumPy is."""


@pytest.mark.parametrize(
    ("value", "kept"),
    [(Colour.RED, "red"), (Pair((1, 2)), [1, 2]), ({"n": Count(3)}, {"n": 3}), ((), [])],
)
def test_what_is_a_kind_of_text_number_or_list_is_kept_as_that(value: Any, kept: Any) -> None:
    back = there_and_back(value)

    assert (back, type(back)) == (kept, type(kept))


@pytest.mark.parametrize(
    "value",
    [
        datetime.time(9, 30),
        datetime.timedelta(1),
        bytearray(b"x"),
        range(3),
        map(str, []),
        {"deep": [{"er": {1}}]},
    ],
    ids=["a time", "a span", "an array", "a range", "a map", "a set inside"],
)
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(Unrecordable):
        there_and_back(value)


def doubled(times: int, value: Any = 1) -> Any:
    """A value that is small in memory and has 2**times parts when written out."""
    for _ in range(times):
        value = {"a": value, "b": [value]}
    return value


def ring() -> list[Any]:
    made: list[Any] = []
    made.extend((made, made))
    return made


@pytest.mark.parametrize(
    "value",
    [
        doubled(60),
        doubled(199),
        doubled(500),
        ring(),
        "x" * 100_000_000,
        ["x" * 1_000_000] * 1_000,
        [["x" * 1_000] * 100_000] * 10,
        [[[None] * 10_000] * 10_000] * 10_000,
        [[], *[[n] for n in range(99)], *[["x"] * 1_000_000] * 99],
        {"a": doubled(40, "text")},
    ],
    ids=["60", "199", "500", "ring", "text", "one text", "texts", "lists", "large ones", "inside"],
)
def test_what_would_not_end_when_written_out_is_refused_at_once(value: Any) -> None:
    began = time.process_time()

    with pytest.raises(Unrecordable, match=r"more than 64 MB|or that contains itself"):
        there_and_back(value)

    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "value", [doubled(12), [doubled(3)] * 30_000, [{"n": 1}] * 30_000, [["x" * 99] * 99] * 99]
)
def test_what_merely_has_equal_parts_is_kept(value: Any) -> None:
    assert there_and_back(value) == value


def test_values_are_set_aside_one_by_one() -> None:
    outputs = {"small": "x", "large": "y" * 2 * LARGE, "list": ["z" * LARGE, "z" * LARGE]}

    written = write([TaskFinished("a", 1, 1.0, "t", 1.0, outputs)])

    assert len(written.blobs) == 2
    assert written.uses == {("a", digest) for digest in written.blobs}
    assert len(written.segments[0].payload) < 300


def test_whatever_carries_values_may_have_them_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "LARGE", 10)

    written = write(small_run())

    assert len(written.blobs) > 3
    [segment] = written.segments
    assert reader(written.blobs.__getitem__)(segment.format, segment.payload) == small_run()
