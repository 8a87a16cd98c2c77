"""The user's code made a function for the sandbox, and the way back from its lines to theirs."""

import ast
import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from graph.available import MODULES
from graph.bodies import RETURN, body_of
from graph.expressions import CodeProblem, Form, Reading, read, unknown_names

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
    modules it imports. `indents` and `value_at` are those of its Body.
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
    made = body_of(text, tree, indent=1)
    imports = frozenset(_imports(tree))
    return Wrapped(form, lines, made.text, reading, asks, imports, made.indents, made.value_at)


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
