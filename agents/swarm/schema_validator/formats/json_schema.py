"""JSON Schema as one of the formats."""

from typing import Any

import msgspec

from agents.swarm.schema_validator.formats.contract import Format
from agents.swarm.schema_validator.json_schema.adapting import adapted
from agents.swarm.schema_validator.json_schema.differences import differences
from agents.swarm.schema_validator.json_schema.document import Document, read_json_schema
from agents.swarm.schema_validator.transform.from_json_schema import model_of
from agents.swarm.schema_validator.transform.model import Losses, Type
from agents.swarm.schema_validator.transform.to_json_schema import written
from graph.errors import BadInput
from graph.schemas import Fault, faults


def _read(definition: Any) -> Document:
    if not isinstance(definition, str):
        return read_json_schema(definition)
    try:
        return read_json_schema(msgspec.json.decode(definition))
    except msgspec.DecodeError as error:
        raise BadInput(f"The JSON Schema is no JSON: {error}.") from None


def _faults(value: Any, schema: Document) -> list[Fault]:
    return faults(value, schema.root)


def _carried(value: Any, old: Document, new: Document) -> Any:
    del old  # what it was doesn't say what it becomes
    return adapted(value, new.root, new)


def _written(model: Type, losses: Losses) -> Any:
    del losses  # JSON Schema says all that the model can
    return written(model)


FORMAT = Format[Document](_read, _faults, differences, _carried, model_of, _written)
