"""Fixes of expressions and code: a name that was meant to be another."""

import re
from collections.abc import Iterator
from typing import Any

from graph.compile.fixes.fields import of_unusable
from graph.compile.fixes.spot import Fix, Spot
from graph.edits import SetField
from graph.expressions import Form, free_names

_SLIP = re.compile(r"There is no '(\w+)' here\. Did you mean '(\w+)'\?")
_TEXT_OR_COMMENT = r"""
    (?s: '{3}.*?'{3} | "{3}.*?"{3} ) | '(?:\\.|[^'\\\n])*' | "(?:\\.|[^"\\\n])*" | \#[^\n]*
"""


def of_bad_code(spot: Spot) -> Iterator[Fix]:
    value = spot.block.fields.get(spot.problem.field) if spot.block else None
    slip = _SLIP.search(spot.problem.message)
    expression = isinstance(value, dict)
    code = value.get("$expr") if isinstance(value, dict) else value
    if spot.block and slip and isinstance(code, str):
        wrong, right = slip.groups()
        better = _renamed(code, wrong, right)
        if wrong not in free_names(better, _form(spot, expression)):
            new: Any = {"$expr": better} if expression else better
            edit = SetField(spot.block.id, spot.problem.field, new)
            yield Fix(f"Write “{right}” for “{wrong}”", edit)
    yield from of_unusable(spot)


def _form(spot: Spot, expression: bool) -> Form:
    editor = spot.parameter.look.editor if spot.parameter else ""
    return "code" if editor == "code" and not expression else "expression"


def _renamed(code: str, wrong: str, right: str) -> str:
    """The code with another name, but not in texts, and not for attributes and arguments."""
    name = rf"(?<![\w.]){wrong}(?!\w|\s*=[^=])"
    pattern = re.compile(rf"(?P<kept>{_TEXT_OR_COMMENT}) | {name}", re.VERBOSE)
    return pattern.sub(lambda match: match["kept"] or right, code)
