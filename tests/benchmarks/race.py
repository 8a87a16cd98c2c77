"""Side by side: contenders in processes of their own take laps in turn, A B A B."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from tests.benchmarks.figure import Measured, Unavailable

ROOT = Path(__file__).resolve().parents[2]
LAP_LIMIT = 300.0
"""Seconds after which a lap is given up."""
PARTING = 10.0
"""Seconds a lane has to clean up after its last lap."""


@dataclass(frozen=True)
class Effort:
    """How long a race may take: `seconds` of counted laps, but never fewer than `laps` rounds.

    Before them come `warm_up` seconds of laps that do not count, at least one unless it is 0:
    imports, caches, just-in-time compilers.
    """

    seconds: float = 3.0
    laps: int = 3
    warm_up: float = 0.3


@dataclass(frozen=True)
class Contender:
    """A lane's command line, what it is asked for each lap, and additions to its environment."""

    words: tuple[str, ...]
    request: Mapping[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict)


def in_python(place: str, *, python: str | Path = sys.executable, **request: Any) -> Contender:
    """The contender at "package.module:function", in this interpreter or in a peer's."""
    return Contender((str(python), "-m", "tests.benchmarks.lane", place), request)


@dataclass(frozen=True)
class LapTime:
    """What a lane answered: `tasks` in `seconds`, and further notes.

    `added_bytes` is the most memory the process ever held, less what it held before it prepared.
    """

    seconds: float
    tasks: int
    added_bytes: int
    notes: dict[str, Any]

    @property
    def microseconds_per_task(self) -> float:
        return self.seconds / self.tasks * 1e6

    @property
    def tasks_per_second(self) -> float:
        return self.tasks / self.seconds


class Lane:
    """A contender's process, borrowed for a race: `lap` asks it for one repetition."""

    def __init__(self, contender: Contender) -> None:
        self._complaints = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed on exit)
        self._process = subprocess.Popen(
            contender.words,
            cwd=ROOT,
            env={**os.environ, **contender.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
        )
        self._tell(json.dumps(contender.request))

    def lap(self) -> LapTime:
        """One repetition. Raises Unavailable with the contender's last words if it gives up."""
        assert self._process.stdout
        watch = threading.Timer(LAP_LIMIT, self._process.kill)
        watch.start()
        try:
            self._tell("lap")
            line = self._process.stdout.readline()
        finally:
            watch.cancel()
        if not line:
            raise Unavailable(self._last_words())
        return LapTime(**json.loads(line))

    def _tell(self, line: str) -> None:
        """Write to the process; one that has died is noticed when its answer does not come."""
        assert self._process.stdin
        with suppress(BrokenPipeError):
            print(line, file=self._process.stdin, flush=True)

    def _last_words(self) -> str:
        self._complaints.seek(0)
        said = self._complaints.read().strip().splitlines()
        return said[-1] if said else f"no answer within {LAP_LIMIT:.0f} s"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process by ending its input; one that does not listen is killed."""
        with self._process, self._complaints, suppress(BrokenPipeError):
            assert self._process.stdin
            self._process.stdin.close()
            try:
                self._process.wait(timeout=PARTING)
            except subprocess.TimeoutExpired:
                self._process.kill()


@dataclass(frozen=True)
class Race:
    """Every contender's laps, round by round."""

    laps: Mapping[str, list[LapTime]]

    def median(self, name: str, measure: Callable[[LapTime], float]) -> float:
        """The middle of what a contender's laps measured."""
        return statistics.median(map(measure, self.laps[name]))

    def ratio(self, name: str, other: str, measure: Callable[[LapTime], float]) -> float:
        """The middle of one's multiple of the other, each round on its own: noise hits both."""
        rounds = zip(self.laps[name], self.laps[other], strict=True)
        return statistics.median(measure(one) / measure(two) for one, two in rounds)

    def measured(
        self,
        measure: Callable[[LapTime], float],
        unit: str,
        *,
        ours: str = "ours",
        reference: str = "reference",
        **notes: Any,
    ) -> Measured:
        """Two contenders compared by one measure of their laps."""
        return Measured(
            ours=self.median(ours, measure),
            reference=self.median(reference, measure),
            ratio=self.ratio(ours, reference, measure),
            unit=unit,
            notes={"laps": len(self.laps[ours]), **notes},
        )

    def per_task(self, *, reference: str = "reference", **notes: Any) -> Measured:
        """The comparison nearly every figure makes: µs a task."""
        return self.measured(
            lambda lap: lap.microseconds_per_task, "µs/task", reference=reference, **notes
        )


def race(contenders: Mapping[str, Contender], effort: Effort) -> Race:
    """Let contenders take laps in turn, the order reversed each round, until the effort is spent.

    A lane lives for one race only, so nobody inherits another race's heap.
    """
    with ExitStack() as borrowed:
        lanes = {name: borrowed.enter_context(Lane(each)) for name, each in contenders.items()}
        for lane in lanes.values():
            _warm_up(lane, effort.warm_up)
        laps: dict[str, list[LapTime]] = {name: [] for name in lanes}
        order = list(lanes)
        begun, rounds = perf_counter(), 0
        while rounds < effort.laps or perf_counter() - begun < effort.seconds:
            for name in order:
                laps[name].append(lanes[name].lap())
            order.reverse()
            rounds += 1
    return Race(laps)


def _warm_up(lane: Lane, seconds: float) -> None:
    begun = perf_counter()
    while perf_counter() - begun < seconds:
        lane.lap()
