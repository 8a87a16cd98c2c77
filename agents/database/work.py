"""What is asked of a database beyond a statement, and what was done."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from graph.errors import BadInput

Mode = Literal["append", "replace", "upsert"]
"""append: added; replace: instead of all that were there; upsert: instead of those of one key."""

Record = Mapping[str, Any]


class Insert(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be put where. `key` names the columns that tell one row from another."""

    table: str
    rows: Sequence[Record]
    mode: Mode = "append"
    key: Sequence[str] = ()
    schema: str = ""
    create: bool = True

    def columns(self) -> list[str]:
        """Every column that some row has, in the order of appearance. Raises BadInput."""
        found = dict[str, None]()
        for number, row in enumerate(self.rows):
            if not isinstance(row, Mapping):
                raise BadInput(f"Row {number} is no record.")
            found.update(dict.fromkeys(row))
        for name in found:
            check_name(name, "column")
        return list(found)


class Executed(NamedTuple):
    """What a statement did: how many rows it changed, and those it gave back (RETURNING)."""

    changed: int
    rows: list[dict[str, Any]]


def check_name(name: Any, what: str) -> None:
    """Raises BadInput for what can't name a `what`."""
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        raise BadInput(f"{name!r} can't name a {what}.")
