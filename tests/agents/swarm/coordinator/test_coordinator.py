"""Workflows: made from templates, followed, undone, cancelled, and gone on with after a restart."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.contract import Task
from agents.errors import Contended
from agents.swarm.coordinator.agent import CoordinatorAgent
from agents.swarm.coordinator.shapes import Kept, Workflow
from agents.swarm.coordinator.store import Written
from graph.errors import BadInput
from graph.file_format import write
from graph.flow import Block, Flow, Settings
from runtime.commands import PruneRuns, StartRun
from runtime.compose import compose, granted
from runtime.events import RunFailed, RunSucceeded
from runtime.runtime import Runtime
from runtime.settings import Settings as Set
from tests.agents.swarm.database_sync.conftest import until

CATCHES = Settings(on_error="port")


def booking() -> str:
    """Two files that belong together: the second fails for a folder that isn't granted."""
    undo = Flow.of(
        [Block("done", "flow.input", {"name": "done"}), Block("gone", "files.delete")],
        [("done.value", "gone.path")],
    )
    return write(
        Flow.of(
            [
                Block("second", "flow.input", {"name": "second", "default": "second.txt"}),
                Block("train", "files.write", {"path": "train.txt", "content": "seat"}),
                Block("hotel", "files.write", settings=CATCHES),
                Block("done", "logic.merge_some"),
                Block("undo", "logic.compensate", {"undo": ["undo_train"]}),
                Block("out", "flow.output", {"name": "booked"}),
            ],
            [
                ("second.value", "hotel.path"),
                ("train.path", "hotel.content"),
                ("train.path", "done.train"),
                ("hotel.error", "undo.failure"),
                ("done.value", "undo.done"),
                ("hotel.path", "out.value"),
            ],
            name="Booking",
            description="Train and hotel.",
            flows={"undo_train": undo},
        )
    )


SLOW = """{"heddle": 1, "name": "Slow", "blocks": {
  "seconds": {"kind": "flow.input", "fields": {"name": "seconds", "default": 600}},
  "sleep": {"kind": "logic.wait", "fields": {"value": "slept"}},
  "write": {"kind": "files.write", "fields": {"path": "a.txt"}}
}, "links": ["seconds.value -> sleep.seconds", "sleep.value -> write.content"]}"""


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Runtime, CoordinatorAgent]]:
    async with compose(Set(home=str(folder)), granted(folder)) as runtime:
        yield runtime, await runtime.agents.named("coordinator", granted(folder))


@pytest.fixture
async def coordinator(tmp_path: Path) -> AsyncIterator[CoordinatorAgent]:
    async with opened(tmp_path) as (_, agent):
        yield agent


def states(workflow: Workflow) -> dict[str, str]:
    return {step.step: step.state for step in workflow.steps}


async def test_a_workflow_is_done_step_by_step_and_gives_its_results(
    coordinator: CoordinatorAgent, tmp_path: Path
) -> None:
    await coordinator.add_template("booking", booking())

    made = await coordinator.create("booking", description="For Ada")
    done = await coordinator.wait(made.workflow_id)

    assert (done.status, done.progress, done.description) == ("succeeded", 1.0, "For Ada")
    assert states(done) == {"train": "done", "hotel": "done"}
    assert Path(done.result["booked"]).name == "second.txt"
    assert done.began is not None
    assert done.ended is not None


async def test_a_workflow_that_fails_midway_is_undone_and_says_so(
    coordinator: CoordinatorAgent, tmp_path: Path
) -> None:
    await coordinator.add_template("booking", booking())

    made = await coordinator.create("booking", parameters={"second": "/nowhere/x.txt"})
    done = await coordinator.wait(made.workflow_id)

    assert done.status == "undone"
    assert states(done) == {"train": "undone", "hotel": "failed"}
    assert "Undone: train." in done.error
    assert not (tmp_path / "train.txt").exists()
    kept = (await coordinator.workflows()).workflows
    assert [(one.name, one.state) for one in kept] == [("booking", "undone")]


async def test_one_that_can_t_be_undone_isn_t_told_as_undone(
    coordinator: CoordinatorAgent,
) -> None:
    flow = msgspec.json.decode(booking())
    seat = msgspec.json.decode(booking())["flows"]["undo_train"]
    seat["blocks"]["gone"] |= {"kind": "files.read", "fields": {"encoding": "no such"}}
    flow["flows"]["undo_seat"] = seat
    flow["blocks"]["undo"]["fields"]["undo"].append("undo_seat")
    flow["links"].append("train.path -> done.seat")
    await coordinator.add_template("booking", flow)

    made = await coordinator.create("booking", parameters={"second": "/nowhere/x.txt"})
    done = await coordinator.wait(made.workflow_id)

    assert "Undone: train. seat could not be undone" in done.error
    assert (done.status, states(done)["train"]) == ("failed", "undone")


async def test_a_template_says_what_it_takes_and_which_steps_it_has(
    coordinator: CoordinatorAgent,
) -> None:
    await coordinator.add_template("booking", msgspec.json.decode(booking()))

    found = {one.name: one for one in await coordinator.templates()}

    assert found["booking"].steps == ["train", "hotel"]
    assert found["booking"].title == "Booking"
    assert not found["booking"].own
    assert list(found["booking"].parameters["properties"]) == ["second"]


async def test_the_same_key_makes_one_workflow(coordinator: CoordinatorAgent) -> None:
    await coordinator.add_template("booking", booking())

    made = [await coordinator.create("booking", key="order-7") for _ in range(2)]

    assert len({one.workflow_id for one in made}) == 1
    assert len((await coordinator.workflows()).workflows) == 1


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("bocking", {}, "'booking'"),
        ("booking", {"secund": 1}, "'second'"),
        ("'; DROP TABLE workflows", {}, "no template"),
    ],
)
async def test_what_there_is_not_is_told_with_what_there_is(
    coordinator: CoordinatorAgent, name: str, parameters: Mapping[str, Any], says: str
) -> None:
    await coordinator.add_template("booking", booking())

    with pytest.raises(BadInput) as told:
        await coordinator.create(name, parameters=parameters)

    assert says in f"{told.value} {told.value.cure}"
    assert (await coordinator.workflows()).workflows == []


async def test_an_unknown_workflow_is_told(coordinator: CoordinatorAgent) -> None:
    with pytest.raises(BadInput, match="no workflow 'wf_none'"):
        await coordinator.status("wf_none")


async def test_a_workflow_can_be_ended(coordinator: CoordinatorAgent) -> None:
    await coordinator.add_template("slow", SLOW)
    made = await coordinator.create("slow")

    ended = await coordinator.cancel(made.workflow_id, reason="Not now.")

    assert (ended.status, ended.error) == ("cancelled", "Not now.")


def lingering(seconds: float = 600.0, undoes: float = 0.0) -> str:
    """A file, then something that takes its time; undoing takes a while, too."""
    undo = Flow.of(
        [
            Block("done", "flow.input", {"name": "done"}),
            Block("wait", "logic.wait", {"seconds": undoes}),
            Block("gone", "files.delete"),
        ],
        [("done.value", "wait.value"), ("wait.value", "gone.path")],
    )
    return write(
        Flow.of(
            [
                Block("train", "files.write", {"path": "train.txt", "content": "seat"}),
                Block("wait", "logic.wait", {"seconds": seconds}, settings=CATCHES),
                Block("hotel", "files.write", {"path": "hotel.txt"}, settings=CATCHES),
                Block("failed", "logic.merge_any"),
                Block("done", "logic.merge_some"),
                Block("undo", "logic.compensate", {"undo": ["undo_train"]}),
            ],
            [
                ("train.path", "wait.value"),
                ("wait.value", "hotel.content"),
                ("train.path", "done.train"),
                ("wait.error", "failed.wait"),
                ("hotel.error", "failed.hotel"),
                ("failed.value", "undo.failure"),
                ("done.value", "undo.done"),
            ],
            name="Lingering",
            flows={"undo_train": undo},
        )
    )


async def booked(coordinator: CoordinatorAgent, text: str) -> str:
    """A workflow whose first step is done."""
    await coordinator.add_template("lingering", text)
    made = (await coordinator.create("lingering")).workflow_id
    await shows(coordinator, made, train="done")
    return made


async def shows(coordinator: CoordinatorAgent, workflow: str, **wanted: str) -> None:
    async def does() -> bool:
        return states(await coordinator.status(workflow)).items() >= wanted.items()

    await until(does)


async def test_one_that_is_cancelled_undoes_what_it_did_and_says_so(
    coordinator: CoordinatorAgent, tmp_path: Path
) -> None:
    made = await booked(coordinator, lingering())

    await coordinator.cancel(made, reason="Not now.")
    done = await coordinator.wait(made)

    assert (done.status, done.undone) == ("cancelled", True)
    assert done.error == "Not now. Undone: train."
    assert states(done) == {"train": "undone", "hotel": "skipped"}
    assert not (tmp_path / "train.txt").exists()
    assert not (tmp_path / "hotel.txt").exists()


async def test_a_step_that_was_left_midway_is_not_told_as_done(
    coordinator: CoordinatorAgent,
) -> None:
    inner = Flow.of(
        [
            Block("train", "files.write", {"path": "train.txt", "content": "seat"}),
            Block("wait", "logic.wait", {"seconds": 600.0}),
            Block("out", "flow.output"),
        ],
        [("train.path", "wait.value"), ("wait.value", "out.value")],
    )
    flow = Flow.of(
        [
            Block("book", "flow.call", {"flow": "inner"}),
            Block("hotel", "files.write", {"path": "hotel.txt"}, settings=CATCHES),
            Block("undo", "logic.compensate", {"undo": ["undo_book"]}),
            Block("done", "logic.merge_some"),
        ],
        [
            ("book.result", "hotel.content"),
            ("book.result", "done.book"),
            ("hotel.error", "undo.failure"),
            ("done.value", "undo.done"),
        ],
        name="Left",
        flows={
            "inner": inner,
            "undo_book": Flow.of([Block("done", "flow.input", {"name": "done"})]),
        },
    )
    await coordinator.add_template("left", write(flow))
    made = (await coordinator.create("left")).workflow_id
    await shows(coordinator, made, book="running")

    await coordinator.cancel(made)
    done = await coordinator.wait(made)

    assert (done.status, done.progress) == ("cancelled", 0.0)
    assert states(done) == {"book": "skipped", "hotel": "skipped"}


async def test_while_it_is_undone_its_progress_says_so(coordinator: CoordinatorAgent) -> None:
    made = await booked(coordinator, lingering(undoes=600.0))

    told = await coordinator.cancel(made)

    assert (told.status, told.undone, told.ended) == ("cancelling", False, None)
    await shows(coordinator, made, train="undoing")
    assert (await coordinator.status(made)).current_step == "train"
    assert await coordinator.counts() == {"cancelling": 1}


async def test_the_second_time_it_ends_at_once(
    coordinator: CoordinatorAgent, tmp_path: Path
) -> None:
    made = await booked(coordinator, lingering(undoes=600.0))
    await coordinator.cancel(made, reason="Not now.")

    ended = await coordinator.cancel(made)

    assert (ended.status, ended.undone, ended.error) == ("cancelled", False, "Not now.")
    assert states(ended) == {"train": "done", "hotel": "skipped"}
    assert (tmp_path / "train.txt").exists()


async def test_by_force_it_ends_at_once(coordinator: CoordinatorAgent, tmp_path: Path) -> None:
    made = await booked(coordinator, lingering())

    ended = await coordinator.cancel(made, force=True)

    assert (ended.status, ended.undone) == ("cancelled", False)
    assert (tmp_path / "train.txt").exists()


async def test_one_that_was_being_undone_is_undone_when_its_runtime_comes_back(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as (_, coordinator):
        made = await booked(coordinator, lingering(undoes=1.0))
        await coordinator.cancel(made)
        assert (tmp_path / "train.txt").exists()

    async with opened(tmp_path) as (_, coordinator):
        done = await coordinator.wait(made)

    assert (done.status, done.undone) == ("cancelled", True)
    assert not (tmp_path / "train.txt").exists()


async def test_one_that_another_process_does_is_ended_there_only(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, coordinator):
        await coordinator.add_template("slow", SLOW)
        made = await coordinator.create("slow")
        async with opened(tmp_path) as (_, other):
            with pytest.raises(Contended, match="another process"):
                await other.cancel(made.workflow_id)

        assert (await coordinator.cancel(made.workflow_id)).status == "cancelled"


async def test_one_that_another_process_does_is_waited_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, coordinator), opened(tmp_path) as (_, other):
        await coordinator.add_template("slow", SLOW)
        made = await coordinator.create("slow", parameters={"seconds": 0.5})

        assert (await other.wait(made.workflow_id)).status == "succeeded"


async def test_what_a_flow_refuses_is_no_workflow(coordinator: CoordinatorAgent) -> None:
    await coordinator.add_template("slow", SLOW.replace("600", '600, "type": "integer"'))

    with pytest.raises(BadInput, match="must be integer"):
        await coordinator.create("slow", parameters={"seconds": "soon"})

    assert (await coordinator.workflows()).workflows == []


async def test_workflows_are_listed_newest_first_page_by_page(
    coordinator: CoordinatorAgent,
) -> None:
    await coordinator.add_template("booking", booking())
    made = [(await coordinator.create("booking")).workflow_id for _ in range(5)]
    for one in made:
        await coordinator.wait(one)

    first = await coordinator.workflows(limit=3)
    last = await coordinator.workflows(limit=3, before=first.next)

    listed = [one.workflow_id for one in [*first.workflows, *last.workflows]]
    assert listed == made[::-1]
    assert last.next is None
    assert await coordinator.forget(days=0) == 5


async def test_a_workflow_goes_on_when_its_runtime_comes_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, coordinator):
        await coordinator.add_template("slow", SLOW)
        made = await coordinator.create("slow", parameters={"seconds": 0.5})
    assert not (tmp_path / "a.txt").exists()

    async with opened(tmp_path) as (_, coordinator):
        done = await coordinator.wait(made.workflow_id)

    assert done.status == "succeeded"
    assert (tmp_path / "a.txt").read_text() == "slept"


async def test_one_whose_run_had_not_begun_is_begun(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, coordinator):
        await coordinator.add_template("booking", booking())
        made = await coordinator.create("booking")
        await coordinator.wait(made.workflow_id)
        await asyncio.to_thread(coordinator._store.settle, made.workflow_id, "pending")
    (tmp_path / "heddle.db").unlink()  # as if the journal hadn't come to hear of it
    async with opened(tmp_path) as (_, coordinator):
        await coordinator.add_template("booking", booking())
        done = await coordinator.wait(made.workflow_id)

    assert done.status == "succeeded"


async def test_one_whose_run_was_forgotten_is_lost_and_never_begun_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as (runtime, coordinator):
        await coordinator.add_template("booking", booking())
        made = await coordinator.create("booking", key="order-7")
        await coordinator.wait(made.workflow_id)
        # As where the process ended before it could note that the run is over.
        await asyncio.to_thread(coordinator._store.settle, made.workflow_id, "running")
        assert (await runtime.obey(PruneRuns(0, None))).count == 1
    (tmp_path / "train.txt").unlink()

    async with opened(tmp_path) as (runtime, coordinator):
        again = await coordinator.create("booking", key="order-7")
        told = await coordinator.wait(made.workflow_id)

        assert again.workflow_id == made.workflow_id
        assert told.status == "lost"
        assert "its run was forgotten" in told.error
        assert "begin another" in told.cure
        assert await coordinator.counts() == {"lost": 1}
        assert await runtime.journal.runs() == []
    assert not (tmp_path / "train.txt").exists()


async def test_one_that_was_seen_through_elsewhere_is_never_told_as_lost(tmp_path: Path) -> None:
    async with opened(tmp_path) as (runtime, coordinator):
        await coordinator.add_template("booking", booking())
        made = await coordinator.create("booking")
        await coordinator.wait(made.workflow_id)
        await runtime.obey(PruneRuns(0, None))
        # As another process has it in mind, which looks only now how far it is.
        before = await coordinator._kept(made.workflow_id)
        await coordinator._following.seen_through(msgspec.structs.replace(before, state="running"))

        assert (await coordinator.status(made.workflow_id)).status == "succeeded"


async def test_one_that_is_refused_only_after_a_restart_has_failed(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, coordinator):
        await coordinator.add_template("slow", SLOW.replace("600", '600, "type": "integer"'))
        flow = (await coordinator._shape("slow")).flow
        refused = Kept(
            workflow_id=f"wf_{0:032x}", name="slow", description="", flow=flow, created=0.0,
            parameters={"seconds": "soon"},
        )  # fmt: skip
        await asyncio.to_thread(coordinator._store.add, refused)

    async with opened(tmp_path) as (_, coordinator):

        async def has_failed() -> bool:
            return await coordinator.counts() == {"failed": 1}

        await until(has_failed)
        assert "refused" in (await coordinator.status(refused.workflow_id)).error


@pytest.mark.parametrize("turns", [1, 2, 3, 5, 8, 13, 21, 34])
async def test_one_whose_caller_has_gone_goes_on_all_the_same_or_never_was(
    coordinator: CoordinatorAgent, turns: int
) -> None:
    await coordinator.add_template("booking", booking())
    await coordinator.create("booking")
    begins = asyncio.create_task(coordinator.create("booking"))
    while turns and not begins.done():
        await asyncio.sleep(0.001)
        turns -= 1

    begins.cancel()
    await asyncio.wait([begins])

    async def are_over() -> bool:
        return set(await coordinator.counts()) == {"succeeded"}

    await until(are_over)


async def test_a_template_that_can_t_be_used_any_more_keeps_the_others_from_nothing(
    coordinator: CoordinatorAgent,
) -> None:
    await coordinator.add_template("booking", booking())
    broken = booking().replace("files.write", "gone.pack")
    await asyncio.to_thread(coordinator._store.write, Written("broken", "Once it worked.", broken))

    found = {one.name: one for one in await coordinator.templates()}

    assert found["booking"].steps == ["train", "hotel"]
    assert found["broken"].steps == []
    assert "gone.pack" in found["broken"].description


async def test_a_workflow_that_is_under_way_is_noted_as_begun(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, coordinator):
        await coordinator.add_template("slow", SLOW)
        made = await coordinator.create("slow")

        async def is_noted() -> bool:
            return await coordinator.counts() == {"running": 1}

        await until(is_noted)
        await coordinator.cancel(made.workflow_id)


async def test_flows_begin_workflows_and_wait_for_them(tmp_path: Path) -> None:
    flow = Flow.of(
        [
            Block("begin", "workflow.start", {"name": "booking"}),
            Block("wait", "workflow.wait"),
            Block("look", "workflow.status"),
            Block("out", "flow.output"),
            Block("look_out", "flow.output", {"name": "looked"}),
        ],
        [
            ("begin.workflow_id", "wait.workflow_id"),
            ("begin.workflow_id", "look.workflow_id"),
            ("wait.progress", "out.value"),
            ("look.error", "look_out.value"),
        ],
    )
    async with opened(tmp_path) as (runtime, coordinator):
        await coordinator.add_template("booking", booking())
        end = await runtime.ended(await runtime.start(flow))

    assert isinstance(end, RunSucceeded), end
    assert end.outputs == {"result": 1.0, "looked": ""}


async def test_flows_cancel_workflows_and_see_which_there_are(tmp_path: Path) -> None:
    flow = Flow.of(
        [
            Block("id", "flow.input", {"name": "id"}),
            Block("cancel", "workflow.cancel", {"reason": "Not now."}),
            Block("wait", "workflow.wait", {"otherwise": "report"}),
            Block("templates", "workflow.templates"),
            Block("list", "workflow.list"),
            Block("listed", "flow.output", {"name": "listed"}),
            Block("known", "flow.output", {"name": "known"}),
            Block("ended", "flow.output", {"name": "ended"}),
        ],
        [
            ("id.value", "cancel.workflow_id"),
            ("id.value", "wait.workflow_id"),
            ("wait.status", "list.state"),
            ("wait.error", "ended.value"),
            ("list.workflows", "listed.value"),
            ("templates.templates", "known.value"),
        ],
    )
    async with opened(tmp_path) as (runtime, coordinator):
        made = await booked(coordinator, lingering())
        end = await runtime.ended(await runtime.start(flow, {"id": made}))

    assert isinstance(end, RunSucceeded), end
    assert end.outputs["ended"] == "Not now. Undone: train."
    assert [one["workflow_id"] for one in end.outputs["listed"]] == [made]
    assert "lingering" in [one["name"] for one in end.outputs["known"]]
    assert not (tmp_path / "train.txt").exists()


async def test_a_workflow_that_came_to_nothing_fails_whoever_waits(tmp_path: Path) -> None:
    given = {"name": "booking", "parameters": {"second": "/nowhere/x"}}
    flow = Flow.of(
        [Block("begin", "workflow.start", given), Block("wait", "workflow.wait")],
        [("begin.workflow_id", "wait.workflow_id")],
    )
    async with opened(tmp_path) as (runtime, coordinator):
        await coordinator.add_template("booking", booking())
        end = await runtime.ended(await runtime.start(flow))

    assert isinstance(end, RunFailed)
    assert "booking failed, and was undone." in end.failure.message


async def test_a_flow_s_workflow_may_touch_no_more_than_the_flow(tmp_path: Path) -> None:
    begin = Block("begin", "workflow.start", {"name": "booking"})
    flow = Flow.of([begin, Block("out", "flow.output")], [("begin.workflow_id", "out.value")])
    inside = tmp_path / "inside"
    inside.mkdir()
    confined = {"folder": str(inside), "reads": [str(inside)], "writes": [str(inside)]}
    async with opened(tmp_path) as (runtime, coordinator):
        written = booking().replace("train.txt", str(tmp_path / "train.txt"))
        await coordinator.add_template("booking", written)
        stored = await runtime.store(flow)
        answer = await runtime.obey(StartRun(stored, grants=confined))
        end = await runtime.ended(answer.run)
        assert isinstance(end, RunSucceeded), end
        done = await coordinator.wait(end.outputs["result"])

    assert done.status == "failed"
    assert "may not write" in done.error
    assert "--allow-write" in done.cure
    assert not (tmp_path / "train.txt").exists()


async def test_what_a_workflow_may_touch_is_known_when_it_has_to_be_begun_again(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as (_, coordinator):
        await coordinator.add_template("booking", booking())
        within = {"writes": []}
        made = await coordinator.create("booking", within=within)
        await coordinator.wait(made.workflow_id)
        await asyncio.to_thread(coordinator._store.settle, made.workflow_id, "pending")
    (tmp_path / "heddle.db").unlink()  # as if the journal hadn't come to hear of it

    async with opened(tmp_path) as (_, coordinator):
        await coordinator.add_template("booking", booking())
        done = await coordinator.wait(made.workflow_id)

    assert done.status == "failed"
    assert not (tmp_path / "train.txt").exists()


async def test_others_hand_it_tasks_by_name(tmp_path: Path) -> None:
    async with opened(tmp_path) as (runtime, _):
        task = Task("add_template", {"name": "booking", "flow": booking()})
        await runtime.agents.perform_named("coordinator", granted(tmp_path), task)
        made = await runtime.agents.perform_named(
            "coordinator", granted(tmp_path), Task("create", {"name": "booking"})
        )
        task = Task("wait", {"workflow_id": made.workflow_id})
        done = await runtime.agents.perform_named("coordinator", granted(tmp_path), task)

    assert done.status == "succeeded"
