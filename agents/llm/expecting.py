"""What asking a model with some fields is expected to take, before it is asked."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from agents.llm.catalogue import FREE, Catalogue, Price
from agents.llm.estimate import of_text
from agents.llm.providers.scripted import NAME as SCRIPTED
from agents.llm.shapes import Usage
from graph.spec import Spends

MOST_TOKENS = 4096
"""Tokens that an answer may have where a block doesn't say."""

USUAL_ANSWER = 400
"""Tokens that an answer has, more or less, of whatever length it may be."""

LISTED = Path(__file__).resolve().parents[2] / "resources" / "models.json"


def spent_with(fields: Mapping[str, Any]) -> Spends:
    """One question with these fields, a usual answer, and one as long as it may be.

    What comes through links isn't known, and counts as nothing.
    """
    put_in = sum(map(_length, fields.values()))
    most = fields.get("most_tokens", MOST_TOKENS)
    most = most if isinstance(most, int) and most > 0 else MOST_TOKENS
    price = _price(fields.get("model"))
    usual, longest = Usage(put_in, given=min(USUAL_ANSWER, most)), Usage(put_in, given=most)
    return Spends(usual.total, _cost(price, usual), longest.total, _cost(price, longest))


def _length(value: Any) -> int:
    match value:
        case str():
            return of_text(value)
        case Mapping():
            return sum(map(_length, (*value, *value.values())))
        case list() | tuple():
            return sum(map(_length, value))
    return 0


def _price(model: Any) -> Price | None:
    """The price by the name in a field, None when only the run will tell which model it is."""
    if not isinstance(model, str):
        return None
    connection, _, name = model.partition("/")
    if connection == SCRIPTED:
        return FREE
    known = _catalogue().find(name or connection)
    return known.price if known else None


def _cost(price: Price | None, used: Usage) -> float | None:
    return None if price is None else price.of(used)


@cache
def _catalogue() -> Catalogue:
    return Catalogue.at(LISTED)
