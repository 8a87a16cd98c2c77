"""The formats of schemas by one contract; each is loaded when it is first needed."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar, cast

import msgspec

from agents.swarm.schema_validator.shapes import Finding, SchemaType, Unnamed
from agents.swarm.schema_validator.transform.model import Losses, Type
from graph.schemas import Fault

S = TypeVar("S")


class Format(msgspec.Struct, Generic[S], frozen=True):
    """What can be done with schemas of one format, once they are read.

    `differences` tells where the first, the reader, doesn't read what the second wrote; `carried`
    gives a value of the first schema as one of the second, as far as the format says how.
    """

    read: Callable[[Any], S]
    faults: Callable[[Any, S], list[Fault]]
    differences: Callable[[S, S, Unnamed], list[Finding]]
    carried: Callable[[Any, S, S], Any]
    model_of: Callable[[S, str, Losses], Type]
    written: Callable[[Type, Losses], Any]


PLACES: Mapping[SchemaType, str] = {
    "json_schema": "agents.swarm.schema_validator.formats.json_schema",
    "avro": "agents.swarm.schema_validator.formats.avro",
    "protobuf": "agents.swarm.schema_validator.formats.protobuf",
}


def format_of(schema_type: SchemaType) -> Format[Any]:
    """The format of that name."""
    return cast("Format[Any]", import_module(PLACES[schema_type]).FORMAT)
