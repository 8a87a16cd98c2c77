"""Which tasks of a run may take the fast lane, and which are looked at closely as they begin."""

from runtime.engine.live import Live
from runtime.engine.state import Scope
from runtime.events import block_of


def look_closely(live: Live) -> None:
    """Look closely at what may be stopped or go wrong in a run, and at nothing else."""
    for scope in live.run.scopes.values():
        if not scope.closed:
            scope.modes = modes(live, scope)


def modes(live: Live, scope: Scope) -> bytes:
    """The modes of a scope's tasks: slow where they may be stopped, or go wrong."""
    plan, run, debug = scope.plan, live.run, live.debug
    closely = run.paused or live.recording or run.cancelling is not None
    if closely or (debug and (debug.awaited or debug.until)):
        return all_slow(scope)
    if debug is None:
        return plan.modes
    prefix = block_of(scope.prefix)
    places = debug.points.places() | {fault.block for fault in run.faults}
    ids = {place.removeprefix(prefix) for place in places if place.startswith(prefix)}
    if not ids:
        return plan.modes
    modes = bytearray(plan.modes)
    for i, id in enumerate(plan.ids):
        if id in ids or any(id.startswith(f"{place}/") for place in ids):
            modes[i] = 1
    return bytes(modes)


def all_slow(scope: Scope) -> bytes:
    """The modes by which none of a scope's tasks takes the fast lane."""
    return b"\x01" * len(scope.plan)
