"""Schemas said in other formats and as other platforms write them, and values taken along."""

from typing import Any, get_args

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.swarm.schema_validator.formats.contract import format_of
from agents.swarm.schema_validator.shapes import Platform, SchemaType
from agents.swarm.schema_validator.transform.declarations import declared
from agents.swarm.schema_validator.transform.model import Losses, Type
from agents.swarm.schema_validator.transform.names import as_written
from agents.swarm.schema_validator.transform.platforms import Carrying, rewritten
from graph.errors import BadInput

LESSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "lesson_id": {"type": "string"},
        "title": {"type": ["string", "null"], "maxLength": 80, "description": "What it is called."},
        "kind": {"enum": ["text", "video"]},
        "minutes": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "author": {
            "type": "object",
            "properties": {"full_name": {"type": "string"}, "score": {"type": "number"}},
            "required": ["full_name"],
            "additionalProperties": False,
        },
        "notes_by_user": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["lesson_id", "title"],
    "additionalProperties": False,
}
VALUE: dict[str, Any] = {
    "lesson_id": "1", "title": None, "kind": "video", "minutes": 30, "tags": ["a"],
    "author": {"full_name": "Ada", "score": 0.5}, "notes_by_user": {"user_one": "x"},
}  # fmt: skip


def modelled(schema_type: SchemaType, definition: Any) -> tuple[Type, Losses]:
    losses = Losses()
    form = format_of(schema_type)
    return form.model_of(form.read(definition), "lesson", losses), losses


def transformed(source: SchemaType, definition: Any, target: SchemaType) -> tuple[Any, list[str]]:
    """A schema in another format, and the places of what was lost."""
    model, losses = modelled(source, definition)
    made = format_of(target).written(model, losses)
    return made, [one["place"] for one in losses.all()]


def test_a_json_schema_becomes_avro_and_tells_what_it_lost() -> None:
    made, lost = transformed("json_schema", LESSON, "avro")

    assert made["name"] == "Lesson"
    assert made["fields"][:2] == [
        {"name": "lesson_id", "type": "string"},
        {"name": "title", "type": ["string", "null"], "doc": "What it is called."},
    ]
    assert made["fields"][3] == {"name": "minutes", "type": ["null", "long"], "default": None}
    assert lost == ["/properties/title/maxLength"]


def test_a_json_schema_becomes_a_proto_text() -> None:
    made, _ = transformed("json_schema", LESSON, "protobuf")

    assert made == (
        'syntax = "proto3";\n\n'
        "message Lesson {\n"
        "  optional string lesson_id = 1;\n"
        "  // What it is called.\n"
        "  optional string title = 2;\n"
        "  enum Kind {\n    text = 0;\n    video = 1;\n  }\n"
        "  optional Kind kind = 3;\n"
        "  optional int64 minutes = 4;\n"
        "  repeated string tags = 5;\n"
        "  optional Author author = 6;\n"
        "  map<string, string> notes_by_user = 7;\n"
        "}\n\n"
        "message Author {\n  optional string full_name = 1;\n  optional double score = 2;\n}\n"
    )


@pytest.mark.parametrize("target", get_args(SchemaType))
def test_a_value_fits_the_schema_in_every_format_and_on_the_way_back(target: SchemaType) -> None:
    made, _ = transformed("json_schema", LESSON, target)
    form = format_of(target)
    back, _ = transformed(target, made, "json_schema")

    assert form.faults(VALUE, form.read(made)) == []
    # Protobuf doesn't know null: a value without it fits on the way back as well.
    solid = {**VALUE, "title": "x"}
    assert jsonschema_rs.is_valid(back, solid)
    assert not jsonschema_rs.is_valid(back, {**solid, "minutes": "30"})
    assert not jsonschema_rs.is_valid(back, {**solid, "more": 1})


def test_a_record_that_holds_itself_stays_one() -> None:
    tree = {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "type": "object",
                "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
                "additionalProperties": False,
            }
        },
    }
    value, wrong = {"kids": [{"kids": []}]}, {"kids": [{"kids": [3]}]}

    for target in get_args(SchemaType):
        made, _ = transformed("json_schema", tree, target)
        form = format_of(target)
        back, _ = transformed(target, made, "json_schema")
        assert form.faults(value, form.read(made)) == []
        assert form.faults(wrong, form.read(made)) != []
        assert jsonschema_rs.is_valid(back, value)
        assert not jsonschema_rs.is_valid(back, wrong)


def test_what_a_format_cannot_say_is_listed_as_lost() -> None:
    schema = {
        "type": "object",
        "properties": {
            "any": {}, "x-y": {"type": "string"}, "many": {"type": "array", "items": {
                "type": "array", "items": {"type": "integer"}}},
            "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        },
        "required": ["any"],
    }  # fmt: skip

    made, lost = transformed("json_schema", schema, "protobuf")
    _, in_avro = transformed("json_schema", schema, "avro")

    assert lost == ["Lesson", "Lesson.any", "Lesson.many", "Lesson.either"]
    assert 'optional string x_y = 2 [json_name = "x-y"];' in made
    assert format_of("protobuf").faults({"x-y": "a", "many": [[1]], "either": 1, "any": None},
                                        format_of("protobuf").read(made)) == []  # fmt: skip
    assert in_avro == ["Lesson", "Lesson.any", "Lesson.x_y"]


@pytest.mark.parametrize(
    ("name", "backend", "frontend", "roblox"),
    [
        ("lesson_id", "lesson_id", "lessonId", "LessonId"),
        ("userID2", "user_id2", "userId2", "UserId2"),
        ("HTMLText", "html_text", "htmlText", "HtmlText"),
        ("größe", "größe", "größe", "größe"),
    ],
)
def test_names_are_written_as_the_platform_does(
    name: str, backend: str, frontend: str, roblox: str
) -> None:
    written = [as_written(name, platform) for platform in get_args(Platform)]

    assert written == [backend, frontend, roblox]


WORDS = st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=3)


@settings(max_examples=100, deadline=None)
@given(words=WORDS)
def test_a_name_comes_back_from_every_platform(words: list[str]) -> None:
    name = "_".join(words)

    for platform in get_args(Platform):
        there = as_written(name, platform)
        # Words of one letter melt into one in capitals: A, B is AB.
        if all(len(word) > 1 for word in words):
            assert as_written(there, "backend") == name


@pytest.mark.parametrize("platform", get_args(Platform))
def test_a_value_taken_to_a_platform_fits_its_schema_there(platform: Platform) -> None:
    model, losses = modelled("json_schema", LESSON)

    there = format_of("json_schema").written(rewritten(model, platform, losses), losses)
    value = Carrying(model, platform, losses).value(VALUE)

    assert format_of("json_schema").faults(value, format_of("json_schema").read(there)) == []


def test_the_frontend_gets_types_in_typescript() -> None:
    model, losses = modelled("json_schema", LESSON)

    code = declared(rewritten(model, "frontend", losses), "Lesson", "frontend")

    assert code == (
        "export interface Lesson {\n"
        "  lessonId: string;\n"
        "  title: string | null;\n"
        '  kind?: "text" | "video";\n'
        "  minutes?: number;\n"
        "  tags?: Array<string>;\n"
        "  author?: Author;\n"
        "  notesByUser?: Record<string, string>;\n"
        "}\n\n"
        "export interface Author {\n  fullName: string;\n  score?: number;\n}\n"
    )


def test_roblox_gets_types_in_luau() -> None:
    model, losses = modelled("json_schema", LESSON)

    code = declared(rewritten(model, "roblox", losses), "Lesson", "roblox")

    assert code == (
        "export type Lesson = {\n"
        "\tLessonId: string,\n"
        "\tTitle: string?,\n"
        '\tKind: ("text" | "video")?,\n'
        "\tMinutes: number?,\n"
        "\tTags: {string}?,\n"
        "\tAuthor: Author?,\n"
        "\tNotesByUser: {[string]: string}?,\n"
        "}\n\n"
        "export type Author = {\n\tFullName: string,\n\tScore: number?,\n}\n"
    )


def test_what_is_no_record_or_has_odd_names_is_declared_too() -> None:
    model, _ = modelled("json_schema", {"type": "array", "items": {"type": "integer"}})
    odd, _ = modelled("json_schema", {"type": "object", "properties": {"x y": {}, "end": {}}})

    assert declared(model, "Marks", "frontend") == "export type Marks = Array<number>;\n"
    assert declared(model, "Marks", "roblox") == "export type Marks = {number}\n"
    assert declared(model, "Marks", "backend") == ""
    assert '  "x y"?: unknown;\n  end?: unknown;\n' in declared(odd, "Odd", "frontend")
    assert '\t["x y"]: any?,\n\t["end"]: any?,\n' in declared(odd, "Odd", "roblox")


def test_in_roblox_nothing_is_null_and_the_keys_of_maps_stay() -> None:
    model, losses = modelled("json_schema", LESSON)

    value = Carrying(model, "roblox", losses).value(VALUE)

    assert value == {
        "LessonId": "1", "Kind": "video", "Minutes": 30, "Tags": ["a"],
        "Author": {"FullName": "Ada", "Score": 0.5}, "NotesByUser": {"user_one": "x"},
    }  # fmt: skip


def test_numbers_that_floats_cannot_hold_are_told() -> None:
    model, losses = modelled("json_schema", LESSON)

    Carrying(model, "frontend", losses).value({"minutes": 2**53 + 1})

    assert "minutes" in [one["place"] for one in losses.all()]


def test_two_names_that_become_one_are_refused() -> None:
    schema = {"type": "object", "properties": {"user_id": {}, "userId": {}}}
    model, losses = modelled("json_schema", schema)

    with pytest.raises(BadInput, match=r"'user_id' and 'userId'"):
        rewritten(model, "frontend", losses)
