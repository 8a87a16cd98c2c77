"""Values made up from what an input takes: its type, or a JSON Schema that narrows it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graph.compile.plan import Input, Plan
from graph.errors import BadInput
from graph.schemas import faults
from graph.values import ValueType, schema_of
from runtime.flow_tests.draws import Draws

DEEPEST = 3
"""Lists and records inside each other."""

MOST_ITEMS = 30

_CHARACTERS = "abcxyzABZ0189 .,-_/:;!?'\"\\(){}[]<>&%$#@*+=|~\n\t\0éßŁ中🙂\u200b\u202e"
_TEXTS = (
    " ", "0", "-1", "null", "None", "true", "NaN", "1e999", "2024-02-30", "a@b.c", "../..", "{}",
    "{name}", "<script>", "'; DROP TABLE x; --", "é", "e\u0301", "🙂" * 3, "a" * 1000,
)  # fmt: skip
_INTEGERS = (0, 1, -1, 2, 10, 100, 255, 256, 2**31 - 1, 2**31, -(2**31), 2**53 + 1, 2**63 - 1)
_NUMBERS = (0.0, 0.5, -0.5, 0.1, 1e-9, 1.5, 99.99, 1e16, -1e300)
_NAMES = ("a", "b", "id", "name", "value", "x y", "")


def made_up(plan: Plan, narrowed: Mapping[str, Mapping[str, Any]], draws: Draws) -> dict[str, Any]:
    """Inputs for a flow. Raises BadInput for a schema by which nothing can be made up."""
    made: dict[str, Any] = {}
    for name, given in plan.inputs.items():
        if given.required or draws.below(4):
            made[name] = _input(given, narrowed.get(name), name, draws)
    return made


def _input(given: Input, schema: Mapping[str, Any] | None, name: str, draws: Draws) -> Any:
    if schema is None:
        return _of_type(given.type, draws, 0)
    value = _by_schema({**schema_of(given.type), **schema}, draws, 0)
    if found := faults(value, schema, most=1):
        raise BadInput(
            f"No value for the input {name!r} could be made up: {found[0]['message']}",
            cure="Give it `enum` or `examples` to choose from.",
        )
    return value


# By type.


def _of_type(wanted: ValueType, draws: Draws, depth: int) -> Any:
    if wanted.choices:
        return wanted.choices[draws.below(len(wanted.choices))]
    match wanted.kind:
        case "union":
            return _of_type(wanted.members[draws.below(len(wanted.members))], draws, depth)
        case "list":
            item = wanted.item or ValueType("any")
            return (
                []
                if depth >= DEEPEST
                else _several(lambda: _of_type(item, draws, depth + 1), draws)
            )
        case "record":
            return _record(wanted, draws, depth)
        case "boolean":
            return bool(draws.below(2))
        case "integer":
            return _integer(draws)
        case "number":
            return _number(draws)
        case "text":
            return _text(draws)
        case "null":
            return None
    return _anything(draws, depth)


def _several(
    make: Callable[[], Any], draws: Draws, least: int = 0, most: int = MOST_ITEMS
) -> list[Any]:
    made: list[Any] = []
    while len(made) < least or (len(made) < most and draws.more()):
        made.append(make())
    return made


def _record(wanted: ValueType, draws: Draws, depth: int) -> dict[str, Any]:
    made = {name: _of_type(kind, draws, depth + 1) for name, kind in wanted.fields}
    while depth < DEEPEST and len(made) < len(_NAMES) and draws.more():
        item = wanted.item or ValueType("any")
        made[_NAMES[draws.below(len(_NAMES))]] = _of_type(item, draws, depth + 1)
    return made


_ANY = ("null", "boolean", "integer", "number", "text", "list", "record")


def _anything(draws: Draws, depth: int) -> Any:
    kinds = _ANY if depth < DEEPEST else _ANY[:5]
    kind = kinds[draws.below(len(kinds))]
    return _of_type(ValueType(kind), draws, depth)  # type: ignore[arg-type]  # one of Kind


def _text(draws: Draws) -> str:
    if draws.below(4) == 3:
        return _TEXTS[draws.below(len(_TEXTS))]
    return "".join(_several(lambda: _CHARACTERS[draws.below(len(_CHARACTERS))], draws))


def _integer(draws: Draws) -> int:
    if draws.below(2):
        return _INTEGERS[draws.below(len(_INTEGERS))]
    number = draws.below(1001)
    return -number if draws.below(2) else number


def _number(draws: Draws) -> float:
    choice = draws.below(3)
    if choice == 2:
        return _NUMBERS[draws.below(len(_NUMBERS))]
    whole = _integer(draws)
    return whole if choice == 0 else whole + draws.below(100) / 100


# By schema.


def _by_schema(schema: Mapping[str, Any], draws: Draws, depth: int) -> Any:
    if listed := _listed(schema):
        return listed[draws.below(len(listed))]
    for choice in ("anyOf", "oneOf"):
        if options := schema.get(choice):
            rest = {word: value for word, value in schema.items() if word != choice}
            return _by_schema({**rest, **options[draws.below(len(options))]}, draws, depth)
    kind = schema.get("type", _guessed(schema))
    if isinstance(kind, list):
        kind = kind[draws.below(len(kind))]
    match kind:
        case "string":
            return _text_by(schema, draws)
        case "integer":
            return _integer_by(schema, draws)
        case "number":
            return _number_by(schema, draws)
        case "array":
            return _list_by(schema, draws, depth)
        case "object":
            return _record_by(schema, draws, depth)
        case "boolean" | "null":
            return _of_type(ValueType(kind), draws, depth)
    return _anything(draws, depth)


def _listed(schema: Mapping[str, Any]) -> Sequence[Any]:
    """The values that a schema lists itself."""
    if "const" in schema:
        return [schema["const"]]
    listed: Sequence[Any] = schema.get("enum") or schema.get("examples") or ()
    return listed


def _guessed(schema: Mapping[str, Any]) -> str:
    """The type that a schema means which says none."""
    if "properties" in schema or "required" in schema:
        return "object"
    if "items" in schema:
        return "array"
    if "minimum" in schema or "maximum" in schema:
        return "number"
    return "string" if {"minLength", "maxLength", "format"} & schema.keys() else ""


def _text_by(schema: Mapping[str, Any], draws: Draws) -> str:
    form = schema.get("format", "")
    if form in _FORMATS:
        options: Sequence[str] = _FORMATS[form]
        return options[draws.below(len(options))]
    least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", 1000))
    text = _text(draws)[:most]
    return text + "a" * (least - len(text))


def _integer_by(schema: Mapping[str, Any], draws: Draws) -> int:
    step = int(schema.get("multipleOf", 1)) or 1
    if not _BOUNDS & schema.keys():
        return _integer(draws) * step
    least, most = _bounds(schema)
    low, high = -(-least // step), most // step
    chosen = low + draws.below(max(1, int(high - low + 1)))
    return int((high if draws.below(4) == 3 else chosen) * step)


def _number_by(schema: Mapping[str, Any], draws: Draws) -> float:
    if not _BOUNDS & schema.keys():
        return _number(draws)
    least, most = _bounds(schema)
    return float(least + (most - least) * draws.below(1001) / 1000)


_WIDE = 1000
_BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}


def _bounds(schema: Mapping[str, Any]) -> tuple[float, float]:
    """The smallest and the largest number to make; where one isn't said, it is far away."""
    least, most = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        least = schema["exclusiveMinimum"] + 1
    if "exclusiveMaximum" in schema:
        most = schema["exclusiveMaximum"] - 1
    if least is None:
        least = 0 if most is None else most - _WIDE
    return least, least + _WIDE if most is None else most


def _list_by(schema: Mapping[str, Any], draws: Draws, depth: int) -> list[Any]:
    items = schema.get("items", {})
    least, most = int(schema.get("minItems", 0)), int(schema.get("maxItems", 30))
    return _several(lambda: _by_schema(items, draws, depth + 1), draws, least, most)


def _record_by(schema: Mapping[str, Any], draws: Draws, depth: int) -> dict[str, Any]:
    required = schema.get("required", ())
    return {
        name: _by_schema(inner, draws, depth + 1)
        for name, inner in schema.get("properties", {}).items()
        if name in required or draws.below(2)
    }


_FORMATS: Mapping[str, Sequence[str]] = {
    "date": ("2024-01-01", "2024-02-29", "1999-12-31", "0001-01-01", "9999-12-31"),
    "date-time": ("2024-01-01T00:00:00Z", "2024-02-29T23:59:59.999+14:00", "1969-12-31T23:59:59Z"),
    "time": ("00:00:00Z", "23:59:59Z"),
    "email": ("a@example.org", "a.b+c@sub.example.org"),
    "uri": ("https://example.org", "https://example.org/a?b=c#d"),
    "uuid": ("00000000-0000-0000-0000-000000000000", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
}
