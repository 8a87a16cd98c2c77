"""How much one block may give: so generous that only a runaway meets it."""

from typing import Any

from graph.errors import BadInput
from graph.sharing import is_endless

LONGEST_TEXT = 20_000_000
"""Characters."""
MOST_ITEMS = 1_000_000
MOST_CELLS = 10_000_000
"""Rows times columns of a table."""

_CURE = "Split the work into smaller parts."


def bound_text(length: int) -> None:
    """Raises BadInput when a text would be too long."""
    if length > LONGEST_TEXT:
        raise BadInput(f"The text would have more than {LONGEST_TEXT:,} characters.", cure=_CURE)


def bound_items(count: int) -> None:
    """Raises BadInput when a list would be too long."""
    if count > MOST_ITEMS:
        raise BadInput(f"The list would have more than {MOST_ITEMS:,} items.", cure=_CURE)


def bound_cells(rows: int, columns: int) -> None:
    """Raises BadInput when a table would be too large."""
    if rows * columns > MOST_CELLS:
        raise BadInput(
            f"The table would have {rows:,} rows of {columns:,} columns, too many.", cure=_CURE
        )


def bound_repeats(value: Any) -> None:
    """Raises BadInput for a value that holds the same parts over and over."""
    if is_endless(value):
        raise BadInput(
            "It would hold the same things over and over, and have no end when written out.",
            cure="Link what it needs of them, not all of it.",
        )
