"""Processes for blocks that must not hold up the others: bounded in time and memory."""

import asyncio
import multiprocessing
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from graph.catalog import Catalog
from graph.errors import BlockError
from graph.spec import BlockSpec
from runtime.plugins import installed

MEMORY = 2 * 1024**3
"""Bytes of address space one process may use, where the system can bound it."""

_catalog: Catalog


class WorkerDied(BlockError):
    """The process a block ran in ended before the block did."""


class Workers:
    """A pool of processes, started when first needed.

    A block that is cancelled or runs out of time has its process killed; the pool replaces it.
    """

    def __init__(self, packs: Path | None = None, count: int | None = None) -> None:
        self._packs = packs
        self._count = count or min(4, os.cpu_count() or 1)
        self._pool: ProcessPool | None = None

    async def call(self, spec: BlockSpec, arguments: Mapping[str, Any]) -> Any:
        """What the block gives for the arguments. Raises what it raises, or WorkerDied."""
        if self._pool is None:
            self._pool = ProcessPool(
                self._count,
                initializer=_prepare,
                initargs=[self._packs],
                context=multiprocessing.get_context("spawn"),
            )
        future = self._pool.schedule(_call, args=[spec.kind, dict(arguments)])
        try:
            return await asyncio.wrap_future(future)
        except ProcessExpired as error:
            raise WorkerDied(
                f"The process it ran in ended with code {error.exitcode}.",
                cure="It may have run out of memory.",
            ) from error

    async def close(self) -> None:
        """End all processes at once."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            await asyncio.to_thread(self._pool.join)
            self._pool = None


def _prepare(packs: Path | None) -> None:
    global _catalog  # one a process, set before its first call
    _bound_memory()
    _catalog = installed(packs).catalog


def _bound_memory() -> None:
    try:
        import resource  # noqa: PLC0415  (POSIX only)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _call(kind: str, arguments: dict[str, Any]) -> Any:
    return _catalog.spec(kind).function(**arguments)
