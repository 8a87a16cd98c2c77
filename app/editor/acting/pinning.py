"""Pins blocks: from then on they give what they gave in the shown run, and don't do their work."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from app.editor.acting.binding import Binder
from app.workbench import Workbench
from graph.compile.ports import INPUT, OUTPUT
from graph.edits import Edit, SetSettings

LARGEST = 256 * 1024
"""Characters of outputs that are kept in a flow: it is a text, to be read and compared."""


def bind(to: Binder) -> None:
    to.on_flow("arrange.pin", toggle_pins, can_pin, checked=all_pinned)


def can_pin(bench: Workbench) -> bool:
    """Whether a selected block is pinned, or gave something that it could be pinned to."""
    return any(is_pinned(bench, id) or pinnable(bench, id) for id in bench.selected)


def all_pinned(bench: Workbench) -> bool:
    """Whether all the selected blocks give recorded values."""
    return bool(bench.selected) and all(is_pinned(bench, id) for id in bench.selected)


def is_pinned(bench: Workbench, id: str) -> bool:
    """Whether a block gives recorded values."""
    return bench.flow.blocks[id].settings.pin is not None


def pinnable(bench: Workbench, id: str) -> Mapping[str, Any]:
    """What a block gave in the shown run; nothing for what only hands values on."""
    if bench.flow.blocks[id].kind in (INPUT, OUTPUT):
        return {}
    return bench.values(id)


def toggle_pins(bench: Workbench) -> None:
    """Pin the selected blocks to what they gave; if all are pinned, let them work again."""
    if all_pinned(bench):
        bench.do(*_unpinned(bench), label="Unpin")
        return
    too_large = [id for id in sorted(bench.selected) if _size(pinnable(bench, id)) > LARGEST]
    if too_large:
        bench.refused.emit(
            f"What “{too_large[0]}” gave is too large to be kept in the flow. "
            "Pin a block after it that gives less."
        )
        return
    edits = list(_pinned(bench))
    if edits:
        bench.do(*edits, label="Pin")


def _pinned(bench: Workbench) -> Iterator[Edit]:
    for id in sorted(bench.selected):
        gave = pinnable(bench, id)
        if gave and not is_pinned(bench, id):
            settings = replace(bench.flow.blocks[id].settings, pin=dict(gave))
            yield SetSettings(id, settings)


def _unpinned(bench: Workbench) -> Iterator[Edit]:
    for id in sorted(bench.selected):
        yield SetSettings(id, replace(bench.flow.blocks[id].settings, pin=None))


def _size(value: Any) -> int:
    try:
        return len(msgspec.json.encode(value))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return 0  # why it can't be kept is said by the edit
