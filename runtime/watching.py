"""Watches: expressions over the ports of blocks, and the values they come to in a run."""

import ast
from collections.abc import Collection
from typing import Any

import msgspec

from graph.expressions import read, unknown_names
from graph.paths import Path, write_path

ITEM = "item"
"""The name under which the sandbox is given what a watch reads."""


class Watched(msgspec.Struct, omit_defaults=True):
    """What a watch came to: a value, or `trouble`, or nothing as long as it `waits` for one.

    `scope` is the round it was worked out in (`each[3]`), `task` the one it reads where it
    reads one alone.
    """

    value: Any = None
    trouble: str = ""
    waits: str = ""
    scope: str = ""
    task: str = ""


class WatchedAll(msgspec.Struct):
    """What several watches came to, or one in several rounds."""

    watched: list[Watched]


class Watch(msgspec.Struct, frozen=True):
    """An expression as it was read.

    `ends` are the ports that it reads, as (block, port), port "" for all of a block. `path` is
    the way into the value of its one port, None when it does more than to lead there. `code` is
    the expression over a record `item` of its ports, by `block.port`.
    """

    code: str
    ends: tuple[tuple[str, str], ...]
    path: Path | None = None
    trouble: str = ""


def read_watch(expression: str, blocks: Collection[str]) -> Watch:
    """Read `parse.items[0]`, where `parse` is one of the blocks."""
    reading = read(expression, "expression")
    problems = [*reading.problems, *unknown_names(reading, blocks, "expression")]
    if problems or not isinstance(reading.tree, ast.Expression):
        return Watch("", (), None, problems[0].message if problems else _EMPTY)
    known = set(blocks) & reading.free.keys()
    ports = _Ports(known)
    tree = ports.visit(reading.tree)
    ends = tuple(ports.ends)
    return Watch(ast.unparse(tree), ends, _path(tree.body) if len(ends) == 1 else None)


_EMPTY = "Write which port to watch, such as `parse.items`."


def name_of(block: str, port: str) -> str:
    """What a port is called in the record that a watch is given."""
    return f"{block}.{port}" if port else block


class _Ports(ast.NodeTransformer):
    """Puts `item["parse.items"]` where `parse.items` stands."""

    def __init__(self, blocks: set[str]) -> None:
        self._blocks = blocks
        self.ends: dict[tuple[str, str], None] = {}

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id in self._blocks:
            return self._taken(node.value.id, node.attr)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._taken(node.id, "") if node.id in self._blocks else node

    def _taken(self, block: str, port: str) -> ast.AST:
        self.ends[block, port] = None
        key = ast.Constant(name_of(block, port))
        return ast.Subscript(ast.Name(ITEM, ast.Load()), key, ast.Load())


def _path(node: ast.expr) -> Path | None:
    """The way into the port's value, if there is nothing to it but that."""
    steps: list[str | int] = []
    while isinstance(node, ast.Subscript):
        if isinstance(node.value, ast.Name) and node.value.id == ITEM:
            return tuple(reversed(steps))
        step = _step(node.slice)
        if step is None:
            return None
        steps.append(step)
        node = node.value
    return None


def _step(node: ast.expr) -> str | int | None:
    match node:
        case ast.Constant(value=str(step)):
            return step
        case ast.Constant(value=int(step)) if not isinstance(step, bool):
            return step
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(step))):
            return -step
    return None


def nothing_at(path: Path) -> str:
    """What is said when a value has no such place."""
    return f"There is nothing at {write_path(path)}."
