"""What may be kept as a version: its name and size, and where it comes among those before."""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from agents.swarm.schema_validator.migration import steps_of
from agents.swarm.schema_validator.shapes import Kept, Renames, Schema
from agents.swarm.schema_validator.transform.names import plain_name
from agents.swarm.schema_validator.versions import numbers_of
from graph.errors import BadInput

LARGEST = 1_000_000
"""Bytes of a definition."""
LONGEST_NAME = 200


def digest_of(schema: Schema) -> str:
    """The hash of what a schema says, however its JSON was ordered."""
    said: Any = schema.definition
    if isinstance(said, str):
        said = "\n".join(line.rstrip() for line in said.strip().splitlines())
    content = msgspec.json.encode([schema.schema_type, said], order="deterministic")
    return hashlib.sha256(content).hexdigest()


def known_as(schema: Schema, digest: str, earlier: Sequence[Kept]) -> Kept | None:
    """The version that says the very same: the one asked for, or the newest."""
    if not schema.version:
        return earlier[-1] if earlier and earlier[-1].digest == digest else None
    same = next((one for one in earlier if one.schema.version == schema.version), None)
    if same is not None and same.digest != digest:
        raise BadInput(
            f"{schema.schema_name} {schema.version} is kept already, and says something else.",
            cure="Take another version, or leave it out: the next one is chosen then.",
        )
    return same


def look_at(schema: Schema, renames: Renames) -> None:
    """Raises BadInput for what is no schema to keep."""
    name = schema.schema_name
    if (
        not name
        or len(name) > LONGEST_NAME
        or plain_name(name.replace(".", "_")) != name.replace(".", "_")
    ):
        raise BadInput(f"{name!r} is no name of a schema.", cure="Use letters, digits, _ and dots.")
    if len(msgspec.json.encode(schema.definition)) > LARGEST:
        raise BadInput(f"A definition has at most {LARGEST:,} bytes.")
    if schema.version:
        numbers_of(schema.version)
    for place in (*renames.renamed, *renames.given):
        steps_of(place)


def look_at_order(schema: Schema, earlier: Sequence[Kept]) -> None:
    """Raises BadInput for what can't come after the versions there are."""
    if not earlier:
        return
    newest = earlier[-1].schema
    if newest.schema_type != schema.schema_type:
        raise BadInput(
            f"{schema.schema_name} is kept as {newest.schema_type}, not as {schema.schema_type}.",
            cure="Give it another name, or transform it first.",
        )
    if schema.version and numbers_of(schema.version) < numbers_of(newest.version):
        raise BadInput(
            f"{schema.version} comes before {newest.version}, which is kept already.",
            cure=f"Take a version above {newest.version}.",
        )
