"""Pieces of Python as text: values, arguments, names, and expressions in other words."""

import ast
import keyword
import pprint
import re
import textwrap
from collections.abc import Mapping
from typing import Any

from graph.flow import Settings

INDENT = "    "


def inlined(expression: str, linked: Mapping[str, str], inputs: Mapping[str, str]) -> str:
    """An expression in terms of the program's variables, in brackets."""
    text = expression.strip()
    text = f"{text}\n" if "\n" in text or "#" in text else text
    tree = ast.parse(f"({text})", mode="eval")
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _is_bound(n)}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    names = dict(linked)
    if any(isinstance(n, ast.Name) and n.id == "inputs" for n in ast.walk(tree)):
        names["inputs"] = "{" + ", ".join(f"{n!r}: {v}" for n, v in inputs.items()) + "}"
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} & set(names)
    if all(names[name] == name for name in used):
        return f"({text})"
    if bound & (used | {names[name] for name in used}) or "inputs" in used:
        parameters = ", ".join(sorted(used))
        given = ", ".join(f"{name}={names[name]}" for name in sorted(used))
        return f"(lambda {parameters}: ({text}))({given})"
    return f"({ast.unparse(_Renamed(names).visit(tree))})"


def _is_bound(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        new = self.names.get(node.id)
        return ast.parse(new, mode="eval").body if new else node


def robustness(settings: Settings, outputs: int) -> dict[str, str]:
    given: dict[str, str] = {"outputs": repr(outputs)} if outputs != 1 else {}
    if settings.retry:
        given["attempts"] = repr(settings.retry.attempts)
        given["delay"] = repr(settings.retry.delay)
    if settings.time_limit:
        given["time_limit"] = repr(settings.time_limit)
    if settings.on_error != "stop":
        given["on_error"] = repr(settings.on_error)
    return given


def joined(arguments: Mapping[str, str], first: list[str] | None = None) -> str:
    parts = [*(first or []), *(f"{name}={value}" for name, value in arguments.items())]
    line = ", ".join(parts)
    if len(line) < 76 and "\n" not in line:
        return line
    inner = ",\n".join(parts)
    return "\n" + textwrap.indent(inner, INDENT) + ",\n"


def literal(value: Any) -> str:
    if isinstance(value, str) and "\n" in value and '"""' not in value and "\\" not in value:
        return repr(value) if value.endswith('"') else _lines(value)
    return pprint.pformat(value, width=80, sort_dicts=False)


def _lines(value: str) -> str:
    """A text of several lines, a line each, so that it reads as it is."""
    parts = [repr(line) for line in value.splitlines(keepends=True)]
    return "(\n" + textwrap.indent("\n".join(parts), INDENT) + "\n)"


def with_secrets(value: Any) -> str:
    if isinstance(value, dict):
        if "$secret" in value:
            return f"context.secret({value['$secret']!r})"
        if "$connection" in value:
            return f"context.connection({value['$connection']!r})"
        return "{" + ", ".join(f"{k!r}: {with_secrets(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(with_secrets, value)) + "]"
    return repr(value)


def identifier(wanted: str) -> str:
    name = re.sub(r"\W", "_", wanted)
    if not name or name[0].isdigit():
        name = f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def doc_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "'").strip()
