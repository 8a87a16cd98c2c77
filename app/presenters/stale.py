"""What of a run is out of date, now that the flow has been changed since."""

from graph.catalog import Catalog
from graph.compile import Plan, compile_flow
from graph.compile.ports import INPUT
from graph.errors import HeddleError
from graph.flow import Flow
from graph.self_contained import self_contained
from runtime.engine.again import Again, done_again


def stale(now: Flow, then: Plan, catalog: Catalog) -> frozenset[str] | None:
    """The addresses of the blocks that a run of `then` would do again as the flow is `now`.

    Those that were changed and all that follows from them, sub-flows and loops with what is
    inside. None while the flow can't be run, so that nobody knows.
    """
    try:
        plan = compile_flow(self_contained(now, catalog), catalog)
    except HeddleError:
        return None
    again = done_again(plan, then, "")
    found = set[str]()
    if again:
        _collect(plan, again, "", found)
    return frozenset(found | {outer for address in found for outer in _around(address)})


def _collect(plan: Plan, again: Again, place: str, found: set[str]) -> None:
    """Add the blocks of a body that are done again; all of it when it isn't listed."""
    listed = again.get(place)
    prefix = f"{place}/" if place else ""
    for i, id in enumerate(plan.ids):
        if listed is not None and id not in listed:
            continue
        if plan.specs[i].kind != INPUT:
            found.add(prefix + id)
        for inner in plan.bodies.get(i, {}).values():
            _collect(inner, again, prefix + id, found)


def _around(address: str) -> list[str]:
    """The blocks that an address leads through."""
    steps = address.split("/")
    return ["/".join(steps[:n]) for n in range(1, len(steps))]
