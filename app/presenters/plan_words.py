"""Planning in words: how far it is, what came of it, and what was noted on the way."""

from collections.abc import Mapping
from typing import NamedTuple

from app.presenters.amounts import counted
from graph.planning.again import Replacement
from graph.planning.heard import ROUNDS, Heard
from graph.planning.plan import Plan


class Noted(NamedTuple):
    """Things that belong together: a heading, and each thing under its own name ("" for none)."""

    heading: str
    things: tuple[tuple[str, str], ...]


def how_far(heard: Heard) -> str:
    """How far planning is."""
    steps = f" {counted(heard.steps, 'step')} so far." if heard.steps else ""
    if heard.question == 1:
        return f"The model is planning…{steps}"
    flaws = counted(heard.flaws, "flaw")
    return f"The plan had {flaws}; asking again ({heard.question} of {ROUNDS})…{steps}"


def planned(plan: Plan) -> str:
    """What came of planning a goal."""
    name = f"“{plan.flow.name}”" if plan.flow.name else "The flow"
    mended = f" {counted(len(plan.mends), 'thing')} had to be mended." if plan.mends else ""
    return f"{name} is drawn, with {counted(len(plan.flow.blocks), 'block')}.{mended}"


def notes_of(plan: Plan, titles: Mapping[str, str]) -> list[Noted]:
    """What each block is for, and what was mended; `titles` are what the blocks are called."""
    what_for = tuple((titles.get(id, id), reason) for id, reason in plan.reasons.items())
    mends = tuple(("", mend) for mend in plan.mends)
    found = (Noted("What each block is for", what_for), Noted("What was mended", mends))
    return [noted for noted in found if noted.things]


def planned_anew(name: str, found: Replacement) -> str:
    """What came of planning a part anew, which is called so."""
    return f"{name} planned anew: {counted(len(found.words), 'change')}. Run it to see if it works."


def changes_of(found: Replacement) -> list[Noted]:
    """What is different, and what of the plan was left out."""
    changes = tuple(("", words) for words in found.words)
    left = tuple(("", words) for words in found.complaints)
    both = (Noted("What changed", changes), Noted("What was left out of the plan", left))
    return [noted for noted in both if noted.things]
