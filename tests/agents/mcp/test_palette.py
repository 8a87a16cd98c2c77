"""Tools as kinds of blocks: typed ports, whatever their servers wrote into the schemas."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.mcp.palette import specs_of
from agents.mcp.shapes import MOST_LOOKED_AT, type_from
from agents.mcp.snapshot import Snapshot, Tool
from graph.block import KIND
from graph.catalog import Catalog
from graph.offered import kind_of
from graph.spec import BlockSpec, Needs
from graph.values import ANY, BOOLEAN, INTEGER, NULL, NUMBER, RECORD, TEXT, ValueType, mismatch


def spec(takes: dict[str, Any] | None = None, **tool: Any) -> BlockSpec:
    made = Tool("create-issue", takes={"type": "object", **(takes or {})}, **tool)
    (found,) = specs_of(Snapshot("hub", tools=(made,)))
    return found


def test_arguments_are_typed_parameters_required_ones_first() -> None:
    made = spec(
        {
            "properties": {
                "labels": {"type": "array", "items": {"type": "string"}, "default": []},
                "title": {"type": "string", "description": "What it is\nabout."},
                "state": {"enum": ["open", "closed"], "default": "open"},
                "due": {"type": "string", "format": "date"},
            },
            "required": ["title"],
        }
    )

    shown = [(p.name, str(p.type), p.required, p.look.editor) for p in made.parameters]
    assert shown == [
        ("title", "text", True, ""),
        ("labels", "list of text", False, "json"),
        ("state", "one of 'open', 'closed'", False, "choice"),
        ("due", "text or null", False, ""),
    ]
    assert made.parameters[0].description == "What it is about."
    assert made.parameters[2].default == "open"


def test_a_tool_needs_its_connection_and_nothing_else() -> None:
    made = spec()

    assert made.needs is not None
    assert made.needs({}) == Needs(connections=("hub",))


@pytest.mark.parametrize(
    ("claims", "effect", "repeatable"),
    [
        ({"reads": True}, "read", True),
        ({"repeats": True}, "write", True),
        ({}, "write", False),
    ],
)
def test_what_a_tool_claims_says_what_a_crash_means(
    claims: dict[str, Any], effect: str, repeatable: bool
) -> None:
    made = spec(**claims)

    assert (made.effect, made.repeatable) == (effect, repeatable)


def test_what_a_tool_gives_is_typed() -> None:
    record = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "note": {"type": "string"}},
        "required": ["id"],
    }
    wrapped = {"type": "object", "properties": {"result": {"type": "integer"}}}

    assert spec(gives=record).outputs[0].type == ValueType(
        "record", item=ANY, fields=(("id", INTEGER),)
    )
    assert spec(gives=wrapped).outputs[0].type == INTEGER
    assert spec().outputs[0].type == ANY


def test_arguments_with_names_that_are_none_are_told_apart() -> None:
    made = spec({"properties": {"from": {}, "a-b": {}, "a_b": {}, "1st": {}, "_context": {}}})

    names = [p.name for p in made.parameters]
    assert names == ["from_", "a_b", "a_b_2", "_1st", "_context_2"]
    assert all(name.isidentifier() for name in names)


names = st.text(min_size=1, max_size=20)


@given(st.tuples(names, names), st.tuples(names, names))
def test_kinds_are_kinds_and_differ_where_tools_do(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert KIND.match(kind_of(*one))
    assert (kind_of(*one) == kind_of(*other)) == (one == other)


def test_a_plain_name_is_spelled_as_it_is() -> None:
    assert kind_of("github", "create_issue") == "mcp.github__create_issue"
    assert kind_of("github", "create-issue").startswith("mcp.github__create_issue_")


def test_two_tools_of_one_name_are_one_block() -> None:
    tools = (Tool("ask"), Tool("ask", title="again"))

    assert len(Catalog(specs_of(Snapshot("hub", tools=tools)))) == 1


# Schemas.


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({}, ANY),
        (True, ANY),
        ({"type": ["integer", "null"]}, ValueType("union", members=(INTEGER, NULL))),
        ({"anyOf": [{"type": "boolean"}, {"type": "number"}]},
         ValueType("union", members=(BOOLEAN, NUMBER))),
        ({"$ref": "#/$defs/name", "$defs": {"name": {"type": "string"}}}, TEXT),
        ({"$ref": "#/$defs/self", "$defs": {"self": {"$ref": "#/$defs/self"}}}, ANY),
        ({"$ref": "https://elsewhere.example/schema"}, ANY),
        ({"type": "object", "additionalProperties": {"type": "string"}},
         ValueType("record", item=TEXT)),
        ({"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "null"}},
         RECORD),
        ({"type": "object"}, RECORD),
        ({"const": 3}, ValueType("integer", choices=(3,))),
        ({"type": "mystery"}, ANY),
    ],
)  # fmt: skip
def test_a_schema_is_a_type(schema: Any, kind: ValueType) -> None:
    assert type_from(schema) == kind


plain = st.sampled_from(
    [{"type": t} for t in ("null", "boolean", "integer", "number", "string")]
    + [{"enum": ["a", 1, None]}, {"const": "x"}, {}]
)
schemas = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.builds(lambda item: {"type": "array", "items": item}, inner),
        st.builds(lambda a, b: {"anyOf": [a, b]}, inner, inner),
        st.builds(
            lambda a, b: {
                "type": "object", "properties": {"a": a, "b": b}, "required": ["a"],
            },
            inner, inner,
        ),
    ),
    max_leaves=6,
)  # fmt: skip
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["a", "x", ""])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("ab"), inner)
    ),
    max_leaves=4,
)


@given(schemas, values)
def test_a_type_takes_whatever_the_schema_does(schema: Any, value: Any) -> None:
    """A port must never refuse what the tool would take."""
    if jsonschema_rs.is_valid(schema, value):
        assert mismatch(type_from(schema), value) == ""


def test_a_schema_that_refers_to_itself_from_everywhere_is_looked_at_for_a_bearable_time() -> None:
    names = [f"p{number}" for number in range(100)]
    within = {name: {"$ref": "#/$defs/one"} for name in names}
    one = {"type": "object", "properties": within, "required": names}

    (made,) = specs_of(Snapshot("hub", tools=(Tool("ask", takes={**one, "$defs": {"one": one}}),)))

    assert len(made.parameters) == 100
    assert sum(_size(parameter.type) for parameter in made.parameters) <= 2 * MOST_LOOKED_AT


def _size(kind: ValueType) -> int:
    return 1 + sum(_size(inner) for _, inner in kind.fields or ())


@pytest.mark.parametrize("name", ["", " ", "é", "<b>", "../../etc", "\0", "1", "_", "ASK"])
def test_whatever_a_tool_is_called_others_are_still_blocks(name: str) -> None:
    tools = (Tool(name, takes={"type": "object"}), Tool("ask", takes={"type": "object"}))

    made = [one.kind for one in specs_of(Snapshot("hub", tools=tools))]

    assert kind_of("hub", "ask") in made
    assert len({*made}) == len(made)
