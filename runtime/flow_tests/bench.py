"""The bench on which cases are run: one engine a case, in memory, in a folder of its own."""

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from agents.contract import Grants
from graph.compile.plan import Plan
from graph.connections import Connection
from graph.errors import BlockError, HeddleError
from graph.spec import BlockSpec
from runtime.clock import Clock, SystemClock
from runtime.compose import granted
from runtime.engine.executor import Executor
from runtime.engine.hidden import Hidden
from runtime.engine.hub import Hub
from runtime.engine.live import Live
from runtime.engine.state import Run
from runtime.engine.surroundings import Limits, Surroundings
from runtime.events import AnyEvent, Failure, RunFailed, RunStalled, RunStarted, RunSucceeded
from runtime.flow_tests.desk import Desk
from runtime.flow_tests.eager_clock import EagerClock
from runtime.flow_tests.stand_ins import Work, with_stand_ins
from runtime.inputs import fitting
from runtime.journal.memory import MemoryJournal

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds that a case may take."""

LOOK_AROUND = 0.25
"""Seconds between two looks for a run that can't go on."""

LARGEST_COPY = 64_000_000
"""Bytes of the flow's folder that a case which really asks gets a copy of."""


class Ran(msgspec.Struct, frozen=True):
    """What came of one run. `stuck` says why it was given up, in a sentence."""

    inputs: Mapping[str, Any]
    events: Sequence[AnyEvent]
    desk: Desk
    outputs: Mapping[str, Any] | None = None
    failure: Failure | None = None
    stuck: str = ""
    took: float = 0.0


class NoRoom(HeddleError):
    """The flow's folder is too large to be copied for a case."""


class _Beginning(NamedTuple):
    """What a run is begun with."""

    clock: Clock
    surroundings: Surroundings
    work: Work


class Bench:
    """Runs plans with their effects asked for at a desk. Any number at a time."""

    def __init__(
        self, surroundings: Surroundings, folder: Path, *, patience: float = PATIENCE
    ) -> None:
        self._surroundings = surroundings
        self._folder = folder
        self._patience = patience

    def without_secrets(self, value: Any, secrets: Iterable[str], ours: Iterable[str]) -> Any:
        """A value without what is in these secrets and connections, as far as there are such."""
        hidden = Hidden()
        for name in secrets:
            with contextlib.suppress(BlockError):
                hidden.add(self._surroundings.secret(name))
        for name in ours:
            with contextlib.suppress(BlockError):
                for secret in self._surroundings.connection(name).secrets:
                    hidden.add(secret)
        return hidden.taken_out_of(value)

    async def run(
        self, plan: Plan, inputs: Mapping[str, Any], desk: Desk, *, really: bool = False
    ) -> Ran:
        """Run the plan to its end. With `really`, what isn't recorded is asked of the outside.

        Then waits take their time, and the flow works in a copy of its folder. Raises BadInputs.
        """
        given = fitting(plan, inputs)
        async with self._place(really) as grants:
            if really:
                begin = _Beginning(SystemClock(), self._surroundings, contextlib.nullcontext)
                return await self._driven(plan, given, desk, grants, begin)
            clock = EagerClock()
            begin = _Beginning(clock, _Counted(self._surroundings, clock), clock.work)
            try:
                return await self._driven(plan, given, desk, grants, begin)
            finally:
                await clock.close()

    async def _driven(
        self, plan: Plan, inputs: dict[str, Any], desk: Desk, grants: Grants, begin: "_Beginning"
    ) -> Ran:
        clock, around, work = begin
        journal = MemoryJournal(clock.now)
        executor = Executor(journal, around, clock, Hub(), Limits(linger=0.0))
        began = RunStarted("case", 1, clock.now(), plan.hash, inputs=inputs)
        start = time.perf_counter()
        live = executor.begin(Run(began, with_stand_ins(plan, desk, around, work)), grants)
        stuck = await self._end(live, executor)
        took = time.perf_counter() - start
        if stuck:
            await executor.close(Failure("GivenUp", stuck))
        events = await journal.read("case")
        last = events[-1]
        return Ran(
            inputs,
            events,
            desk,
            last.outputs if isinstance(last, RunSucceeded) else None,
            last.failure if isinstance(last, RunFailed) else None,
            stuck,
            took,
        )

    async def _end(self, live: Live, executor: Executor) -> str:
        """Wait for the end of a run; why it was given up, "" when it came to one."""
        over = time.monotonic() + self._patience
        while not (await asyncio.wait([live.over], timeout=LOOK_AROUND))[0]:
            executor.watch_over()
            if live.told_stalled:
                return "It can't go on by itself."
            if time.monotonic() > over:
                return f"It took longer than {self._patience:g} s."
        return ""

    @contextlib.asynccontextmanager
    async def _place(self, really: bool) -> AsyncIterator[Grants]:
        """A folder for one run: a copy of the flow's own when it may touch it, empty otherwise."""
        with tempfile.TemporaryDirectory(prefix="heddle-test-") as scratch:
            folder = Path(scratch)
            if really:
                await _copied(self._folder, folder)
            yield granted(folder)


def stalled(events: Sequence[AnyEvent]) -> Sequence[str]:
    """What a run that was given up waits for."""
    return next((e.waits_for for e in reversed(events) if isinstance(e, RunStalled)), ())


async def _copied(source: Path, target: Path) -> None:
    """Copy apart, and be done with it even when nobody waits: the target is about to be removed."""
    copying = asyncio.create_task(asyncio.to_thread(_copy, source, target))
    try:
        await asyncio.shield(copying)
    finally:
        await asyncio.wait({copying})


def _copy(source: Path, target: Path) -> None:
    """Copy a folder without what is hidden. Raises NoRoom when it is too large."""
    room = LARGEST_COPY

    def hidden(folder: str, names: list[str]) -> list[str]:
        nonlocal room
        kept = [name for name in names if not name.startswith(".")]
        paths = [Path(folder, name) for name in kept]
        room -= sum(path.stat().st_size for path in paths if path.is_file())
        if room < 0:
            raise NoRoom(
                f"{source} is too large to be copied for a test that really works in it.",
                cure=f"Keep less than {LARGEST_COPY / 1e6:.0f} MB beside the flow, or record it.",
            )
        return [name for name in names if name.startswith(".")]

    shutil.copytree(source, target, ignore=hidden, dirs_exist_ok=True, symlinks=True)


class _Counted:
    """Surroundings whose work the clock knows of, so that no wait is cut short meanwhile."""

    def __init__(self, inner: Surroundings, clock: EagerClock) -> None:
        self._inner = inner
        self.address = inner.address
        self._clock = clock

    async def agent(self, kind: type[T], grants: Grants) -> T:
        with self._clock.work():
            return await self._inner.agent(kind, grants)

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        with self._clock.work():
            return await self._inner.evaluate(expression, names)

    async def evaluate_each(
        self, expression: str, items: Sequence[Any], *, name: str, names: Mapping[str, Any]
    ) -> list[Any]:
        with self._clock.work():
            return await self._inner.evaluate_each(expression, items, name=name, names=names)

    async def apart(
        self, spec: BlockSpec, arguments: Mapping[str, Any], within: float | None
    ) -> Any:
        with self._clock.work():
            return await self._inner.apart(spec, arguments, within)

    def secret(self, name: str) -> str:
        return self._inner.secret(name)

    def connection(self, name: str) -> Connection:
        return self._inner.connection(name)

    def connections(self, *kinds: str) -> tuple[str, ...]:
        return self._inner.connections(*kinds)

    async def close(self) -> None:
        """It is others' to close."""
