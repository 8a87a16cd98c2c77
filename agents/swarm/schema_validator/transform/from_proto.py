"""From Protobuf to the common model; records have the fields' names, as JSON does."""

from collections.abc import Mapping

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from agents.swarm.schema_validator.protobuf.reading import ProtoSchema
from agents.swarm.schema_validator.transform.model import (
    ANY,
    Choice,
    Field,
    Kind,
    ListOf,
    Losses,
    MapOf,
    Named,
    Record,
    Scalar,
    Type,
)

F = FieldDescriptor
SIMPLE: Mapping[int, Kind] = {
    F.TYPE_BOOL: "boolean", F.TYPE_STRING: "text", F.TYPE_BYTES: "bytes",
    F.TYPE_FLOAT: "float", F.TYPE_DOUBLE: "double",
    F.TYPE_INT32: "int32", F.TYPE_SINT32: "int32", F.TYPE_SFIXED32: "int32",
    F.TYPE_UINT32: "int64", F.TYPE_FIXED32: "int64",
    F.TYPE_INT64: "int64", F.TYPE_SINT64: "int64", F.TYPE_SFIXED64: "int64",
    F.TYPE_UINT64: "int64", F.TYPE_FIXED64: "int64",
}  # fmt: skip
KNOWN: Mapping[str, Type] = {
    "google.protobuf.Timestamp": Scalar("timestamp"),
    "google.protobuf.Duration": Scalar("text"),
    "google.protobuf.FieldMask": Scalar("text"),
    "google.protobuf.Struct": MapOf(ANY),
    "google.protobuf.ListValue": ListOf(ANY),
    "google.protobuf.Value": ANY,
}
"""Messages that JSON has a form of its own for."""


def model_of(schema: ProtoSchema, losses: Losses) -> Type:
    """The common model of the first message."""
    return _Reading(losses).message(schema.root, schema.root.name)


class _Reading:
    def __init__(self, losses: Losses) -> None:
        self._losses = losses
        self._seen = set[str]()

    def message(self, message: Descriptor, place: str) -> Type:
        """The type of a message."""
        if message.full_name in KNOWN:
            return KNOWN[message.full_name]
        if message.full_name in self._seen:
            return Named(message.name)
        self._seen.add(message.full_name)
        for group in message.oneofs:
            if len(group.fields) > 1:
                self._losses.add(f"{place}.{group.name}", "That only one is set can't be said.")
        return Record(message.name, tuple(self._field(one, place) for one in message.fields))

    def _field(self, field: FieldDescriptor, place: str) -> Field:
        spot = f"{place}.{field.name}"
        part = self._type(field, spot)
        return Field(field.name, part, bool(field.is_required))

    def _type(self, field: FieldDescriptor, place: str) -> Type:
        inner = field.message_type
        if inner is not None and inner.GetOptions().map_entry:
            return MapOf(self._one(inner.fields_by_name["value"], place))
        one = self._one(field, place)
        return ListOf(one) if field.is_repeated else one

    def _one(self, field: FieldDescriptor, place: str) -> Type:
        if field.message_type is not None:
            return self.message(field.message_type, place)
        if field.enum_type is not None:
            values = field.enum_type.values
            return Choice(field.enum_type.name, tuple(value.name for value in values))
        if field.type in (F.TYPE_UINT64, F.TYPE_FIXED64):
            self._losses.add(place, "Numbers above 2^63 don't fit.")
        return Scalar(SIMPLE[field.type])
