"""What flows can do with kept schemas: register, check, validate, transform, migrate, look up."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec

from agents.swarm.schema_validator.shapes import (
    Incompatibility,
    Level,
    Lost,
    Platform,
    Renames,
    Schema,
    SchemaType,
    Unnamed,
)
from graph.block import block
from graph.context import Context
from graph.errors import BadInput
from graph.schemas import Fault
from graph.spec import Look

if TYPE_CHECKING:
    from agents.swarm.schema_validator.agent import SchemaAgent, Verdict

MOST_NAMED = 3
_NOTHING: Mapping[str, Any] = {}

Name = Annotated[str, "The schema's name: letters, digits, _ and dots."]
Definition = Annotated[
    Any, "A JSON Schema or Avro schema as a record or text, or a .proto text.", Look("lines")
]
Form = Annotated[SchemaType, "The format it is written in."]
On = Annotated[Platform, "Whose schema it is; each platform has versions of its own."]
Version = Annotated[str, "The version, such as 1.2.0; empty for the newest."]
NewVersion = Annotated[
    str, "The new version, such as 1.2.0; empty for the next: 2.0.0 where something breaks."
]
Compatibility = Annotated[
    Literal["as before", Level],
    "What a new version may not break; as before is what was said last, BACKWARD at first.",
]
Open = Annotated[
    Unnamed,
    "Whether values may hold properties that a JSON Schema lets through without naming them.",
    Look(more=True),
]
Otherwise = Annotated[Literal["fail", "report"], "Whether to fail or to go on if it isn't so."]


class Registered(NamedTuple):
    """What came of registering a schema."""

    schema_name: Annotated[str, "Its name, for what is to come after it."]
    version: Annotated[str, "The version it has, or would have."]
    kept: Annotated[bool, "Whether it was kept now; not if it was known, broke, or was tried only."]
    compatible: Annotated[bool, "Whether it keeps to the level."]
    incompatibilities: Annotated[
        list[Incompatibility],
        "Each with `version`, `direction`, `place`, `rule`, `message` and `cure`.",
    ]
    digest: Annotated[str, "The hash of what it says."]


class Checked(NamedTuple):
    """A value and what a kept schema says to it."""

    value: Annotated[Any, "The value as it came."]
    valid: Annotated[bool, "Whether it is as the schema says."]
    errors: Annotated[list[Fault], "Where it isn't: `path`, `message` and `rule`."]


class Transformed(NamedTuple):
    """A schema, and a value of it, as another format or platform has them."""

    definition: Annotated[Any, "The schema."]
    code: Annotated[str, "Its types: TypeScript's for the frontend, Luau's for Roblox, else empty."]
    value: Annotated[Any, "The value with the names of the platform, None without one."]
    lost: Annotated[list[Lost], "What couldn't be said: `place` and `message` of each."]


class Migrated(NamedTuple):
    """A value as another version has it."""

    value: Annotated[Any, "The value as it became."]
    valid: Annotated[bool, "Whether it is as that version says."]
    errors: Annotated[list[Fault], "Where it isn't: `path`, `message` and `rule`."]
    versions: Annotated[list[str], "The versions it went through."]


class Found(NamedTuple):
    """A version of a schema, as it is kept."""

    definition: Annotated[Any, "What it says."]
    version: Annotated[str, "Which version it is."]
    schema_type: Annotated[str, "The format it is written in."]
    compatibility: Annotated[str, "What the next version may not break."]
    versions: Annotated[list[str], "All versions there are, the oldest first."]


@block(
    "schema.register",
    title="Register schema",
    icon="mdi6.book-plus-outline",
    agent="schema_validator",
    effect="write",
    repeatable=True,
    search=("json schema", "avro", "protobuf", "registry", "contract", "compatibility", "version"),
)
async def register(
    schema_name: Name,
    definition: Definition,
    context: Context,
    schema_type: Form = "json_schema",
    platform: On = "backend",
    version: NewVersion = "",
    compatibility: Compatibility = "as before",
    renamed: Annotated[
        Mapping[str, str],
        "Properties with another name since the last version: /author/nick: name.",
        Look("mapping", more=True),
    ] = _NOTHING,
    given: Annotated[
        Mapping[str, Any],
        "What new properties hold in values of the last version: /author/age: 0.",
        Look("mapping", more=True),
    ] = _NOTHING,
    unnamed: Open = "absent",
    dry_run: Annotated[bool, "Whether only to look what would come of it."] = False,
    otherwise: Otherwise = "fail",
) -> Registered:
    """Keep a schema as a new version, if it breaks nothing that was promised.

    Compatibility: BACKWARD, the new version reads what the last one wrote; FORWARD, the last one
    reads what the new one writes; FULL, both; with _TRANSITIVE, compared with all versions there
    are; NONE, with none. What can't be shown to be read counts as broken. Registered again, the
    same schema stays the version it was.
    """
    agent = await _agent(context)
    verdict = await agent.register(
        _schema(schema_name, definition, schema_type, platform, version),
        level=_level(compatibility),
        unnamed=unnamed,
        renames=Renames(renamed, given),
        dry_run=dry_run,
    )
    return _registered(schema_name, verdict, otherwise)


@block(
    "schema.check",
    title="Check compatibility",
    icon="mdi6.book-check-outline",
    agent="schema_validator",
    effect="read",
    search=("json schema", "avro", "protobuf", "breaking", "evolution", "dry run", "registry"),
)
async def check(
    schema_name: Name,
    definition: Definition,
    context: Context,
    schema_type: Form = "json_schema",
    platform: On = "backend",
    compatibility: Compatibility = "as before",
    unnamed: Open = "absent",
    otherwise: Otherwise = "report",
) -> Registered:
    """Look what a new version of a schema would break, and where, without keeping it."""
    agent = await _agent(context)
    verdict = await agent.check(
        _schema(schema_name, definition, schema_type, platform),
        level=_level(compatibility),
        unnamed=unnamed,
    )
    return _registered(schema_name, verdict, otherwise)


@block(
    "schema.validate",
    title="Validate by schema",
    icon="mdi6.check-decagram-outline",
    agent="schema_validator",
    effect="read",
    search=("json schema", "avro", "protobuf", "verify", "contract", "registry"),
)
async def validate(
    value: Annotated[Any, "The value to look at."],
    schema_name: Name,
    context: Context,
    version: Version = "",
    platform: On = "backend",
    otherwise: Otherwise = "report",
) -> Checked:
    """Look whether a value is what a kept schema says, and where it isn't."""
    agent = await _agent(context)
    errors = await agent.validate(value, schema_name, version=version, platform=platform)
    _fail(f"The value is not as {schema_name} says.", errors, otherwise)
    return Checked(value, not errors, errors)


@block(
    "schema.transform",
    title="Transform schema",
    icon="mdi6.swap-horizontal",
    agent="schema_validator",
    effect="read",
    search=(
        "json schema",
        "avro",
        "protobuf",
        "convert",
        "frontend",
        "backend",
        "roblox",
        "typescript",
        "luau",
    ),
)
async def transform(
    schema_name: Name,
    context: Context,
    value: Annotated[Any, "A value of the schema, to be taken to the other platform."] = None,
    version: Version = "",
    platform: On = "backend",
    to_type: Annotated[Literal["same", SchemaType], "The format wanted."] = "same",
    to_platform: Annotated[Literal["same", Platform], "The platform that is to have it."] = "same",
) -> Transformed:
    """Say a kept schema in another format, or as another platform writes it.

    Names are lesson_id for the backend, lessonId for the frontend and LessonId for Roblox, where
    a table can't hold null either. What the other side has no word for is listed as lost.
    """
    agent = await _agent(context)
    made = await agent.transform(
        schema_name,
        version=version,
        platform=platform,
        to_type=None if to_type == "same" else to_type,
        to_platform=None if to_platform == "same" else to_platform,
        value=value,
    )
    return Transformed(made.definition, made.code, made.value, made.lost)


@block(
    "schema.migrate",
    title="Migrate value",
    icon="mdi6.arrow-up-bold-box-outline",
    agent="schema_validator",
    effect="read",
    search=("json schema", "avro", "protobuf", "upgrade", "downgrade", "version", "convert"),
)
async def migrate(
    value: Annotated[Any, "A value of the version it comes from."],
    schema_name: Name,
    source: Annotated[str, "The version it comes from, such as 1.0.0."],
    context: Context,
    target: Annotated[str, "The version wanted; empty for the newest."] = "",
    platform: On = "backend",
    otherwise: Otherwise = "fail",
) -> Migrated:
    """Take a value from one version of a schema to another, up or down, version by version.

    JSON: by the renames and given values that each version was registered with, and by the
    defaults of what is required. Avro: by its own rules, aliases and defaults. Protobuf: by the
    fields' numbers. Use `report` for a dry run over what may not fit.
    """
    agent = await _agent(context)
    made = await agent.migrate(value, schema_name, source=source, target=target, platform=platform)
    _fail(f"The value doesn't fit {schema_name} {made.versions[-1]}.", made.faults, otherwise)
    return Migrated(made.value, not made.faults, made.faults, made.versions)


@block(
    "schema.get",
    title="Get schema",
    icon="mdi6.book-open-outline",
    agent="schema_validator",
    effect="read",
    search=("json schema", "avro", "protobuf", "registry", "versions", "definition"),
)
async def get(
    schema_name: Name, context: Context, version: Version = "", platform: On = "backend"
) -> Found:
    """Get what a kept schema says, and which versions of it there are."""
    agent = await _agent(context)
    kept = await agent.versions(schema_name, platform=platform)
    versions = [one.schema.version for one in kept]
    if version and version not in versions:
        raise BadInput(
            f"There is no version {version} of {schema_name}.",
            cure=f"There are {', '.join(versions)}.",
        )
    one = kept[versions.index(version)] if version else kept[-1]
    schema = one.schema
    return Found(schema.definition, schema.version, schema.schema_type, kept[-1].level, versions)


class Schemas(NamedTuple):
    """Schemas by name and platform."""

    schemas: Annotated[
        list[dict[str, Any]],
        "Each with `schema_name`, `platform`, `schema_type`, and its `versions`, the oldest first.",
    ]


@block(
    "schema.list",
    title="List schemas",
    icon="mdi6.bookshelf",
    agent="schema_validator",
    effect="read",
    search=("json schema", "avro", "protobuf", "registry", "versions", "all", "which"),
)
async def list_schemas(
    context: Context,
    platform: Annotated[
        Literal["all", Platform], "Whose schemas; each platform has its own."
    ] = "all",
) -> Schemas:
    """List the schemas that are kept, with all versions of each, by name and platform."""
    agent = await _agent(context)
    kept = [one for one in await agent.schemas() if platform in ("all", one.platform)]
    return Schemas(msgspec.to_builtins(kept))


def _schema(
    name: str, definition: Any, form: SchemaType, platform: Platform, version: str = ""
) -> Schema:
    return Schema(
        schema_name=name,
        schema_type=form,
        platform=platform,
        version=version,
        definition=definition,
    )


def _level(said: Literal["as before", Level]) -> Level | None:
    return None if said == "as before" else said


def _registered(name: str, verdict: "Verdict", otherwise: str) -> Registered:
    broken = verdict.incompatibilities
    if broken and otherwise == "fail":
        named = [
            f"{one['place'] or name} ({one['direction']}, {one['version']}): {one['message']}"
            f" {one['cure']}"
            for one in broken[:MOST_NAMED]
        ]
        raise BadInput(f"{name} would break {verdict.level}. {' '.join(named)}{_more(len(broken))}")
    return Registered(name, verdict.version, verdict.kept, not broken, broken, verdict.digest)


def _fail(message: str, errors: list[Fault], otherwise: str) -> None:
    if errors and otherwise == "fail":
        named = [f"{one['path'] or 'The value'}: {one['message']}" for one in errors[:MOST_NAMED]]
        raise BadInput(f"{message} {' '.join(named)}{_more(len(errors))}")


def _more(count: int) -> str:
    return f" And {count - MOST_NAMED} more." if count > MOST_NAMED else ""


async def _agent(context: Context) -> "SchemaAgent":
    # SQLAlchemy and the formats take half a second, and only those who use them need spend that.
    from agents.swarm.schema_validator.agent import SchemaAgent  # noqa: PLC0415 - see above

    return await context.agent(SchemaAgent)
