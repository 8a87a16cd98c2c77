"""Avro: what is called compatible reads what was written, and Avro's own library says the same."""

import json
from typing import Any

import avro.compatibility
import avro.schema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.swarm.schema_validator.avro.differences import differences
from agents.swarm.schema_validator.avro.reading import avro_faults, read_avro, read_by, written
from graph.errors import BadInput


def record(*fields: tuple[Any, ...], name: str = "R", **more: Any) -> dict[str, Any]:
    made = [
        {"name": field, "type": kind, **({"default": rest[0]} if rest else {})}
        for field, kind, *rest in fields
    ]
    return {"type": "record", "name": name, "fields": made, **more}


def enum(*symbols: str, **more: Any) -> dict[str, Any]:
    return {"type": "enum", "name": "E", "symbols": list(symbols), **more}


def fixed(size: int) -> dict[str, Any]:
    return {"type": "fixed", "name": "F", "size": size}


BROKEN: dict[str, tuple[Any, Any, str, str, Any]] = {
    "type": (record(("a", "string")), record(("a", "int")), "R.a", "type", {"a": "x"}),
    "narrowed": (record(("a", "long")), record(("a", "int")), "R.a", "type", {"a": 1}),
    "no default": (record(), record(("a", "int")), "R.a", "no_default", {}),
    "symbols": (enum("A", "B"), enum("A"), "E", "enum_symbols", "B"),
    "size": (fixed(2), fixed(3), "F", "fixed_size", b"ab"),
    "name": (record(name="Old"), record(), "R", "name", {}),
    "union": (["null", "int"], ["null", "string"], "", "union", 1),
    "list": (
        record(("a", {"type": "array", "items": "string"})),
        record(("a", {"type": "array", "items": record(("b", "int"), name="I")})),
        "R.a[]", "type", {"a": ["x"]},
    ),
    "inside": (
        record(("a", {"type": "map", "values": record(name="I")})),
        record(("a", {"type": "map", "values": record(("b", "int"), name="I")})),
        "R.a{}.b", "no_default", {"a": {"k": {}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "rule", "value"), BROKEN.values(), ids=BROKEN)
def test_what_breaks_is_named_with_its_place_and_a_value_shows_it(
    old: Any, new: Any, place: str, rule: str, value: Any
) -> None:
    writer, reader = read_avro(old), read_avro(new)

    told = differences(reader, writer)

    assert [(one.place, one.rule) for one in told] == [(place, rule)]
    assert told[0].cure
    with pytest.raises(BadInput):
        read_by(written(value, writer), writer, reader)


@pytest.mark.parametrize(
    ("old", "new", "value", "becomes"),
    [
        (record(("a", "int")), record(("a", "long"), ("b", "string", "x")), {"a": 1},
         {"a": 1, "b": "x"}),
        (record(("a", "int"), ("b", "int")), record(("a", "int")), {"a": 1, "b": 2}, {"a": 1}),
        (enum("A", "B"), enum("A", default="A"), "B", "A"),
        (record(("a", "int"), name="Old"),
         record(("a", ["null", "int"]), aliases=["Old"]), {"a": 1}, {"a": 1}),
        ("int", ["string", "double"], 1, 1.0),
    ],
)  # fmt: skip
def test_what_is_allowed_is_read(old: Any, new: Any, value: Any, becomes: Any) -> None:
    writer, reader = read_avro(old), read_avro(new)

    assert differences(reader, writer) == []
    assert read_by(written(value, writer), writer, reader) == becomes


def test_the_same_bytes_with_another_meaning_are_not_called_compatible() -> None:
    old = {"type": "long", "logicalType": "timestamp-millis"}
    new = {"type": "long", "logicalType": "timestamp-micros"}

    assert [one.rule for one in differences(read_avro(new), read_avro(old))] == ["logical_type"]


def test_a_record_that_holds_itself_is_compared_to_its_end() -> None:
    def chain(value: str) -> Any:
        return record(("value", value), ("next", ["null", "R"], None))

    assert differences(read_avro(chain("long")), read_avro(chain("int"))) == []
    told = differences(read_avro(chain("int")), read_avro(chain("long")))
    assert [one.place for one in told] == ["R.value"]


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (record(("a", "nope")), "no type nope"),
        ({"type": "record", "name": "R"}, "record without `fields`"),
        ({"type": "array"}, "array without `items`"),
        (record(("a", "int"), ("a", "int")), "two fields 'a'"),
        (record(("a b", "int")), "'a b' for a name"),
        (record(("a", ["int", "int"])), "R.a names 'int' twice"),
        (enum("A", "A"), "must be unique"),
        ({"name": "x"}, "no `type`"),
        (5, "no type"),
        ("{", "no JSON"),
    ],
)
def test_what_is_no_schema_is_refused_with_the_place(definition: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_avro(definition)


def test_where_a_value_does_not_fit_is_told() -> None:
    schema = read_avro(record(("a", "int"), ("e", enum("A"))))

    assert avro_faults({"a": 1, "e": "A"}, schema) == []
    assert avro_faults({"a": 1, "e": "Z"}, schema) == [
        {"path": "R.e", "message": '"Z" is no enum E.', "rule": "enum E"}
    ]


PRIMITIVES = {
    "int": st.integers(-5, 5), "long": st.integers(-(2**40), 2**40),
    "float": st.sampled_from([0.5, -2.0]), "double": st.sampled_from([0.25, 3.0]),
    "string": st.text("ab", max_size=2), "boolean": st.booleans(),
    "bytes": st.sampled_from([b"a", b""]), "null": st.none(),
}  # fmt: skip


@st.composite
def parts(draw: st.DrawFn, depth: int = 2, prefix: str = "N") -> Any:
    kinds = ["simple", "simple", "enum", "fixed"]
    kinds += ["array", "map", "record", "union"] if depth else []
    match draw(st.sampled_from(kinds)):
        case "simple":
            return draw(st.sampled_from(sorted(PRIMITIVES)))
        case "enum":
            symbols = draw(st.lists(st.sampled_from("ABC"), min_size=1, unique=True))
            more = {"default": symbols[0]} if draw(st.booleans()) else {}
            return {"type": "enum", "name": f"{prefix}E", "symbols": symbols, **more}
        case "fixed":
            return {"type": "fixed", "name": f"{prefix}F", "size": draw(st.integers(1, 2))}
        case "array":
            return {"type": "array", "items": draw(parts(depth - 1, f"{prefix}i"))}
        case "map":
            return {"type": "map", "values": draw(parts(depth - 1, f"{prefix}v"))}
        case "union":
            return draw(st.lists(st.sampled_from(sorted(PRIMITIVES)), min_size=1, unique=True))
        case _:
            return draw(records(depth - 1, prefix))


@st.composite
def records(draw: st.DrawFn, depth: int = 2, prefix: str = "N") -> Any:
    names = draw(st.lists(st.sampled_from("abc"), unique=True, max_size=3))
    fields = []
    for name in names:
        field = {"name": name, "type": draw(parts(depth, f"{prefix}{name}"))}
        if field["type"] == "int" and draw(st.booleans()):
            field["default"] = 7
        fields.append(field)
    return {"type": "record", "name": f"{prefix}R", "fields": fields}


def values(part: Any) -> st.SearchStrategy[Any]:
    """Values of a schema."""
    if isinstance(part, list):
        return st.one_of([values(one) for one in part])
    if isinstance(part, str):
        return PRIMITIVES[part]
    match part["type"]:
        case "enum":
            return st.sampled_from(part["symbols"])
        case "fixed":
            return st.just(b"x" * part["size"])
        case "array":
            return st.lists(values(part["items"]), max_size=2)
        case "map":
            return st.dictionaries(st.sampled_from("kl"), values(part["values"]), max_size=2)
        case _:
            return st.fixed_dictionaries({f["name"]: values(f["type"]) for f in part["fields"]})


@settings(max_examples=300, deadline=None)
@given(data=st.data(), old=records(), new=records())
def test_what_the_old_wrote_the_new_reads_where_they_are_called_compatible(
    data: st.DataObject, old: Any, new: Any
) -> None:
    writer, reader = read_avro(old), read_avro(new)
    if differences(reader, writer) == []:
        value = data.draw(values(old))

        read = read_by(written(value, writer), writer, reader)

        assert set(read) == {field["name"] for field in new["fields"]}


@settings(max_examples=300, deadline=None)
@given(old=records(), new=records())
def test_avros_own_library_says_the_same(old: Any, new: Any) -> None:
    reader, writer = (avro.schema.parse(json.dumps(one)) for one in (new, old))
    checker = avro.compatibility.ReaderWriterCompatibilityChecker()

    said = checker.get_compatibility(reader, writer).compatibility

    ours = differences(read_avro(new), read_avro(old)) == []
    assert ours == (said is avro.compatibility.SchemaCompatibilityType.compatible)
