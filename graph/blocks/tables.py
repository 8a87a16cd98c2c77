"""Tables: group, aggregate, measure and join lists of records."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from graph.block import Expression, block
from graph.blocks.bounds import bound_cells, bound_items
from graph.blocks.checks import all_of, not_both, readable
from graph.blocks.columns import column, each_value
from graph.context import Context
from graph.errors import BadInput
from graph.order import identity, is_missing, order_keys
from graph.paths import read_path
from graph.spec import Example, Look
from graph.values import kind_of, shorten

Record = Mapping[str, Any]


class Group(TypedDict):
    """The items that share a key."""

    key: Any
    items: list[Any]
    count: int


@block(
    "data.group",
    title="Group",
    icon="mdi6.group",
    check=all_of(not_both("field", "expression"), readable(field=read_path)),
    search=("group by", "bucket", "partition", "classify"),
    examples=[
        Example(
            {"items": [{"k": "a", "v": 1}, {"k": "b", "v": 2}, {"k": "a", "v": 3}], "field": "k"},
            [
                {"key": "a", "items": [{"k": "a", "v": 1}, {"k": "a", "v": 3}], "count": 2},
                {"key": "b", "items": [{"k": "b", "v": 2}], "count": 1},
            ],
        ),
        Example(
            {"items": [1, 2, 3], "expression": "item % 2 == 1"},
            [
                {"key": True, "items": [1, 3], "count": 2},
                {"key": False, "items": [2], "count": 1},
            ],
            "By an expression",
        ),
    ],
)
async def group(
    items: Annotated[Sequence[Any], "The list."],
    context: Context,
    field: Annotated[str, "The field to group by, or a path such as user.name."] = "",
    expression: Annotated[Expression, "Groups by this instead; sees `item` and `index`."] = "",
    **inputs: Any,
) -> list[Group]:
    """Put the items that share a value together.

    Groups come in the order of their first items. Items without the field share the key null.
    """
    keys = await each_value(context, items, field, expression, inputs)
    return [
        Group(key=keys[members[0]], items=[items[i] for i in members], count=len(members))
        for members in _alike(keys)
    ]


def _alike(keys: Sequence[Any]) -> list[list[int]]:
    """The indices of equal keys together, in the order of the first of each."""
    groups = dict[Any, list[int]]()
    for index, key in enumerate(keys):
        groups.setdefault(identity(key), []).append(index)
    return list(groups.values())


How = Literal["count", "sum", "mean", "min", "max", "first", "last", "collect", "distinct"]


class Measure(TypedDict):
    """One figure to work out for every group: how, of which field, under which name."""

    how: How
    field: NotRequired[str]
    name: NotRequired[str]


Figures = Callable[[Sequence[Any], Sequence[int]], Any]
"""Works out a figure from a column and the indices of the items in the group."""


def _present(values: Sequence[Any], rows: Sequence[int]) -> list[Any]:
    return [values[row] for row in rows if not is_missing(values[row])]


def _numbers(values: Sequence[Any], rows: Sequence[int]) -> list[int | float]:
    """The numbers among the rows. Raises BadInput naming the item that has none."""
    for row in rows:
        value = values[row]
        if not is_missing(value) and (
            isinstance(value, bool) or not isinstance(value, (int, float))
        ):
            raise BadInput(
                f"Item {row} has {kind_of(value)} ({shorten(value)}) where a number is needed.",
                cure="Turn it into a number first, for instance with Set field and float(…).",
            )
    return _present(values, rows)


def _sum(numbers: Sequence[int | float]) -> int | float:
    """Exact for integers, and the same on every Python for floats (its own sum isn't)."""
    if all(isinstance(number, int) for number in numbers):
        return sum(numbers)
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):
        raise BadInput("The numbers are too large to be added up.") from None


def _mean(numbers: Sequence[int | float]) -> float | None:
    try:
        return _sum(numbers) / len(numbers) if numbers else None
    except OverflowError:
        raise BadInput("The numbers are too large to have a mean.") from None


def _extreme(values: Sequence[Any], rows: Sequence[int], choose: Callable[..., int]) -> Any:
    present = [row for row in rows if not is_missing(values[row])]
    if not present:
        return None
    keys = order_keys([values[row] for row in present], indices=present)
    return values[present[choose(range(len(present)), key=keys.__getitem__)]]


_FIGURES: dict[str, Figures] = {
    "count": lambda values, rows: len(_present(values, rows)),
    "sum": lambda values, rows: _sum(_numbers(values, rows)),
    "mean": lambda values, rows: _mean(_numbers(values, rows)),
    "min": lambda values, rows: _extreme(values, rows, min),
    "max": lambda values, rows: _extreme(values, rows, max),
    "first": lambda values, rows: next(iter(_present(values, rows)), None),
    "last": lambda values, rows: next(reversed(_present(values, rows)), None),
    "collect": _present,
    "distinct": lambda values, rows: len(set(map(identity, _present(values, rows)))),
}


@block(
    "data.measure",
    title="Measure",
    icon="mdi6.calculator-variant-outline",
    check=readable(field=read_path),
    search=("count", "sum", "average", "mean", "minimum", "maximum", "total", "statistics"),
    examples=[
        Example({"items": [{"p": 2}, {"p": 4}, {"p": None}], "how": "mean", "field": "p"}, 3.0),
        Example({"items": ["a", "b"]}, 2, "How many items"),
    ],
)
def measure(
    items: Annotated[Sequence[Any], "The list."],
    how: Annotated[How, "Which figure."] = "count",
    field: Annotated[str, "Of which field, or path; empty: of the items themselves."] = "",
) -> Any:
    """Work out one figure of a list: how many, their sum, mean or least.

    Missing values are left out. Without values the sum is 0, and the others are null.
    """
    values = column(items, field) if field else items
    if how == "count" and not field:
        return len(items)
    return _FIGURES[how](values, range(len(items)))


@block(
    "data.aggregate",
    title="Aggregate",
    icon="mdi6.table-pivot",
    check=readable(by=read_path),
    search=("group by", "sum", "count", "average", "total", "pivot", "summarize"),
    examples=[
        Example(
            {
                "items": [
                    {"team": "a", "points": 3},
                    {"team": "b", "points": 1},
                    {"team": "a", "points": 5},
                ],
                "by": ["team"],
                "measures": [{"how": "count"}, {"how": "sum", "field": "points", "name": "total"}],
            },
            [{"team": "a", "count": 2, "total": 8}, {"team": "b", "count": 1, "total": 1}],
        ),
        Example(
            {"items": [{"n": 1}, {"n": 2}], "measures": [{"how": "max", "field": "n"}]},
            [{"max_n": 2}],
            "Over the whole list",
        ),
    ],
)
def aggregate(
    items: Annotated[Sequence[Record], "The list of records."],
    measures: Annotated[
        Sequence[Measure],
        "The figures: each with `how`, mostly a `field`, and a `name` if you like.",
        Look("table"),
    ] = ({"how": "count"},),
    by: Annotated[Sequence[str], "The fields that make a group; none: one group of all."] = (),
) -> list[dict[str, Any]]:
    """Work out figures for each group of records: counts, sums, means, extremes.

    Missing values are left out. `first`, `last` and `collect` give values, `distinct` counts
    different ones. A figure without a name is called after what it is: `sum_price`.
    """
    names = _column_names(by, measures)
    bound_cells(len(items), len(names))
    keys = [column(items, field) for field in by]
    values = [column(items, m["field"]) if m.get("field") else items for m in measures]
    groups = _alike(list(zip(*keys, strict=True))) if by else [list(range(len(items)))]
    return [dict(zip(names, _row(rows, keys, measures, values), strict=True)) for rows in groups]


def _row(
    rows: Sequence[int],
    keys: Sequence[Sequence[Any]],
    measures: Sequence[Measure],
    values: Sequence[Sequence[Any]],
) -> list[Any]:
    figures = [_FIGURES[m["how"]](one, rows) for m, one in zip(measures, values, strict=True)]
    return [*(key[rows[0]] for key in keys), *figures]


def _column_names(by: Sequence[str], measures: Sequence[Measure]) -> list[str]:
    """What the columns are called. Raises BadInput when two share a name."""
    names = [str(read_path(field)[-1]) for field in by]
    for number, one in enumerate(measures):
        if one.get("how") not in _FIGURES:
            raise BadInput(
                f"Measure {number}: {one.get('how')!r} is none of {', '.join(_FIGURES)}."
            )
        field = one.get("field", "")
        own = f"{one['how']}_{read_path(field)[-1]}" if field else one["how"]
        names.append(one.get("name") or own)
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise BadInput(f"Two columns would be called {twice!r}.", cure="Give one another name.")
    return names


@block(
    "data.join",
    title="Join tables",
    icon="mdi6.set-center",
    check=readable(on=read_path, right_on=read_path),
    search=("merge", "lookup", "vlookup", "inner", "left", "outer", "combine"),
    examples=[
        Example(
            {
                "left": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}],
                "right": [{"id": 1, "score": 9}],
                "on": ["id"],
            },
            [{"id": 1, "name": "Ada", "score": 9}],
            "Inner: what is in both",
        ),
        Example(
            {
                "left": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}],
                "right": [{"user": 1, "name": "A."}, {"user": 3, "name": "C."}],
                "on": ["id"],
                "right_on": ["user"],
                "how": "outer",
            },
            [
                {"id": 1, "name": "Ada", "right_name": "A."},
                {"id": 2, "name": "Bob", "right_name": None},
                {"id": 3, "name": None, "right_name": "C."},
            ],
            "Outer: everything, with other names for the same key",
        ),
    ],
)
def join(
    left: Annotated[Sequence[Record], "The one list of records."],
    right: Annotated[Sequence[Record], "The other list of records."],
    on: Annotated[Sequence[str], "The fields that must be equal."],
    right_on: Annotated[Sequence[str], "What they are called on the right, if otherwise."] = (),
    how: Annotated[
        Literal["inner", "left", "outer"],
        "Whether to keep what has no partner on the left, or either.",
    ] = "inner",
    prefix: Annotated[
        str, "Put before fields of the right that the left has too.", Look(more=True)
    ] = "right_",
) -> list[dict[str, Any]]:
    """Bring two lists of records together where their keys are equal.

    One record for each pair, in the order of the left. A key with a missing part has no partner.
    Without a partner, the other side's fields are null.
    """
    right_on = right_on or on
    if not on or len(on) != len(right_on):
        raise BadInput("The fields to join on must be as many on the left as on the right.")
    bound_cells(len(left) + len(right), len(on))
    names = _right_names(left, right, _shared(on, right_on), prefix)
    pairs, lonely = _matched(_keys(left, on), _keys(right, right_on))
    kept = [pair for pair in pairs if how != "inner" or pair[1] is not None]
    alone = lonely if how == "outer" else []
    blank_left, blank_right = dict.fromkeys(_fields(left)), dict.fromkeys(names.values())
    bound_cells(len(kept) + len(alone), len(blank_left | blank_right))
    rows = [
        {**left[i], **(_named(right[j], names) if j is not None else _rest(blank_right, left[i]))}
        for i, j in kept
    ]
    return rows + [{**blank_left, **_named(right[j], names)} for j in alone]


def _shared(on: Sequence[str], right_on: Sequence[str]) -> dict[str, str]:
    """What the keys of the right are called on the left, where both are plain fields."""
    ways = zip(map(read_path, right_on), map(read_path, on), strict=True)
    return {str(there[0]): str(here[0]) for there, here in ways if len(there) == len(here) == 1}


def _keys(records: Sequence[Record], on: Sequence[str]) -> list[Any]:
    """What each record is matched by, None when a part of it is missing."""
    rows = zip(*(column(records, field) for field in on), strict=True)
    return [None if any(map(is_missing, row)) else identity(row) for row in rows]


def _matched(
    left: Sequence[Any], right: Sequence[Any]
) -> tuple[list[tuple[int, int | None]], list[int]]:
    """The pairs of equal keys by index (None for no partner), and the right ones left over."""
    where = dict[Any, list[int]]()
    for index, key in enumerate(right):
        where.setdefault(key, []).append(index)
    without = where.pop(None, [])
    bound_items(sum(len(where.get(key, [0])) for key in left))
    pairs = [(i, j) for i, key in enumerate(left) for j in where.get(key, (None,))]
    used = set(left)
    alone = [j for key, found in where.items() if key not in used for j in found]
    return pairs, sorted(without + alone)


def _fields(records: Sequence[Record]) -> dict[str, None]:
    """All the fields the records have, in the order they first come."""
    return {name: None for record in records for name in record}


def _right_names(
    left: Sequence[Record], right: Sequence[Record], keys: Mapping[str, str], prefix: str
) -> dict[str, str]:
    """What each field of the right is called in the result.

    A key goes by its name on the left. Raises BadInput when two fields would share a name.
    """
    taken, names = _fields(left), dict[str, str]()
    for name in _fields(right):
        own = f"{prefix}{name}" if name in taken else name
        names[name] = keys.get(name, own)
    clash = [new for old, new in names.items() if prefix and new in taken and old not in keys]
    if clash or len(set(names.values())) < len(names):
        raise BadInput("Two fields would have the same name.", cure="Choose another prefix.")
    return names


def _named(record: Record, names: Mapping[str, str]) -> dict[str, Any]:
    return {names[name]: value for name, value in record.items()}


def _rest(blank: Record, record: Record) -> dict[str, Any]:
    """The blank fields that the record doesn't have itself."""
    return {name: None for name in blank if name not in record}
