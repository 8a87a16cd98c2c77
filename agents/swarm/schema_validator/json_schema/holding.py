"""Which properties an object of a JSON Schema may hold, and what it says of each."""

from collections.abc import Iterator, Mapping
from typing import Any

from agents.swarm.schema_validator.json_schema.branches import Records
from agents.swarm.schema_validator.json_schema.document import Part
from agents.swarm.schema_validator.shapes import Unnamed
from graph.patterns import matches, read_pattern

Held = tuple[Part, ...]
"""All that is said of a property: nothing at all for one that may be anything."""

PATTERN_TIME = 0.1


class Holding:
    """The properties of objects that all the records let through."""

    def __init__(self, records: Records, unnamed: Unnamed) -> None:
        self._records = records
        self._unnamed = unnamed

    def of(self, name: str) -> Held | None:
        """What is said of a property, None when it can't be there."""
        said, named = list[Part](), self._required(name)
        for record in self._records:
            mine = _of(record, name)
            named = named or bool(mine)
            said += mine
        if any(part is False for part in said) or not (named or self._unnamed == "possible"):
            return None
        return tuple(said)

    def others(self) -> Held | None:
        """What is said of the properties that nothing names, None when there are none."""
        said = [r["additionalProperties"] for r in self._records if "additionalProperties" in r]
        if any(part is False for part in said) or not (said or self._unnamed == "possible"):
            return None
        return tuple(said)

    def matching(self, pattern: str) -> Iterator[Held]:
        """What is said of the properties whose names match a pattern."""
        for name in self._names():
            if is_found(pattern, name) and (held := self.of(name)) is not None:
                yield held
        alike = [record["patternProperties"][pattern] for record in self._by_pattern(pattern)]
        if alike:
            yield tuple(alike)
            return
        for patterns in (record.get("patternProperties", {}) for record in self._records):
            yield from ((part,) for part in patterns.values())
        if (held := self.others()) is not None:
            yield held

    def beside(self, other: Mapping[str, Any]) -> Iterator[tuple[str, Held]]:
        """The properties that another schema names in no way; "" for those without a name."""
        patterns = other.get("patternProperties", {})
        for name in self._names():
            named = name in other.get("properties", {})
            if named or any(is_found(pattern, name) for pattern in patterns):
                continue
            if (held := self.of(name)) is not None:
                yield name, held
        for record in self._records:
            for pattern, part in record.get("patternProperties", {}).items():
                if pattern not in patterns:
                    yield "", (part,)
        if (held := self.others()) is not None:
            yield "", held

    def _names(self) -> list[str]:
        names = dict[str, None]()
        for record in self._records:
            names |= dict.fromkeys(record.get("properties", {}))
            names |= dict.fromkeys(record.get("required", ()))
        return list(names)

    def _required(self, name: str) -> bool:
        return any(name in record.get("required", ()) for record in self._records)

    def _by_pattern(self, pattern: str) -> list[Mapping[str, Any]]:
        return [r for r in self._records if pattern in r.get("patternProperties", {})]


def _of(record: Mapping[str, Any], name: str) -> list[Part]:
    said = [record["properties"][name]] if name in record.get("properties", {}) else []
    patterns = record.get("patternProperties", {})
    said += [part for pattern, part in patterns.items() if is_found(pattern, name)]
    if not said and "additionalProperties" in record:
        said.append(record["additionalProperties"])
    return said


def is_found(pattern: str, name: str) -> bool:
    """Whether a pattern is found in a name."""
    return next(matches(read_pattern(pattern), name, time_limit=PATTERN_TIME), None) is not None
