"""Canonical save: the one text a flow has, with one fact per line."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import msgspec

from graph.file_format.diagnosis import Finding, findings, spoken
from graph.file_format.places import Path
from graph.file_format.plain import flaw
from graph.file_format.problems import problems_of, refusal
from graph.file_format.reading import Unfit, build
from graph.file_format.shape import FORMAT, FileShape, is_file
from graph.flow import PLAIN, Block, Budget, Flow, Retry, Settings, View

Tree = dict[str, Any]

_PAIR = re.compile(r"\[\n +(-?[0-9.eE+-]+),\n +(-?[0-9.eE+-]+)\n +\]")
_EXACT = 2.0**53  # below it, every float without a fraction is written as the integer it is


def write(flow: Flow, *, name: str = "The flow") -> str:
    """The flow as the text of a file: ids and field names sorted, defaults left out.

    Records inside a field keep the order of their keys (a table's columns have one). Positions
    are rounded to a tenth of a unit. Flows that are files of their own are left out. Raises
    FlowFileError, naming every place at fault, for a flow that no file can hold: what is written
    can be read. `name` is for that message.
    """
    tree = {"heddle": FORMAT, **tree_of(flow)}
    if not _readable(tree) or any(_misfits(flow, ())):
        found = [*_misfits(flow, ()), *findings(tree)]
        raise refusal(f"{name} can't be saved", problems_of(dict.fromkeys(found)))
    text = msgspec.json.format(msgspec.json.encode(tree), indent=2).decode()
    return _PAIR.sub(r"[\1, \2]", text) + "\n"


def tree_of(flow: Flow, *, view: bool = True, file: Callable[[Flow], str] | None = None) -> Tree:
    """The flow as JSON objects in canonical order.

    `view` says whether how it is drawn is in it; `file` what stands for a flow that is a file
    of its own (None: nothing does).
    """
    flows = {
        name: file(inner) if file and is_file(name) else tree_of(inner, view=view, file=file)
        for name, inner in sorted(flow.flows.items())
        if file or not is_file(name)
    }
    return _without_empty(
        name=flow.name,
        description=flow.description,
        blocks={id: _block(block) for id, block in sorted(flow.blocks.items())},
        links=sorted(map(str, flow.links.values())),
        flows=flows,
        view=_view(flow.view) if view else None,
        budget=_budget(flow.budget),
    )


def _without_empty(**members: Any) -> Tree:
    return {name: member for name, member in members.items() if member not in ("", [], {}, None)}


def _block(block: Block) -> Tree:
    tree: Tree = {"kind": block.kind}
    if block.title:
        tree["title"] = block.title
    if block.fields:
        tree["fields"] = dict(sorted(block.fields.items()))
    if block.settings != PLAIN:
        tree["settings"] = _settings(block.settings)
    return tree


def _settings(settings: Settings) -> Tree:
    tree = _changed(settings)
    if isinstance(settings.retry, Retry):
        tree["retry"] = _changed(settings.retry)
    return tree


def _budget(budget: Budget) -> Tree:
    periods = ("day", "month", "run")
    return _without_empty(**{period: _changed(getattr(budget, period)) for period in periods})


def _view(view: View) -> Tree:
    frames = {id: _changed(frame, _tenth) for id, frame in sorted(view.frames.items())}
    return _without_empty(
        positions={id: [_tenth(x), _tenth(y)] for id, (x, y) in sorted(view.positions.items())},
        colours=dict(sorted(view.colours.items())),
        frames=frames,
        routes={
            target: [[_tenth(x), _tenth(y)] for x, y in points]
            for target, points in sorted(view.routes.items())
        },
        exposed={id: list(fields) for id, fields in sorted(view.exposed.items())},
        bookmarks={
            name: [_tenth(x), _tenth(y), _whole(round(zoom, 3))]
            for name, (x, y, zoom) in sorted(view.bookmarks.items())
        },
    )


def _changed(struct: msgspec.Struct, number: Callable[[float], float] = lambda x: x) -> Tree:
    """The fields that differ from their defaults, sorted."""
    tree = Tree()
    for field in _fields(type(struct)):
        value = getattr(struct, field.name)
        if field.required or value != field.default:
            tree[field.name] = _whole(number(value)) if isinstance(value, float) else value
    return tree


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """What msgspec takes 30 µs to find out, sorted by name."""
    return tuple(sorted(msgspec.structs.fields(kind), key=lambda field: field.name))


def _tenth(number: float) -> float:
    return _whole(round(number, 1))


def _whole(number: float) -> float:
    """The same number, as an integer where it is one: 40.0 is written as 40, also -0.0 as 0."""
    return int(number) if abs(number) < _EXACT and number == int(number) else number


# What a flow may hold in memory and a file can't.


def _readable(tree: Tree) -> bool:
    try:
        build(msgspec.convert(tree, FileShape))
    except (msgspec.ValidationError, Unfit):
        return False
    return True


def _misfits(flow: Flow, path: Path) -> Iterator[Finding]:
    for id, block in flow.blocks.items():
        where = (*path, "blocks", id)
        if block.id != id:
            yield Finding(where, "name", f"{spoken(where)} is a block called {block.id!r}.")
        for name, value in block.fields.items():
            yield from _flaws(value, (*where, "fields", name))
        if block.settings.pin is not None:
            yield from _flaws(block.settings.pin, (*where, "settings", "pin"))
    for target, link in flow.links.items():
        if link.target != target:
            where = (*path, "links")
            yield Finding(where, "link", f"{spoken(where)} keeps {link} under {target}.")
    for name, inner in flow.flows.items():
        if not is_file(name):
            yield from _misfits(inner, (*path, "flows", name))


def _flaws(value: Any, path: Path) -> Iterator[Finding]:
    if found := flaw(value):
        where = (*path, *found.path)
        yield Finding(where, "value", f"{spoken(where)} {found.reason}.", found.cure)
