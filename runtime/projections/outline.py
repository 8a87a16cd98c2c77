"""The blocks of a plan in the order they run, those inside loops under their loop."""

from collections.abc import Iterator
from typing import NamedTuple

from graph.compile.plan import Plan
from graph.compile.ports import INPUT, OUTPUT

MOST = 10_000
"""As many blocks are listed."""


class Line(NamedTuple):
    """A block: its address without rounds, `each/classify`, and how many loops it is in.

    `name` is the block as the innermost of those loops knows it: `classify`.
    """

    block: str
    name: str
    kind: str = ""
    depth: int = 0


def outline(plan: Plan) -> list[Line]:
    """The blocks that do something, in order: neither inputs nor outputs."""
    lines: list[Line] = []
    for line in _lines(plan, "", 0):
        if len(lines) == MOST:
            break
        lines.append(line)
    return lines


def _lines(plan: Plan, prefix: str, depth: int) -> Iterator[Line]:
    for i, id in enumerate(plan.ids):
        kind = plan.specs[i].kind
        if kind in (INPUT, OUTPUT):
            continue
        yield Line(f"{prefix}{id}", id, kind, depth)
        for body in plan.bodies.get(i, {}).values():
            yield from _lines(body, f"{prefix}{id}/", depth + 1)
