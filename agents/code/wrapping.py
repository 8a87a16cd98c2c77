"""The user's code made a function for the sandbox, and the way back from its lines to theirs."""

import ast
import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from graph.available import MODULES
from graph.expressions import CodeProblem, Form, Reading, read, unknown_names

RETURN = "return "

WIDEST = 60
"""The most characters of code that are quoted in a message."""

_numbers = itertools.count(1)  # so that no two functions of a session share a name


class Span(NamedTuple):
    """From here up to there, in lines and characters from 1."""

    line: int
    column: int
    end_line: int
    end_column: int


class Wrapped(msgspec.Struct, frozen=True, eq=False):
    """A piece of code as it was given, and as the body of a function.

    `reading` is what it says (without the tree), `asks` the names it would take, `imports` the
    modules it imports. `indents` has, for every line, how many characters were put in front of
    it; `value_at` is the (line, column) where `return` was put before the last expression,
    (0, 0) if nowhere.
    """

    form: Form
    lines: tuple[str, ...]
    body: str
    reading: Reading
    asks: tuple[str, ...]
    imports: frozenset[str]
    indents: tuple[int, ...]
    value_at: tuple[int, int] = (0, 0)

    def function(self, parameters: tuple[str, ...]) -> "Function":
        """The code as a function of these parameters."""
        named: frozenset[str] = frozenset()
        if self.form == "expression":  # it names modules instead of importing them
            named = (MODULES & self.reading.free.keys()) - frozenset(parameters)
        imports = "".join(f"import {module}\n" for module in sorted(named))
        name = f"_f{next(_numbers)}"
        return Function(
            name=name,
            definition=f"{imports}def {name}({', '.join(parameters)}):\n{self.body}",
            parameters=parameters,
            modules=self.imports | named,
            wrapped=self,
            lines_ahead=len(named) + (2 if self.form == "expression" else 1),
            runs=not self.reading.problems
            and not any(unknown_names(self.reading, parameters, self.form)),
        )

    def place(self, span: Span) -> CodeProblem:
        """Where that is in the code as it was given, quoting it as the message."""
        line = min(max(span.line, 1), len(self.lines))
        text = self.lines[line - 1]
        column = self._column(line, span.column)
        end = len(text) + 1
        if span.end_line == span.line:
            end = max(column, self._column(line, span.end_column))
        quoted = text[column - 1 : end - 1]
        if len(quoted) > WIDEST or span.end_line > span.line:
            quoted = quoted[:WIDEST].rstrip() + "…"
        return CodeProblem(quoted, line, column, end)

    def _column(self, line: int, column: int) -> int:
        column -= self.indents[line - 1]
        if line == self.value_at[0] and column > self.value_at[1]:
            column = max(self.value_at[1], column - len(RETURN))
        return min(max(column, 1), len(self.lines[line - 1]) + 1)


class Function(msgspec.Struct, frozen=True, eq=False):
    """A function in the words of the sandbox: fed once to a session, then called by its name.

    `modules` are what it imports; `runs` says that nothing is known to be wrong with it.
    """

    name: str
    definition: str
    parameters: tuple[str, ...]
    modules: frozenset[str]
    wrapped: Wrapped
    lines_ahead: int
    runs: bool

    def place(self, span: Span) -> CodeProblem:
        """Where a span of the definition is in the code as it was given."""
        ahead = self.lines_ahead
        return self.wrapped.place(
            span._replace(line=span.line - ahead, end_line=span.end_line - ahead)
        )


def wrap(code: str, form: Form) -> Wrapped:
    """The code as the body of a function."""
    text = re.sub("\r\n?", "\n", code)
    reading = read(text, form)
    tree, reading = reading.tree, msgspec.structs.replace(reading, tree=None)
    lines, asks = tuple(text.split("\n")), tuple(sorted(reading.asks))
    if not isinstance(tree, ast.Module):
        body = f" return (\n{text}\n )"
        return Wrapped(form, lines, body, reading, asks, frozenset(), (0,) * len(lines))
    held = _inside_texts(tree)
    indents = tuple(0 if number in held else 1 for number in range(1, len(lines) + 1))
    value_at = _value_at(tree, lines)
    body = "\n".join(_body_lines(lines, indents, value_at))
    if not tree.body:
        body += "\n return None"
    return Wrapped(form, lines, body, reading, asks, frozenset(_imports(tree)), indents, value_at)


def _body_lines(
    lines: tuple[str, ...], indents: tuple[int, ...], value_at: tuple[int, int]
) -> Iterator[str]:
    for number, (line, indent) in enumerate(zip(lines, indents, strict=True), 1):
        if number == value_at[0]:
            before = value_at[1] - 1
            line = line[:before] + RETURN + line[before:]
        yield " " * indent + line


def _inside_texts(tree: ast.Module) -> frozenset[int]:
    """The lines that begin inside a text: an indent would become part of it."""
    return frozenset(
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Constant)
        for line in range(node.lineno + 1, (node.end_lineno or 0) + 1)
    )


def _value_at(tree: ast.Module, lines: tuple[str, ...]) -> tuple[int, int]:
    """Where the last expression begins, if that gives the value: no `return` does."""
    if not tree.body or any(_returns(statement) for statement in tree.body):
        return (0, 0)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        return (0, 0)
    before = lines[last.lineno - 1].encode()[: last.col_offset].decode()
    return (last.lineno, len(before) + 1)


def _returns(node: ast.AST) -> bool:
    if isinstance(node, ast.Return):
        return True
    if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef | ast.expr):
        return False
    return any(_returns(child) for child in ast.iter_child_nodes(node))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
