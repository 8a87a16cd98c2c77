"""Protobuf as one of the formats."""

from typing import Any

from agents.swarm.schema_validator.formats.contract import Format
from agents.swarm.schema_validator.protobuf.differences import differences
from agents.swarm.schema_validator.protobuf.reading import ProtoSchema, read_proto
from agents.swarm.schema_validator.protobuf.values import proto_faults, read_by, written
from agents.swarm.schema_validator.shapes import Finding, Unnamed
from agents.swarm.schema_validator.transform.from_proto import model_of
from agents.swarm.schema_validator.transform.model import Losses, Type
from agents.swarm.schema_validator.transform.to_proto import written as written_by_model


def _differences(reader: ProtoSchema, writer: ProtoSchema, unnamed: Unnamed) -> list[Finding]:
    del unnamed  # what isn't named is skipped by every reader
    return differences(reader, writer)


def _carried(value: Any, old: ProtoSchema, new: ProtoSchema) -> Any:
    """By the bytes: fields are known by their numbers, whatever their names."""
    return read_by(written(value, old), new)


def _model_of(schema: ProtoSchema, name: str, losses: Losses) -> Type:
    del name  # messages have names of their own
    return model_of(schema, losses)


FORMAT = Format[ProtoSchema](
    read_proto, proto_faults, _differences, _carried, _model_of, written_by_model
)
