"""A flow made sound: each problem mended by its likeliest fix, or by leaving out what it is about."""  # noqa: E501

from collections.abc import Iterator
from typing import NamedTuple

from graph.catalog import Catalog
from graph.compile import check
from graph.compile.fixes import fixes
from graph.compile.ports import INPUT
from graph.edits import AddBlock, Connect, Disconnect, RemoveBlock, apply
from graph.edits.edit import Edit, together
from graph.errors import EditRefused, Problem
from graph.flow import Block, End, Flow, link_between
from graph.values import ValueType

MOST = 300
"""Mends of one flow. Each but the last few makes it smaller or sounder, so none needs as many."""

_INPUT_TYPES = ("text", "number", "integer", "boolean", "list", "record")


class Mended(NamedTuple):
    """A flow that `check` finds no error in, and what was done to it, in sentences."""

    flow: Flow
    done: tuple[str, ...]


def errors_of(flow: Flow, catalog: Catalog) -> list[Problem]:
    """What keeps the flow from running."""
    return [problem for problem in check(flow, catalog) if problem.severity == "error"]


def mended(flow: Flow, catalog: Catalog) -> Mended:
    """The flow without its errors. What a field needs and nobody gives becomes an input."""
    done: list[str] = []
    tried: set[Problem] = set()
    for _ in range(MOST):
        problems = errors_of(flow, catalog)
        if not problems:
            return Mended(flow, tuple(done))
        problem = problems[0]
        ways = _removals(problem, flow) if problem in tried else _ways(problem, flow, catalog)
        tried.add(problem)
        flow, how = _first_that_can(ways, flow)
        done.append(f"{problem.message} {how}")
    return Mended(Flow(name=flow.name), (*done, "Nothing of it could be kept."))


class _Way(NamedTuple):
    how: str
    edit: Edit


def _first_that_can(ways: Iterator[_Way], flow: Flow) -> tuple[Flow, str]:
    for way in ways:
        try:
            return apply(flow, way.edit), way.how
        except EditRefused:
            continue
    return Flow(name=flow.name), "It was begun anew."


def _ways(problem: Problem, flow: Flow, catalog: Catalog) -> Iterator[_Way]:
    if problem.code == "missing" and problem.field and not problem.flow:
        yield from _as_input(problem, flow, catalog)
    for fix in fixes(problem, flow, catalog):
        if problem.code != "missing":
            yield _Way(f"{fix.title}.", fix.edit)
    yield from _removals(problem, flow)


def _as_input(problem: Problem, flow: Flow, catalog: Catalog) -> Iterator[_Way]:
    """Have whoever runs the flow say it."""
    spec = catalog.get(flow.blocks[problem.block].kind)
    parameter = spec.parameter(problem.field) if spec else None
    if parameter is None or parameter.look.editor in ("flow", "secret", "connection"):
        return
    id = next(n for n in _names(problem.field) if n not in flow.blocks)
    fields = {"name": id, "type": _input_type(parameter.type), "required": True}
    made = AddBlock(Block(id, INPUT, fields))
    linked = Connect(link_between(f"{id}.value", f"{problem.block}.{problem.field}"))
    yield _Way("It became an input of the flow.", together((made, linked)))


def _input_type(wanted: ValueType) -> str:
    return wanted.kind if wanted.kind in _INPUT_TYPES else "any"


def _names(name: str) -> Iterator[str]:
    yield name
    for number in range(2, MOST):
        yield f"{name}_{number}"


def _removals(problem: Problem, flow: Flow) -> Iterator[_Way]:
    """Leave out the link, or else the block."""
    target = End(problem.block, problem.port or problem.field)
    if target in flow.links:
        yield _Way("The link was left out.", Disconnect(target))
    if problem.block in flow.blocks:
        yield _Way(f"{problem.block!r} was left out.", RemoveBlock(problem.block))
