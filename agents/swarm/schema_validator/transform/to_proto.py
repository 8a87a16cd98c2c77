"""From the common model to the text of a `.proto` file."""

from collections.abc import Iterator, Mapping

from agents.swarm.schema_validator.transform.model import (
    Choice,
    Either,
    Field,
    Kind,
    ListOf,
    Losses,
    MapOf,
    Named,
    Record,
    Scalar,
    Type,
    without_null,
)
from agents.swarm.schema_validator.transform.names import plain_name
from graph.errors import BadInput

VALUE = "google.protobuf.Value"
SIMPLE: Mapping[Kind, str] = {
    "null": VALUE, "boolean": "bool", "int32": "int32", "int64": "int64", "float": "float",
    "double": "double", "text": "string", "timestamp": "google.protobuf.Timestamp",
    "bytes": "bytes", "any": VALUE,
}  # fmt: skip
FILES = {
    VALUE: "google/protobuf/struct.proto",
    "google.protobuf.Timestamp": "google/protobuf/timestamp.proto",
}


def written(model: Type, losses: Losses) -> str:
    """The model as a proto3 text, whose fields are numbered in their order."""
    if not isinstance(model, Record):
        raise BadInput("A Protobuf schema is a message: this one is no record.")
    writing = _Writing(losses)
    writing.record(model)
    imports = [f'import "{FILES[name]}";' for name in FILES if name in writing.used]
    parts = ['syntax = "proto3";', "\n".join(imports), *reversed(writing.messages)]
    return "\n\n".join(filter(None, parts)) + "\n"


class _Writing:
    def __init__(self, losses: Losses) -> None:
        self._losses = losses
        self.messages = list[str]()
        self.used = set[str]()

    def record(self, record: Record) -> str:
        """Write a message, those that it holds before it; gives its name."""
        if record.open:
            self._losses.add(record.name, "Properties that the schema doesn't name are dropped.")
        lines = list[str]()
        for number, field in enumerate(record.fields, start=1):
            lines += [f"  // {line}" for line in field.doc.splitlines()]
            lines += [f"  {line}" for line in self._field(field, number, record.name)]
        doc = "".join(f"// {line}\n" for line in record.doc.splitlines())
        self.messages.append("\n".join([f"{doc}message {record.name} {{", *lines, "}"]))
        return record.name

    def _field(self, field: Field, number: int, place: str) -> Iterator[str]:
        name = plain_name(field.name)
        spot = f"{place}.{name}"
        inner, _ = without_null(field.type)
        if field.required:
            self._losses.add(spot, "That it is required can't be said.")
        option = f' [json_name = "{field.name}"]' if name != field.name else ""
        if isinstance(inner, Choice):
            yield from self._enum(inner)
        yield f"{self._labelled(inner, spot)} {name} = {number}{option};"

    def _labelled(self, part: Type, place: str) -> str:
        match part:
            case ListOf():
                return f"repeated {self._one(part.item, place)}"
            case MapOf():
                return f"map<string, {self._one(part.value, place)}>"
            case _:
                one = self._one(part, place)
                return one if one.startswith("google.") else f"optional {one}"

    def _one(self, part: Type, place: str) -> str:
        """The name of a type that stands for one value."""
        match part:
            case Scalar(kind=kind):
                self.used.add(SIMPLE[kind])
                return SIMPLE[kind]
            case Choice():
                return part.name
            case Record():
                return self.record(part)
            case Named():
                return part.name
            case ListOf() | MapOf() | Either():
                self.used.add(VALUE)
                self._losses.add(place, "What it is made of can't be said: it holds any value.")
                return VALUE

    def _enum(self, choice: Choice) -> Iterator[str]:
        """Inside the message, as its values would take names from those of other enums."""
        yield f"enum {choice.name} {{"
        for number, value in enumerate(choice.values):
            yield f"  {value} = {number};"
        yield "}"
