"""What flows can do with workflows: begin one, wait for it, look how far it is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from graph.block import block
from graph.context import Context
from graph.errors import BlockError
from graph.spec import Look

if TYPE_CHECKING:
    from agents.swarm.coordinator.agent import CoordinatorAgent
    from agents.swarm.coordinator.shapes import Workflow

_NOTHING: Mapping[str, Any] = {}

Id = Annotated[str, "The workflow's id, as *Begin workflow* gives it."]


class WorkflowFailed(BlockError):
    """A workflow that was waited for came to nothing."""


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
