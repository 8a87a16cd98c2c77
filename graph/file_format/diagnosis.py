"""All that is wrong with a parsed flow file, each with its path and cure."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import inspect

from graph.file_format.places import Path
from graph.file_format.plain import flaw
from graph.file_format.shape import LINK, FileShape, is_file
from graph.file_format.syntax import Doubled
from graph.flow import NAME, is_end
from graph.values import did_you_mean, shorten

DEEPEST_FLOW = 32
"""Levels of flows embedded in flows."""


class Finding(NamedTuple):
    """One thing wrong: where, what (a sentence without its subject's path), and the cure."""

    path: Path
    code: str
    message: str
    cure: str = ""


def findings(tree: Any) -> Iterator[Finding]:
    """Everything that keeps `tree` from being a flow file of the present format."""
    yield from _unfit(inspect.type_info(FileShape), tree, ())
    if isinstance(tree, dict):
        yield from _flow_findings(tree, (), 0)


def spoken(path: Path) -> str:
    """A path as a person writes it: `blocks.parse.fields["max length"]`, `links[3]`."""
    text = ""
    for step in path:
        if isinstance(step, str) and NAME.match(step):
            text += f".{step}"
        else:
            text += f"[{shorten(step, 60)}]"
    return text.removeprefix(".") or "the file"


# Shapes: one function walks the types of `shape` beside the tree.

_EXPECTED: dict[type, str] = {
    inspect.StrType: "text",
    inspect.IntType: "a whole number",
    inspect.FloatType: "a number",
    inspect.BoolType: "true or false",
    inspect.NoneType: "null",
    inspect.ListType: "a list",
    inspect.VarTupleType: "a list",
    inspect.DictType: "an object",
    inspect.StructType: "an object",
}


def _unfit(shape: inspect.Type, value: Any, path: Path) -> Iterator[Finding]:
    match shape:
        case inspect.Metadata():
            yield from _unfit(shape.type, value, path)
        case inspect.AnyType():
            yield from _no_json(value, path)
        case inspect.UnionType():
            yield from _unfit(_member(shape, value), value, path)
        case inspect.StructType() if isinstance(value, dict):
            yield from _unfit_object(shape, value, path)
        case inspect.DictType() if isinstance(value, dict):
            yield from _repeated(value, path)
            for key, item in value.items():
                yield from _no_json(key, (*path, key))
                yield from _unfit(shape.value_type, item, (*path, key))
        case inspect.ListType() | inspect.VarTupleType() if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _unfit(shape.item_type, item, (*path, index))
        case _:
            yield from _unfit_scalar(shape, value, path)


def _member(shape: inspect.UnionType, value: Any) -> inspect.Type:
    """The alternative that `value` was meant to be: of those we use, the one that isn't null."""
    return next(t for t in shape.types if isinstance(t, inspect.NoneType) == (value is None))


def _unfit_object(shape: inspect.StructType, value: Any, path: Path) -> Iterator[Finding]:
    yield from _repeated(value, path)
    fields = {field.encode_name: field for field in shape.fields}
    for key, item in value.items():
        if key in fields:
            yield from _unfit(fields[key].type, item, (*path, key))
        else:
            message = f"{spoken(path)} has an unknown key {shorten(key)}."
            yield Finding((*path, key), "key", message, did_you_mean(key, fields))
    for name, field in fields.items():
        if field.required and name not in value:
            yield Finding(path, "missing", f"{spoken(path)} has no {name!r}.", _CURES.get(name, ""))


_CURES = {"kind": "Say which block it is: `heddle blocks` lists the kinds."}


def _repeated(value: dict[str, Any], path: Path) -> Iterator[Finding]:
    if isinstance(value, Doubled):
        for key in sorted(value.twice):
            where = (*path, key)
            yield Finding(where, "twice", f"{spoken(where)} stands there twice.", "Keep one.")


def _unfit_scalar(shape: inspect.Type, value: Any, path: Path) -> Iterator[Finding]:
    if isinstance(shape, inspect.LiteralType):
        if not any(type(value) is type(choice) and value == choice for choice in shape.values):
            known = [json.dumps(choice) for choice in shape.values]
            expected = known[0] if len(known) == 1 else f"one of {', '.join(known)}"
            cure = did_you_mean(value, [*map(str, shape.values)]) if isinstance(value, str) else ""
            yield _wrong(expected, value, path, cure)
        return
    if isinstance(shape, inspect.TupleType):
        if not (isinstance(value, list) and len(value) == len(shape.item_types)):
            count = {2: "two", 3: "three"}[len(shape.item_types)]
            yield _wrong(f"a list of {count} numbers", value, path)
            return
        for index, item in enumerate(value):
            yield from _unfit(shape.item_types[index], item, (*path, index))
    elif not _is(shape, value):
        yield _wrong(_EXPECTED[type(shape)], value, path)
    else:
        yield from _no_json(_as_read(shape, value), path)


def _as_read(shape: inspect.Type, value: Any) -> Any:
    """A whole number where any number may stand is read as such."""
    try:
        return float(value) if isinstance(shape, inspect.FloatType) else value
    except OverflowError:
        return math.inf


def _is(shape: inspect.Type, value: Any) -> bool:
    match shape:
        case inspect.StrType():
            return isinstance(value, str)
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.IntType():
            return isinstance(value, int) and not isinstance(value, bool)
        case inspect.FloatType():
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case _:
            return False


def _wrong(expected: str, value: Any, path: Path, cure: str = "") -> Finding:
    return Finding(path, "type", f"{spoken(path)} must be {expected}, not {_given(value)}.", cure)


def _given(value: Any) -> str:
    """What stands there instead, as the end of a sentence."""
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return f"the text {shorten(value)}"
        case None | bool():
            return json.dumps(value)
        case _:
            return shorten(value)


def _no_json(value: Any, path: Path) -> Iterator[Finding]:
    """What a field holds: any JSON, but no repeated key, no infinity, no endless nesting."""
    if found := flaw(value):
        where = (*path, *found.path)
        yield Finding(where, "value", f"{spoken(where)} {found.reason}.", found.cure)
    else:
        yield from _repeated_within(value, path)


def _repeated_within(value: Any, path: Path) -> Iterator[Finding]:
    if isinstance(value, dict):
        yield from _repeated(value, path)
        for key, item in value.items():
            yield from _repeated_within(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _repeated_within(item, (*path, index))


# Names and links: what the types can't say. Parts of the wrong type were found above.


def _flow_findings(tree: dict[str, Any], path: Path, depth: int) -> Iterator[Finding]:
    yield from _names(tree.get("blocks"), (*path, "blocks"), "block id")
    yield from _links(tree.get("links"), (*path, "links"))
    if isinstance(view := tree.get("view"), dict):
        yield from _routes(view.get("routes"), (*path, "view", "routes"))
    yield from _budgets(tree.get("budget"), (*path, "budget"))
    flows = tree.get("flows")
    yield from _names(flows, (*path, "flows"), "name of an embedded flow")
    if not isinstance(flows, dict):
        return
    if flows and depth == DEEPEST_FLOW:
        message = f"Flows are embedded more than {DEEPEST_FLOW} levels deep."
        yield Finding((*path, "flows"), "nesting", message, "Keep some in files of their own.")
        return
    for name, flow in flows.items():
        if isinstance(flow, dict):
            yield from _flow_findings(flow, (*path, "flows", name), depth + 1)


def _budgets(budget: Any, path: Path) -> Iterator[Finding]:
    for period, bound in budget.items() if isinstance(budget, dict) else ():
        for what, most in bound.items() if isinstance(bound, dict) else ():
            if isinstance(most, int | float) and most < 0:
                where = (*path, period, what)
                yield Finding(
                    where, "value", f"{spoken(where)} can't be below 0.", "Write 0 or more."
                )


def _names(named: Any, path: Path, what: str) -> Iterator[Finding]:
    if not isinstance(named, dict):
        return
    for name in named:
        if isinstance(name, str) and not NAME.match(name):
            message = f"{shorten(name)} can't be a {what}: use letters, digits and underscores."
            yield Finding((*path, name), "name", message, _better_name(name, named))


def _better_name(name: str, taken: dict[str, Any]) -> str:
    if is_file(name):
        return f"A flow in a file of its own stays there: name {name!r} where it is used."
    better = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    better = f"_{better}" if better[:1].isdigit() else better
    return f"For example {better!r}." if better and better not in taken else ""


def _routes(routes: Any, path: Path) -> Iterator[Finding]:
    for target in routes if isinstance(routes, dict) else ():
        if isinstance(target, str) and not is_end(target):
            message = f"{shorten(target)} names no port that a link could end in."
            yield Finding((*path, target), "name", message, 'Write "block.port".')


def _links(links: Any, path: Path) -> Iterator[Finding]:
    arriving = dict[str, str]()
    for index, text in enumerate(links) if isinstance(links, list) else ():
        if not isinstance(text, str):
            continue
        where = (*path, index)
        link = LINK.match(text)
        if not link:
            message = f"{spoken(where)} is no link: {shorten(text, 60)}."
            yield Finding(where, "link", message, 'Write "block.port -> block.port".')
            continue
        source, target = f"{link[1]}.{link[2]}", f"{link[3]}.{link[4]}"
        if target in arriving:
            message = f"Two links end in {target}, from {arriving[target]} and from {source}."
            cure = "Keep one, or bring them together in a block logic.merge_any."
            yield Finding(where, "link", message, cure)
        arriving.setdefault(target, source)
