"""Where one JSON Schema refuses what another lets through, by Confluent's rules, each proven.

What can't be shown to be let through counts as refused: nothing is called compatible that isn't.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from agents.swarm.schema_validator.json_schema.bounds import BOUNDS, Bound
from agents.swarm.schema_validator.json_schema.branches import ENDLESS, Case, cases, types_of
from agents.swarm.schema_validator.json_schema.document import Document, Part
from agents.swarm.schema_validator.json_schema.holding import Holding
from agents.swarm.schema_validator.shapes import Finding, Unnamed
from graph.errors import BadInput
from graph.values import as_text, shorten

MOST_STEPS = 50_000
"""Parts that are compared: about a second."""

GROUPS = (
    ("not",),
    ("if", "then", "else"),
    ("contains", "minContains", "maxContains"),
    ("dependencies",),
    ("dependentRequired",),
    ("dependentSchemas",),
    ("propertyNames",),
    ("format",),
    ("pattern",),
)
"""Words that are let through only if the other schema says the very same."""

WHOLE = ("unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$recursiveRef")
"""Words that are let through only if all beside them is the same, too."""

ONLY = {
    "format": "string",
    "pattern": "string",
    "contains": "array",
    "unevaluatedItems": "array",
    "dependencies": "object",
    "dependentRequired": "object",
    "dependentSchemas": "object",
    "propertyNames": "object",
    "unevaluatedProperties": "object",
}
"""The type that a word speaks of; others speak of every value."""

Check = Callable[["Comparison", Case, Mapping[str, Any], str], Iterator[Finding]]


def differences(reader: Document, writer: Document, unnamed: Unnamed = "absent") -> list[Finding]:
    """Where values of the writer are refused by the reader, each place once."""
    if reader.draft != writer.draft:
        return [
            Finding(
                "/$schema",
                "draft",
                f"The drafts differ: {writer.draft} and {reader.draft}.",
                "Say both in the same draft.",
            )
        ]
    comparison = Comparison(reader, writer, unnamed)
    found = comparison.within((writer.root,), reader.root, "")
    return list({(one.place, one.rule, one.message): one for one in found}.values())


class Comparison:
    """One comparison: what it compares just now, so that what refers to itself comes to an end."""

    def __init__(self, reader: Document, writer: Document, unnamed: Unnamed) -> None:
        self.reader = reader
        self.writer = writer
        self.unnamed = unnamed
        self._under_way = set[tuple[tuple[int, ...], int]]()
        self._same_value = set[int]()
        self._steps = 0

    def within(self, held: tuple[Part, ...], wanted: Part, place: str) -> list[Finding]:
        """Where `wanted` refuses what all of `held` let through."""
        if wanted is True or wanted == {}:
            return []
        key = (tuple(map(id, held)), id(wanted))
        if key in self._under_way:  # whatever is refused there is being told already
            return []
        self._count()
        self._under_way.add(key)
        outside, self._same_value = self._same_value, set()
        try:
            return [
                found
                for case in cases(held, self.writer)
                for found in self._case(case, wanted, place)
            ]
        finally:
            self._under_way.discard(key)
            self._same_value = outside

    def _count(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise BadInput(
                "Comparing the schemas takes too long.",
                cure="They nest alternatives in alternatives: tell these apart by `type`.",
            )

    def _case(self, case: Case, wanted: Part, place: str) -> list[Finding]:
        if wanted is True or any(self.writer.same(r, wanted, self.reader) for r in case.records):
            return []
        if case.values is not None:
            return self._listed(case.values, wanted, place)
        if isinstance(wanted, bool):
            return [Finding(place, "false", "Nothing is let through here any more.", _LET)]
        if self.reader.old and "$ref" in wanted:
            return self._target(case, wanted, place)
        return [found for check in CHECKS for found in check(self, case, wanted, place)]

    def _listed(self, values: tuple[Any, ...], wanted: Part, place: str) -> list[Finding]:
        """There are few values: each is tried."""
        refused = [value for value in values if not self.reader.accepts(wanted, value)]
        if not refused:
            return []
        shown = shorten(as_text(refused[0]) or "null")
        word = next(
            (w for w in ("enum", "const", "type") if isinstance(wanted, Mapping) and w in wanted),
            "",
        )
        return [
            Finding(
                f"{place}/{word}" if word else place,
                word or "value",
                f"The value {shown} is refused.",
                "Let it through, or go on letting it through until nobody has it any more.",
            )
        ]

    def _target(self, case: Case, wanted: Mapping[str, Any], place: str) -> list[Finding]:
        return self._deeper(case, self.reader.target(wanted["$ref"]), place)

    def _deeper(self, case: Case, wanted: Part, place: str) -> list[Finding]:
        """The same values, held against another part of the reader."""
        if id(wanted) in self._same_value and not isinstance(wanted, bool):
            raise BadInput(ENDLESS)
        self._count()
        self._same_value.add(id(wanted))
        try:
            return self._case(case, wanted, place)
        finally:
            self._same_value.discard(id(wanted))

    # Each check looks at some words of the reader. A case has one type, and few values nowhere.

    def combined(self, case: Case, wanted: Mapping[str, Any], place: str) -> Iterator[Finding]:
        """`$ref` and `allOf`: all of it."""
        if "$ref" in wanted:
            yield from self._target(case, wanted, place)
        for index, part in enumerate(wanted.get("allOf", ())):
            yield from self._deeper(case, part, f"{place}/allOf/{index}")

    def alternatives(self, case: Case, wanted: Mapping[str, Any], place: str) -> Iterator[Finding]:
        """`anyOf` and `oneOf`: one that lets all of the case through, and no other of `oneOf`."""
        for word in ("anyOf", "oneOf"):
            if word not in wanted or self._said_alike(case, wanted, (word,)):
                continue
            tried = [self._deeper(case, part, f"{place}/{word}") for part in wanted[word]]
            fitting = [index for index, found in enumerate(tried) if not found]
            if not fitting:
                nearest = min(tried, key=len, default=[])
                yield from (
                    nearest
                    if len(tried) == 1
                    else [
                        Finding(
                            f"{place}/{word}",
                            word,
                            f"No alternative lets through every {_named(case.type)} there may be.",
                            "Add an alternative for it, or leave the old one as it was.",
                        )
                    ]
                )
            elif word == "oneOf" and not self._alone(case, fitting[0], wanted[word]):
                yield Finding(
                    f"{place}/oneOf",
                    "oneOf",
                    "A value may fit several alternatives, of which oneOf allows one.",
                    "Use anyOf, or tell the alternatives apart by their types.",
                )

    def _alone(self, case: Case, fitting: int, options: list[Part]) -> bool:
        """Whether no other alternative lets anything of the case through, by their types."""
        others = [option for index, option in enumerate(options) if index != fitting]
        return not any(
            one.type == case.type for option in others for one in cases((option,), self.reader)
        )

    def types(self, case: Case, wanted: Mapping[str, Any], place: str) -> Iterator[Finding]:
        """`type`."""
        if case.type not in types_of(wanted):
            yield Finding(
                f"{place}/type",
                "type",
                f"There may be {_article(case.type)} here, and {_said(wanted['type'])} is wanted.",
                f'Allow both: "type": [{_both(case.type, wanted["type"])}].',
            )

    def lists_of_values(
        self, case: Case, wanted: Mapping[str, Any], place: str
    ) -> Iterator[Finding]:
        """`enum` and `const`, of a case that has more values than can be listed."""
        for word in ("enum", "const"):
            if word in wanted and case.type in types_of(wanted):
                yield Finding(
                    f"{place}/{word}",
                    word,
                    f"Any {_named(case.type)} was possible, and only some are let through.",
                    f"Leave out `{word}`, or check it where the value is used.",
                )

    def bounds(self, case: Case, wanted: Mapping[str, Any], place: str) -> Iterator[Finding]:
        """The least and the most of something."""
        for word, bound in BOUNDS.items():
            if word in wanted and case.type in bound.types and self._breaks(case, wanted, bound):
                yield Finding(
                    f"{place}/{word}",
                    word,
                    f"{word} {as_text(wanted[word])} is narrower than what there may be.",
                    "Widen it to what it was.",
                )

    def _breaks(self, case: Case, wanted: Mapping[str, Any], bound: Bound) -> bool:
        # In draft 4 "exclusiveMinimum" is a truth value, which speaks of "minimum".
        beside = bound.word.removeprefix("exclusive").lower()
        same = self._said_alike(case, wanted, tuple({bound.word, beside}))
        return not same and not bound.kept(wanted[bound.word], case.records, case.type)

    def sameness(self, case: Case, wanted: Mapping[str, Any], place: str) -> Iterator[Finding]:
        """Words whose consequences can't be compared, only their saying the same."""
        for words in (*GROUPS, *((word,) for word in WHOLE)):
            word = words[0]
            if word not in wanted or ONLY.get(word, case.type) != case.type:
                continue
            if word in WHOLE or not self._said_alike(case, wanted, words):
                yield Finding(
                    f"{place}/{word}",
                    word,
                    f"`{word}` is new or differs, and may refuse what there is.",
                    "Leave it as it was.",
                )

    def required(self, case: Case, wanted: Mapping[str, Any], place: str) -> Iterator[Finding]:
        """`required`."""
        if case.type != "object":
            return
        for name in wanted.get("required", ()):
            if not any(name in record.get("required", ()) for record in case.records):
                yield Finding(
                    f"{place}/required",
                    "required",
                    f"{name!r} is required, and may be missing.",
                    "Make it optional. (A default fills nothing in: readers of JSON don't.)",
                )

    def properties(self, case: Case, wanted: Mapping[str, Any], place: str) -> Iterator[Finding]:
        """`properties`, `patternProperties` and `additionalProperties`."""
        if case.type != "object":
            return
        holding = Holding(case.records, self.unnamed)
        yield from self._named(holding, wanted, place)
        yield from self._by_pattern(holding, wanted, place)
        yield from self._further(holding, wanted, place)

    def _named(self, holding: Holding, wanted: Mapping[str, Any], place: str) -> Iterator[Finding]:
        for name, part in wanted.get("properties", {}).items():
            held, spot = holding.of(name), f"{place}/properties/{escaped(name)}"
            if held == () and part is not True and part != {}:
                yield Finding(
                    spot,
                    "property_added",
                    f"{name!r} could hold anything so far, as the other schema doesn't name it.",
                    "Take another name, or close the schemas: additionalProperties false.",
                )
            elif held is not None:
                yield from self.within(held, part, spot)

    def _by_pattern(
        self, holding: Holding, wanted: Mapping[str, Any], place: str
    ) -> Iterator[Finding]:
        for pattern, part in wanted.get("patternProperties", {}).items():
            spot = f"{place}/patternProperties/{escaped(pattern)}"
            for held in holding.matching(pattern):
                yield from self.within(held, part, spot)

    def _further(
        self, holding: Holding, wanted: Mapping[str, Any], place: str
    ) -> Iterator[Finding]:
        part, spot = wanted.get("additionalProperties", True), f"{place}/additionalProperties"
        for name, held in holding.beside(wanted):
            if part is False and cases(held, self.writer):
                what = f"The property {name!r}" if name else "A property without a name of its own"
                yield Finding(
                    spot,
                    "property_removed",
                    f"{what} may be there, and nothing that isn't named is let through.",
                    "Go on naming it, or open the schema: leave out additionalProperties.",
                )
            elif part is not False:
                yield from self.within(held, part, spot)

    def items(self, case: Case, wanted: Mapping[str, Any], place: str) -> Iterator[Finding]:
        """`prefixItems` and `items`, in the words of any draft."""
        if case.type != "array":
            return
        mine, rows = self._row(wanted), [self._row(record) for record in case.records]
        lengths = [len(prefix) for prefix, _ in (mine, *rows)]
        longest = min((r["maxItems"] for r in case.records if "maxItems" in r), default=None)
        for index in range(max(lengths) + 1):
            if longest is not None and index >= longest:
                return
            held = tuple(_at(row, index) for row in rows)
            spot = f"{place}/{self._word(mine, index)}"
            yield from self.within(held, _at(mine, index), spot)

    def _row(self, record: Mapping[str, Any]) -> tuple[list[Part], Part]:
        """The items at the beginning, each with a part of its own, and that of all others."""
        items = record.get("items", True)
        if self.reader.lists_are_prefixes:
            if isinstance(items, list):
                return items, record.get("additionalItems", True)
            return [], items
        return record.get("prefixItems", []), items

    def _word(self, row: tuple[list[Part], Part], index: int) -> str:
        prefix, _ = row
        if self.reader.lists_are_prefixes:
            if not prefix:
                return "items"
            return f"items/{index}" if index < len(prefix) else "additionalItems"
        return f"prefixItems/{index}" if index < len(prefix) else "items"

    def _said_alike(self, case: Case, wanted: Mapping[str, Any], words: tuple[str, ...]) -> bool:
        """Whether one of the records says these words just as the reader does."""
        mine = {word: wanted[word] for word in words if word in wanted}
        return any(
            self.writer.same({w: r[w] for w in words if w in r}, mine, self.reader)
            for r in case.records
        )


CHECKS: tuple[Check, ...] = (
    Comparison.combined,
    Comparison.alternatives,
    Comparison.types,
    Comparison.lists_of_values,
    Comparison.bounds,
    Comparison.sameness,
    Comparison.required,
    Comparison.properties,
    Comparison.items,
)

_LET = "Let through again what there may be."


def escaped(name: str) -> str:
    """A name as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _at(row: tuple[list[Part], Part], index: int) -> Part:
    prefix, rest = row
    return prefix[index] if index < len(prefix) else rest


def _named(name: str) -> str:
    return "number with a fraction" if name == "fraction" else name


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "aio" else f"a {_named(name)}"


def _said(types: Any) -> str:
    return types if isinstance(types, str) else " or ".join(types)


def _both(name: str, types: Any) -> str:
    listed = {types} if isinstance(types, str) else set(types)
    listed.add("number" if name == "fraction" else name)
    if "number" in listed:
        listed.discard("integer")
    return ", ".join(f'"{one}"' for one in sorted(listed))
