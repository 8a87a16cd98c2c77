"""Protobuf: what is called compatible reads what was really encoded, and loses nothing of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.swarm.schema_validator.protobuf.differences import differences
from agents.swarm.schema_validator.protobuf.reading import read_proto
from agents.swarm.schema_validator.protobuf.values import proto_faults, read_by, written
from graph.errors import BadInput


def proto(*lines: str, syntax: str = "proto3") -> str:
    body = "\n".join(f"  {line}" for line in lines)
    return f'syntax = "{syntax}";\nmessage M {{\n{body}\n}}\n'


OLD = "proto2"
BROKEN: dict[str, tuple[str, str, str, str, Any, Any]] = {
    "narrowed": (proto("int64 a = 1;"), proto("int32 a = 1;"), "M.a", "type",
                 {"a": 2**40}, {}),
    "signed": (proto("int32 a = 1;"), proto("sint32 a = 1;"), "M.a", "type",
               {"a": 1}, {"a": -1}),
    "single": (proto("repeated string a = 1;"), proto("string a = 1;"), "M.a", "repeated",
               {"a": ["x", "y"]}, {"a": "y"}),
    "list": (proto("int32 a = 1;"), proto("repeated int32 a = 1;"), "M.a", "repeated",
             {"a": 0}, {}),
    "number": (proto("string a = 1;"), proto("string a = 2;"), "M.a", "number", {"a": "x"}, {}),
    "oneof": (
        proto("string a = 1; string b = 2;"), proto("oneof c { string a = 1; string b = 2; }"),
        "M.c", "oneof", {"a": "x", "b": "y"}, {"b": "y"},
    ),
    "inside": (
        proto("message I { string v = 1; }", "map<string, I> m = 1;"),
        proto("message I { fixed32 v = 1; }", "map<string, I> m = 1;"),
        "M.m.value.v", "type", {"m": {"k": {"v": "x"}}}, {"m": {"k": {}}},
    ),
    "map": (
        proto("message E { string key = 1; string value = 2; }", "repeated E m = 1;"),
        proto("map<string, string> m = 1;"),
        "M.m", "map",
        {"m": [{"key": "k", "value": "a"}, {"key": "k", "value": "b"}]}, {"m": {"k": "b"}},
    ),
    "enum": (
        proto("enum K { A = 0; B = 1; } optional K k = 1;", syntax=OLD),
        proto("enum K { A = 0; } optional K k = 1;", syntax=OLD),
        "M.k", "enum_values", {"k": "B"}, {},
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "place", "rule", "value", "left"), BROKEN.values(), ids=BROKEN
)
def test_what_breaks_is_named_with_its_place_and_bytes_show_it(
    old: str, new: str, place: str, rule: str, value: Any, left: Any
) -> None:
    writer, reader = read_proto(old), read_proto(new)

    told = differences(reader, writer)

    assert [(one.place, one.rule) for one in told] == [(place, rule)]
    assert told[0].cure
    assert read_by(written(value, writer), writer) == value or value == {"a": 0}
    assert read_by(written(value, writer), reader) == left


def test_a_new_required_field_breaks_what_lacks_it() -> None:
    writer = read_proto(proto(syntax=OLD))
    reader = read_proto(proto("required string a = 1;", syntax=OLD))

    assert [one.rule for one in differences(reader, writer)] == ["required"]
    assert proto_faults({}, writer) == []
    assert proto_faults({}, reader)[0]["rule"] == "required"


def test_a_message_that_is_gone_is_named() -> None:
    old = proto("string a = 1;") + "message Other {}"

    told = differences(read_proto(proto("string a = 1;")), read_proto(old))

    assert [(one.place, one.rule) for one in told] == [("Other", "message_removed")]


@pytest.mark.parametrize(
    ("old", "new", "value", "becomes"),
    [
        (proto("int32 a = 1;"), proto("int64 renamed = 1;"), {"a": -3}, {"renamed": -3}),
        (proto("string a = 1;", "bool b = 2;"), proto("bytes a = 1;"), {"a": "x", "b": True},
         {"a": "eA=="}),
        (proto("optional string a = 1;"), proto("repeated string a = 1;"), {"a": ""},
         {"a": [""]}),
        (proto("repeated int32 a = 1;"), proto("repeated int64 a = 1 [packed = false];"),
         {"a": [1, -2]}, {"a": [1, -2]}),
        (proto("string a = 1;"), proto("oneof c { string a = 1; string b = 2; }"), {"a": "x"},
         {"a": "x"}),
        (proto("enum K { A = 0; B = 1; } K k = 1;"), proto("int32 k = 1;"), {"k": "B"}, {"k": 1}),
    ],
)  # fmt: skip
def test_what_is_allowed_is_read(old: str, new: str, value: Any, becomes: Any) -> None:
    writer, reader = read_proto(old), read_proto(new)

    assert differences(reader, writer) == []
    assert read_by(written(value, writer), reader) == becomes


def test_values_come_back_as_they_were() -> None:
    schema = read_proto(
        'syntax = "proto3"; package a.b; import "google/protobuf/timestamp.proto";'
        "// a lesson\nmessage Lesson { reserved 4, 6 to 8; string id = 1; map<string, Part> m = 2;"
        "message Part { int64 v = 1; } enum Kind { A = 0; B = 1; } Kind kind = 5;"
        "oneof c { string x = 10; uint64 y = 11; } repeated Part parts = 12;"
        'google.protobuf.Timestamp at = 9; optional string odd = 13 [json_name = "o-d"]; }'
    )
    value = {
        "id": "1", "m": {"k": {"v": 2**40}}, "kind": "B", "y": 2**60, "parts": [{"v": 3}],
        "at": "2026-01-01T00:00:00Z", "odd": "",
    }  # fmt: skip

    assert read_by(written(value, schema), schema) == value


@pytest.mark.parametrize(
    ("value", "path"),
    [({"id": 3}, "M.id"), ({"part": {"v": "x"}}, "M.part.v"), ({"nope": 1}, "M"), (3, "M")],
)
def test_where_a_value_does_not_fit_is_told(value: Any, path: str) -> None:
    schema = read_proto(proto("string id = 1;", "message P { int32 v = 1; }", "P part = 2;"))

    assert [one["path"] for one in proto_faults(value, schema)] == [path]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("message {", "line 1, column 9"),
        (proto("int32 a = 1; int32 b = 1;"), "duplicate field number"),
        (proto("Nope a = 1;"), "resolve name 'Nope'"),
        (proto("reserved 1; int32 a = 1;"), "M.a has the number 1, which is reserved"),
        (proto('reserved "a"; int32 a = 1;'), "M.a has a name that is reserved"),
        (proto("required int32 a = 1;"), "proto3 doesn't have"),
        ('import "other.proto"; message M {}', "isn't here"),
        ('edition = "2023"; message M {}', "Edition 2023"),
        ('syntax = "proto3";', "no message"),
        ("", "text of a .proto"),
        ({"type": "object"}, "text of a .proto"),
    ],
)
def test_what_is_no_proto_is_refused_with_the_place(text: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_proto(text)


SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "int32": st.integers(-(2**31), 2**31 - 1), "int64": st.integers(-(2**63), 2**63 - 1),
    "uint32": st.integers(0, 2**32 - 1), "uint64": st.integers(0, 2**64 - 1),
    "sint32": st.integers(-(2**31), 2**31 - 1), "fixed32": st.integers(0, 2**32 - 1),
    "bool": st.booleans(), "string": st.text("ab", max_size=2),
}  # fmt: skip
WAYS = ("", "optional ", "repeated ")


@st.composite
def fields(draw: st.DrawFn) -> dict[int, tuple[str, str]]:
    """Fields by number: how many there may be, and of which type."""
    numbers = st.sampled_from([1, 2, 3])
    return draw(st.dictionaries(numbers, st.tuples(st.sampled_from(WAYS),
                                                   st.sampled_from(sorted(SCALARS)))))  # fmt: skip


def _text(of: dict[int, tuple[str, str]]) -> str:
    return proto(*(f"{way}{kind} f{number} = {number};" for number, (way, kind) in of.items()))


@settings(max_examples=300, deadline=None)
@given(data=st.data(), old=fields(), new=fields())
def test_what_the_old_wrote_comes_through_where_they_are_called_compatible(
    data: st.DataObject, old: dict[int, tuple[str, str]], new: dict[int, tuple[str, str]]
) -> None:
    writer, reader = read_proto(_text(old)), read_proto(_text(new))
    if differences(reader, writer):
        return
    shared = {number: old[number] for number in old if number in new}
    value = {
        f"f{number}": data.draw(
            st.lists(SCALARS[kind], min_size=1, max_size=2) if way == "repeated " else SCALARS[kind]
        )
        for number, (way, kind) in shared.items()
    }

    read = read_by(written(value, writer), reader)

    for number, (way, _) in shared.items():
        name, several = f"f{number}", new[number][0] == "repeated " and way != "repeated "
        expected = [value[name]] if several else value[name]
        # What is zero or empty is not written where nobody says `optional`.
        assert read.get(name, expected) == expected
        assert name in read or not expected
