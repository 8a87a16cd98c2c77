"""What of a recorded run no longer fits a flow as it is now, found out away from the window."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.bridge.aside import aside
from app.bridge.bridge import Bridge
from graph.catalog import Catalog
from graph.compile import compile_flow
from graph.errors import HeddleError
from graph.file_format import read
from graph.flow import Flow
from runtime.events import AnyEvent
from runtime.history import effective
from runtime.journal.contract import FlowRow
from runtime.misfits import misfits

if TYPE_CHECKING:
    from runtime.bundle.gathering import Readable


def find_misfits(
    bridge: Bridge,
    catalog: Catalog,
    flow: Flow,
    run: str,
    begin_at: str,
    then: Callable[[list[str]], object],
) -> None:
    """Compare a run's recording with a flow; `then` gets a sentence for each thing that differs."""

    async def found(journal: "Readable") -> list[str]:
        kept = await journal.flow((await journal.run(run)).flow)
        events = effective(await journal.read(run))
        return await aside(_sentences, flow, kept, events, begin_at, catalog)

    bridge.look(found, then, lambda _: None)


def _sentences(
    flow: Flow, kept: FlowRow | None, events: Sequence[AnyEvent], begin_at: str, catalog: Catalog
) -> list[str]:
    if kept is None:
        return []
    try:
        plan, recorded = compile_flow(flow, catalog), compile_flow(read(kept.text), catalog)
    except HeddleError:  # whoever runs it is told
        return []
    found = misfits(plan, recorded, events, begin_at)
    return [misfit.sentence for misfit in found if not misfit.stops]
