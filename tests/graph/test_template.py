"""Templates hold places for plain values and nothing that could do more."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BadInput
from graph.template import fill, read_template


def filled(text: str, **values: object) -> str:
    return "".join(fill(read_template(text), values))


def test_places_take_values_by_name_and_path() -> None:
    assert filled("{a}-{ b.c[0] }-{d['e f']}", a=1, b={"c": [True]}, d={"e f": None}) == "1-true-"


@given(st.text())
def test_a_text_with_its_braces_doubled_comes_out_as_it_was(text: str) -> None:
    assert filled(text.replace("{", "{{").replace("}", "}}")) == text


@given(st.text(alphabet="{}a.[]0!: \n"))
def test_any_text_is_either_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadInput):
        assert all(read_template(text))


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "}",
        "{a",
        "a}",
        "{}",
        "{ }",
        "{a!r}",
        "{a:>10}",
        "{a:{b}}",
        "{0.__class__!s}",
        '{"a": 1}',
    ],
)
def test_formats_conversions_and_lone_braces_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="Line 1"):
        read_template(text)


@pytest.mark.parametrize(
    "text",
    [
        "{a.__class__}",
        "{a.__class__.__mro__[1].__subclasses__}",
        "{f.__globals__[secret]}",
        "{a[__init__]}",
        "{a.real}",
    ],
)
def test_a_hostile_template_reaches_no_attribute(text: str) -> None:
    with pytest.raises(BadInput):
        filled(text, a=1, f=filled)


def test_a_missing_value_is_named_with_its_line() -> None:
    with pytest.raises(BadInput, match=r"Line 2: \{nmae\} has no value.*Did you mean 'name'"):
        filled("Dear\n{nmae}", name="Ada")


def test_a_missing_value_may_be_blank() -> None:
    assert "".join(fill(read_template("<{a.b}>"), {}, blank=True)) == "<>"
