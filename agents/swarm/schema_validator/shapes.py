"""What is kept of a schema, what is found about it, and the words for both."""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

import msgspec

SchemaType = Literal["json_schema", "avro", "protobuf"]
Platform = Literal["backend", "frontend", "roblox"]
Level = Literal[
    "NONE",
    "BACKWARD",
    "BACKWARD_TRANSITIVE",
    "FORWARD",
    "FORWARD_TRANSITIVE",
    "FULL",
    "FULL_TRANSITIVE",
]
Direction = Literal["backward", "forward"]
"""backward: the new schema reads what was written by the old one; forward: the other way."""
Unnamed = Literal["absent", "possible"]
"""Whether values hold properties that their JSON Schema lets through without naming them."""


class Schema(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a schema. `definition` is a record, or the text of a `.proto` file."""

    schema_name: str
    schema_type: SchemaType
    platform: Platform = "backend"
    version: str = ""
    definition: Any


class Renames(msgspec.Struct, frozen=True):
    """How values of the version before become values of this one, as far as nobody can see it.

    `renamed` maps the old place of a property to its new name: `/author/nick` to `name`;
    `given` maps the place of a property to the value that it has where there was none.
    """

    renamed: Mapping[str, str] = {}
    given: Mapping[str, Any] = {}


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A version as it is kept. `digest` is the hash of what it says, `at` seconds since 1970."""

    schema: Schema
    digest: str
    level: Level
    renames: Renames = Renames()
    at: float = 0.0


class ListedVersion(msgspec.Struct, frozen=True):
    """A version in a list. `at` is when it was kept, in seconds since 1970."""

    version: str
    level: Level
    at: float


class Listed(msgspec.Struct, frozen=True):
    """A schema in a list, with its versions, the oldest first."""

    schema_name: str
    platform: Platform
    schema_type: SchemaType
    versions: list[ListedVersion]


class Finding(msgspec.Struct, frozen=True):
    """A place where one schema doesn't read what another wrote: which rule, and what to do."""

    place: str
    rule: str
    message: str
    cure: str


class Incompatibility(TypedDict):
    """A finding, as flows get it: against which `version`, and in which `direction`."""

    version: str
    direction: Direction
    place: str
    rule: str
    message: str
    cure: str


class Lost(TypedDict):
    """Something that couldn't be said in another format or on another platform."""

    place: str
    message: str
