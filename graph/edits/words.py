"""Edits in sentences, for a history, a review, a merge."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, assert_never

import msgspec

from graph.edits.blocks import (
    AddBlock,
    ChangeId,
    ChangeKind,
    ClearField,
    RemoveBlock,
    Rename,
    SetField,
    SetSettings,
)
from graph.edits.draft import Draft
from graph.edits.edit import Edit, Inside, Many
from graph.edits.flows import AddFlow, RemoveFlow, SetBudget, SetFlowText
from graph.edits.links import Connect, Disconnect, SetRoute
from graph.edits.view import (
    ClearBookmark,
    ClearFrame,
    MoveBlocks,
    SetBookmark,
    SetColour,
    SetExposed,
    SetFrame,
)
from graph.flow import Bound, Budget, Flow, Settings
from graph.values import shorten

_WIDTH = 48


def describe(edit: Edit, before: Flow) -> str:
    """What the edit does to `before`, in a sentence that begins with whom it concerns."""
    return _said(edit, Draft(before))


def describe_all(edits: Iterable[Edit], before: Flow) -> Iterator[str]:
    """A sentence for each of some edits, done one after the other."""
    draft = Draft(before)
    for edit in edits:
        yield _said(edit, draft)
        edit.alter(draft)


def _said(edit: Edit, before: Draft) -> str:
    match edit:
        case Many():
            return "\n".join(describe_all(edit.edits, before.flow()))
        case Inside():
            lines = describe(edit.inner, before.embedded(edit.name)).split("\n")
            return "\n".join(f"{edit.name} / {line}" for line in lines)
        case Connect() | Disconnect():
            return _of_link(edit, before)
        case SetFlowText() | SetBudget() | AddFlow() | RemoveFlow():
            return _of_flow(edit, before)
        case MoveBlocks() | SetColour() | SetRoute() | SetExposed():
            return _of_drawing(edit)
        case SetFrame() | ClearFrame() | SetBookmark() | ClearBookmark():
            return _of_canvas(edit)
        case _:
            return _of_block(edit, before)


_BlockEdit = (
    AddBlock | RemoveBlock | ChangeId | ChangeKind | Rename | SetField | ClearField | SetSettings
)


def _of_block(edit: _BlockEdit, before: Draft) -> str:
    match edit:
        case AddBlock(block):
            return f"{block.id}: added, a {_name(block.kind)}."
        case RemoveBlock(id):
            count = len(before.links_of(id))
            links = f", with {count} {'link' if count == 1 else 'links'}" if count else ""
            return f"{id}: removed, a {_name(before.block(id).kind)}{links}."
        case ChangeId(id, to):
            return f"{to}: the new id of {id}."
        case ChangeKind(id, kind):
            return f"{id}: kind changed from {_name(before.block(id).kind)} to {_name(kind)}."
        case Rename(id, title):
            return f"{id}: title {_change(before.block(id).title, title)}."
        case SetField(id, field, value):
            fields = before.block(id).fields
            what = _change(fields[field], value) if field in fields else f"set to {_shown(value)}"
            return f"{id}: field `{_name(field)}` {what}."
        case ClearField(id, field):
            was = before.block(id).fields.get(field)
            return f"{id}: field `{_name(field)}` cleared, it was {_shown(was)}."
        case SetSettings(id, settings):
            return f"{id}: {_settings_change(before.block(id).settings, settings)}."
        case _:
            assert_never(edit)


def _of_link(edit: Connect | Disconnect, before: Draft) -> str:
    if isinstance(edit, Disconnect):
        source = before.link(edit.target).source
        return f"{edit.target}: no longer linked, was from {source}."
    link, old = edit.link, edit.replaces
    convert = f", as {link.convert}" if link.convert else ""
    if old and old.source != link.source:
        return f"{link.target}: now from {link.source}{convert}, was from {old.source}."
    if old:
        was = f"as {old.convert}" if old.convert else "as it is"
        return f"{link.target}: from {link.source}{convert or ', as it is'}, was {was}."
    return f"{link.target}: linked from {link.source}{convert}."


def _of_flow(edit: SetFlowText | SetBudget | AddFlow | RemoveFlow, before: Draft) -> str:
    match edit:
        case SetFlowText(name, description):
            parts = [f"name {_change(before.name, name)}"] if name is not None else []
            if description is not None:
                parts.append(f"description {_change(before.description, description)}")
            return f"flow: {', '.join(parts) or 'as it was'}."
        case SetBudget(budget):
            return f"flow: budget {_budget(budget)}, was {_budget(before.budget)}."
        case AddFlow(name, flow):
            return f"{name}: flow added, of {len(flow.blocks)} blocks."
        case RemoveFlow(name):
            return f"{name}: flow removed."
        case _:
            assert_never(edit)


def _of_drawing(edit: MoveBlocks | SetColour | SetRoute | SetExposed) -> str:
    match edit:
        case MoveBlocks(positions):
            names = ", ".join(map(_name, list(positions)[:3]))
            more = f" and {len(positions) - 3} more" if len(positions) > 3 else ""
            return f"{names}{more}: moved."
        case SetColour(id, colour):
            return f"{id}: coloured {_name(colour)}." if colour else f"{id}: colour taken off."
        case SetRoute(target, points):
            count = f"{len(points)} {'point' if len(points) == 1 else 'points'}"
            return f"{target}: link led {f'through {count}' if points else 'straight'}."
        case SetExposed(id, fields):
            names = ", ".join(f"`{_name(field)}`" for field in fields)
            return f"{id}: shows {names or 'only linked fields'} as {_ports(fields)}."
        case _:
            assert_never(edit)


def _ports(fields: Sequence[str]) -> str:
    return "a port" if len(fields) == 1 else "ports"


def _of_canvas(edit: SetFrame | ClearFrame | SetBookmark | ClearBookmark) -> str:
    match edit:
        case SetFrame(id, frame):
            return f"frame {_name(id)}: drawn, {shorten(frame.title)}."
        case ClearFrame(id):
            return f"frame {_name(id)}: removed."
        case SetBookmark(name):
            return f"bookmark {_name(name)}: set."
        case ClearBookmark(name):
            return f"bookmark {_name(name)}: removed."
        case _:
            assert_never(edit)


def _settings_change(old: Settings, new: Settings) -> str:
    changes = (
        f"{name} {_change(was, now)}"
        for name in Settings.__struct_fields__
        if (was := getattr(old, name)) != (now := getattr(new, name))
    )
    return ", ".join(changes) or "settings as they were"


def _change(old: Any, new: Any) -> str:
    if isinstance(old, str) and isinstance(new, str):
        old, new = _around_difference(old, new)
    return f"changed from {_shown(old)} to {_shown(new)}"


def _around_difference(old: str, new: str) -> tuple[str, str]:
    """Both texts from shortly before they part, when they part late."""
    pairs = enumerate(zip(old, new, strict=False))
    parting = next((i for i, (a, b) in pairs if a != b), min(len(old), len(new)))
    start = parting - _WIDTH // 4
    if start <= 0 or max(len(old), len(new)) < _WIDTH - 2:
        return old, new
    return f"…{old[start:]}", f"…{new[start:]}"


def _name(text: str) -> str:
    """A name on one line, though a file may hold any text in its place."""
    return text if text.isprintable() else json.dumps(text)


def _shown(value: Any) -> str:
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    return "nothing" if value is None else shorten(value, _WIDTH)


def _budget(budget: Budget) -> str:
    """Such as "$0.5 and 10,000 tokens a run, $20 a month"."""
    periods = (("run", budget.run), ("day", budget.day), ("month", budget.month))
    parts = [f"{_bound(bound)} a {period}" for period, bound in periods if bound != Bound()]
    return ", ".join(parts) or "without bound"


def _bound(bound: Bound) -> str:
    cost = [] if bound.cost is None else [f"${bound.cost:g}"]
    tokens = [] if bound.tokens is None else [f"{bound.tokens:,} tokens"]
    return " and ".join(cost + tokens)
