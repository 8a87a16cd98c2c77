"""What is said of workflows and of the templates they are made from."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from agents.contract import CourseState, FlowCourse, FlowStep

WorkflowState = Literal[
    "pending", "running", "waiting", "cancelling", "succeeded", "failed", "undone", "cancelled",
    "lost",
]  # fmt: skip
"""waiting: for a person; cancelling: it is undone, and is cancelled then; undone: it failed, and
all was undone that was to be; lost: its run was forgotten before anybody noted how it ended."""

OVER: tuple[WorkflowState, ...] = ("succeeded", "failed", "undone", "cancelled", "lost")


class WorkflowTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """Something workflows are made from: `parameters` is the JSON Schema of what they are given.

    `own` is one that came with Heddle.
    """

    name: str
    title: str
    description: str
    steps: list[str]
    parameters: Mapping[str, Any]
    own: bool


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow as it is kept. Times are seconds since the epoch.

    `number` counts workflows; `flow` is the hash of its flow, `key` the same for each attempt
    at making the same one. `within` is what whoever had it begun may touch, None for anybody
    to whom this home's own grants apply.
    """

    workflow_id: str
    name: str
    description: str
    parameters: Mapping[str, Any]
    flow: str
    created: float
    state: WorkflowState = "pending"
    number: int = 0
    key: str = ""
    within: Mapping[str, Any] | None = None


class Workflow(msgspec.Struct, frozen=True, kw_only=True):
    """How far a workflow is: `progress` from 0 to 1. Times are seconds since the epoch.

    `undone` says that all was undone that was to be, as a step failed or it was cancelled.
    """

    workflow_id: str
    name: str
    description: str
    parameters: Mapping[str, Any]
    status: WorkflowState
    progress: float
    current_step: str
    steps: list[FlowStep]
    result: Mapping[str, Any]
    error: str
    cure: str
    undone: bool
    created: float
    began: float | None
    ended: float | None


class Workflows(msgspec.Struct, frozen=True, kw_only=True):
    """Some workflows, newest first; `next` is where the others go on, None after the last."""

    workflows: list[Kept]
    next: int | None


_STATES: Mapping[CourseState, WorkflowState] = {
    "running": "running", "asking": "waiting", "paused": "waiting", "left": "running",
    "cancelling": "cancelling",
    "succeeded": "succeeded", "failed": "failed", "cancelled": "cancelled",
}  # fmt: skip


def state_of(course: FlowCourse) -> WorkflowState:
    """How a workflow stands whose run is so far."""
    if course.state == "failed" and course.undone:
        return "undone"
    return _STATES[course.state]
