"""One value for each item of a list: by the name of a field, or by an expression."""

from collections.abc import Mapping, Sequence
from typing import Any

from graph.context import Context
from graph.errors import BadInput
from graph.paths import MISSING, Path, find, read_path
from graph.values import did_you_mean


def column(items: Sequence[Any], field: str) -> list[Any]:
    """What each item has at the path `field`, null where it has nothing.

    Raises BadInput when no item has it at all, which is nearly always a slip of the pen.
    """
    path = read_path(field)
    values = [find(item, path) for item in items]
    if items and all(value is MISSING for value in values):
        raise BadInput(f"No item has a field {field!r}.", cure=_closest(items[0], path))
    return [None if value is MISSING else value for value in values]


def _closest(item: Any, path: Path) -> str:
    names = [name for name in item if isinstance(name, str)] if isinstance(item, Mapping) else []
    return did_you_mean(str(path[0]), names)


async def each_value(
    context: Context, items: Sequence[Any], field: str, expression: str, names: Mapping[str, Any]
) -> list[Any]:
    """What `field` or `expression` gives for each item; the items themselves when neither is set.

    Raises BadInput when both are set.
    """
    if field and expression:
        raise BadInput("A field and an expression are both set.", cure="Empty one of them.")
    if expression and items:
        return await context.evaluate_each(expression, items, names=names)
    return column(items, field) if field else list(items)
