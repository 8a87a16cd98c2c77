"""The table of benchmarks: a decorator enters them, a name or the beginning of one finds them."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.benchmarks.figure import Figure, Measured, Target, Unavailable
from tests.benchmarks.race import Effort

Measure = Callable[..., Measured]
"""Takes an `Effort` and the benchmark's own choices (`workload="chain"`) by name."""

Titles = str | Callable[..., str]
Targets = Target | Callable[..., Target | None] | None
"""One for all, or a function from a benchmark's choices."""


@dataclass(frozen=True)
class Benchmark:
    """One figure that can be measured: `section` is the module that knows how."""

    name: str
    section: str
    title: str
    choices: Mapping[str, str]
    measure: Callable[[Effort], Measured]
    target: Target | None

    def figure(self, effort: Effort) -> Figure:
        """Measure, or say why that cannot be done here."""
        try:
            return Figure(self.name, self.measure(effort), self.target)
        except Unavailable as reason:
            return Figure(self.name, None, self.target, str(reason))


BENCHMARKS: dict[str, Benchmark] = {}


def benchmark(
    pattern: str, title: Titles, target: Targets = None, **choices: Iterable[str]
) -> Callable[[Measure], Measure]:
    """Enter a measurement once for every combination of `choices`, which fill `pattern`'s places.

    `@benchmark("engine.{workload}", "…", workload=WORKLOADS)` makes `engine.chain` and so on.
    """

    def enter(measure: Measure) -> Measure:
        for picked in itertools.product(*choices.values()):
            chosen: dict[str, Any] = dict(zip(choices, picked, strict=True))
            name = pattern.format(**chosen)
            BENCHMARKS[name] = Benchmark(
                name=name,
                section=measure.__module__,
                title=title(**chosen) if callable(title) else title,
                choices=chosen,
                measure=partial(measure, **chosen),
                target=target(**chosen) if callable(target) else target,
            )
        return measure

    return enter


def find(words: Iterable[str]) -> list[Benchmark]:
    """The benchmarks that these words name: whole names, or beginnings up to a dot; none, all.

    Raises LookupError naming the word that fits nothing.
    """
    found: dict[str, Benchmark] = {}
    for word in words:
        fitting = {
            name: entry for name, entry in BENCHMARKS.items() if f"{name}.".startswith(f"{word}.")
        }
        if not fitting:
            raise LookupError(f"There is no benchmark {word!r}; --list shows those there are.")
        found |= fitting
    return list(found.values()) or list(BENCHMARKS.values())


def whole_chapters(chosen: Iterable[Benchmark]) -> list[Benchmark]:
    """All benchmarks of the sections that these belong to."""
    wanted = {entry.section for entry in chosen}
    return [entry for entry in BENCHMARKS.values() if entry.section in wanted]
