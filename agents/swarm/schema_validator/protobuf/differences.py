"""Where one Protobuf schema doesn't read what another wrote: as its bytes, nothing lost.

By https://protobuf.dev/programming-guides/proto3/#updating, and stricter where that lets values
be cut or dropped: an int64 isn't read as an int32, nor a list as a single value.
"""

from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, OneofDescriptor

from agents.swarm.schema_validator.protobuf.reading import Proto, ProtoSchema
from agents.swarm.schema_validator.shapes import Finding

F = FieldDescriptor
READ_AS = {
    F.TYPE_INT32: (F.TYPE_INT64,),
    F.TYPE_UINT32: (F.TYPE_UINT64, F.TYPE_INT64),
    F.TYPE_SINT32: (F.TYPE_SINT64,),
    F.TYPE_BOOL: (F.TYPE_INT32, F.TYPE_INT64, F.TYPE_UINT32, F.TYPE_UINT64),
    F.TYPE_ENUM: (F.TYPE_INT32, F.TYPE_INT64),
    F.TYPE_STRING: (F.TYPE_BYTES,),
}
"""What a type is read as, beside itself, so that every value comes through."""


def differences(reader: ProtoSchema, writer: ProtoSchema) -> list[Finding]:
    """Where the reader doesn't read what the writer may have written, each place once."""
    comparison = Comparison()
    found = list[Finding]()
    for name, message in writer.messages.items():
        mine = reader.messages.get(name)
        if mine is None and message is writer.root:
            mine = reader.root  # its name isn't among the bytes
        if mine is None:
            found.append(
                Finding(name, "message_removed", f"There is no message {name}.", "Define it again.")
            )
        else:
            found += comparison.messages(mine, message, mine.name)
    return list(dict.fromkeys(found))


class Comparison:
    """One comparison; messages that hold each other are compared once."""

    def __init__(self) -> None:
        self._seen = set[tuple[str, str]]()

    def messages(self, reader: Descriptor, writer: Descriptor, place: str) -> Iterator[Finding]:
        """Where a message isn't read, field by field."""
        key = (reader.full_name, writer.full_name)
        if key in self._seen:
            return
        self._seen.add(key)
        for number, mine in reader.fields_by_number.items():
            theirs = writer.fields_by_number.get(number)
            spot = f"{place}.{mine.name}"
            yield from _required(mine, theirs, spot)
            if theirs is not None:
                yield from self._field(mine, theirs, spot)
        yield from _moved(reader, writer, place)
        for group in reader.oneofs:
            yield from _one_of(group, writer, place)

    def _field(
        self, mine: FieldDescriptor, theirs: FieldDescriptor, place: str
    ) -> Iterator[Finding]:
        yield from _repeated(mine, theirs, place)
        if mine.type != theirs.type:
            if mine.type not in READ_AS.get(theirs.type, ()):
                yield Finding(
                    place,
                    "type",
                    f"There may be {_type(theirs)} at number {mine.number}, "
                    f"which isn't read as {_type(mine)}.",
                    "Leave the type as it was, or add a field with a number of its own.",
                )
        elif mine.message_type is not None and theirs.message_type is not None:
            yield from self.messages(mine.message_type, theirs.message_type, place)
        elif mine.enum_type is not None and theirs.enum_type is not None:
            yield from _enum(mine.enum_type, theirs.enum_type, place)


def _required(
    mine: FieldDescriptor, theirs: FieldDescriptor | None, place: str
) -> Iterator[Finding]:
    if mine.is_required and not (theirs is not None and theirs.is_required):
        yield Finding(
            place,
            "required",
            f"{mine.name} is required, and may be missing.",
            "Make it optional: required can never be added safely.",
        )


def _repeated(mine: FieldDescriptor, theirs: FieldDescriptor, place: str) -> Iterator[Finding]:
    if theirs.is_repeated and not mine.is_repeated:
        yield Finding(
            place,
            "repeated",
            "There may be several, of which all but the last are dropped.",
            "Leave it repeated, or add a field with a number of its own.",
        )
    elif mine.is_repeated and not theirs.is_repeated and not theirs.has_presence:
        yield Finding(
            place,
            "repeated",
            "There was one, which isn't written when it is zero or empty: the list misses it.",
            "Leave it as it was, or add a repeated field with a number of its own.",
        )
    if _is_map(mine) and not _is_map(theirs):
        yield Finding(
            place,
            "map",
            "There may be entries with the same key, of which a map keeps one.",
            "Leave it repeated, or add a map with a number of its own.",
        )


def _enum(mine: EnumDescriptor, theirs: EnumDescriptor, place: str) -> Iterator[Finding]:
    """Values that a closed enum doesn't know are dropped; an open one keeps their numbers."""
    known = mine.values_by_number
    missing = [
        value.name for number, value in theirs.values_by_number.items() if number not in known
    ]
    if missing and mine.is_closed:
        yield Finding(
            place,
            "enum_values",
            f"There may be {', '.join(missing)}, which {mine.name} doesn't know.",
            "Name them again; proto3's enums keep what they don't know.",
        )


def _moved(reader: Descriptor, writer: Descriptor, place: str) -> Iterator[Finding]:
    for name, mine in reader.fields_by_name.items():
        theirs = writer.fields_by_name.get(name)
        if theirs is not None and theirs.number != mine.number:
            yield Finding(
                f"{place}.{name}",
                "number",
                f"{name} was number {theirs.number}, and is {mine.number}: nothing is read there.",
                f"Give it the number {theirs.number} again.",
            )


def _one_of(group: OneofDescriptor, writer: Descriptor, place: str) -> Iterator[Finding]:
    """Fields of which one is kept, and of which several could be set."""
    shared = [
        theirs
        for mine in group.fields
        if (theirs := writer.fields_by_number.get(mine.number)) is not None
    ]
    before = {theirs.containing_oneof for theirs in shared}
    if len(shared) > 1 and (len(before) > 1 or None in before):
        yield Finding(
            f"{place}.{group.name}",
            "oneof",
            f"{', '.join(one.name for one in shared)} could be set together; "
            "all but the last are dropped.",
            "Leave them outside of the oneof.",
        )


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _type(field: FieldDescriptor) -> str:
    named = field.message_type or field.enum_type
    if named is not None:
        return str(named.name)
    return Proto.Type.Name(field.type).removeprefix("TYPE_").lower()  # type: ignore[arg-type]
