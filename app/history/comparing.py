"""Two runs read and compared, away from the window."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.bridge.aside import aside
from app.bridge.bridge import Bridge
from app.history.readable import Readable
from graph.catalog import Catalog
from graph.compile import Plan, compile_flow
from graph.errors import HeddleError
from graph.file_format import read
from graph.flow import Flow
from runtime.events import AnyEvent
from runtime.journal.contract import FlowRow, RunRow
from runtime.projections.comparison import Comparison, compare

Flows = tuple[Flow, Flow]


class Compared(NamedTuple):
    """What came of it. `flows` are those of the runs, None when one can't be had any more."""

    before: RunRow
    after: RunRow
    found: Comparison
    flows: Flows | None


def compare_runs(
    bridge: Bridge,
    catalog: Catalog,
    runs: tuple[str, str],
    then: Callable[[Compared], object],
    failed: Callable[[HeddleError], object],
) -> None:
    """Read two runs of the journal and compare them; `then` is called once that is done."""

    async def compared(journal: Readable) -> Compared:
        rows = [await journal.run(run) for run in runs]
        events = [await journal.read(run) for run in runs]
        kept = [await journal.flow(row.flow) for row in rows]
        # Ten thousand tasks take half a second, in which the line has other things to do.
        return await aside(_compared, rows, events, kept, catalog)

    bridge.look(compared, then, failed)


def _compared(
    rows: Sequence[RunRow],
    events: Sequence[Sequence[AnyEvent]],
    kept: Sequence[FlowRow | None],
    catalog: Catalog,
) -> Compared:
    flows = _flows(kept)
    found = compare(events[0], events[1], _plans(flows, catalog))
    return Compared(rows[0], rows[1], found, flows)


def _flows(kept: Sequence[FlowRow | None]) -> Flows | None:
    old, new = kept
    if old is None or new is None:
        return None
    try:
        return read(old.text), read(new.text)
    except HeddleError:
        return None


def _plans(flows: Flows | None, catalog: Catalog) -> tuple[Plan, Plan] | None:
    """Both plans; None when a flow was made with blocks that aren't here."""
    if flows is None:
        return None
    old, new = flows
    try:
        plan = compile_flow(old, catalog)
        return plan, plan if old == new else compile_flow(new, catalog)
    except HeddleError:
        return None
