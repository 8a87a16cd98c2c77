"""The flows that a journal keeps, and the plans they compile to."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from graph.catalog import Catalog
from graph.compile import Plan, compile_flow
from graph.edits import apply
from graph.file_format import read, write
from graph.flow import Flow
from graph.self_contained import self_contained
from runtime.changes import edits_for
from runtime.journal.contract import Journal
from runtime.steering import NotPossible

AT_HAND = 64
"""So many plans are kept for the next run of their flow."""


class Known(NamedTuple):
    """A stored flow that was used lately."""

    name: str
    plan: Plan


class StoredFlows:
    """Flows by the hash of their content; `catalog` gives the kinds of block there are now."""

    def __init__(self, journal: Journal, catalog: Callable[[], Catalog]) -> None:
        self._journal = journal
        self._catalog = catalog
        self._known: dict[str, Known] = {}

    async def store(self, flow: Flow, name: str = "") -> str:
        """Keep a flow and give its hash; `name` is for one without its own. Raises FlowInvalid."""
        whole = self_contained(flow, self._catalog())
        plan = compile_flow(whole, self._catalog())
        name = flow.name or name
        await self._journal.keep_flow(plan.hash, name, write(whole))
        self._remember(name, plan)
        return plan.hash

    async def known(self, flow: str) -> Known:
        """The flow with that hash. Raises NotPossible when none is stored, FlowInvalid."""
        if flow not in self._known:
            row = await self._journal.flow(flow)
            if row is None:
                raise NotPossible(f"No flow {flow!r} is stored here.", cure="Store it first.")
            self._remember(row.name, compile_flow(read(row.text), self._catalog()))
        return self._known[flow]

    async def plan(self, flow: str) -> Plan:
        """The plan of the flow with that hash. Raises NotPossible, FlowInvalid."""
        return (await self.known(flow)).plan

    async def changed(self, flow: str, changes: Mapping[str, Any]) -> str:
        """The hash of a stored flow with other values, such as `{"fill.text": "Dear"}`, stored.

        Raises HeddleError for a place that isn't there, FlowInvalid.
        """
        if not changes:
            return flow
        row = await self._journal.flow(flow)
        assert row is not None, "a run's flow is stored before it starts"
        changed = read(row.text)
        for edit in edits_for(changed, self._catalog(), changes):
            changed = apply(changed, edit)
        return await self.store(changed)

    def _remember(self, name: str, plan: Plan) -> None:
        if len(self._known) >= AT_HAND:
            self._known.pop(next(iter(self._known)))
        self._known[plan.hash] = Known(name, plan)
