"""Lists: filter, sort, cut, thin out, flatten and spread."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from graph.block import Expression, block
from graph.blocks.bounds import bound_cells
from graph.blocks.checks import all_of, not_both, readable
from graph.blocks.columns import column, each_value
from graph.context import Context
from graph.errors import BadInput
from graph.order import identity, is_missing, order_keys
from graph.paths import find, put, read_path
from graph.spec import Example, Look
from graph.values import as_text, kind_of

Items = Annotated[Sequence[Any], "The list."]


class Sifted(NamedTuple):
    """What was kept, as `value`, and the `rest`, each in its order."""

    value: Annotated[list[Any], "The items that pass."]
    rest: Annotated[list[Any], "The other items."]


def _sift(items: Sequence[Any], passes: Sequence[Any]) -> Sifted:
    kept = [item for item, ok in zip(items, passes, strict=True) if ok]
    return Sifted(kept, [item for item, ok in zip(items, passes, strict=True) if not ok])


@block(
    "data.filter",
    title="Filter",
    icon="mdi6.filter-outline",
    search=("where", "select", "condition", "keep", "remove"),
    examples=[
        Example({"items": [1, 5, 3], "condition": "item > 2"}, Sifted([5, 3], [1])),
        Example(
            {"items": [{"age": 20}, {"age": 40}], "condition": "item['age'] >= limit", "limit": 30},
            Sifted([{"age": 40}], [{"age": 20}]),
            "With a further input",
        ),
    ],
)
async def filter_(
    items: Items,
    condition: Annotated[Expression, "Kept when this holds; sees `item` and `index`."],
    context: Context,
    **inputs: Any,
) -> Sifted:
    """Keep the items for which an expression holds.

    Further inputs linked to the block are seen by the expression under their names. Empty, zero
    and nothing count as no.
    """
    passes = await each_value(context, items, "", condition, inputs)
    return _sift(items, passes)


Test = Literal[
    "equals", "differs", "above", "at least", "below", "at most", "contains", "starts with",
    "ends with", "one of", "is empty", "is set",
]  # fmt: skip


@block(
    "data.where",
    title="Filter by field",
    icon="mdi6.filter-check-outline",
    check=readable(field=read_path),
    search=("filter", "select", "equals", "contains", "keep"),
    examples=[
        Example(
            {"items": [{"state": "open"}, {"state": "closed"}], "field": "state", "value": "open"},
            Sifted([{"state": "open"}], [{"state": "closed"}]),
        ),
        Example(
            {"items": [{"n": 1}, {"n": None}, {"n": 9}], "field": "n", "test": "above", "value": 3},
            Sifted([{"n": 9}], [{"n": 1}, {"n": None}]),
            "What is missing is above nothing",
        ),
    ],
)
def where(
    items: Annotated[Sequence[Mapping[str, Any]], "The list of records."],
    field: Annotated[str, "The field to look at, or a path such as user.name."],
    test: Annotated[Test, "How it is compared with the value."] = "equals",
    value: Annotated[Any, "What it is compared with."] = None,
) -> Sifted:
    """Keep the records whose field passes a test: quicker than an expression, and no code."""
    passes = _TESTS[test](value)
    return _sift(items, [passes(one, index) for index, one in enumerate(column(items, field))])


Passes = Callable[[Any, int], bool]
"""Whether the value of the item at that index passes."""


def _equals(value: Any, wanted: bool) -> Passes:
    mark = identity(value)
    return lambda one, _: (identity(one) == mark) is wanted


def _one_of(choices: Any) -> Passes:
    if not isinstance(choices, (list, tuple)):
        raise BadInput(f"The value must be a list to choose from, not {kind_of(choices)}.")
    marks = set(map(identity, choices))
    return lambda one, _: identity(one) in marks


def _ordered(value: Any, wanted: Callable[[Any, Any], bool]) -> Passes:
    if is_missing(value):
        raise BadInput("There is no value to compare with.")

    def passes(one: Any, index: int) -> bool:
        if is_missing(one):
            return False
        try:
            return wanted(*order_keys([one, value]))
        except BadInput:
            kinds = f"{kind_of(one)} can't be compared with {kind_of(value)}"
            raise BadInput(f"Item {index}: {kinds}.", cure="Turn both into one kind.") from None

    return passes


def _contains(value: Any) -> Passes:
    text, mark = as_text(value), identity(value)

    def passes(one: Any, _: int) -> bool:
        if isinstance(one, str):
            return text in one
        return isinstance(one, (list, tuple, Mapping)) and mark in map(identity, one)

    return passes


def _texts(value: Any, test: Callable[[str, str], bool]) -> Passes:
    text = as_text(value)
    return lambda one, _: isinstance(one, str) and test(one, text)


def _empty(value: Any) -> bool:
    return is_missing(value) or (isinstance(value, (str, list, tuple, Mapping)) and not value)


_TESTS: dict[str, Callable[[Any], Passes]] = {
    "equals": lambda value: _equals(value, True),
    "differs": lambda value: _equals(value, False),
    "above": lambda value: _ordered(value, operator.gt),
    "at least": lambda value: _ordered(value, operator.ge),
    "below": lambda value: _ordered(value, operator.lt),
    "at most": lambda value: _ordered(value, operator.le),
    "contains": _contains,
    "starts with": lambda value: _texts(value, str.startswith),
    "ends with": lambda value: _texts(value, str.endswith),
    "one of": _one_of,
    "is empty": lambda _: lambda one, _: _empty(one),
    "is set": lambda _: lambda one, _: not _empty(one),
}


@block(
    "data.sort",
    title="Sort",
    icon="mdi6.sort",
    check=all_of(not_both("field", "expression"), readable(field=read_path)),
    search=("order", "rank", "ascending", "descending"),
    examples=[
        Example({"items": [3, 1, 2]}, [1, 2, 3], "The items themselves"),
        Example(
            {"items": [{"p": 1}, {}, {"p": 9}], "field": "p", "descending": True},
            [{"p": 9}, {"p": 1}, {}],
            "What is missing comes last, whichever way",
        ),
        Example(
            {"items": ["pear", "fig"], "expression": "len(item)"},
            ["fig", "pear"],
            "By an expression",
        ),
    ],
)
async def sort(
    items: Items,
    context: Context,
    field: Annotated[str, "The field to sort by, or a path such as user.name."] = "",
    expression: Annotated[
        Expression, "Sorts by this instead; sees `item` and `index`. A list sorts by several."
    ] = "",
    descending: Annotated[bool, "Whether the greatest comes first."] = False,
    ignore_case: Annotated[bool, "Whether A and a are the same.", Look(more=True)] = False,
    **inputs: Any,
) -> list[Any]:
    """Sort a list by a field, by an expression, or by the items themselves.

    Equal items keep their order; those with nothing to sort by come last.
    """
    values = await each_value(context, items, field, expression, inputs)
    present = [index for index, value in enumerate(values) if not is_missing(value)]
    missing = [index for index, value in enumerate(values) if is_missing(value)]
    keys = order_keys(values, ignore_case=ignore_case)
    present.sort(key=keys.__getitem__, reverse=descending)
    return [items[index] for index in (*present, *missing)]


@block(
    "data.deduplicate",
    title="Remove duplicates",
    icon="mdi6.content-duplicate",
    check=readable(fields=read_path),
    search=("unique", "distinct", "dedupe"),
    examples=[
        Example({"items": [1, 2, 1, True]}, [1, 2, True], "1 and true differ"),
        Example(
            {"items": [{"id": 1, "v": "a"}, {"id": 1, "v": "b"}], "fields": ["id"], "keep": "last"},
            [{"id": 1, "v": "b"}],
            "By a field",
        ),
    ],
)
def deduplicate(
    items: Items,
    fields: Annotated[Sequence[str], "The fields that tell items apart; none: all of them."] = (),
    keep: Annotated[Literal["first", "last"], "Which of several to keep."] = "first",
) -> list[Any]:
    """Keep one of the items that are the same."""
    bound_cells(len(items), len(fields))
    columns = [column(items, field) for field in fields] or [list(items)]
    marks = [tuple(map(identity, row)) for row in zip(*columns, strict=True)]
    order = range(len(items)) if keep == "first" else range(len(items) - 1, -1, -1)
    kept = dict[Any, int]()
    for index in order:
        kept.setdefault(marks[index], index)
    return [items[index] for index in sorted(kept.values())]


@block(
    "data.limit",
    title="Limit",
    icon="mdi6.format-list-numbered",
    search=("first", "top", "head", "slice", "page", "offset", "skip"),
    examples=[
        Example({"items": [1, 2, 3, 4], "count": 2}, [1, 2]),
        Example({"items": [1, 2, 3, 4], "count": 2, "offset": 1}, [2, 3], "From the second on"),
    ],
)
def limit(
    items: Items,
    count: Annotated[int, "How many at most."] = 10,
    offset: Annotated[int, "How many to leave out at the beginning."] = 0,
) -> list[Any]:
    """Keep the first items of a list."""
    if count < 0 or offset < 0:
        raise BadInput(f"Count and offset can't be below zero: {min(count, offset)}.")
    return list(items[offset : offset + count])


@block(
    "data.flatten",
    title="Flatten",
    icon="mdi6.format-align-justify",
    search=("nested", "concat", "merge", "lists"),
    examples=[
        Example({"items": [[1, 2], 3, [[4]]]}, [1, 2, 3, [4]], "One level"),
        Example({"items": [[1, 2], 3, [[4]]], "levels": 0}, [1, 2, 3, 4], "All levels"),
    ],
)
def flatten(
    items: Annotated[Sequence[Any], "The list of lists; other items stay as they are."],
    levels: Annotated[int, "How deep to go; 0 goes all the way."] = 1,
) -> list[Any]:
    """Turn a list of lists into one list."""
    if levels < 0:
        raise BadInput(f"The levels can't be below zero: {levels}.")
    return list(_leaves(items, levels))


def _leaves(items: Sequence[Any], levels: int) -> Iterator[Any]:
    """The items in order, lists inside opened; a stack, so that depth costs nothing."""
    stack = [iter(items)]
    while stack:
        for item in stack[-1]:
            if isinstance(item, (list, tuple)) and (len(stack) <= levels or not levels):
                stack.append(iter(item))
                break
            yield item
        else:
            stack.pop()


@block(
    "data.expand",
    title="Expand list field",
    icon="mdi6.arrow-expand-vertical",
    check=readable(field=read_path),
    search=("explode", "unnest", "split out", "ungroup"),
    examples=[
        Example(
            {"items": [{"id": 1, "tags": ["a", "b"]}], "field": "tags"},
            [{"id": 1, "tags": "a"}, {"id": 1, "tags": "b"}],
        )
    ],
)
def expand(
    items: Annotated[Sequence[Mapping[str, Any]], "The list of records."],
    field: Annotated[str, "The field that holds a list, or a path to it."],
) -> list[dict[str, Any]]:
    """Make of each record as many as its list has entries, one entry in each.

    A record whose field is missing, null or an empty list gives none.
    """
    path, cells, made = read_path(field), 0, list[dict[str, Any]]()
    for index, (item, value) in enumerate(zip(items, column(items, field), strict=True)):
        entries = _entries(value, index, field)
        if entries:
            cells += len(entries) * sum(len(find(item, path[:n])) for n in range(len(path)))
            bound_cells(cells, 1)
        made.extend(put(item, path, entry) for entry in entries)
    return made


def _entries(value: Any, index: int, field: str) -> Sequence[Any]:
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise BadInput(f"Item {index}: {field!r} must be a list, not {kind_of(value)}.")
    return value
