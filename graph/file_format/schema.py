"""The published JSON Schema of flow files, drawn from their shape."""

import inspect
import json
from typing import Any

import msgspec

from graph.file_format.shape import FORMAT, FileShape


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a flow file. What it can't say, `heddle validate` does."""
    (whole,), parts = msgspec.json.schema_components([FileShape], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Heddle flow file, format {FORMAT}",
        **whole,
        "$defs": {name: _described(part) for name, part in parts.items()},
    }


def _described(part: dict[str, Any]) -> dict[str, Any]:
    """The part with its docstring as prose; the names of our classes say nothing to others."""
    prose = {"description": inspect.cleandoc(part["description"])} if "description" in part else {}
    return {key: value for key, value in part.items() if key != "title"} | prose


def schema_text() -> str:
    """The schema as it is kept in `resources/schemas/flow.schema.json`."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"
