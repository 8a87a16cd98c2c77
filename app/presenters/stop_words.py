"""Breakpoints in words: where one is, what makes it stop, why a run stands still."""

from collections.abc import Iterator, Mapping
from typing import Literal

from app.presenters.addresses import Spot, way_to
from app.presenters.reading import title_of
from app.presenters.shown_ports import label
from app.presenters.stopping import target_of
from graph.catalog import Catalog
from graph.flow import Flow
from runtime.breakpoints import Breakpoint
from runtime.events import TaskHeld

Glyph = Literal["stop", "condition", "log"]
"""How a breakpoint looks: a dot, a diamond, or a bubble that only says something."""


def glyph_of(point: Breakpoint) -> Glyph:
    """How a breakpoint looks."""
    if point.log:
        return "log"
    asks = point.condition or point.hits or point.changed or point.schema is not None
    return "condition" if asks else "stop"


def where(point: Breakpoint, flow: Flow, catalog: Catalog) -> str:
    """The place of a breakpoint: `Orders / Parse · input text`."""
    if not point.block:
        return "Anywhere" if point.at == "error" else "The whole run"
    way = way_to(flow, catalog, point.block)
    names = [title_of(spot.block, catalog) for spot in way] or [point.block]
    return " / ".join(names) + _part(point, way, catalog)


def _part(point: Breakpoint, way: list[Spot], catalog: Catalog) -> str:
    if point.to:
        target = target_of(point)
        block = way[-1].level.flow.blocks.get(target.block) if way else None
        name = title_of(block, catalog) if block else target.block
        return f" → {name} · {label(target.port)}"
    if point.port:
        return f" · {'output' if point.at == 'after' else 'input'} {label(point.port)}"
    return ""


def what(point: Breakpoint) -> str:
    """What makes a breakpoint stop, and what it does beside; a sentence without its full stop."""
    said = " ".join(_said(point))
    if point.log:
        said = f"says “{point.log}”" + (f" {said}" if said else "")
    elif not said:
        said = "stops every time"
    else:
        said = f"stops {said}"
    if not point.whole and not point.log:
        said += ", this branch alone"
    return said[:1].upper() + said[1:]


def _said(point: Breakpoint) -> Iterator[str]:
    if point.cost is not None:
        yield f"once the run has cost more than ${point.cost:g}"
    if point.tokens is not None:
        yield f"once the run has used more than {point.tokens:,} tokens"
    if point.at == "error":
        yield "when an error is about to be raised"
    elif point.at == "after" and not point.port:
        yield "after it is done"
    if point.changed:
        yield "when the value changes"
    if point.schema is not None:
        yield "when the value doesn't fit its schema"
    if point.condition:
        yield f"if {point.condition}"
    if point.hits:
        yield _hits(point.hits)


def _hits(hits: str) -> str:
    number = hits.lstrip("%>= ")
    if hits.startswith("%"):
        return f"every {_nth(number)} time"
    if hits.startswith(">="):
        return f"from the {_nth(number)} time on"
    if hits.startswith(">"):
        return f"after the {_nth(number)} time"
    return f"the {_nth(number)} time"


def _nth(number: str) -> str:
    teen = number.endswith(("11", "12", "13"))
    ending = {"1": "st", "2": "nd", "3": "rd"}.get(number[-1:], "th")
    return f"{number}{'th' if teen else ending}"


# Why a run stands still.

PHASES: Mapping[str, str] = {
    "before": "before it starts",
    "after": "after it is done",
    "error": "as its error is about to be raised",
}


def why(held: TaskHeld, point: Breakpoint | None) -> str:
    """Why a task is held, in a sentence or two."""
    if held.failure is not None:
        reason = f"Error: {held.failure.message}"
    elif held.reason == "breakpoint":
        reason = _met(point)
    elif held.reason == "step":
        reason = "Stepped here."
    else:
        reason = "Paused here."
    return f"{reason} {held.note}".strip()


def _met(point: Breakpoint | None) -> str:
    if point is None or glyph_of(point) == "stop":
        return "Spending limit." if point and point.is_budget else "Breakpoint."
    return f"Breakpoint: {what(point).removeprefix('Stops ')}."


def held_title(held: TaskHeld, name: str) -> str:
    """Where a run stands: `Before Parse, round 3`."""
    rounds = [part.partition("]")[0] for part in held.task.split("[")[1:]]
    round = f", round {' / '.join(_counted(r) for r in rounds)}" if rounds else ""
    word = {"before": "Before", "after": "After", "error": "Error in"}[held.phase]
    return f"{word} {name}{round}"


def _counted(round: str) -> str:
    """Rounds are counted from one for people."""
    return str(int(round) + 1) if round.isdigit() else round
