"""Where one Avro schema doesn't read what another wrote: the specification's schema resolution.

See https://avro.apache.org/docs/current/specification/#schema-resolution
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from agents.swarm.schema_validator.avro.reading import AvroSchema
from agents.swarm.schema_validator.shapes import Finding

PROMOTED = {
    "int": ("long", "float", "double"),
    "long": ("float", "double"),
    "float": ("double",),
    "string": ("bytes",),
    "bytes": ("string",),
}
"""What a primitive type is read as, beside itself."""

NAMED = ("record", "error", "enum", "fixed")


def differences(reader: AvroSchema, writer: AvroSchema) -> list[Finding]:
    """Where the reader doesn't read what the writer may have written, each place once."""
    comparison = Comparison(reader, writer)
    found = comparison.parts(reader.root, writer.root, _rooted(reader.root))
    return list(dict.fromkeys(found))


class Comparison:
    """One comparison; what refers to itself is compared once."""

    def __init__(self, reader: AvroSchema, writer: AvroSchema) -> None:
        self._reader = reader
        self._writer = writer
        self._under_way = set[tuple[str, str]]()

    def parts(self, reader: Any, writer: Any, place: str) -> Iterator[Finding]:
        """Where a part of the reader doesn't read what a part of the writer wrote."""
        reader, writer = self._reader.resolved(reader), self._writer.resolved(writer)
        if isinstance(writer, list):
            for one in writer:
                yield from self.parts(reader, one, place)
        elif isinstance(reader, list):
            yield from self._union(reader, writer, place)
        elif not self._matches(reader, writer):
            yield _mismatch(reader, writer, place)
        else:
            yield from self._inside(reader, writer, place)

    def _union(self, reader: list[Any], writer: Any, place: str) -> Iterator[Finding]:
        """Read as the same type if there is one, else as the first it may be read as."""
        fitting = [one for one in map(self._reader.resolved, reader) if self._matches(one, writer)]
        if not fitting:
            yield Finding(
                place,
                "union",
                f"No type of the union reads {_shown(writer)}.",
                f"Add {_shown(writer)} to the union again.",
            )
            return
        # Readers take the first that matches, whatever comes after.
        yield from self._inside(fitting[0], writer, place)

    def _matches(self, reader: Any, writer: Any) -> bool:
        mine, theirs = _type(reader), _type(writer)
        if mine != theirs:
            return mine in PROMOTED.get(theirs, ())
        if mine not in NAMED:
            return True
        own = writer["name"]
        names = {own, own.rpartition(".")[2]}
        return _last(reader["name"]) in names or any(
            alias in names or _last(alias) in names for alias in reader.get("aliases", ())
        )

    def _inside(self, reader: Any, writer: Any, place: str) -> Iterator[Finding]:
        yield from _logical(reader, writer, place)
        compare = _INSIDE.get(_type(reader))
        if compare is not None and _type(reader) == _type(writer):
            yield from compare(self, reader, writer, place)

    def array(self, reader: Any, writer: Any, place: str) -> Iterator[Finding]:
        """What is in the lists."""
        yield from self.parts(reader["items"], writer["items"], f"{place}[]")

    def map(self, reader: Any, writer: Any, place: str) -> Iterator[Finding]:
        """What is in the maps."""
        yield from self.parts(reader["values"], writer["values"], f"{place}{{}}")

    def fixed(self, reader: Any, writer: Any, place: str) -> Iterator[Finding]:
        """How many bytes there are."""
        if reader["size"] != writer["size"]:
            yield Finding(
                place,
                "fixed_size",
                f"It had {writer['size']} bytes, and has {reader['size']}.",
                "Leave the size as it was, or add a field of another type.",
            )

    def enum(self, reader: Any, writer: Any, place: str) -> Iterator[Finding]:
        """Which symbols there are."""
        missing = [one for one in writer["symbols"] if one not in reader["symbols"]]
        if missing and "default" not in reader:
            yield Finding(
                place,
                "enum_symbols",
                f"There may be {', '.join(missing)}, which it doesn't know.",
                "Name them again, or give the enum a `default` to read them as.",
            )

    def record(self, reader: Any, writer: Any, place: str) -> Iterator[Finding]:
        """Which fields there are, and what is in each."""
        key = (reader["name"], writer["name"])
        if key in self._under_way:
            return
        self._under_way.add(key)
        theirs = {field["name"]: field for field in writer["fields"]}
        for field in reader["fields"]:
            spot = f"{place}.{field['name']}"
            if (old := _counterpart(field, theirs)) is not None:
                yield from self.parts(field["type"], old["type"], spot)
            elif "default" not in field:
                yield Finding(
                    spot,
                    "no_default",
                    f"There may be no {field['name']!r}, and it has no default.",
                    "Give it a `default`, or name the old field among its `aliases`.",
                )


Inside = Callable[[Comparison, Any, Any, str], Iterator[Finding]]
_INSIDE: Mapping[str, Inside] = {
    "array": Comparison.array,
    "map": Comparison.map,
    "fixed": Comparison.fixed,
    "enum": Comparison.enum,
    "record": Comparison.record,
    "error": Comparison.record,
}


def _counterpart(
    field: Mapping[str, Any], theirs: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    names = (field["name"], *field.get("aliases", ()))
    return next((theirs[name] for name in names if name in theirs), None)


def _logical(reader: Any, writer: Any, place: str) -> Iterator[Finding]:
    """The same bytes mean something else: milliseconds, say, where microseconds are expected."""
    mine, theirs = _meaning(reader), _meaning(writer)
    if mine and theirs and mine != theirs:
        yield Finding(
            place,
            "logical_type",
            f"It meant {_said(theirs)}, and means {_said(mine)}.",
            "Leave the logical type as it was, or add a field of the other one.",
        )


def _meaning(part: Any) -> tuple[Any, ...]:
    if not isinstance(part, Mapping) or "logicalType" not in part:
        return ()
    words = ("logicalType", "precision", "scale")
    return tuple(part.get(word, 0) for word in words)


def _said(meaning: tuple[Any, ...]) -> str:
    name, precision, scale = meaning
    return f"{name} ({precision}, {scale})" if precision else str(name)


def _mismatch(reader: Any, writer: Any, place: str) -> Finding:
    if _type(reader) == _type(writer):
        return Finding(
            place,
            "name",
            f"It was called {writer['name']}, and is called {reader['name']}.",
            "Call it as before, or name the old one among its `aliases`.",
        )
    return Finding(
        place,
        "type",
        f"There may be {_shown(writer)}, which isn't read as {_shown(reader)}.",
        "Make it a union of both, or leave the type as it was.",
    )


def _rooted(root: Any) -> str:
    return _last(root["name"]) if isinstance(root, Mapping) and "name" in root else ""


def _type(part: Any) -> str:
    return str(part["type"]) if isinstance(part, Mapping) else str(part)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _shown(part: Any) -> str:
    kind = _type(part)
    return f"the {kind} {_last(part['name'])}" if kind in NAMED else kind
