"""The words of JSON Schema that bound something, and when one bound keeps another."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from agents.swarm.schema_validator.json_schema.branches import Records

Kept = Callable[[Any, Records, str], bool]
"""Whether what the records let through, of a type, keeps to this value of the word."""

NUMBERS = frozenset({"integer", "fraction"})


class Bound(NamedTuple):
    """A word, the types it speaks of, and when values keep to it."""

    word: str
    types: frozenset[str]
    kept: Kept


def _said(records: Records, word: str) -> Iterator[Any]:
    """What the records say by a word: numbers alone, as draft 4 has truth values for some."""
    for record in records:
        if word in record and not isinstance(record[word], bool):
            yield record[word]


def _least(word: str, implied: Callable[[Mapping[str, Any]], int] = lambda _: 0) -> Kept:
    def kept(least: Any, records: Records, _: str) -> bool:
        return any(said >= least for said in _said(records, word)) or least <= max(
            map(implied, records), default=0
        )

    return kept


def _most(word: str) -> Kept:
    def kept(most: Any, records: Records, _: str) -> bool:
        return any(said <= most for said in _said(records, word))

    return kept


def _minimum(least: Any, records: Records, _: str) -> bool:
    words = ("minimum", "exclusiveMinimum")
    return any(said >= least for word in words for said in _said(records, word))


def _above(least: Any, records: Records, _: str) -> bool:
    if isinstance(least, bool):  # draft 4: the records would have to say the same
        return not least
    return any(said > least for said in _said(records, "minimum")) or any(
        said >= least for said in _said(records, "exclusiveMinimum")
    )


def _maximum(most: Any, records: Records, _: str) -> bool:
    words = ("maximum", "exclusiveMaximum")
    return any(said <= most for word in words for said in _said(records, word))


def _below(most: Any, records: Records, _: str) -> bool:
    if isinstance(most, bool):
        return not most
    return any(said < most for said in _said(records, "maximum")) or any(
        said <= most for said in _said(records, "exclusiveMaximum")
    )


def _multiple(step: Any, records: Records, kind: str) -> bool:
    steps = [*_said(records, "multipleOf"), *([1] if kind == "integer" else [])]
    return any(Decimal(str(said)) % Decimal(str(step)) == 0 for said in steps)


def _unique(wanted: Any, records: Records, _: str) -> bool:
    return (
        not wanted
        or any(record.get("uniqueItems") for record in records)
        or any(most <= 1 for most in _said(records, "maxItems"))
    )


BOUNDS = {
    bound.word: bound
    for bound in (
        Bound("minimum", NUMBERS, _minimum),
        Bound("exclusiveMinimum", NUMBERS, _above),
        Bound("maximum", NUMBERS, _maximum),
        Bound("exclusiveMaximum", NUMBERS, _below),
        Bound("multipleOf", NUMBERS, _multiple),
        Bound("minLength", frozenset({"string"}), _least("minLength")),
        Bound("maxLength", frozenset({"string"}), _most("maxLength")),
        Bound("minItems", frozenset({"array"}), _least("minItems")),
        Bound("maxItems", frozenset({"array"}), _most("maxItems")),
        Bound("uniqueItems", frozenset({"array"}), _unique),
        Bound(
            "minProperties",
            frozenset({"object"}),
            _least("minProperties", lambda record: len(set(record.get("required", ())))),
        ),
        Bound("maxProperties", frozenset({"object"}), _most("maxProperties")),
    )
}
"""By word."""
