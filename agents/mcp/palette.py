"""Each tool that a server offered as a kind of block, with a typed port for each argument."""

import keyword
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.mcp.answers import wraps
from agents.mcp.shapes import Types, type_from
from agents.mcp.snapshot import Snapshot, Tool, snapshots
from graph.block import KIND
from graph.context import Context
from graph.offered import kind_of, spelled
from graph.spec import REQUIRED, BlockSpec, Look, Needs, Output, Parameter
from graph.values import ANY, LIST, NULL, TEXT, ValueType, mismatch, union

if TYPE_CHECKING:
    from agents.mcp.agent import McpAgent

CONTEXT = "_context"
"""The argument that holds the context; no argument of a tool is called this."""

SECONDS = 600.0
"""Seconds a tool may take; the block's own time limit may end it sooner."""

Function = Callable[..., Awaitable[tuple[Any, str, list[dict[str, Any]]]]]


def specs_in(folder: Path) -> Iterator[BlockSpec]:
    """The kinds of block for all tools that are kept in a folder."""
    for snapshot in snapshots(folder):
        yield from specs_of(snapshot)


def specs_of(snapshot: Snapshot) -> Iterator[BlockSpec]:
    """The kinds of block for the tools of one server, each once."""
    seen: set[str] = set()
    for tool in snapshot.tools:
        kind = kind_of(snapshot.connection, tool.name)
        if KIND.match(kind) and kind not in seen:
            seen.add(kind)
            yield _spec(kind, snapshot, tool)


def _spec(kind: str, snapshot: Snapshot, tool: Tool) -> BlockSpec:
    arguments = _arguments(tool.takes)
    first, _, rest = _plain(tool.description).partition("\n")
    connection = snapshot.connection
    return BlockSpec(
        kind=kind,
        title=_plain(tool.title) or re.sub(r"[^\w.]+|_", " ", tool.name).strip().capitalize(),
        function=_function(connection, tool, {p.name: real for real, p in arguments.items()}),
        summary=first.strip() or f"The tool {tool.name} of {connection}.",
        description=rest.strip(),
        icon="mdi6.toolbox-outline",
        agent="mcp",
        parameters=tuple(arguments.values()),
        outputs=(
            Output("value", _gives(tool), "What it gave as data; its text where it gave none."),
            Output("text", TEXT, "What it said, as one text."),
            Output("content", LIST, "Every part of what it said: texts, pictures, resources."),
        ),
        tupled=True,
        wants_context=CONTEXT,
        mode="async",
        effect="read" if tool.reads else "write",
        repeatable=tool.reads or tool.repeats,
        needs=lambda _: Needs(connections=(connection,)),
        search=(connection, tool.name, "mcp", "tool"),
    )


def _plain(text: str) -> str:
    """What a server wrote, in a form that nobody who shows it takes for markup."""
    shown = "".join(char for char in text if char.isprintable() or char == "\n")
    return shown.translate({ord("<"): "[", ord(">"): "]"})


def _function(connection: str, tool: Tool, names: Mapping[str, str]) -> Function:
    """What calls the tool; `names` are those of its arguments by those of the parameters."""

    async def call(**given: Any) -> tuple[Any, str, list[dict[str, Any]]]:
        context: Context = given.pop(CONTEXT)
        arguments = {
            names[name]: value
            for name, value in given.items()
            if value is not None or names[name] in _required(tool.takes)
        }
        agent = await _agent(context)
        return await agent.call(
            context.connection(connection),
            tool.name,
            arguments,
            within=SECONDS,
            again=tool.reads or tool.repeats,
            progress=context.progress,
        )

    call.__name__ = call.__qualname__ = f"{spelled(connection)}__{spelled(tool.name)}"
    return call


async def _agent(context: Context) -> "McpAgent":
    # The SDK takes a second to import, and only those who use it need spend that.
    from agents.mcp.agent import McpAgent  # noqa: PLC0415 - see above

    return await context.agent(McpAgent)


# Parameters.


def _arguments(takes: Mapping[str, Any]) -> dict[str, Parameter]:
    """A parameter for each argument, by the name that the tool gives it: required ones first."""
    properties = takes.get("properties")
    if not isinstance(properties, Mapping):
        return {}
    required = _required(takes)
    types, taken = Types(takes), {CONTEXT}
    made: dict[str, Parameter] = {}
    for real in sorted(map(str, properties), key=lambda name: name not in required):
        name = _free(real, taken)
        made[real] = _parameter(name, properties[real], types, required=real in required)
    return made


def _required(takes: Mapping[str, Any]) -> frozenset[str]:
    names = takes.get("required")
    return frozenset(map(str, names)) if isinstance(names, list) else frozenset()


def _free(real: str, taken: set[str]) -> str:
    """A name that can be a parameter's, and is none's yet."""
    name = re.sub(r"\W", "_", real, flags=re.ASCII)[:60] or "_"
    if not name.isidentifier() or keyword.iskeyword(name):
        name = f"_{name}" if name[0].isdigit() else f"{name}_"
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free)
    return free


def _parameter(name: str, schema: Any, types: Types, *, required: bool) -> Parameter:
    kind = types.of(schema)
    about = schema.get("description", "") if isinstance(schema, Mapping) else ""
    default = schema.get("default") if isinstance(schema, Mapping) else None
    if default is None or mismatch(kind, default):
        default = None
    if not required and default is None:
        kind = _or_nothing(kind)
    look = Look(_editor(kind, schema))
    text = _plain(" ".join(str(about).split()))[:500]
    return Parameter(name, kind, REQUIRED if required else default, text, look)


def _or_nothing(kind: ValueType) -> ValueType:
    """The type with null, which leaves the argument out."""
    if kind == ANY:
        return ANY
    if kind.choices:
        return kind if None in kind.choices else ValueType("any", choices=(*kind.choices, None))
    return union((kind, NULL))


def _editor(kind: ValueType, schema: Any) -> Any:
    if kind.choices:
        return "choice"
    inner = [one for one in (kind.members or (kind,)) if one != NULL]
    if any(one.kind in ("any", "list", "record") for one in inner) or len(inner) != 1:
        return "json"
    if inner[0] == TEXT and isinstance(schema, Mapping) and schema.get("format") == "uri":
        return "url"
    return ""


def _gives(tool: Tool) -> ValueType:
    if tool.gives is None:
        return ANY
    if wraps(tool.gives):
        return type_from(tool.gives["properties"]["result"], tool.gives)
    return type_from(tool.gives)
