"""What a flow compiles to."""

from msgspec.structs import replace

import graph.blocks.flow
import graph.blocks.logic
import graph.blocks.text
from graph.catalog import Catalog
from graph.compile import compile_flow
from graph.compile.codegen import tasks_of
from graph.flow import Block, Flow, Settings, View

CATALOG = Catalog.of(graph.blocks.flow, graph.blocks.logic, graph.blocks.text)

DIAMOND = Flow.of(
    [
        Block("top", "flow.constant", {"value": "x"}),
        Block("left", "text.template", {"text": "{a}"}),
        Block("right", "text.template", {"text": "{a}"}),
        Block("right_too", "text.template", {"text": "{a}"}),
        Block("bottom", "logic.merge_all"),
    ],
    [
        ("top.value", "left.a"),
        ("top.value", "right.a"),
        ("right.value", "right_too.a"),
        ("left.value", "bottom.l"),
        ("right_too.value", "bottom.r"),
    ],
)


def test_tasks_stand_in_a_possible_order() -> None:
    plan = compile_flow(DIAMOND, CATALOG)

    for task in range(len(plan)):
        assert all(before < task for before in plan.depends(task))


def test_a_slot_leads_back_to_its_task() -> None:
    plan = compile_flow(DIAMOND, CATALOG)

    for task in range(len(plan)):
        assert plan.owner(plan.first_slot[task]) == task


def test_the_critical_path_is_the_longest() -> None:
    plan = compile_flow(DIAMOND, CATALOG)

    path = {plan.ids[task]: share for task, share in plan.critical().items()}

    assert sorted(path) == ["bottom", "right", "right_too", "top"]
    assert sum(path.values()) == 1.0


def test_drawing_it_differently_gives_the_same_plan() -> None:
    moved = replace(DIAMOND, view=View(positions={"top": (1.0, 2.0)}))

    assert compile_flow(moved, CATALOG).hash == compile_flow(DIAMOND, CATALOG).hash


def test_changing_a_field_gives_another() -> None:
    left = replace(DIAMOND.blocks["left"], fields={"text": "{a}!"})
    changed = replace(DIAMOND, blocks={**DIAMOND.blocks, "left": left})

    assert compile_flow(changed, CATALOG).hash != compile_flow(DIAMOND, CATALOG).hash


def test_sub_flows_are_laid_out_under_their_block() -> None:
    inner = Flow.of(
        [
            Block("n", "flow.input", {"name": "n"}),
            Block("t", "text.template", {"text": "{n}"}),
            Block("out", "flow.output"),
        ],
        [("n.value", "t.n"), ("t.value", "out.value")],
    )
    flow = Flow.of([Block("call", "flow.call", {"flow": "f", "n": 1})], flows={"f": inner})

    assert compile_flow(flow, CATALOG).ids == ("call/n", "call/t", "call/out")


def test_what_follows_from_a_task_is_found_through_all_its_links() -> None:
    plan = compile_flow(DIAMOND, CATALOG)

    below = plan.downstream([plan.index["right"]])

    assert {plan.ids[task] for task in below} == {"right", "right_too", "bottom"}


def test_notes_are_drawn_and_not_run() -> None:
    assert len(compile_flow(Flow.of([Block("n", "flow.note", {"text": "hi"})]), CATALOG)) == 0


def test_tasks_are_told_with_what_they_wait_for() -> None:
    flow = Flow.of(
        [Block("a", "flow.constant"), Block("w", "logic.wait", {"seconds": 1})],
        [("a.value", "w.value")],
    )

    task = tasks_of(compile_flow(flow, CATALOG))[1]

    assert (task.id, task.kind, task.agent, task.depends) == ("w", "logic.wait", "pure", ("a",))
    assert task.code == "w = await wait(seconds=1, value=a, context=context)"
    assert task.share == 0.5


def test_a_block_run_for_each_item_becomes_a_loop_around_it() -> None:
    flow = Flow.of(
        [
            Block("items", "flow.constant", {"value": ["a"]}),
            Block("up", "text.case", {"style": "upper"}, settings=Settings(each="text")),
        ],
        [("items.value", "up.text")],
    )

    plan = compile_flow(flow, CATALOG)

    assert plan.specs[plan.index["up"]].kind == "logic.for_each"
    (body,) = plan.bodies[plan.index["up"]].values()
    assert "up" in body.ids
