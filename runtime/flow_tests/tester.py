"""Runs the tests of flows: finds them, compiles each flow once, has its cases run side by side."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from graph.compile import Plan, compile_flow
from graph.errors import FlowFileError, HeddleError
from graph.file_format import FILE_SUFFIX, read
from graph.flow import Flow
from graph.self_contained import self_contained
from runtime.compose import world_of
from runtime.flow_files import load, with_files
from runtime.flow_tests.bench import PATIENCE, Bench
from runtime.flow_tests.case import Case, Properties, Suite
from runtime.flow_tests.exploring import Explored, Explorer
from runtime.flow_tests.judging import judged
from runtime.flow_tests.tests_file import SUFFIX, flow_beside, read_suite, suite_beside
from runtime.flow_tests.verdict import Finding, Verdict
from runtime.plugins import Installed
from runtime.settings import Settings

SIDE_BY_SIDE = 2 * (os.cpu_count() or 1) + 2
"""Cases that run at a time."""


class Place(NamedTuple):
    """A flow file and the file of its tests."""

    flow: Path
    tests: Path


def places_in(paths: Sequence[Path], *, untested: bool = False) -> list[Place]:
    """Every flow with tests that the paths mean; folders are looked through to their ends.

    Raises FlowFileError for a path that names no tests; with `untested`, any flow file will do.
    """
    found = dict.fromkeys(place for path in paths for place in _places_at(path, untested))
    return list(found)


def _places_at(path: Path, untested: bool) -> Iterator[Place]:
    if path.is_dir():
        inside = [
            tests
            for tests in sorted(path.rglob(f"*{SUFFIX}"))
            if not any(part.startswith(".") for part in tests.relative_to(path).parts)
        ]
        if not inside:
            raise FlowFileError(f"There are no tests in the folder {str(path)!r}.", cure=_CURE)
        yield from (Place(flow_beside(tests), tests) for tests in inside)
        return
    place = place_of(path)
    if not place.tests.exists() and not (untested and place.flow.exists()):
        what = path if place.flow.exists() or path.exists() else f"{path}, which doesn't exist"
        raise FlowFileError(f"There are no tests of {what}.", cure=_CURE)
    yield place


def place_of(path: Path) -> Place:
    """The flow and tests that one file's name means, whichever of the two it is."""
    if path.name.endswith(SUFFIX):
        return Place(flow_beside(path), path)
    return Place(path, suite_beside(path))


_CURE = f"`heddle test FILE{FILE_SUFFIX} --record RUN` makes one of a run."


class Tester:
    """To be used as `async with`. `text` stands for the content of a flow file that isn't saved."""

    def __init__(
        self, blocks: Installed, settings: Settings, *, patience: float = PATIENCE, text: str = ""
    ) -> None:
        self._catalog = blocks.catalog
        self._patience = patience
        self._text = text
        self.world = world_of(settings, blocks)
        self._free = asyncio.Semaphore(SIDE_BY_SIDE)

    async def __aenter__(self) -> "Tester":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.world.close()

    def plan(self, place: Place) -> Plan:
        """The flow, compiled. Raises FlowFileError, FlowInvalid."""
        return compile_flow(self_contained(self._flow(place), self._catalog), self._catalog)

    def _flow(self, place: Place) -> Flow:
        if not self._text:
            return load(place.flow, self._catalog).flow
        name = str(place.flow)
        flow = read(self._text, name=name)
        return with_files(flow, place.flow.parent, self._catalog, name=name)

    def bench(self, place: Place) -> Bench:
        """Where runs of the flow are had."""
        return Bench(self.world, place.flow.parent.resolve(), patience=self._patience)

    async def verdicts(
        self, place: Place, suite: Suite, chosen: Callable[[str], bool]
    ) -> AsyncIterator[Verdict]:
        """What came of the chosen cases, in their order, each as soon as it is known."""
        cases = {name: case for name, case in suite.cases.items() if chosen(name)}
        try:
            plan = self.plan(place)
        except HeddleError as error:
            for name in cases:
                yield Verdict(name, "broken", (Finding("flow", error.message, cure=error.cure),))
            return
        under_way = self._begun(cases, plan, self.bench(place))
        try:
            for task in under_way:
                yield await task
        finally:
            for task in under_way:
                task.cancel()

    async def explored(self, place: Place, suite: Suite, number: int, seed: int) -> Explored:
        """What came of so many inputs made up. Raises HeddleError."""
        properties = suite.properties or Properties()
        effects = [effect for case in suite.cases.values() for effect in case.effects]
        explorer = Explorer(self.plan(place), properties, effects, self.bench(place), self.world)
        return await explorer.explore(number, seed)

    def _begun(
        self, cases: Mapping[str, Case], plan: Plan, bench: Bench
    ) -> Sequence[asyncio.Task[Verdict]]:
        async def run(name: str, case: Case) -> Verdict:
            async with self._free:
                return await judged(name, case, plan, bench, self.world)

        return [asyncio.create_task(run(name, case)) for name, case in cases.items()]


def suite_at(place: Place) -> Suite:
    """The tests of a flow, none when there is no file yet. Raises FlowFileError."""
    return read_suite(place.tests)
