"""The blocks: schemas are registered, checked, used and migrated, and outlive their agent."""

import asyncio
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from agents.contract import Grants, Task
from agents.swarm.schema_validator import blocks
from agents.swarm.schema_validator.agent import SchemaAgent
from agents.swarm.schema_validator.blocks import (
    check,
    get,
    list_schemas,
    migrate,
    register,
    transform,
    validate,
)
from agents.swarm.schema_validator.shapes import Level, Schema
from graph.catalog import blocks_in
from graph.errors import BadInput
from tests.agents.conftest import Granting, Surroundings, means_in

LESSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "lesson_id": {"type": "string"},
        "title": {"type": "string"},
        "content": {"type": "string"},
    },
    "required": ["lesson_id", "title"],
}


def with_property(name: str, kind: Any, *, required: bool = False) -> dict[str, Any]:
    properties = {**LESSON["properties"], name: kind}
    return {
        **LESSON,
        "properties": properties,
        "required": [*LESSON["required"], *([name] if required else [])],
    }


async def test_a_schema_is_kept_and_found_again(context: Surroundings) -> None:
    made = await register("lesson_content", LESSON, context, version="1.0.0")
    found = await get("lesson_content", context)

    assert made[:4] == ("lesson_content", "1.0.0", True, True)
    assert found == (LESSON, "1.0.0", "json_schema", "BACKWARD", ["1.0.0"])


async def test_schemas_are_listed_by_platform(context: Surroundings) -> None:
    await register("lesson", LESSON, context)
    await register("lesson", LESSON, context, platform="roblox")

    every = await list_schemas(context)
    some = await list_schemas(context, "roblox")

    assert [(one["schema_name"], one["platform"]) for one in every.schemas] == [
        ("lesson", "backend"), ("lesson", "roblox"),
    ]  # fmt: skip
    assert [one["versions"][0]["version"] for one in some.schemas] == ["1.0.0"]


async def test_the_same_schema_stays_the_version_it_was(context: Surroundings) -> None:
    first = await register("lesson", LESSON, context)
    again = await register("lesson", dict(reversed(LESSON.items())), context)

    assert (first.kept, again.kept) == (True, False)
    assert (again.version, again.digest) == (first.version, first.digest)
    assert (await get("lesson", context)).versions == ["1.0.0"]


async def test_the_next_version_tells_whether_something_broke(context: Surroundings) -> None:
    await register("lesson", LESSON, context, compatibility="NONE")

    more = await register("lesson", with_property("age", {"type": "integer"}), context)
    breaking = with_property("age", {"type": "string"}, required=True)
    other = await register("lesson", breaking, context)

    assert (more.version, other.version) == ("1.1.0", "2.0.0")


async def test_what_would_break_is_refused_and_says_where(context: Surroundings) -> None:
    await register("lesson", LESSON, context)
    breaking = with_property("age", {"type": "integer"}, required=True)

    with pytest.raises(BadInput) as caught:
        await register("lesson", breaking, context)
    told = await register("lesson", breaking, context, otherwise="report")

    assert "/required (backward, 1.0.0): 'age' is required" in str(caught.value)
    assert (told.kept, told.compatible) == (False, False)
    assert told.incompatibilities[0]["rule"] == "required"
    assert (await get("lesson", context)).versions == ["1.0.0"]


async def test_a_dry_run_and_a_check_keep_nothing(context: Surroundings) -> None:
    dry = await register("lesson", LESSON, context, dry_run=True)
    looked = await check("lesson", LESSON, context)

    assert (dry.version, dry.kept, looked.version, looked.kept) == ("1.0.0", False, "1.0.0", False)
    with pytest.raises(BadInput, match="No schema 'lesson' is kept"):
        await get("lesson", context)


A, B, C = ({"type": kind} for kind in (["string", "null"], "string", ["string", "integer"]))
"""B is read by A and by C; neither reads what the other may write."""


@pytest.mark.parametrize(
    ("level", "against"),
    {
        "NONE": [],
        "BACKWARD": [],
        "BACKWARD_TRANSITIVE": [("backward", "1.0.0")],
        "FORWARD": [("forward", "2.0.0")],
        "FORWARD_TRANSITIVE": [("forward", "2.0.0"), ("forward", "1.0.0")],
        "FULL": [("forward", "2.0.0")],
        "FULL_TRANSITIVE": [("forward", "2.0.0"), ("backward", "1.0.0"), ("forward", "1.0.0")],
    }.items(),
)
async def test_each_level_compares_what_it_says(
    context: Surroundings, level: Level, against: list[tuple[str, str]]
) -> None:
    await register("s", A, context, compatibility="NONE", version="1.0.0")
    await register("s", B, context, compatibility="NONE", version="2.0.0")

    told = await check("s", C, context, compatibility=level)

    assert [(one["direction"], one["version"]) for one in told.incompatibilities] == against


def test_every_level_is_tried_above() -> None:
    marks = test_each_level_compares_what_it_says.pytestmark  # type: ignore[attr-defined]

    assert {level for level, _ in marks[0].args[1]} == set(get_args(Level))


async def test_platforms_have_versions_of_their_own(context: Surroundings) -> None:
    await register("lesson", LESSON, context, platform="frontend", version="3.0.0")

    with pytest.raises(BadInput, match="kept for frontend"):
        await get("lesson", context, platform="backend")
    assert (await get("lesson", context, platform="frontend")).version == "3.0.0"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"version": "1.0"}, "is no version"),
        ({"version": "0.9.0"}, "comes before 1.0.0"),
        ({"version": "1.0.0", "definition": {"type": "null"}}, "says something else"),
        ({"schema_type": "avro", "definition": "string"}, "kept as json_schema"),
        ({"schema_name": "no name"}, "is no name"),
        ({"definition": {"type": "nope"}}, "The schema is wrong"),
        ({"definition": {"description": "x" * 1_000_000}}, "at most 1,000,000 bytes"),
        ({"renamed": {"a": "b"}}, "is no place"),
    ],
)
async def test_what_cannot_be_registered_says_why(
    context: Surroundings, given: dict[str, Any], said: str
) -> None:
    await register("lesson", LESSON, context)
    wanted = {"schema_name": "lesson", "definition": {"type": "object"}} | given

    with pytest.raises(BadInput, match=said):
        await register(context=context, **wanted)


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


def linked(depth: int, end: str) -> dict[str, Any]:
    """A schema that is flat, and leads as deep as that from part to part."""
    parts: dict[str, Any] = {
        f"d{at}": {"type": "object", "properties": {"a": {"$ref": f"#/$defs/d{at + 1}"}}}
        for at in range(depth)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**parts, f"d{depth}": {"type": end}}}


async def test_what_is_nested_too_deeply_is_refused(context: Surroundings) -> None:
    await register("deep", linked(400, "string"), context)

    with pytest.raises(BadInput, match="nested too deeply"):
        await register("deeper", nested(3000), context)
    with pytest.raises(BadInput, match="nested too deeply"):
        await check("deep", linked(400, "integer"), context)


async def test_a_value_is_held_against_a_version(context: Surroundings) -> None:
    await register("lesson", LESSON, context)

    good = await validate({"lesson_id": "1", "title": "x"}, "lesson", context)
    bad = await validate({"lesson_id": 1, "title": "x"}, "lesson", context)

    assert good.valid
    assert [one["path"] for one in bad.errors] == ["lesson_id"]
    with pytest.raises(BadInput, match="lesson_id: 1 is not of type"):
        await validate({"lesson_id": 1, "title": "x"}, "lesson", context, otherwise="fail")
    with pytest.raises(BadInput, match=r"no version 7\.0\.0"):
        await validate({}, "lesson", context, version="7.0.0")


async def test_the_how_to_s_example_is_a_schema_that_is_kept(context: Surroundings) -> None:
    page = (Path(__file__).parents[4] / "docs/how_to/keep_schemas.md").read_text("utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    agent = await context.agent(SchemaAgent)

    verdict = await agent.register(msgspec.json.decode(example, type=Schema))

    assert (verdict.version, verdict.kept) == ("1.0.0", True)


async def test_a_value_goes_to_the_frontend(context: Surroundings) -> None:
    await register("lesson", LESSON, context)
    value = {"lesson_id": "1", "title": "x"}

    made = await transform("lesson", context, value, to_platform="frontend", to_type="avro")

    assert made.value == {"lessonId": "1", "title": "x"}
    assert made.code.startswith("export interface Lesson {\n  lessonId: string;")
    assert [field["name"] for field in made.definition["fields"]] == [
        "lessonId",
        "title",
        "content",
    ]


async def test_a_value_goes_up_and_down_through_versions(context: Surroundings) -> None:
    await register("lesson", LESSON, context)
    second = {
        "type": "object",
        "properties": {"lesson_id": {"type": "string"}, "name": {"type": "string"},
                       "level": {"type": "integer"}, "lang": {"default": "en"}},
        "required": ["lesson_id", "name", "level", "lang"],
        "additionalProperties": False,
    }  # fmt: skip
    await register(
        "lesson", second, context, compatibility="NONE",
        renamed={"/title": "name"}, given={"/level": 1},
    )  # fmt: skip
    old = {"lesson_id": "1", "title": "x", "content": "y"}

    up = await migrate(old, "lesson", "1.0.0", context)
    down = await migrate(up.value, "lesson", "2.0.0", context, target="1.0.0")

    assert up.value == {"lesson_id": "1", "name": "x", "level": 1, "lang": "en"}
    assert up.versions == ["1.0.0", "2.0.0"]
    assert (down.value["title"], down.valid) == ("x", True)


async def test_a_migration_that_does_not_fit_fails_or_tells(context: Surroundings) -> None:
    await register("lesson", LESSON, context, compatibility="NONE")
    await register("lesson", with_property("age", {"type": "integer"}, required=True), context)
    value = {"lesson_id": "1", "title": "x"}

    tried = await migrate(value, "lesson", "1.0.0", context, otherwise="report")

    assert (tried.valid, tried.errors[0]["rule"]) == (False, "required")
    with pytest.raises(BadInput, match=r"doesn't fit lesson 2\.0\.0"):
        await migrate(value, "lesson", "1.0.0", context)


async def test_avro_and_protobuf_migrate_by_their_own_rules(context: Surroundings) -> None:
    def user(*fields: dict[str, Any]) -> dict[str, Any]:
        return {"type": "record", "name": "User", "fields": list(fields)}

    await register("user", user({"name": "nick", "type": "string"}), context, schema_type="avro")
    newer = user(
        {"name": "name", "type": "string", "aliases": ["nick"]},
        {"name": "age", "type": "int", "default": 0},
    )
    await register("user", newer, context, schema_type="avro")
    await register("m", 'syntax = "proto3"; message M { string a = 1; }', context,
                   schema_type="protobuf")  # fmt: skip
    await register("m", 'syntax = "proto3"; message M { string b = 1; }', context,
                   schema_type="protobuf")  # fmt: skip

    avro = await migrate({"nick": "ada"}, "user", "1.0.0", context)
    proto = await migrate({"a": "x"}, "m", "1.0.0", context)

    assert avro.value == {"name": "ada", "age": 0}
    assert proto.value == {"b": "x"}


async def test_what_is_kept_outlives_the_agent(granting: Granting) -> None:
    first, second = granting(), granting()

    await register("lesson", LESSON, first)

    assert (await get("lesson", second)).version == "1.0.0"


async def test_of_two_who_register_at_once_both_are_kept_in_order(granting: Granting) -> None:
    one, other = granting(), granting()
    wider = [{"type": "object", "maxProperties": most} for most in range(1, 7)]

    made = await asyncio.gather(
        *(register("s", schema, who, compatibility="NONE")
          for schema in wider for who in (one, other))
    )  # fmt: skip

    versions = (await get("s", one)).versions
    assert len({step.version for step in made if step.kept}) == len(versions)
    assert len(versions) >= len(wider)


async def test_schemas_are_listed_with_their_versions(context: Surroundings) -> None:
    agent = await context.agent(SchemaAgent)
    for version in ("1.2.0", "1.10.0"):
        await register("lesson", with_property(f"v{version[2:]}", {}), context, version=version)
    await register("lesson", "string", context, platform="roblox", schema_type="avro",
                   compatibility="NONE")  # fmt: skip

    listed = await agent.schemas()

    assert [(one.schema_name, one.platform, one.schema_type) for one in listed] == [
        ("lesson", "backend", "json_schema"), ("lesson", "roblox", "avro"),
    ]  # fmt: skip
    assert [(one.version, one.level) for one in listed[0].versions] == [
        ("1.2.0", "BACKWARD"), ("1.10.0", "BACKWARD"),
    ]  # fmt: skip
    assert listed[0].versions[1].at >= listed[0].versions[0].at > 0


async def test_two_versions_are_compared_in_both_directions(context: Surroundings) -> None:
    agent = await context.agent(SchemaAgent)
    await register("s", B, context, version="1.0.0")
    await register("s", A, context, compatibility="NONE", version="2.0.0")

    wider = await agent.compare("s", old="1.0.0")
    narrower = await agent.compare("s", old="2.0.0", new="1.0.0")

    assert [(one["direction"], one["version"]) for one in wider] == [("forward", "1.0.0")]
    assert [(one["direction"], one["version"]) for one in narrower] == [("backward", "2.0.0")]


async def test_a_damaged_registry_shows_in_the_agents_health(tmp_path: Path) -> None:
    (tmp_path / "schemas.db").write_bytes(b"this is no database at all" * 100)
    agent = SchemaAgent(Grants(folder=str(tmp_path)), means_in(tmp_path))

    basic, deep = await agent.health(), await agent.health(deep=True)
    await agent.close()

    assert (basic.state, deep.state) == ("ok", "down")
    assert "can't be used: file is not a database" in deep.detail


async def test_a_task_does_what_a_block_does(context: Surroundings) -> None:
    agent = await context.agent(SchemaAgent)
    schema = {"schema_name": "lesson", "schema_type": "json_schema", "platform": "backend",
              "version": "1.0.0", "definition": LESSON}  # fmt: skip

    verdict = await agent.perform(Task("register", {"schema": schema}))

    assert (verdict.version, verdict.kept) == ("1.0.0", True)
    assert {one.name: one.effect for one in SchemaAgent.capabilities()} == {
        "register": "write", "check": "read", "validate": "read", "transform": "read",
        "migrate": "read", "versions": "read", "schemas": "read", "compare": "read",
    }  # fmt: skip


def test_only_registering_changes_anything() -> None:
    effects = {spec.kind: spec.effect for spec in blocks_in(blocks)}

    assert {kind for kind, effect in effects.items() if effect == "write"} == {"schema.register"}
    assert set(effects.values()) == {"read", "write"}
