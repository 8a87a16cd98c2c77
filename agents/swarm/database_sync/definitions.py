"""What a sync may say, looked at before the database is asked."""

import ast
import re

from agents.swarm.database_sync.shapes import Sync
from graph.errors import BadInput

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,49}")
LONGEST_IDENTIFIER = 63


def look_at(sync: Sync) -> None:
    """Raises BadInput for what no sync can be."""
    if not _NAME.fullmatch(sync.name):
        raise BadInput(
            f"{sync.name!r} is no name of a sync.",
            cure="Use up to 50 letters, digits, underscores, dots and hyphens.",
        )
    if not sync.table.strip():
        raise BadInput(f"{sync.name}: name the table.")
    names = [sync.table, *sync.key, *sync.columns, *filter(None, [sync.schema, sync.version])]
    if odd := [name for name in names if not _is_identifier(name)]:
        raise BadInput(f"{odd[0]!r} can't name a table or a column.")
    if not sync.key:
        raise BadInput(f"{sync.name}: name the key.", cure="As a rule it is the primary key.")
    if sync.version in sync.key:
        raise BadInput(f"{sync.name}: a key can't count versions.")
    _look_at_conflicts(sync)


def _look_at_conflicts(sync: Sync) -> None:
    if sync.on_conflict == "merge" and bool(sync.merge) == bool(sync.merge_flow):
        raise BadInput(
            f"{sync.name}: to merge, give an expression or a flow.",
            cure="An expression such as {**theirs, **mine}; or the name of a flow that takes"
            " mine, theirs and base, and gives one record.",
        )
    if sync.merge:
        try:
            ast.parse(sync.merge, mode="eval")
        except (SyntaxError, ValueError) as error:
            raise BadInput(f"{sync.name}: {sync.merge!r} is no expression: {error}.") from None
    if sync.mode == "behind" and sync.on_conflict != "last_write" and not sync.version:
        raise BadInput(
            f"{sync.name}: writes behind can't tell that a row has changed without a column that"
            " counts versions.",
            cure="Name it in `version`, or write through.",
        )


def _is_identifier(name: str) -> bool:
    return 0 < len(name.encode()) <= LONGEST_IDENTIFIER and "\0" not in name
