"""The breakpoints of open flows: set, kept, following the flow and its file."""

from pathlib import Path

import pytest

from app.document import Document
from app.runs.breakpoints import Breakpoints
from app.safety.breakpoints import BreakpointStore
from app.studio import Studio
from app.workbench import Workbench
from graph.edits import ChangeId, RemoveBlock
from graph.flow import Block, Flow
from runtime.breakpoints import Breakpoint

FLOW = Flow.of([Block("a", "flow.constant"), Block("b", "flow.output")], [("a.value", "b.value")])


@pytest.fixture
def points(bare_studio: Studio) -> Breakpoints:
    return bare_studio.runs.breakpoints


@pytest.fixture
def bench(bare_studio: Studio, tmp_path: Path) -> Workbench:
    return opened_again(bare_studio, tmp_path / "a.flow.json")


def opened_again(studio: Studio, path: Path | None) -> Workbench:
    return Workbench(Document(FLOW), studio.catalog, path, studio)


def places(points: Breakpoints, bench: Workbench) -> list[str]:
    return [point.block for point in points.of(bench)]


def test_a_breakpoint_is_set_and_taken_away_at_the_same_place(
    points: Breakpoints, bench: Workbench
) -> None:
    points.toggle(bench, "a")
    points.toggle(bench, "a", at="after", port="value", to="b.value")

    assert [(p.block, p.at, p.to) for p in points.of(bench)] == [
        ("a", "before", ""), ("a", "after", "b.value"),
    ]  # fmt: skip

    points.toggle(bench, "a")

    assert [p.to for p in points.of(bench)] == ["b.value"]


def test_breakpoints_are_there_when_the_flow_is_opened_again(
    points: Breakpoints, bench: Workbench, bare_studio: Studio
) -> None:
    points.put(bench, Breakpoint("p", "a", condition="value > 1", enabled=False))

    again = opened_again(bare_studio, bench.path)

    assert points.of(again) == [Breakpoint("p", "a", condition="value > 1", enabled=False)]


def test_they_are_kept_with_the_person_and_not_in_the_flow(
    points: Breakpoints, bench: Workbench, home: Path
) -> None:
    points.toggle(bench, "a")

    assert bench.document.is_saved
    assert len(list((home / "breakpoints").iterdir())) == 1


def test_a_flow_that_is_saved_for_the_first_time_keeps_its_breakpoints(
    points: Breakpoints, bare_studio: Studio, tmp_path: Path, home: Path
) -> None:
    draft = opened_again(bare_studio, None)
    draft.scratch = tmp_path / "draft"
    points.toggle(draft, "a")

    draft.mark_saved(tmp_path / "b.flow.json")

    assert places(points, opened_again(bare_studio, tmp_path / "b.flow.json")) == ["a"]
    assert len(list((home / "breakpoints").iterdir())) == 1


def test_they_follow_a_renamed_block_and_come_back_with_undo(
    points: Breakpoints, bench: Workbench
) -> None:
    points.toggle(bench, "a")

    bench.do(ChangeId("a", "first"))
    assert places(points, bench) == ["first"]

    bench.undo()
    assert places(points, bench) == ["a"]


def test_one_of_a_block_that_is_gone_stays_listed_and_stops_nothing(
    points: Breakpoints, bench: Workbench
) -> None:
    points.toggle(bench, "b")

    bench.do(RemoveBlock("b"))

    assert places(points, bench) == ["b"]
    assert points.for_run(bench) == []


def test_all_can_be_disabled_and_enabled_again(points: Breakpoints, bench: Workbench) -> None:
    points.toggle(bench, "a")
    points.toggle(bench, "b")

    points.enable(bench, False)
    assert points.for_run(bench) == []

    points.enable(bench, True, points.of(bench)[0].id)
    assert [p.block for p in points.for_run(bench)] == ["a"]


def test_where_nothing_can_be_kept_it_is_told_and_they_count_all_the_same(
    bare_studio: Studio, bench: Workbench, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    store = BreakpointStore(tmp_path / "file")
    points = Breakpoints(store, bare_studio.runs.debugging, bare_studio)
    told = list[OSError]()
    points.troubled.connect(told.append)

    points.toggle(bench, "a")

    assert told
    assert places(points, bench) == ["a"]
