"""The benchmarks' own behaviour; how quick anything is, no test ever asks."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import report, sections  # noqa: F401  (fills the table)
from tests.benchmarks.__main__ import main
from tests.benchmarks.contenders.reference import Graph, run
from tests.benchmarks.environments import PEERS
from tests.benchmarks.figure import Figure, Measured, Target, Unavailable
from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.race import Contender, Effort, LapTime, Race, in_python, race
from tests.benchmarks.registry import BENCHMARKS, find
from tests.benchmarks.workloads import WORKLOADS, chain, fan, grid

ONE_ROUND = Effort(seconds=0, laps=1, warm_up=0)


def lap(seconds: float) -> LapTime:
    return LapTime(seconds, tasks=1, added_bytes=0, notes={})


@asynccontextmanager
async def counted(name: str) -> AsyncIterator[DoLap]:
    """A contender: says something on the side, then how long its name is."""
    print("not an answer")

    async def lap() -> Lap:
        return Lap(seconds=float(len(name)), tasks=1)

    yield lap


def test_a_figure_is_one_json_line_whose_first_five_fields_are_the_contract() -> None:
    measured = Measured(1.23456, 2.0, 0.61728, "µs/task", {"laps": 5})

    line = Figure("engine.chain", measured, Target(at_most=1.25)).line()

    assert list(line)[:5] == ["name", "ours", "reference", "ratio", "unit"]
    assert line["ours"] == 1.235
    assert line["met"] is True
    assert line["laps"] == 5


def test_a_figure_that_could_not_be_measured_says_why() -> None:
    line = Figure("peers.node_red.chain", None, missing="npm is not installed").line()

    assert line["ours"] is None
    assert line["missing"] == "npm is not installed"


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (Target(at_most=0.5), True),
        (Target(at_most=0.4), False),
        (Target(at_least=20_000, value="ours"), True),
        (Target(at_least=30_000, value="ours"), False),
    ],
)
def test_a_target_bounds_the_ratio_or_ours(target: Target, met: bool) -> None:
    measured = Measured(ours=25_000, reference=50_000, ratio=0.5, unit="tasks/s")

    assert target.met(measured) is met


def test_the_ratio_is_taken_round_by_round_so_that_a_noisy_round_hits_both() -> None:
    outcome = Race({"ours": [lap(1), lap(10), lap(1)], "reference": [lap(2), lap(20), lap(2)]})

    assert outcome.ratio("ours", "reference", lambda each: each.seconds) == 0.5
    assert outcome.median("reference", lambda each: each.seconds) == 2


def test_contenders_run_in_processes_of_their_own_and_may_print() -> None:
    here = "tests.benchmarks.test_benchmarks:counted"
    contenders = {
        "ours": in_python(here, name="four"),
        "reference": in_python(here, name="eight888"),
    }

    outcome = race(contenders, ONE_ROUND).per_task()

    assert (outcome.ours, outcome.reference, outcome.ratio) == (4e6, 8e6, 0.5)


def test_a_contender_that_dies_makes_its_figure_unavailable_with_its_last_words() -> None:
    dying = Contender((sys.executable, "-c", "raise SystemExit('no such engine')"), {})

    with pytest.raises(Unavailable, match="no such engine"):
        race({"ours": dying}, ONE_ROUND)


def test_a_name_finds_its_figure_and_a_beginning_finds_several() -> None:
    assert [each.name for each in find(["engine.chain"])] == ["engine.chain"]
    assert {each.name for each in find(["engine"])} == {f"engine.{name}" for name in WORKLOADS}
    assert len(find([])) == len(BENCHMARKS)


def test_an_unknown_name_is_refused_with_the_cure(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["engine.chian", "--json"])

    assert code == 2
    assert "--list" in capsys.readouterr().err


def test_the_page_shows_peers_by_workload_and_marks_a_missed_target() -> None:
    figures = [
        Figure("engine.chain", Measured(9, 6, 1.5, "µs/task"), BENCHMARKS["engine.chain"].target),
        Figure("peers.burr.chain", Measured(2, 60, 1 / 30, "µs/task")),
    ]

    page = report.page(figures, {"Processor": "a loom"}, "make bench")

    assert "| Processor | a loom |" in page
    assert "| 9 | 6 | µs/task | 1.5× | ratio ≤ 1.25, aim 0.5 | **missed** |" in page
    assert "| Burr, in memory | 60 (30×) |" in page


def test_a_chapter_is_measured_anew_and_the_others_stay() -> None:
    chain, beside = (
        Figure("engine.chain", Measured(9, 6, 1.5, "µs/task")),
        Figure("peers.burr.chain", Measured(2, 60, 1 / 30, "µs/task")),
    )
    before = report.page([chain, beside], {"Processor": "a loom"}, "make bench")

    guards = [Figure("guards.timed", Measured(3, 1, 3.0, "µs/call"))]
    page = report.renewed(before, guards, "make guards")
    anew = report.renewed(
        page, [Figure("engine.chain", Measured(5, 6, 0.83, "µs/task"))], "make engine"
    )

    headings = [line for line in page.splitlines() if line.startswith("## ")]
    assert headings == ["## The engine in memory", "## The guards", "## Beside our peers"]
    assert "Measured on its own by `make guards`" in page
    assert before.split("## ")[1].strip() in page
    assert "| 5 | 6 | µs/task | 0.83× |" in anew
    assert "| 9 | 6 | µs/task |" not in anew


@pytest.mark.parametrize("parents", [chain(20), fan(20), grid(5)])
async def test_the_reference_runs_every_block_after_its_parents(parents: list[list[int]]) -> None:
    order: list[int] = []

    async def body(inputs: list[int]) -> int:
        order.append(len(order))
        assert all(block is not None for block in inputs)
        return len(order)

    results = await run(Graph(parents), body)

    assert len(order) == len(parents)
    assert all(
        results[parent] < results[block] for block, above in enumerate(parents) for parent in above
    )


@pytest.mark.parametrize("lock", [*PEERS.glob("*.lock"), PEERS / "node_red/package-lock.json"])
def test_peers_are_locked_by_hash_without_any_address(lock: Path) -> None:
    text = lock.read_text()

    assert "://" not in text
    if lock.suffix == ".lock":
        assert all("--hash=sha256:" in entry for entry in text.split("\n\n") if "==" in entry)
    else:
        packages = json.loads(text)["packages"]
        locked = [entry for place, entry in packages.items() if place]
        assert all("integrity" in entry or entry.get("inBundle") for entry in locked)


@pytest.mark.parametrize("gesture", ["zoom", "news"])
def test_every_canvas_draws_the_same_flow_and_gesture(gesture: str) -> None:
    asked: dict[str, Any] = {"blocks": 60, "gesture": gesture, "level": "half", "frames": 3}
    contenders = {
        name: in_python(f"tests.benchmarks.contenders.{place}", **asked)
        for name, place in {
            "ours": "canvas:ours", "bare": "canvas_bare:bare", "stock": "canvas_stock:stock",
        }.items()
    }  # fmt: skip

    laps = race(contenders, ONE_ROUND).laps

    assert {name: laps[name][0].tasks for name in laps} == dict.fromkeys(contenders, 3)
    assert all(lap.notes["median"] > 0 for each in laps.values() for lap in each)
