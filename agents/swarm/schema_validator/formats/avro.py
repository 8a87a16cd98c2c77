"""Avro as one of the formats."""

from typing import Any

from agents.swarm.schema_validator.avro.differences import differences
from agents.swarm.schema_validator.avro.reading import (
    AvroSchema,
    avro_faults,
    read_avro,
    read_by,
    written,
)
from agents.swarm.schema_validator.formats.contract import Format
from agents.swarm.schema_validator.shapes import Finding, Unnamed
from agents.swarm.schema_validator.transform.from_avro import model_of
from agents.swarm.schema_validator.transform.model import Losses, Type
from agents.swarm.schema_validator.transform.to_avro import written as written_by_model


def _differences(reader: AvroSchema, writer: AvroSchema, unnamed: Unnamed) -> list[Finding]:
    del unnamed  # records hold what is named, and nothing else
    return differences(reader, writer)


def _carried(value: Any, old: AvroSchema, new: AvroSchema) -> Any:
    """By Avro's own schema resolution: aliases, defaults and promotions count."""
    return read_by(written(value, old), old, new)


def _model_of(schema: AvroSchema, name: str, losses: Losses) -> Type:
    del name  # Avro's records have names of their own
    return model_of(schema, losses)


FORMAT = Format[AvroSchema](
    read_avro, avro_faults, _differences, _carried, _model_of, written_by_model
)
