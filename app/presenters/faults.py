"""Faults in words, and where the runs of a flow are to have them."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import UNSET
from msgspec.structs import replace

from app.presenters.addresses import in_runs, spot_at
from app.presenters.brief import brief
from graph.catalog import Catalog
from graph.compile.ports import CALL, interface
from graph.flow import Flow
from runtime.breakpoints import Fault

KINDS: Mapping[str, tuple[str, str]] = {
    "delay": ("It takes longer", "The work is done, but only after a while."),
    "timeout": ("It times out", "It fails as if nothing had answered in time."),
    "status": ("It is answered with an error", "It fails as after an HTTP answer of this status."),
    "malformed": ("Its value is damaged", "Another value comes out than it gave."),
    "breaker": ("Its circuit breaker is open", "It fails at once, and nobody is asked."),
}
"""What can go wrong: a title, and a line that says more."""

STATUSES = {
    429: "429 Too Many Requests", 500: "500 Internal Server Error", 502: "502 Bad Gateway",
    503: "503 Service Unavailable", 401: "401 Unauthorized", 404: "404 Not Found",
}  # fmt: skip


def what(fault: Fault) -> str:
    """What a fault does, as a sentence without its full stop."""
    match fault.kind:
        case "delay":
            said = f"Takes {fault.seconds:g} s longer"
        case "timeout":
            said = f"Times out after {fault.seconds:g} s" if fault.seconds else "Times out"
        case "status":
            said = f"Is answered with {STATUSES.get(fault.status, str(fault.status))}"
        case "malformed":
            given = fault.value is not UNSET
            said = f"Gives {brief(fault.value)} instead" if given else "Gives a damaged value"
        case _:
            said = "Finds its circuit breaker open"
    times = {0: "", 1: ", once", 2: ", twice"}.get(fault.times, f", {fault.times} times")
    return said + times


def for_runs(faults: Iterable[Fault], flow: Flow, catalog: Catalog) -> list[Fault]:
    """Those of which the flow has the block, at the places that its runs know.

    A sub-flow has no task of its own: its outputs are blocks inside.
    """
    return [told for fault in faults for told in _places(fault, flow, catalog)]


def _places(fault: Fault, flow: Flow, catalog: Catalog) -> Iterator[Fault]:
    spot = spot_at(flow, catalog, fault.block)
    if spot is None:
        return
    place = in_runs(flow, catalog, fault.block)
    inner = next(spot.inside(), None) if spot.block.kind == CALL else None
    if inner is None:
        yield replace(fault, block=place)
        return
    outputs = interface(inner.flow)[1]
    wanted = [outputs[fault.port]] if fault.port in outputs else list(outputs.values())
    for block in wanted:
        yield replace(fault, block=f"{place}/{block.id}", port="value" if fault.port else "")
