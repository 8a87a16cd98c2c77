"""Commands to runs, obeyed by whoever drives them: here, or another process of the registry."""

from typing import Any

from litestar import Request

from runtime.commands import (
    Answer,
    CancelRun,
    ContinueRun,
    PauseRun,
    StartRun,
)
from runtime.journal.contract import UnknownRun
from runtime.remote import RemoteRuntime
from runtime.runtime import Runtime
from runtime.services.offered import WORKFLOWS
from runtime.services.registry.registry import Registry
from runtime.steering import NotPossible

Steers = CancelRun | ContinueRun | PauseRun


async def steered(runtime: Runtime, registry: Registry, command: Steers, token: str) -> Answer:
    """Have a command obeyed where its run is driven; `token` is the word of who gave it.

    Raises NotPossible, NoSuchService, UnknownRun.
    """
    try:
        return await runtime.obey(command)
    except NotPossible:
        owner = await _driver(runtime, command.run)
        if owner in ("", runtime.process):
            raise
    entry = await registry.find(WORKFLOWS, owner)
    async with RemoteRuntime(entry.address, token) as remote:
        return await remote.obey(command)


async def started(runtime: Runtime, registry: Registry, command: StartRun, token: str) -> str:
    """Start a run with the workflow engine, here or elsewhere, and give its id.

    Raises NoSuchService.
    """
    if WORKFLOWS in registry.here.services:
        return (await runtime.obey(command)).run
    entry = await registry.find(WORKFLOWS)
    async with RemoteRuntime(entry.address, token) as remote:
        return (await remote.obey(command)).run


def word_of(request: Request[Any, Any, Any]) -> str:
    """What somebody proved by who they are, to be handed on to another service."""
    return request.headers.get("authorization", "").partition(" ")[2]


async def _driver(runtime: Runtime, run: str) -> str:
    """The process that drives a run, "" for none. Raises UnknownRun."""
    row = await runtime.journal.run(run)
    if row.run != run:
        raise UnknownRun(f"There is no run {run!r}.", cure="Give its whole id.")
    return await runtime.driver(run)
