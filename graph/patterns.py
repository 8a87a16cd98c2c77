"""Regular expressions that can neither hang nor swallow the memory."""

import re
from collections.abc import Iterator
from typing import Any

import regex  # type: ignore[import-untyped]

from graph.errors import BadInput

LONGEST_PATTERN = 10_000
LARGEST_PATTERN = 50_000
"""How many steps a pattern may have once its fixed repeats are written out, as the engine does."""
LONGEST_TIME = 10.0
"""Seconds that a pattern may be given at most."""
LONGEST_SUBJECT = 4_000_000
"""Characters a pattern is looked for in: a hostile one may need a hundred bytes for each."""

Pattern = Any
"""A compiled `regex.Pattern`: the library carries no types."""
Match = Any


def read_pattern(text: str, *, ignore_case: bool = False) -> Pattern:
    """The pattern, ready to use. Raises BadInput naming the place that can't be read."""
    if len(text) > LONGEST_PATTERN:
        raise BadInput(f"A pattern has at most {LONGEST_PATTERN:,} characters.")
    if _size(text) > LARGEST_PATTERN:
        raise BadInput(
            "The repeats in the pattern multiply to too many.",
            cure="Use smaller counts, or + and * instead of {n}.",
        )
    try:
        return regex.compile(text, regex.IGNORECASE if ignore_case else 0)
    except regex.error as error:
        at = f" at character {error.pos + 1}" if error.pos is not None else ""
        raise BadInput(f"The pattern can't be read{at}: {error.msg}.") from None
    except RecursionError:
        raise BadInput("The pattern has too many groups inside one another.") from None


def matches(pattern: Pattern, text: str, *, time_limit: float) -> Iterator[Match]:
    """Every match in turn.

    Raises BadInput when they take more than `time_limit` seconds in all, or the text is too long.
    """
    if not 0 < time_limit <= LONGEST_TIME:
        raise BadInput(f"The time limit is above 0 and at most {LONGEST_TIME:g} s.")
    if len(text) > LONGEST_SUBJECT:
        raise BadInput(
            f"A pattern is looked for in at most {LONGEST_SUBJECT:,} characters.",
            cure="Split the text first, for instance into lines.",
        )
    try:
        yield from pattern.finditer(text, timeout=time_limit)
    except TimeoutError:
        raise BadInput(
            f"The pattern took more than {time_limit:g} s on this text.",
            cure="Repeats inside repeats, such as (a+)+, take ages: write it without.",
        ) from None
    except MemoryError:
        raise BadInput("The pattern needs too much memory on this text.") from None


_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d+)(?:,\d*)?\}|.", re.DOTALL)
_HIDES_PARENTHESES = re.compile(r"\(\?(?:#|[a-zA-Z0-9]*[xV])")


def _size(pattern: str) -> int:
    """At least how many steps the pattern has once `{n}` is written out n times.

    Where a comment or nested set may hide a parenthesis, the counts are simply multiplied.
    """
    if _HIDES_PARENTHESES.search(pattern):
        return _product(int(count) for count in re.findall(r"\{(\d{1,9})", pattern))
    sizes, last = [0], 0
    for token in _TOKEN.finditer(pattern):
        if token[1]:
            sizes[-1] += last * (int(token[1][:9]) - 1)
            last *= int(token[1][:9])
        elif token[0] == "(":
            sizes.append(0)
        elif token[0] == ")" and len(sizes) > 1:
            last = sizes.pop()
            sizes[-1] += last
        else:
            last = 1
            sizes[-1] += 1
    return sum(sizes)


def _product(counts: Iterator[int]) -> int:
    product = 1
    for count in counts:
        product = min(product * max(count, 1), LARGEST_PATTERN + 1)
    return product
