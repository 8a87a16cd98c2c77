"""The steps of an agent: what is told as it works, and how one gets to where it was done."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from agents.llm.shapes import Message
from app.docks.agent_steps import AgentSteps
from app.document import Document
from app.presenters.agent_steps import agent_steps
from app.presenters.live_run import LiveRun
from app.studio import Studio
from app.workbench import Workbench
from graph.flow import Flow
from tests.agents.llm.acting import CATALOG, Scripted, acting, agent, calls, says
from tests.runtime.engine import world

TURNS = [
    calls(("find", {"query": "tea"}), text="I look."),
    calls(("fails", {"query": "x"})),
    says("Tea."),
]


async def ran(folder: Path, flow: Flow, turns: list[Message] = TURNS) -> LiveRun:
    """A run of the flow, as the studio takes it in."""
    world.calls.clear()
    studio = acting(Scripted(turns), folder)
    await studio.run(flow)
    run = LiveRun("r1")
    run.take(await studio.events())
    return run


async def test_every_thought_call_and_result_is_a_step(tmp_path: Path) -> None:
    run = await ran(tmp_path, agent())

    steps = agent_steps(run, "agent")

    assert [(step.kind, step.turn, step.tool) for step in steps] == [
        ("say", 1, ""),
        ("call", 1, "find"),
        ("result", 1, "find"),
        ("call", 2, "fails"),
        ("failed", 2, "fails"),
        ("say", 3, ""),
    ]
    assert steps[2].value == "tea seen 1 times"
    assert steps[2].scope == "agent[call 1.1]"


async def test_what_goes_on_is_told_as_far_as_it_has_come(tmp_path: Path) -> None:
    studio = acting(Scripted(TURNS), tmp_path)
    await studio.run(agent())
    events = await studio.events()
    run = LiveRun("r1")

    kinds = list[int]()
    for event in events:
        run.take([event])
        kinds.append(len(agent_steps(run, "agent")))

    assert kinds == sorted(kinds)
    assert kinds[-1] == 6


async def test_a_call_that_could_not_be_made_says_what_the_model_was_told(tmp_path: Path) -> None:
    run = await ran(tmp_path, agent(), [calls(("find", {"word": "tea"})), says("I can't.")])

    called, failed, _ = agent_steps(run, "agent")

    assert (called.kind, called.goes_on, failed.kind) == ("call", False, "failed")
    assert '"query" is a required property' in failed.value


@pytest.fixture
def front(studio: Studio) -> Iterator[Workbench]:
    workbench = Workbench(Document(agent()), CATALOG)
    studio.workspace.add(workbench)
    yield workbench
    studio.workspace.remove(workbench)


@pytest.mark.parametrize(
    ("row", "tool", "round"), [(2, "find", "agent[call 1.1]"), (4, "fails", "agent[call 2.1]")]
)
async def test_a_step_leads_into_its_own_tool_and_to_the_values_of_its_round(
    qtbot: QtBot, studio: Studio, front: Workbench, tmp_path: Path, row: int, tool: str, round: str
) -> None:
    """The tools have blocks of the same name."""
    dock = AgentSteps(studio)
    qtbot.addWidget(dock)
    front.watch(await ran(tmp_path, agent()))
    dock.refresh()

    item = dock.tree.topLevelItem(row)
    assert item is not None
    dock.tree.itemActivated.emit(item, 0)

    assert front.level == (tool,)
    assert front.round == round


async def test_each_turn_is_named_where_it_begins(
    qtbot: QtBot, studio: Studio, front: Workbench, tmp_path: Path
) -> None:
    dock = AgentSteps(studio)
    qtbot.addWidget(dock)

    front.watch(await ran(tmp_path, agent()))
    dock.refresh()

    rows = [dock.tree.topLevelItem(row) for row in range(dock.tree.topLevelItemCount())]
    assert [row.text(0) for row in rows if row] == ["Turn 1", "", "", "Turn 2", "", "Turn 3"]
    assert rows[1] is not None
    assert rows[1].text(1) == 'Calls find: {"query":"tea"}'


def test_one_can_break_before_turns_and_before_calls(
    qtbot: QtBot, studio: Studio, front: Workbench
) -> None:
    dock = AgentSteps(studio)
    qtbot.addWidget(dock)

    dock.turns.click()
    dock.calls.click()

    points = studio.runs.breakpoints.for_run(front)
    assert [(p.block, p.at, p.condition) for p in points] == [
        ("agent/turn", "before", ""),
        ("agent/turn", "after", "len(calls) > 0"),
    ]
    dock.turns.click()
    assert len(studio.runs.breakpoints.for_run(front)) == 1
