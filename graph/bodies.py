"""Code as the body of a function: indented where that changes nothing, its last value returned."""

import ast
from collections.abc import Iterator

import msgspec

RETURN = "return "


class Body(msgspec.Struct, frozen=True, eq=False):
    """The body of a function, and how far its columns are from those of the code.

    `indents` has, for every line, how many characters were put in front of it; `value_at` is
    the (line, column) of the code where `return` was put, from 1, or (0, 0) if nowhere.
    """

    text: str
    indents: tuple[int, ...]
    value_at: tuple[int, int]


def body_of(code: str, tree: ast.Module, indent: int = 4) -> Body:
    """The code, whose syntax tree is given, as the body of a function.

    If it has no `return` of its own, that of a last statement which is an expression gives the
    value; if it is no such statement, the function gives None. Lines end in "\\n" alone.
    """
    lines = code.split("\n")
    inside = _inside_texts(tree)
    indents = tuple(0 if number in inside else indent for number in range(1, len(lines) + 1))
    value_at = _value_at(tree, lines)
    made = list(_lines(lines, indents, value_at))
    if not tree.body:
        made.append(f"{' ' * indent}return None")
    return Body("\n".join(made), indents, value_at)


def _lines(lines: list[str], indents: tuple[int, ...], value_at: tuple[int, int]) -> Iterator[str]:
    for number, (line, indent) in enumerate(zip(lines, indents, strict=True), 1):
        if number == value_at[0]:
            before = value_at[1] - 1
            line = line[:before] + RETURN + line[before:]
        yield " " * indent + line if line else line


def _inside_texts(tree: ast.Module) -> frozenset[int]:
    """The lines that begin inside a text: an indent would become part of it."""
    return frozenset(
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Constant)
        for line in range(node.lineno + 1, (node.end_lineno or 0) + 1)
    )


def _value_at(tree: ast.Module, lines: list[str]) -> tuple[int, int]:
    """Where the last expression begins, if that gives the value: no `return` does."""
    if not tree.body or any(_returns(statement) for statement in tree.body):
        return (0, 0)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        return (0, 0)
    before = lines[last.lineno - 1].encode()[: last.col_offset].decode()
    return (last.lineno, len(before) + 1)


def _returns(node: ast.AST) -> bool:
    """Whether there is a `return` that isn't a nested function's."""
    if isinstance(node, ast.Return):
        return True
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
        return False
    return any(_returns(child) for child in ast.iter_child_nodes(node))
