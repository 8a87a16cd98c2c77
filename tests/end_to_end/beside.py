"""A runtime as a user has it, with troublemakers installed, and a pulse felt beside them."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from graph.flow import PLAIN, Block, Flow
from graph.flow import Settings as BlockSettings
from runtime.compose import compose, granted
from runtime.events import AnyEvent, RunFailed, RunSucceeded
from runtime.plugins import Installed, installed
from runtime.runtime import LEASE, Runtime
from runtime.settings import Settings, settings_from

PULSE = 0.5
"""Seconds for which the others may be kept waiting by noise alone, on two busy processors."""


def troublemakers(folder: Path) -> Installed:
    """All blocks, those of the troublemakers among them."""
    packs = folder / "packs"
    if not packs.is_dir():
        packs.mkdir()
        shutil.copy(Path(__file__).with_name("troublemakers.py"), packs)
    found = installed(packs)
    assert not found.problems, found.problems
    return found


def settings_in(folder: Path, **changed: Any) -> Settings:
    return settings_from({}, home=str(folder), **changed)


def runtime_in(folder: Path, place: str = "", lease: float = LEASE, **changed: Any) -> Runtime:
    """A runtime that keeps all it has in the folder."""
    blocks, settings = troublemakers(folder), settings_in(folder, **changed)
    return compose(settings, granted(folder), blocks=blocks, place=place, lease=lease)


def alone(kind: str, settings: BlockSettings = PLAIN, **fields: Any) -> Flow:
    """A flow of one block."""
    return Flow.of(
        [Block("it", kind, fields, settings=settings), Block("out", "flow.output")],
        [("it.value", "out.value")],
    )


async def end_of(runtime: Runtime, flow: Flow, inputs: Mapping[str, Any] | None = None) -> AnyEvent:
    """The last event of a run of the flow."""
    return await runtime.ended(await runtime.start(flow, inputs))


async def failed(runtime: Runtime, flow: Flow) -> RunFailed:
    end = await end_of(runtime, flow)
    assert isinstance(end, RunFailed), end
    return end


@asynccontextmanager
async def others_go_on(runtime: Runtime) -> AsyncIterator[None]:
    """Small runs one after another meanwhile; each must succeed, and none wait for the trouble.

    Who is held up by it waits as long as it lasts; half of that is far from either.
    """
    longest, over = 0.0, False

    async def beat() -> None:
        nonlocal longest
        while not over:
            started = time.monotonic()
            end = await end_of(runtime, BESIDE)
            assert isinstance(end, RunSucceeded), end
            longest = max(longest, time.monotonic() - started)
            await asyncio.sleep(0.01)

    beating = asyncio.create_task(beat())
    await asyncio.sleep(0.05)
    longest, began = 0.0, time.monotonic()
    yield
    lasted, over = time.monotonic() - began, True
    await beating
    waited = f"another run had to wait for {longest:.2f} s of {lasted:.2f} s"
    assert longest < max(PULSE, lasted / 2), waited


BESIDE = Flow.of(
    [
        Block("one", "flow.constant", {"value": 1}),
        Block("wait", "logic.wait", {"seconds": 0.01}),
        Block("out", "flow.output"),
    ],
    [("one.value", "wait.value"), ("wait.value", "out.value")],
    name="beside",
)


def texts_in(folder: Path) -> Iterable[tuple[Path, bytes]]:
    """Every file below a folder and what it holds."""
    return [(path, path.read_bytes()) for path in folder.rglob("*") if path.is_file()]
