"""Processes for blocks that must not hold up the others: bounded in time, memory and output."""

import asyncio
import contextlib
import importlib
import inspect
import io
import itertools
import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any, NoReturn

import msgspec
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from graph.block import Route
from graph.catalog import blocks_in
from graph.errors import BlockError
from graph.spec import BlockSpec
from runtime.events import Failure
from runtime.failures import TimedOut, failure_of, legible, wait_asked_by
from runtime.journal.keeping import Refused
from runtime.journal.packing import dump, load
from runtime.plugins import Installed, packs

MEMORY = 2 * 1024**3
"""Bytes of address space one process may use, where the system can bound it."""

MOST_ITEMS = 1_000_000
"""Items a generator may give."""

PRINTED = 1_000_000
"""Characters that one call may print; they go to the standard error of the whole program."""


class WorkerDied(BlockError):
    """The process a block ran in ended before the block did."""


class NoWorker(BlockError):
    """The system can't start a process for the block."""

    retryable = True

    def __init__(self, error: Exception) -> None:
        message = f"No process for it could be started ({legible(str(error), 200)})."
        super().__init__(message, cure="End other programs, or raise what the system allows.")


class TooMuch(BlockError):
    """A block gives or prints more than can be kept."""


class FailedApart(BlockError):
    """What a block raised in its process; `type` is the kind of error it was there."""

    def __init__(self, failure: Failure, wait: float | None) -> None:
        super().__init__(failure.message, cure=failure.cure)
        self.type = failure.type
        self.retryable = failure.retryable
        self.line, self.column = failure.line, failure.column
        self.wait = wait


class _Gave(msgspec.Struct, frozen=True, tag="gave"):
    value: bytes
    port: str = ""
    """The output it is for, when the block chose one."""


class _Raised(msgspec.Struct, frozen=True, tag="raised"):
    failure: Failure
    wait: float | None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Gave | _Raised).decode


class Workers:
    """A pool of processes, started when first needed.

    A block that is cancelled or runs out of time has its process killed; the pool replaces it.
    Nothing but packed values passes between the processes: no object of a pack is made here.
    """

    def __init__(
        self, folder: Path | None = None, count: int | None = None, *, memory: int = MEMORY
    ) -> None:
        self._folder = folder
        self._count = count or min(4, os.cpu_count() or 1)
        self._memory = memory
        self._pool: ProcessPool | None = None

    async def call(
        self, spec: BlockSpec, arguments: Mapping[str, Any], within: float | None = None
    ) -> Any:
        """What the block gives for the arguments, in at most that many seconds of its own time.

        Waiting for a process is not counted. Raises FailedApart with what the block raises,
        TimedOut, TooMuch, WorkerDied or NoWorker.
        """
        try:
            packed = dump(dict(arguments), "arguments")
        except Refused as refused:
            raise _unfit(refused) from None
        try:
            answered = await self._answer(self._schedule(spec, packed, within))
        except TimeoutError:
            raise TimedOut(
                f"It took longer than {within:g} s.",
                cure="Raise its time limit, or give it less to do.",
            ) from None
        except ProcessExpired as error:
            raise WorkerDied(
                f"The process it ran in ended with code {error.exitcode}.",
                cure="It may have run out of memory, or called something that crashes.",
            ) from None
        except BrokenExecutor as error:
            raise NoWorker(error) from None
        answer = _decode(answered)
        if isinstance(answer, _Raised):
            raise FailedApart(answer.failure, answer.wait)
        value = load(answer.value)
        return Route(answer.port, value) if answer.port else value

    def _schedule(
        self, spec: BlockSpec, packed: bytes, within: float | None
    ) -> ProcessFuture[bytes]:
        """Hand a call to the pool; one that broke is replaced. Raises NoWorker."""
        try:
            if self._pool is not None and not self._pool.active:
                self._stop()
            if self._pool is None:
                self._pool = ProcessPool(
                    self._count,
                    initializer=_prepare,
                    initargs=[self._folder, self._memory],
                    context=multiprocessing.get_context("spawn"),
                )
            what = [spec.kind, spec.function.__module__, packed]
            return self._pool.schedule(_call, args=what, timeout=within)
        except (OSError, RuntimeError) as error:
            self._stop()
            raise NoWorker(error) from error

    async def _answer(self, future: ProcessFuture[bytes]) -> bytes:
        """What comes of a call. A pool that breaks forgets the calls that still wait in line."""
        pool, answer = self._pool, asyncio.wrap_future(future)
        try:
            while not (await asyncio.wait([answer], timeout=1))[0]:
                if pool is None or not pool.active:
                    raise BrokenExecutor("none of them lives")
            return answer.result()
        finally:
            answer.cancel()

    def _stop(self) -> ProcessPool | None:
        pool, self._pool = self._pool, None
        if pool is not None:
            with contextlib.suppress(OSError, RuntimeError):  # it never started
                pool.stop()  # type: ignore[no-untyped-call]
        return pool

    async def close(self) -> None:
        """End all processes at once."""
        if pool := self._stop():
            await asyncio.to_thread(pool.join)


# In the process apart.

_installed: Installed


def _prepare(folder: Path | None, memory: int) -> None:
    global _installed  # one a process, set before its first call
    _bound_memory(memory)
    # The standard output belongs to the command's answers, whatever writes to it in here.
    os.dup2(2, 1)
    _installed = packs(folder)


def _bound_memory(memory: int) -> None:
    try:
        import resource  # noqa: PLC0415  (POSIX only)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _call(kind: str, module: str, packed: bytes) -> bytes:
    sys.stdout = sys.stderr = _Prints(sys.__stderr__)
    try:
        return _encode(_gave(kind, module, packed))
    except (Exception, SystemExit) as error:  # noqa: BLE001  (a block may raise anything)
        return _encode(_Raised(failure_of(error, ""), wait_asked_by(error)))
    finally:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def _gave(kind: str, module: str, packed: bytes) -> _Gave:
    spec = _installed.catalog.get(kind) or _defined_in(module, kind)
    result = spec.function(**load(packed))
    if inspect.isgenerator(result):
        items = list(_bounded(result))
        result = "".join(items) if spec.joined else items
    port, value = result if isinstance(result, Route) else ("", result)
    try:
        value = dump(value, "value")
    except Refused as refused:
        raise _unfit(refused) from None
    return _Gave(value, port)


def _defined_in(module: str, kind: str) -> BlockSpec:
    """A block of no pack: Heddle's own, or of the program that runs the flow. Raises WorkerDied."""
    told = [problem.message for problem in _installed.problems]
    try:
        found = {spec.kind: spec for spec in blocks_in(importlib.import_module(module))}
    except Exception as error:  # noqa: BLE001 - imported code may do anything
        told.append(f"The module {module!r} could not be imported: {failure_of(error, '').message}")
    else:
        if kind in found:
            return found[kind]
        told.append(f"The module {module!r} doesn't define {kind!r} at its top level.")
    raise WorkerDied(
        f"It can't be found in a process of its own. {' '.join(told)}",
        cure="Define it at the top level of a pack, or of a module that can be imported.",
    )


def _bounded(stream: Iterator[Any]) -> Iterator[Any]:
    yield from itertools.islice(stream, MOST_ITEMS)
    for _ in stream:
        raise TooMuch(f"It gave more than {MOST_ITEMS:,} items.", cure="Limit what it reads.")


def _unfit(refused: Refused) -> BlockError:
    return BlockError(f"{refused.place} is {refused.reason}.", cure=refused.cure)


class _Prints(io.TextIOBase):
    """Where a block prints to: on to the program's standard error, up to a bound."""

    def __init__(self, onward: Any) -> None:
        self._onward = onward
        self._left = PRINTED

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._left -= len(text)
        if self._left < 0:
            self._flooded()
        if self._onward is not None:  # as in a program without a terminal on Windows
            self._onward.write(text)
        return len(text)

    def _flooded(self) -> NoReturn:
        raise TooMuch(f"It printed more than {PRINTED:,} characters.", cure="Make it say less.")
