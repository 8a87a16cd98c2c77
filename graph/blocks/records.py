"""Records: pick, drop, rename, set and flatten fields, of one record or of each in a list."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from graph.block import Expression, block
from graph.blocks.bounds import bound_cells
from graph.blocks.checks import readable
from graph.context import Context
from graph.errors import BadInput
from graph.paths import MISSING, Path, find, look_up, put, read_path
from graph.spec import Example, Look
from graph.values import did_you_mean, kind_of

Record = Mapping[str, Any]
Records = Annotated[Record | Sequence[Record], "The record, or a list of records."]
Changed = dict[str, Any] | list[dict[str, Any]]


def _each(
    records: Record | Sequence[Record], change: Callable[[Record], dict[str, Any]]
) -> Changed:
    """The record changed, or each of the list; an error says which."""
    if isinstance(records, Mapping):
        return change(records)
    return [_at(index, record, change) for index, record in enumerate(records)]


def _at(index: int, record: Record, change: Callable[[Record], dict[str, Any]]) -> dict[str, Any]:
    if not isinstance(record, Mapping):
        raise BadInput(f"Item {index} is {kind_of(record)}, not a record.")
    try:
        return change(record)
    except BadInput as problem:
        raise BadInput(f"Item {index}: {problem.message}", cure=problem.cure) from None


@block(
    "data.pick",
    title="Pick value",
    icon="mdi6.eyedropper",
    check=readable(path=read_path),
    search=("get", "path", "field", "property", "extract", "jsonpath"),
    examples=[
        Example({"value": {"user": {"name": "Ada"}}, "path": "user.name"}, "Ada"),
        Example({"value": [{"id": 7}, {"id": 8}], "path": "[-1].id"}, 8, "The last of a list"),
        Example({"value": {}, "path": "size", "missing": "default", "default": 0}, 0, "Or else"),
    ],
)
def pick(
    value: Annotated[Any, "The record or list to look into."],
    path: Annotated[str, 'Where it sits: user.emails[0], or ["odd.name"] for odd names.'],
    missing: Annotated[Literal["fail", "default"], "What to do when it isn't there."] = "fail",
    default: Annotated[Any, "What to give when it isn't there.", Look("json")] = None,
) -> Any:
    """Take one value out of a record or list."""
    steps = read_path(path)
    if missing == "fail":
        return look_up(value, steps)
    found = find(value, steps)
    return default if found is MISSING else found


@block(
    "data.pick_fields",
    title="Pick fields",
    icon="mdi6.table-column",
    check=readable(fields=read_path),
    search=("select", "columns", "project", "keep", "reshape"),
    examples=[
        Example({"records": {"a": 1, "b": 2, "c": 3}, "fields": ["c", "a"]}, {"c": 3, "a": 1}),
        Example(
            {
                "records": [{"title": "Crash", "user": {"login": "ada"}}],
                "fields": {"title": "title", "author": "user.login"},
            },
            [{"title": "Crash", "author": "ada"}],
            "New names for values inside",
        ),
    ],
)
def pick_fields(
    records: Records,
    fields: Annotated[
        Sequence[str] | Mapping[str, str],
        "The fields to keep, in their order; or a record of new names and paths.",
        Look("json"),
    ],
    missing: Annotated[
        Literal["fail", "null", "leave out"], "What to do about a field that isn't there."
    ] = "fail",
) -> dict[str, Any] | list[dict[str, Any]]:
    """Keep only some fields, under the names you like."""
    wanted = _wanted(fields)
    bound_cells(1 if isinstance(records, Mapping) else len(records), len(wanted))
    return _each(records, lambda record: _picked(record, wanted, missing))


def _wanted(fields: Sequence[str] | Mapping[str, str]) -> dict[str, Path]:
    """The path for each new name; a path in a list is called by its last step."""
    if isinstance(fields, Mapping):
        return {name: read_path(path) for name, path in fields.items()}
    wanted = dict[str, Path]()
    for field in fields:
        path = read_path(field)
        if str(path[-1]) in wanted:
            raise BadInput(
                f"Two fields would be called {path[-1]!r}.",
                cure="Give a record of names and paths.",
            )
        wanted[str(path[-1])] = path
    return wanted


def _picked(record: Record, wanted: Mapping[str, Path], missing: str) -> dict[str, Any]:
    if missing == "fail":
        return {name: look_up(record, path) for name, path in wanted.items()}
    found = {name: find(record, path) for name, path in wanted.items()}
    if missing == "null":
        return {name: None if value is MISSING else value for name, value in found.items()}
    return {name: value for name, value in found.items() if value is not MISSING}


@block(
    "data.drop_fields",
    title="Drop fields",
    icon="mdi6.table-column-remove",
    search=("remove", "delete", "omit", "exclude"),
    examples=[Example({"records": [{"a": 1, "b": 2}], "fields": ["b"]}, [{"a": 1}])],
)
def drop_fields(
    records: Records,
    fields: Annotated[Sequence[str], "The fields to leave out; those not there don't matter."],
) -> dict[str, Any] | list[dict[str, Any]]:
    """Leave out some fields and keep the others."""
    unwanted = set(fields)
    return _each(records, lambda record: {k: v for k, v in record.items() if k not in unwanted})


@block(
    "data.rename",
    title="Rename fields",
    icon="mdi6.rename-outline",
    search=("columns", "keys", "map"),
    examples=[
        Example(
            {"records": [{"nm": "Ada", "age": 36}], "names": {"nm": "name"}},
            [{"name": "Ada", "age": 36}],
        ),
        Example(
            {"records": {"a": 1, "b": 2}, "names": {"a": "b", "b": "a"}}, {"b": 1, "a": 2}, "Swap"
        ),
    ],
)
def rename(
    records: Records,
    names: Annotated[Mapping[str, str], "The new name for each old one.", Look("mapping")],
    missing: Annotated[
        Literal["fail", "ignore"], "What to do about a field that isn't there."
    ] = "fail",
) -> dict[str, Any] | list[dict[str, Any]]:
    """Give fields new names; they keep their places."""
    return _each(records, lambda record: _renamed(record, names, strict=missing == "fail"))


def _renamed(record: Record, names: Mapping[str, str], *, strict: bool) -> dict[str, Any]:
    lost = next((name for name in names if name not in record), None) if strict else None
    if lost is not None:
        raise BadInput(f"There is no field {lost!r}.", cure=did_you_mean(lost, list(record)))
    made = {names.get(name, name): value for name, value in record.items()}
    if len(made) < len(record):
        raise BadInput("Two fields would have the same name.", cure="Drop or rename the other too.")
    return made


@block(
    "data.set",
    title="Set field",
    icon="mdi6.pencil-outline",
    check=readable(field=read_path),
    search=("add", "assign", "compute", "column", "update", "calculate"),
    examples=[
        Example({"records": {"a": 1}, "field": "b", "value": 2}, {"a": 1, "b": 2}),
        Example(
            {
                "records": [{"price": 2, "count": 3}],
                "field": "total",
                "expression": "item['price'] * item['count']",
            },
            [{"price": 2, "count": 3, "total": 6}],
            "Worked out for each record",
        ),
        Example(
            {"records": {"user": {"id": 7}}, "field": "user.name", "value": "Ada"},
            {"user": {"id": 7, "name": "Ada"}},
            "Inside another record",
        ),
    ],
)
async def set_(
    records: Records,
    field: Annotated[str, "The field to set, or a path such as user.name; made when missing."],
    context: Context,
    value: Annotated[Any, "What to set it to.", Look("json")] = None,
    expression: Annotated[
        Expression, "Worked out for each record instead; sees `item` and `index`."
    ] = "",
    **inputs: Any,
) -> dict[str, Any] | list[dict[str, Any]]:
    """Set a field of a record, or of each record in a list."""
    path, given = read_path(field), [records] if isinstance(records, Mapping) else records
    values = [value] * len(given)
    if expression and given:
        values = await context.evaluate_each(expression, given, names=inputs)
    coming = iter(values)
    return _each(records, lambda record: dict(put(record, path, next(coming))))


MOST_LEVELS = 50
LONGEST_NAME = 500
"""Characters of a field's name once flattened: names repeat for all that lies inside."""


@block(
    "data.flatten_record",
    title="Flatten record",
    icon="mdi6.file-tree-outline",
    search=("nested", "dotted", "columns", "csv"),
    examples=[
        Example(
            {"records": {"id": 1, "user": {"name": "Ada", "tags": ["x"]}}},
            {"id": 1, "user.name": "Ada", "user.tags": ["x"]},
        )
    ],
)
def flatten_record(
    records: Records,
    separator: Annotated[str, "What stands between the names."] = ".",
    levels: Annotated[int, "How many levels of records to open, at most 50."] = 10,
) -> dict[str, Any] | list[dict[str, Any]]:
    """Make one level of a record with records inside, as a table needs it; lists stay lists."""
    if not 0 < levels <= MOST_LEVELS:
        raise BadInput(f"The levels must be from 1 to {MOST_LEVELS}, not {levels}.")
    return _each(records, lambda record: _flat(record, separator, levels))


def _flat(record: Record, separator: str, levels: int) -> dict[str, Any]:
    made = dict[str, Any]()
    for name, value in _opened(record, separator, levels):
        if name in made:
            raise BadInput(f"Two fields would be called {name!r}.", cure="Use another separator.")
        made[name] = value
    return made


def _opened(record: Record, separator: str, levels: int) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if not (levels and isinstance(value, Mapping) and value):
            yield name, value
            continue
        for inner, one in _opened(value, separator, levels - 1):
            if len(name) + len(inner) > LONGEST_NAME:
                raise BadInput(f"A field's name would have more than {LONGEST_NAME} characters.")
            yield f"{name}{separator}{inner}", one
