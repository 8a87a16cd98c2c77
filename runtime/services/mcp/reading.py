"""Runs and flows as resources: what they are called, and what is read under each name."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import msgspec

from graph.errors import HeddleError
from runtime.history import effective
from runtime.journal.contract import RunRow, UnknownRun
from runtime.projections.run_view import RunView
from runtime.runtime import Runtime
from runtime.services.mcp.offers import Offer
from runtime.wire import as_json

JSON = "application/json"
RUNS = "heddle://runs/"
FLOWS = "heddle://flows/"

MOST = 50
"""Runs that are listed of each flow."""

LARGEST = 1_000_000
"""Bytes of a value that is told whole."""


class NoResource(HeddleError):
    """There is nothing under that name that may be read here."""


def run_uri(run: str) -> str:
    """What a run is called."""
    return RUNS + run


def flow_uri(name: str) -> str:
    """What a flow is called."""
    return FLOWS + name


async def recent_runs(runtime: Runtime, offers: Mapping[str, Offer]) -> list[RunRow]:
    """The latest runs of the flows that are offered, newest first."""
    found: dict[str, RunRow] = {}
    for offer in offers.values():
        for row in await runtime.journal.runs(flow=offer.hash, limit=MOST):
            found[row.run] = row
    return sorted(found.values(), key=lambda row: -row.started)[:MOST]


async def read(runtime: Runtime, offers: Mapping[str, Offer], uri: str, ours: set[str]) -> bytes:
    """What is under a name, as JSON; of runs only `ours`, and those of the flows offered.

    Raises NoResource.
    """
    if uri.startswith(FLOWS) and (offer := offers.get(uri.removeprefix(FLOWS))):
        return as_json(_of_flow(offer))
    if uri.startswith(RUNS):
        try:
            row = await runtime.journal.run(uri.removeprefix(RUNS))
        except UnknownRun:
            row = None
        if row and (row.run in ours or row.flow in {offer.hash for offer in offers.values()}):
            return await _of_run(runtime, row)
    raise NoResource(f"There is no {uri}.", cure=f"Flows are {FLOWS}NAME, their runs {RUNS}ID.")


def _of_flow(offer: Offer) -> dict[str, Any]:
    return {
        "name": offer.name,
        "title": offer.title,
        "description": offer.description,
        "takes": offer.takes,
        "gives": offer.gives,
        "flow": msgspec.Raw(offer.text.encode()),
    }


async def _of_run(runtime: Runtime, row: RunRow) -> bytes:
    view = reduce(RunView.after, effective(await runtime.journal.read(row.run)), RunView())
    told: dict[str, Any] = {
        "run": row.run,
        "flow": row.name,
        "state": view.state,
        "started": row.started,
        "ended": row.ended,
        "inputs": view.inputs,
        "outputs": view.outputs,
        "failure": view.failure,
        "waits_for": view.waits_for,
        "blocks": {name: block.state for name, block in view.blocks.items()},
    }
    content = as_json(told)
    if len(content) > LARGEST:
        for large in ("inputs", "outputs"):
            told[large] = f"Too large to be told here; `heddle show {row.run} --json` tells it."
        content = as_json(told)
    return content
