"""Every contender does the work it is timed for; on small graphs, and without a clock."""

import inspect
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from graph.compile import compile_flow
from tests.benchmarks.contenders import disk, engine, files, reference, sandbox
from tests.benchmarks.flows import CATALOG, EFFECT_EVERY, flow_of
from tests.benchmarks.growth import slope
from tests.benchmarks.lane import DoLap
from tests.benchmarks.race import LapTime, Race
from tests.benchmarks.workloads import WORKLOADS, workload_of

SMALL = "grid:5"

Prepared = Callable[[], AbstractAsyncContextManager[DoLap]]


@pytest.mark.parametrize(
    "prepared",
    [
        partial(reference.bare, SMALL),
        partial(engine.memory, SMALL),
        partial(engine.durable, SMALL, "normal"),
        partial(engine.durable, SMALL, "full"),
        disk.committing,
        disk.flushing,
    ],
)
async def test_a_contender_does_every_task_in_every_lap(prepared: Prepared) -> None:
    async with prepared() as do_lap:
        first, second = await do_lap(), await do_lap()

    assert first.tasks == second.tasks in (25, disk.COMMITS)


@pytest.mark.parametrize("name", WORKLOADS)
def test_our_flow_has_the_shape_of_the_workload(name: str) -> None:
    work = WORKLOADS[name]

    plan = compile_flow(flow_of(work), CATALOG)

    ends = sorted(len(targets) for targets in plan.dependents)
    children = [0] * len(work.parents)
    for above in work.parents:
        for parent in above:
            children[parent] += 1
    assert ends == sorted(children)
    assert sorted(plan.waits) == sorted(map(len, work.parents))


def test_every_tenth_block_of_a_durable_workload_is_an_effect() -> None:
    work = workload_of("grid:10")

    plan = compile_flow(flow_of(work, effects=True), CATALOG)

    effects = [spec for spec in plan.specs if spec.effect == "write"]
    assert len(effects) == len(plan) // EFFECT_EVERY


@pytest.mark.parametrize("part", ["run", "plan"])
async def test_memory_is_counted_for_the_run_and_for_the_plan(part: str) -> None:
    async with engine.weighed(SMALL, part) as do_lap:
        lap = await do_lap()

    assert lap.notes["bytes"] > 0


async def test_the_large_file_is_free_of_problems() -> None:
    async with files.doing("load") as do_lap:
        lap = await do_lap()

    assert lap.tasks == files.BLOCKS


@pytest.mark.parametrize("contender", [sandbox.ours, sandbox.alone])
@pytest.mark.parametrize("what", ["expression", "code"])
async def test_both_sandboxes_work_out_the_same(
    contender: Callable[[str], AbstractAsyncContextManager[DoLap]], what: str
) -> None:
    async with contender(what) as do_lap:
        lap = await do_lap()

    assert lap.tasks == sandbox.CALLS


def test_the_exponent_of_linear_growth_is_one() -> None:
    def took(seconds: float) -> Race:
        return Race({"ours": [LapTime(seconds, 1, 0, {})]})

    races = {10: took(0.1), 100: took(10.0), 1000: took(1000.0)}

    assert slope(races, "ours") == pytest.approx(1.0)


def test_the_engine_is_known_without_its_debugger() -> None:
    """When this fails the engine has another form: `CHECKS` has to follow it."""
    sources = {module: inspect.getsource(module) for module in engine.CHECKS}

    checks = [(module, checked) for module, found in engine.CHECKS.items() for checked in found]
    assert [checked for module, checked in checks if sources[module].count(checked) != 1] == []
