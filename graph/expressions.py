"""What an expression or a piece of code says: the names it reads, and all that is wrong with it."""

import ast
import difflib
import re
import tokenize
import warnings
from collections.abc import Collection, Iterator
from typing import Any, Literal

import msgspec

from graph.available import ABSENT_MODULES, ABSENT_NAMES, ABSENT_SYNTAX, BUILTINS, MODULES
from graph.scopes import Seen, read_names
from graph.values import did_you_mean

Form = Literal["expression", "code"]
"""One expression, or the body of a function: statements, of which `return` gives the value."""

LONGEST = 100_000
"""The most characters a piece of code may have."""

DEEPEST = 180
"""How deep its syntax tree may go; the sandbox's own reader gives up at 200."""


class CodeProblem(msgspec.Struct, frozen=True):
    """One thing wrong with a piece of code: what, with its cure, and where.

    Lines and columns count characters from 1; `end_column` is just past the last one, on the
    same line.
    """

    message: str
    line: int
    column: int
    end_column: int


class Reading(msgspec.Struct, frozen=True):
    """What a piece of code says, whoever gives it which names.

    `tree` is None when it can't be read; `problems` then says why. `free` are the names it
    reads and doesn't make itself, each with the place of the first; `asks` those and the ones
    it both makes and reads (`total += 1`).
    """

    tree: ast.Module | ast.Expression | None
    problems: tuple[CodeProblem, ...] = ()
    free: dict[str, CodeProblem] = {}
    asks: frozenset[str] = frozenset()


def names_used(code: str, form: Form = "expression") -> frozenset[str]:
    """The names the code needs: not its own (loops, lambdas), builtins or modules.

    A given name hides a builtin or a module of the same name; who has such names asks
    `free_names`. Code that can't be read uses none.
    """
    return free_names(code, form) - BUILTINS - MODULES


def free_names(code: str, form: Form = "expression") -> frozenset[str]:
    """Every name the code reads and doesn't make itself, builtins and modules among them."""
    return frozenset(read(code, form).free)


def problems_in(code: str, *, known: Collection[str] | None, form: Form) -> list[CodeProblem]:
    """All that is wrong with the code, by place. `known` are the names it is given; None: any."""
    reading = read(code, form)
    found = [*reading.problems, *unknown_names(reading, known, form)]
    return sorted(found, key=lambda problem: (problem.line, problem.column))


def unknown_names(
    reading: Reading, known: Collection[str] | None, form: Form
) -> Iterator[CodeProblem]:
    """The names that nobody gives, each where it is first read."""
    for name, place in reading.free.items():
        if known is not None and name in known:
            continue
        if name in BUILTINS or (name in MODULES and form == "expression"):
            continue
        if message := _no_such_name(name, known):
            yield msgspec.structs.replace(place, message=message)


def _no_such_name(name: str, known: Collection[str] | None) -> str:
    if name in ABSENT_NAMES:
        return f"{name!r} isn't available in the sandbox. {ABSENT_NAMES[name]}"
    if _is_dunder(name):
        return f"{name!r} isn't available in the sandbox. Leave it out."
    if known is None:
        return ""
    if name in MODULES:
        return f"{name!r} isn't imported. Put `import {name}` at the top."
    cure = did_you_mean(name, known)
    if "mean" not in cure and len(name) > 2:  # anything short is close to `id`
        close = difflib.get_close_matches(name, BUILTINS, 1)
        cure = f"Did you mean {close[0]!r}?" if close else cure
    return f"There is no {name!r} here. {cure}".rstrip()


def read(code: str, form: Form) -> Reading:
    """Read the code without running any of it."""
    if len(code) > LONGEST:
        return _unreadable(f"The code is longer than {LONGEST:,} characters. Split it up.")
    if form == "expression" and not code.strip():
        return _unreadable(_EMPTY)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a doubtful escape: the sandbox takes it as it is
        return _read(code, form)


def _unreadable(message: str) -> Reading:
    return Reading(None, (CodeProblem(message, 1, 1, 1),))


def _read(code: str, form: Form) -> Reading:
    places = _Places(code)
    try:
        tree = _parse(code, form)
        names = read_names(tree)
        problems = tuple(places.of(node, message) for node, message in _unavailable(tree))
    except SyntaxError as error:
        return Reading(None, (places.of_error(error, _why(code, form, error)),))
    except (RecursionError, MemoryError):
        return _unreadable("The code is nested too deeply. Give parts of it a name of their own.")
    except ValueError:  # a NUL, or half a surrogate pair
        return _unreadable("The code holds a broken character. Type that part again.")
    free: dict[str, CodeProblem] = {}
    for seen in names.free:
        if seen.name not in free:
            free[seen.name] = places.of_name(seen)
    return Reading(tree, problems, free, names.asks)


def _parse(code: str, form: Form) -> ast.Module | ast.Expression:
    if form == "code":
        return ast.parse(code)
    try:
        return ast.parse(code, mode="eval")
    except SyntaxError as error:
        if tree := _parse_over_lines(code):
            return tree
        raise error


def _parse_over_lines(expression: str) -> ast.Expression | None:
    """An expression may go over several lines, and be indented, as if it stood in brackets."""
    bracketed = f"(\n{expression}\n)"
    try:
        tree = ast.parse(bracketed, mode="eval")
        depth = 0
        tokens = list(tokenize.generate_tokens(iter(bracketed.splitlines(True)).__next__))
    except (SyntaxError, tokenize.TokenError):
        return None
    operators = [token.string for token in tokens if token.type == tokenize.OP]
    for number, operator in enumerate(operators, 1):
        depth += (operator in "([{") - (operator in ")]}")
        if depth == 0 and number < len(operators):
            return None  # it closed our bracket: `a) + (b`
    if tree.body.lineno == 1 and not getattr(tree.body, "elts", ()):
        return None  # what our bracket itself made: `()`, or a generator
    return ast.increment_lineno(tree, -1)


def _why(code: str, form: Form, error: SyntaxError) -> str:
    if form == "expression" and (statements := _statements(code)) is not None:
        return _NO_VALUE if statements else _EMPTY
    if "integer string conversion" in error.msg:
        return "A number has too many digits. Work it out, as in `10**5000`."
    if not error.lineno:
        return "Python can't read this: it ends too early."
    reason = re.sub(r" \(detected at line \d+\)| on line \d+", "", error.msg)
    return f"Python can't read this: {reason[:1].lower()}{reason[1:].rstrip('.')}."


_EMPTY = "The expression is empty. Write a value, such as `item`."
_NO_VALUE = "This is a statement, and only an expression fits here. Write just the value."


def _statements(code: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Places:
    """Where things are in a text, in characters; the tree counts in bytes."""

    def __init__(self, code: str) -> None:
        self._lines = re.split("\r\n|\r|\n", code)

    def _line(self, number: int) -> str:
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def _column(self, line: int, offset: int) -> int:
        return len(self._line(line).encode(errors="replace")[:offset].decode(errors="replace")) + 1

    def of(self, node: Any, message: str) -> CodeProblem:
        """The problem at a node of the tree; what goes over several lines ends with the first."""
        line = node.lineno
        column = self._column(line, node.col_offset)
        end = self._column(line, node.end_col_offset) if node.end_lineno == line else 0
        return CodeProblem(message, line, column, end or len(self._line(line)) + 1)

    def of_name(self, seen: Seen) -> CodeProblem:
        place = self.of(seen.node, "")
        if self._line(place.line)[place.column - 1 :].startswith(seen.name) or not seen.within:
            return place
        return self.of(seen.within, "")

    def of_error(self, error: SyntaxError, message: str) -> CodeProblem:
        line = min(error.lineno or len(self._lines), len(self._lines))
        width = len(self._line(line)) + 1
        column = min(error.offset or width, width)
        end = error.end_offset if error.end_lineno == line and error.end_offset else 0
        return CodeProblem(message, line, column, min(max(end, column + 1), width))


def _unavailable(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Everything the sandbox doesn't have, wherever it stands."""
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise RecursionError
        waiting.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
        if message := ABSENT_SYNTAX.get(type(node).__name__) or _complaint(node):
            yield node, message
        if isinstance(node, ast.Import):
            yield from ((alias, bad) for alias in node.names if (bad := _bad_import(alias.name)))


def _complaint(node: ast.AST) -> str:
    match node:
        case ast.ImportFrom(level=level) if level:
            return "There is nothing to import from here. Import a module by its name."
        case ast.ImportFrom(names=[ast.alias(name="*")]):
            return "`import *` can't be used here. Name what you need."
        case ast.ImportFrom(module=str(module)):
            return _bad_import(module)
        case ast.Attribute(attr=name) if _is_dunder(name) and name != "__name__":
            return f"`.{name}` isn't available in the sandbox. Use what works on the value itself."
        case ast.Name(id=name, ctx=ast.Store()) if _is_dunder(name):
            return f"{name!r} can't be a name of yours. Choose another."
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp() if any(
            generator.is_async for generator in node.generators
        ):
            return ABSENT_SYNTAX["AsyncFor"]
        case ast.ClassDef(bases=bases, keywords=keywords) if bases or keywords:
            return "Classes can't have parents here. Leave the brackets out."
        case ast.ClassDef(body=body) if any(map(_has_decorator, body)):
            return "Methods can't be decorated here. Use plain methods."
    return ""


def _has_decorator(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", ())
    return any(getattr(decorator, "id", "") not in ABSENT_NAMES for decorator in decorators)


def _bad_import(module: str) -> str:
    top = module.partition(".")[0]
    if module in MODULES or module == "__future__":
        return ""
    cure = ABSENT_MODULES.get(top) or did_you_mean(module, MODULES)
    return f"The sandbox has no module {module!r}. {cure or 'Available: ' + _LISTED + '.'}"


_LISTED = ", ".join(sorted(MODULES))


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
