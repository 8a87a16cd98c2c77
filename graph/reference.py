"""The reference pages of the blocks, as Markdown, drawn from their specs alone."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from graph.block import Route
from graph.catalog import Catalog
from graph.categories import category_title
from graph.spec import BlockSpec, Example, Output, Parameter

INDEX = "README.md"
_WIDTH = 88


def pages(catalog: Catalog) -> dict[str, str]:
    """Every page by the name of its file: one for each category, and an index."""
    categories = dict[str, list[BlockSpec]]()
    for spec in catalog:
        categories.setdefault(spec.category, []).append(spec)
    made = {f"{name}.md": page(name, specs) for name, specs in categories.items()}
    return {INDEX: _index(categories), **made}


def page(category: str, specs: Iterable[BlockSpec]) -> str:
    """The page of one category: a contents table, then a section for each block."""
    specs = tuple(specs)
    contents = [[f"[{spec.title}](#{_anchor(spec)})", spec.summary] for spec in specs]
    parts = [f"# {category_title(category)} blocks", _table(["block", "what it does"], contents)]
    return "\n\n".join([*parts, *(section(spec) for spec in specs)]) + "\n"


def section(spec: BlockSpec) -> str:
    """What there is to know of one block, under a heading of its own."""
    parts = [
        f"## {spec.title}",
        f"`{spec.kind}`: {spec.summary}",
        spec.description,
        _parameters(spec),
        _outputs(spec),
        _notes(spec),
        *(_example(spec, example) for example in spec.examples),
    ]
    return "\n\n".join(part for part in parts if part)


def _index(categories: Mapping[str, Iterable[BlockSpec]]) -> str:
    rows = [
        [f"[{category_title(name)}]({name}.md)", ", ".join(_link(spec) for spec in specs)]
        for name, specs in categories.items()
    ]
    return "# Blocks\n\n" + _table(["category", "blocks"], rows) + "\n"


def _link(spec: BlockSpec) -> str:
    return f"[{spec.title}]({spec.category}.md#{_anchor(spec)})"


def _anchor(spec: BlockSpec) -> str:
    """What Markdown renderers make of the heading."""
    return re.sub(r"[^\w-]", "", spec.title.lower().replace(" ", "-"))


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _parameters(spec: BlockSpec) -> str:
    rows = [[f"`{p.name}`", str(p.type), _default(p), p.description] for p in spec.parameters]
    return _table(["field", "type", "default", "what it is"], rows) if rows else ""


def _default(parameter: Parameter) -> str:
    return "required" if parameter.required else f"`{_json(parameter.default)}`"


def _outputs(spec: BlockSpec) -> str:
    rows = [[f"`{o.name}`", str(o.type), o.description or _plain(o)] for o in spec.outputs]
    return _table(["output", "type", "what it is"], rows) if rows else ""


def _plain(output: Output) -> str:
    return "The result." if output.name == "value" else ""


def _notes(spec: BlockSpec) -> str:
    """What can't be seen from the tables, a line each."""
    return "\n".join(f"- {note}" for note in _noted(spec))


def _noted(spec: BlockSpec) -> Iterator[str]:
    if spec.open_inputs:
        yield "Takes further inputs, under any name."
    if spec.outputs_from:
        yield f"Has an output for each of its `{spec.outputs_from}`, and `otherwise`."
    if spec.routes:
        yield "Only one output gets a value; what hangs on the others is skipped."
    if spec.effect == "read":
        yield "Looks at the world: its result is recorded, and replayed from there."
    if spec.effect == "write":
        yield "Changes the world: it starts once everything that led to it is on record."


def _example(spec: BlockSpec, example: Example) -> str:
    title = f"**{example.title}**" if example.title else "**Example**"
    given, got = _json(example.inputs, wide=True), _json(_result(example.output), wide=True)
    return f"{title}\n\n```json\n{given}\n```\n\ngives\n\n```json\n{got}\n```"


def _result(output: Any) -> Any:
    """Several outputs as a record of them by name."""
    if isinstance(output, Route):
        return {output.port: output.value}
    return output._asdict() if hasattr(output, "_asdict") else output


def _json(value: Any, *, wide: bool = False) -> str:
    """The value as JSON with a blank after each comma, on several lines where it gets long."""
    encoded = msgspec.json.encode(value)
    line = msgspec.json.format(encoded, indent=0).decode()
    if not wide or len(line) <= _WIDTH:
        return line
    return msgspec.json.format(encoded, indent=2).decode()
