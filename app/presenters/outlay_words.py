"""What a run is likely to use up, in a sentence or two."""

from app.presenters.amounts import amount
from graph.flow import Bound
from graph.outlay import Outlay


def likely(outlay: Outlay, bound: Bound = Bound()) -> str:
    """Such as "A run is likely to take about 1,200 tokens and $0.004, as 12 earlier runs did."

    And whether that is more than each run may take. "" for a flow that asks no models.
    """
    if not outlay.blocks:
        return ""
    tokens, cost = f"{outlay.tokens:,} tokens", outlay.cost
    taken = f"{tokens} and {amount(cost, 'US dollars')}" if cost else tokens
    free = ", which cost nothing" if cost == 0 and not outlay.unpriced else ""
    rests = _rests(outlay)
    over = (
        f" That is more than the {allowed} it may use up."
        if (allowed := outlay.over(bound))
        else ""
    )
    return f"A run is likely to take about {taken}{free}{rests}.{over}{_unpriced(outlay)}"


def _rests(outlay: Outlay) -> str:
    if outlay.runs:
        return f", as {outlay.runs} earlier {'run' if outlay.runs == 1 else 'runs'} did"
    return ", going by the fields alone: what comes through links isn't counted"


def _unpriced(outlay: Outlay) -> str:
    places = outlay.unpriced
    if not places:
        return ""
    named = places[0] if len(places) == 1 else f"{places[0]} and {len(places) - 1} more"
    return f" What the model of {named} costs isn't known."
