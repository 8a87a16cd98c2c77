"""What flows can do with workflows: begin, wait for, look at and cancel one, list them all."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from msgspec import to_builtins

from agents.swarm.coordinator.shapes import WorkflowState
from graph.block import block
from graph.context import Context
from graph.errors import BlockError
from graph.spec import Look, Needs

if TYPE_CHECKING:
    from agents.swarm.coordinator.agent import CoordinatorAgent
    from agents.swarm.coordinator.shapes import Workflow

_NOTHING: Mapping[str, Any] = {}

Id = Annotated[str, "The workflow's id, as *Begin workflow* gives it."]


class WorkflowFailed(BlockError):
    """A workflow that was waited for came to nothing."""


def _needs(_: Mapping[str, Any]) -> Needs:
    """Any host and database: which ones, only the workflow tells."""
    return Needs(hosts=("*",), databases=("*",))


class Stand(NamedTuple):
    """How far a workflow is."""

    status: Annotated[
        str, "pending, running, waiting, cancelling, succeeded, failed, undone, cancelled or lost."
    ]
    progress: Annotated[float, "From 0 to 1."]
    step: Annotated[str, "The step that is under way, empty if none is."]
    result: Annotated[Mapping[str, Any], "What it gave, by name."]
    error: Annotated[str, "Why it failed, and what was undone; empty if it didn't."]


@block(
    "workflow.start",
    title="Begin workflow",
    icon="mdi6.source-branch-plus",
    output="workflow_id",
    agent="coordinator",
    effect="write",
    repeatable=True,
    needs=_needs,
    search=("saga", "integration", "orchestrate", "template", "start", "create", "run"),
)
async def start(
    name: Annotated[str, "A template of workflows, such as user_sync, or a stored flow."],
    context: Context,
    parameters: Annotated[
        Mapping[str, Any], "What it is given, by name.", Look("mapping")
    ] = _NOTHING,
    description: Annotated[str, "What it is for; shown where workflows are listed."] = "",
) -> str:
    """Begin a workflow, which goes on by itself, and give its id.

    Done again after a crash, it is the same workflow, not a second one. It may touch what this
    flow may, and of that only what its home grants.
    """
    agent = await _agent(context)
    made = await agent.create(
        name, description=description, parameters=parameters, key=context.key,
        within=context.granted(),
    )  # fmt: skip
    return made.workflow_id


@block(
    "workflow.wait",
    title="Wait for workflow",
    icon="mdi6.timer-sand-complete",
    agent="coordinator",
    effect="read",
    patient=True,
    search=("saga", "integration", "join", "await", "result"),
)
async def wait(
    workflow_id: Id,
    context: Context,
    otherwise: Annotated[
        Literal["fail", "report"], "Whether to fail or to go on if it came to nothing."
    ] = "fail",
) -> Stand:
    """Wait until a workflow is over, and give what it gave."""
    agent = await _agent(context)
    workflow = await agent.wait(workflow_id)
    if workflow.status != "succeeded" and otherwise == "fail":
        raise WorkflowFailed(
            f"{workflow.name} {_said(workflow.status)}. {workflow.error}".strip(),
            cure=workflow.cure,
        )
    return _stand(workflow)


@block(
    "workflow.status",
    title="Look at workflow",
    icon="mdi6.progress-question",
    agent="coordinator",
    effect="read",
    search=("saga", "integration", "progress", "state", "steps"),
)
async def status(workflow_id: Id, context: Context) -> Stand:
    """Look how far a workflow is, without waiting for it."""
    return _stand(await (await _agent(context)).status(workflow_id))


@block(
    "workflow.cancel",
    title="Cancel workflow",
    icon="mdi6.source-branch-remove",
    agent="coordinator",
    effect="write",
    repeatable=True,
    search=("saga", "integration", "stop", "abort", "compensate", "undo"),
)
async def cancel(
    workflow_id: Id,
    context: Context,
    reason: Annotated[str, "Why, for whoever looks at it later."] = "",
) -> Stand:
    """Have a workflow end: what its steps have done is undone, the last first.

    It doesn't wait for that; *Wait for workflow* does. One that is over stays as it is.
    """
    agent = await _agent(context)
    before = await agent.status(workflow_id)
    if before.status == "cancelling":  # asked again, it would leave the rest as it is
        return _stand(before)
    return _stand(await agent.cancel(workflow_id, reason=reason))


@block(
    "workflow.list",
    title="List workflows",
    icon="mdi6.format-list-checks",
    output="workflows",
    agent="coordinator",
    effect="read",
    search=("saga", "integration", "running", "failed", "overview"),
)
async def listed(
    context: Context,
    state: Annotated[Literal["any", WorkflowState], "How those stand that are wanted."] = "any",
    limit: Annotated[int, "The most that are given, from 1 to 200."] = 50,
) -> Annotated[
    list[dict[str, Any]], "Each with `workflow_id`, `name`, `description`, `state` and `created`."
]:
    """List workflows, the newest first."""
    agent = await _agent(context)
    found = await agent.workflows(limit=limit, state=None if state == "any" else state)
    told = ("workflow_id", "name", "description", "state", "created")
    return [{name: getattr(one, name) for name in told} for one in found.workflows]


@block(
    "workflow.templates",
    title="List templates of workflows",
    icon="mdi6.source-branch",
    output="templates",
    agent="coordinator",
    effect="read",
    search=("saga", "integration", "which"),
)
async def templates(
    context: Context,
) -> Annotated[
    list[dict[str, Any]], "Each with `name`, `title`, `description`, `steps` and `parameters`."
]:
    """List what workflows can be begun from, and the JSON Schema of what each is given."""
    return [to_builtins(one) for one in await (await _agent(context)).templates()]


def _stand(workflow: "Workflow") -> Stand:
    return Stand(
        workflow.status, workflow.progress, workflow.current_step, workflow.result, workflow.error
    )


def _said(status: str) -> str:
    return {"undone": "failed, and was undone", "cancelled": "was cancelled"}.get(status, status)


async def _agent(context: Context) -> "CoordinatorAgent":
    # SQLAlchemy takes a third of a second, and only those who use it need spend that.
    from agents.swarm.coordinator.agent import CoordinatorAgent  # noqa: PLC0415 - see above

    return await context.agent(CoordinatorAgent)
