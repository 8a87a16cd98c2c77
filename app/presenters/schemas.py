"""Schemas and their versions, as the dock of schemas tells of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from agents.swarm.schema_validator.shapes import Incompatibility, Kept, Listed, Schema
from app.presenters.amounts import counted
from app.presenters.comparing import Line, compared
from app.presenters.signs import Sign

COLUMNS = ("Schema", "Platform", "Format", "Version", "Kept")

ABOUT = (
    "What it describes; a name has versions of its own for each platform",
    "Whose schema it is",
    "The format it is written in",
    "The newest version, and how many there are",
    "When that was kept",
)
"""What each column tells."""

FORMATS = {"json_schema": "JSON Schema", "avro": "Avro", "protobuf": "Protobuf"}
PLATFORMS: Mapping[str, tuple[str, str]] = {
    "backend": ("Backend", "mdi6.server"),
    "frontend": ("Frontend", "mdi6.monitor"),
    "roblox": ("Roblox", "mdi6.gamepad-variant-outline"),
}
"""By platform: what it is called, and its icon."""

DIRECTIONS = {
    "backward": "{new} can't read what {old} wrote",
    "forward": "{old} can't read what {new} writes",
}

SAME = "Both say the same."


class SchemaRow(NamedTuple):
    """A schema in the list; `versions` are the oldest first."""

    name: str
    platform: str
    versions: tuple[str, ...]
    texts: tuple[str, ...]
    icon: str

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by."""
        return self.name, self.platform


class Version(NamedTuple):
    """A version as it is shown: what it says as text, in which language that is coloured."""

    version: str
    headline: str
    text: str
    language: str
    definition: Any


class Found(NamedTuple):
    """Something that was found, at a place."""

    place: str
    said: str


def rows_of(told: Any) -> tuple[SchemaRow, ...]:
    """What the agent lists, from JSON."""
    return tuple(_row(one) for one in msgspec.convert(told, list[Listed]))


def counted_words(rows: Sequence[SchemaRow]) -> Sign:
    """How many schemas and versions are kept."""
    versions = counted(sum(len(row.versions) for row in rows), "version")
    said = f"{counted(len(rows), 'schema')} · {versions}"
    return Sign("mdi6.check-circle-outline", "done", said)


def _row(one: Listed) -> SchemaRow:
    newest, count = one.versions[-1], len(one.versions)
    said, sign = PLATFORMS[one.platform]
    version = newest.version if count == 1 else f"{newest.version}  ({count})"
    texts = (one.schema_name, said, FORMATS[one.schema_type], version, _day(newest.at))
    versions = tuple(version.version for version in one.versions)
    return SchemaRow(one.schema_name, one.platform, versions, texts, sign)


def versions_of(told: Any) -> tuple[Version, ...]:
    """The versions of a schema, the newest first, from JSON."""
    kept = msgspec.convert(told, list[Kept])
    return tuple(_version(one) for one in reversed(kept))


def _version(kept: Kept) -> Version:
    schema = kept.schema
    level = kept.level.replace("_", " ").lower()
    said = (FORMATS[schema.schema_type], PLATFORMS[schema.platform][0], level, _day(kept.at))
    text, language = _text(schema)
    return Version(schema.version, "  ·  ".join(said), text, language, schema.definition)


def _text(schema: Schema) -> tuple[str, str]:
    definition = schema.definition
    if schema.schema_type == "protobuf":
        return str(definition), ""
    if isinstance(definition, str) and not definition.lstrip().startswith(("{", "[", '"')):
        return definition, "json"
    data = definition.encode() if isinstance(definition, str) else msgspec.json.encode(definition)
    return msgspec.json.format(data, indent=2).decode(), "json"


def lines_between(old: Version, new: Version) -> list[Line]:
    """What is different in the definition of two versions."""
    if isinstance(old.definition, str) or isinstance(new.definition, str):
        lines = compared(old.text, new.text)
    else:
        lines = compared(old.definition, new.definition)
    return lines or [Line(" ", SAME)]


def broken(told: Any, old: str, new: str) -> list[Found]:
    """The incompatible places of two versions, from JSON: who can't read whom, and the cure."""
    found = []
    for one in msgspec.convert(told, list[Incompatibility]):
        who = DIRECTIONS[one["direction"]].format(old=old, new=new)
        found.append(Found(one["place"] or "All", f"{who}: {one['message']} {one['cure']}"))
    return found


def value_of(text: str) -> Any:
    """The value that somebody pasted. Raises ValueError that says where it is no JSON."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"That is no JSON: {error}.") from None


def faults_of(told: Any) -> list[Found]:
    """Where a value isn't what a schema says, from JSON."""
    return [Found(one["path"] or "The value", one["message"]) for one in told]


def _day(at: float) -> str:
    moment = datetime.fromtimestamp(at).astimezone()
    return f"{moment:%Y-%m-%d %H:%M}"
