"""What can be read of a flow file that is partly wrong, or from a newer Heddle."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from graph.errors import FlowFileError
from graph.file_format.plain import flaw
from graph.file_format.shape import LINK, BlockShape
from graph.file_format.syntax import parse, text_of
from graph.flow import NAME, Block, Budget, End, Flow, Link, Settings, View, is_end


def salvaged(content: bytes, name: str) -> Flow | None:
    """The flow without the parts that can't be understood; None when nothing is left of it."""
    try:
        tree = parse(text_of(content, name), name)
    except (FlowFileError, RecursionError):
        return None
    flow = _flow(tree, 0) if isinstance(tree, dict) else None
    return flow if flow and (flow.blocks or flow.flows) else None


def _flow(tree: Mapping[str, Any], depth: int) -> Flow:
    links = dict(_links(tree.get("links")))
    inner = _record(tree.get("flows")) if depth < 16 else {}
    return Flow(
        name=_text(tree.get("name")),
        description=_text(tree.get("description")),
        blocks={id: block for id, raw in _named(tree.get("blocks")) if (block := _block(id, raw))},
        links=links,
        flows={id: _flow(raw, depth + 1) for id, raw in _named(inner)},
        view=_view(_record(tree.get("view"))),
        budget=_budget(_record(tree.get("budget"))),
    )


def _named(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for id, raw in _record(value).items():
        if NAME.match(id) and isinstance(raw, dict):
            yield id, raw


def _block(id: str, raw: Mapping[str, Any]) -> Block | None:
    """A block, as long as it says what kind it is."""
    known = {name: raw[name] for name in BlockShape.__struct_fields__ if name in raw}
    if not isinstance(known.get("kind"), str):
        return None
    fields = {n: v for n, v in _record(known.get("fields")).items() if flaw({n: v}) is None}
    return Block(id, known["kind"], fields, _text(known.get("title")),
                 _settings(_record(known.get("settings"))))  # fmt: skip


def _settings(raw: Mapping[str, Any]) -> Settings:
    """The settings that are understood, the rest as they are by default."""
    kept: dict[str, Any] = {}
    for name in Settings.__struct_fields__:
        if name in raw and _fits({name: raw[name]}, Settings):
            kept[name] = raw[name]
    settings = msgspec.convert(kept, Settings)
    unfit = settings.pin is not None and flaw(settings.pin) is not None
    return msgspec.structs.replace(settings, pin=None) if unfit else settings


def _links(value: Any) -> Iterator[tuple[End, Link]]:
    for text in value if isinstance(value, list) else ():
        if isinstance(text, str) and (parts := LINK.match(text)):
            source, port, to_block, to_port, convert = parts.groups("")
            target = End(to_block, to_port)
            yield target, Link(End(source, port), target, convert)


def _view(raw: Mapping[str, Any]) -> View:
    kept: dict[str, Any] = {}
    for name in View.__struct_fields__:
        entries = _record(raw.get(name))
        kept[name] = {k: v for k, v in entries.items() if _fits({name: {k: v}}, View)}
    kept["routes"] = {port: points for port, points in kept["routes"].items() if is_end(port)}
    return msgspec.convert(kept, View)


def _budget(raw: Mapping[str, Any]) -> Budget:
    kept = {period: bound for period, bound in raw.items() if _fits({period: bound}, Budget)}
    return msgspec.convert(kept, Budget)


def _fits(value: Any, kind: type[msgspec.Struct]) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _record(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
