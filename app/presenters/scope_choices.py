"""What charts can be of, to choose from, and what a choice that follows the studio means now."""

from collections.abc import Iterable
from typing import NamedTuple

from app.presenters.charts import EVERYTHING, Scope, words_of
from runtime.metrics.store import Seen

MOST = 15
"""Flows that are listed by name: those that were counted last."""

FRONT = Scope("flow", follows="flow")
BLOCKS_IN_FRONT = Scope("block", follows="flow")
SELECTED = Scope("block", follows="block")
ALWAYS = (
    EVERYTHING, FRONT, BLOCKS_IN_FRONT, SELECTED, Scope("flow"), Scope("agent"),
)  # fmt: skip


class Choice(NamedTuple):
    """One thing to choose."""

    title: str
    scope: Scope


def choices(seen: Iterable[Seen]) -> list[Choice]:
    """What is always there, then the flows by name and the kinds of agents."""
    latest = sorted(seen, key=lambda one: -one.last)
    flows = [one.series.flow for one in latest if one.series.flow and not one.series.block]
    agents = sorted(one.series.agent for one in latest if one.series.agent)
    named = [
        *(Scope("flow", flow=flow) for flow in flows[:MOST]),
        *(Scope("agent", agent=agent) for agent in agents),
    ]
    return [Choice(words_of(scope), scope) for scope in (*ALWAYS, *named)]


def meant(scope: Scope, flow: str, block: str) -> Scope:
    """What a choice means while that flow is in front, and that block selected ("" for none)."""
    match scope.follows:
        case "flow":
            return Scope(scope.by, flow=flow) if flow else EVERYTHING
        case "block" if flow:
            return Scope("block", flow=flow, block=block) if block else Scope("flow", flow=flow)
        case "block":
            return EVERYTHING
    return scope
