"""Values by a Protobuf schema: checked, written down as bytes, and read again."""

import re
from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import DecodeError, EncodeError, Message
from google.protobuf.message_factory import GetMessageClass

from agents.swarm.schema_validator.protobuf.reading import ProtoSchema
from graph.errors import BadInput
from graph.schemas import Fault

_STEP = re.compile(r"Failed to parse (\w+) field: ")
"""How the library names a field on the way to where it got stuck."""

_LONG = (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64)


def proto_faults(value: Any, schema: ProtoSchema) -> list[Fault]:
    """Where a value, with the fields' names, isn't what the schema's first message says."""
    try:
        _made(value, schema).SerializeToString()
    except BadInput as error:
        steps = [schema.root.name, *_STEP.findall(error.message)]
        message = _STEP.sub("", error.message)
        return [Fault(path=".".join(steps), message=message, rule="field")]
    except EncodeError as error:  # the library says so once it is written
        return [Fault(path=schema.root.name, message=f"{error}.", rule="required")]
    return []


def written(value: Any, schema: ProtoSchema) -> bytes:
    """A value as Protobuf's bytes. Raises BadInput."""
    if faults := proto_faults(value, schema):
        raise BadInput(f"{faults[0]['path']}: {faults[0]['message']}")
    return bytes(_made(value, schema).SerializeToString(deterministic=True))


def read_by(content: bytes, schema: ProtoSchema) -> dict[str, Any]:
    """What bytes hold, as a schema reads them. Raises BadInput."""
    message = GetMessageClass(schema.root)()
    try:
        message.ParseFromString(content)
    except DecodeError as error:
        raise BadInput(f"The schema doesn't read it: {error}.") from None
    return value_of(message, schema)


def value_of(message: Message, schema: ProtoSchema) -> dict[str, Any]:
    """A message as a record with the fields' names."""
    made = MessageToDict(message, preserving_proto_field_name=True, descriptor_pool=schema.pool)
    _number_fields(made, schema.root)
    return made


def _made(value: Any, schema: ProtoSchema) -> Message:
    if not isinstance(value, Mapping):
        raise BadInput("A message is a record.")
    message = GetMessageClass(schema.root)()
    try:
        return ParseDict(dict(value), message, descriptor_pool=schema.pool)
    except ParseError as error:
        line = str(error).partition("\n")[0]
        raise BadInput(f"{line.rstrip('.')}.") from None
    except RecursionError:
        raise BadInput("It is nested too deeply.") from None


def _number_fields(made: Any, message: Descriptor) -> None:
    """Make large numbers, which the library gives as texts, numbers again."""
    if message.full_name.startswith("google.protobuf."):
        return
    for name, field in message.fields_by_name.items():
        if name in made:
            made[name] = _number(made[name], field)


def _number(value: Any, field: FieldDescriptor) -> Any:
    inner = field.message_type
    if inner is not None and inner.GetOptions().map_entry:
        part = inner.fields_by_name["value"]
        return {key: _one(one, part) for key, one in value.items()}
    return [_one(item, field) for item in value] if field.is_repeated else _one(value, field)


def _one(value: Any, field: FieldDescriptor) -> Any:
    if field.message_type is not None:
        _number_fields(value, field.message_type)
        return value
    return int(value) if field.cpp_type in _LONG else value
