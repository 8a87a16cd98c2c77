"""All about one task, read off real runs: in loops, in sub-flows, tried again, replayed."""

import pytest
from msgspec.structs import replace

from graph.compile import compile_flow
from graph.flow import Block, Flow, Retry, Settings
from runtime.events import (
    InputsChanged,
    OutputsChanged,
    RunContinued,
    TaskHeld,
    TaskReleased,
    TaskTraced,
)
from runtime.projections.task_data import TaskData
from runtime.projections.tasks import NoSuchTask, Tasks
from tests.runtime.engine.world import CATALOG, Studio, studio

__all__ = ["studio"]


def body(*blocks: Block, links: list[tuple[str, str]] | None = None) -> Flow:
    return Flow.of(list(blocks), links or [])


DOUBLE = body(
    Block("item", "flow.input", {"name": "item"}),
    Block("twice", "t.add", {}),
    Block("out", "flow.output"),
    links=[("item.value", "twice.a"), ("item.value", "twice.b"), ("twice.value", "out.value")],
)

LOOP = Flow.of(
    [
        Block("all", "flow.constant", {"value": [1, 2, 3]}),
        Block("each", "logic.for_each", {"body": "double"}),
        Block("out", "flow.output"),
    ],
    [("all.value", "each.items"), ("each.value", "out.value")],
    flows={"double": DOUBLE},
)


async def data(studio: Studio, flow: Flow, task: str) -> TaskData:
    await studio.run(flow)
    return Tasks(compile_flow(flow, CATALOG)).take(await studio.events()).data(task)


async def test_a_task_in_a_loop_has_the_inputs_of_its_round(studio: Studio) -> None:
    found = await data(studio, LOOP, "each[1]/twice")

    assert found.inputs == {"a": 2, "b": 2}
    assert found.sources == {"a": "item.value", "b": "item.value"}
    assert found.outputs == {"value": 4}
    assert (found.kind, found.state) == ("t.add", "finished")


async def test_a_task_in_a_sub_flow_is_found_by_its_address(studio: Studio) -> None:
    flow = Flow.of(
        [Block("one", "flow.constant", {"value": 5}), Block("sub", "flow.call", {"flow": "d"})],
        [("one.value", "sub.item")],
        flows={"d": DOUBLE},
    )

    found = await data(studio, flow, "sub/twice")

    assert found.inputs == {"a": 5, "b": 5}
    assert found.outputs == {"value": 10}


async def test_fields_say_whether_they_were_set(studio: Studio) -> None:
    flow = Flow.of([Block("sum", "t.add", {"a": 20})])

    found = await data(studio, flow, "sum")

    assert [(name, f.value, f.origin) for name, f in found.fields.items()] == [
        ("a", 20, "set"),
        ("b", 1, "default"),
    ]


async def test_every_attempt_has_its_failure_and_its_wait(studio: Studio) -> None:
    retry = Settings(retry=Retry(attempts=3, delay=1, factor=2, jitter=0))
    flow = Flow.of([Block("try", "t.flaky", {"value": "ok"}, settings=retry)])

    found = await data(studio, flow, "try")

    assert [(a.number, a.wait, a.failure is not None) for a in found.attempts] == [
        (1, 1.0, True),
        (2, 2.0, True),
        (3, 0.0, False),
    ]
    assert found.attempts[0].failure is not None
    assert found.attempts[0].failure.message == "Nobody answered."
    assert found.paused == 3.0


async def test_a_failure_keeps_the_chain_of_what_caused_it(studio: Studio) -> None:
    inside = body(
        Block("item", "flow.input", {"name": "item"}),
        Block("bad", "t.wrong"),
        links=[("item.value", "bad.value")],
    )
    flow = replace(LOOP, flows={"double": inside})

    found = await data(studio, flow, "each")

    assert found.state == "failed"
    assert found.failure is not None
    assert found.failure.cause is not None
    assert found.failure.cause.task == "each[0]/bad"


async def test_it_waited_since_all_it_needs_was_there(studio: Studio) -> None:
    flow = Flow.of(
        [
            Block("long", "t.slow", {"seconds": 4.0, "value": 1}),
            Block("next", "t.slow", {"seconds": 2.0}),
        ],
        [("long.value", "next.value")],
    )

    found = await data(studio, flow, "next")

    assert found.waited == pytest.approx(0, abs=0.2)
    assert found.worked == pytest.approx(2, abs=0.2)
    assert found.ready is not None
    assert found.began is not None
    assert found.ended is not None
    assert found.ready <= found.began <= found.ended


async def test_a_task_that_was_under_way_when_its_run_ended_was_cancelled(studio: Studio) -> None:
    flow = Flow.of([Block("long", "t.slow", {"seconds": 60.0}), Block("bad", "t.wrong")])

    found = await data(studio, flow, "long")

    assert found.state == "cancelled"
    assert found.attempts[0].ended == found.ended is not None


async def test_what_a_replay_reused_has_its_inputs_too(studio: Studio) -> None:
    flow = Flow.of(
        [Block("a", "t.watched", {"value": 1, "name": "a"}), Block("b", "t.watched")],
        [("a.value", "b.value")],
    )
    await studio.run(flow)
    await studio.finish(studio.replay(flow, await studio.events(), flow, begin_at="b"))

    tasks = Tasks(compile_flow(flow, CATALOG)).take(await studio.events("r2"))

    assert tasks.data("a").state == "reused"
    assert tasks.data("b").inputs == {"value": 1}


async def test_a_secret_stays_its_name(studio: Studio) -> None:
    flow = Flow.of([Block("s", "t.secretive", {"token": {"$secret": "github"}})])

    found = await data(studio, flow, "s")

    assert found.fields["token"].value == {"$secret": "github"}
    assert "value-of-github" not in repr(found)


async def test_without_its_flow_only_what_came_out_is_known(studio: Studio) -> None:
    await studio.run(LOOP)

    found = Tasks(None).take(await studio.events()).data("each[0]/twice")

    assert (found.inputs, found.outputs) == ({}, {"value": 2})


async def test_a_block_in_a_loop_is_no_task_and_its_rounds_are_named(studio: Studio) -> None:
    await studio.run(LOOP)
    tasks = Tasks(compile_flow(LOOP, CATALOG)).take(await studio.events())

    with pytest.raises(NoSuchTask, match=r"ran 3 times. Name one: each\[0\]/twice"):
        tasks.data("each/twice")


async def test_what_somebody_changed_is_told_beside_what_it_was(studio: Studio) -> None:
    await studio.run(LOOP)
    events = await studio.events()
    at = events[-1].seq
    changed = [
        InputsChanged("r1", at + 1, 9.0, "each[1]/twice", {"a": 7}),
        OutputsChanged("r1", at + 2, 9.0, "each[1]/twice", {"value": 9}),
    ]

    found = Tasks(compile_flow(LOOP, CATALOG)).take([*events, *changed]).data("each[1]/twice")

    assert (found.inputs, found.came) == ({"a": 7, "b": 2}, {"a": 2})
    assert (found.outputs, found.gave) == ({"value": 9}, {"value": 4})


async def test_a_changed_field_says_what_it_was_set_to(studio: Studio) -> None:
    flow = Flow.of([Block("sum", "t.add", {"a": 20})])
    await studio.run(flow)
    change = InputsChanged("r1", 99, 9.0, "sum", {"a": 1})

    found = Tasks(compile_flow(flow, CATALOG)).take([*await studio.events(), change]).data("sum")

    assert (found.fields["a"].value, found.fields["a"].was) == (1, 20)
    assert found.fields["a"].origin == "changed"


async def test_it_is_known_where_a_task_stands_still_and_for_how_long(studio: Studio) -> None:
    flow = Flow.of([Block("sum", "t.add", {"a": 20})])
    began = (await studio.run(flow)).at
    tasks = Tasks(compile_flow(flow, CATALOG))

    tasks.take([TaskHeld("r", 2, began, "sum", "before", "breakpoint", note="Here.")])
    held = tasks.data("sum")
    tasks.take([TaskReleased("r", 3, began + 4, "sum")])

    assert held.held is not None
    assert held.held.note == "Here."
    assert (tasks.data("sum").held, tasks.data("sum").stood) == (None, 4.0)


async def test_no_task_stands_still_once_the_whole_run_goes_on(studio: Studio) -> None:
    flow = Flow.of([Block("sum", "t.add", {"a": 20})])
    began = (await studio.run(flow)).at
    tasks = Tasks(compile_flow(flow, CATALOG))

    tasks.take([TaskHeld("r", 2, began, "sum", "before", "breakpoint")])
    tasks.take([RunContinued("r", 3, began + 4)])

    assert (tasks.data("sum").held, tasks.data("sum").stood) == (None, 4.0)


async def test_what_passed_between_a_task_and_the_outside_is_told(studio: Studio) -> None:
    flow = Flow.of([Block("sum", "t.add", {"a": 20})])
    await studio.run(flow)
    trace = TaskTraced("r1", 99, 9.0, "sum", "http", {"status": 200})

    found = Tasks(compile_flow(flow, CATALOG)).take([*await studio.events(), trace]).data("sum")

    assert [(one.kind, one.detail) for one in found.traces] == [("http", {"status": 200})]
