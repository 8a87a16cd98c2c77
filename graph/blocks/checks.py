"""What can be seen to be wrong with a block's fields before anything runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from graph.errors import BadInput, Problem
from graph.spec import Check

Reader = Callable[[str], Any]
"""Reads a text, raising BadInput when it can't."""


def readable(**readers: Reader) -> Check:
    """A check that the fields named can be read, each by its reader: paths, patterns, zones…

    A field may hold one text or a list of them; one that is linked, computed or empty is left
    alone.
    """

    def check(fields: Mapping[str, Any]) -> list[Problem]:
        return [
            problem
            for name, read in readers.items()
            for text in _texts(fields.get(name))
            if (problem := _problem(name, read, text))
        ]

    return check


def not_both(one: str, other: str) -> Check:
    """A check that at most one of two fields is set."""

    def check(fields: Mapping[str, Any]) -> list[Problem]:
        if not (fields.get(one) and fields.get(other)):
            return []
        message = f"{one.capitalize()} and {other} are both set."
        return [Problem("field-clash", message, "Empty one of them.", field=other)]

    return check


def all_of(*checks: Check) -> Check:
    """One check made of several."""
    return lambda fields: [problem for check in checks for problem in check(fields)]


def only_if(name: str, check: Check) -> Check:
    """A check that counts only while the field `name` is switched on."""
    return lambda fields: check(fields) if fields.get(name) is True else []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        yield from (one for one in value if isinstance(one, str))


def _problem(name: str, read: Reader, text: str) -> Problem | None:
    try:
        read(text)
    except BadInput as error:
        return Problem("field-value", error.message, error.cure, field=name)
    return None
