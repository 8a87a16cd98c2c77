"""Workflows over several platforms: begun, followed, ended, and what they are made from."""

import hashlib
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, JSONBody

from graph.errors import BadInput
from runtime.services.integration.errors import NoSuchWorkflow
from runtime.services.integration.hub import LARGEST, Desk, Hub
from runtime.services.integration.pages import (
    Cursor,
    Limit,
    linked,
    not_ours,
    opened,
    page_of,
    sealed,
)
from runtime.services.integration.shapes import (
    Record,
    StepTold,
    TemplateCreate,
    TemplatesPage,
    TemplateTold,
    WorkflowCancel,
    WorkflowCreate,
    WorkflowRow,
    WorkflowsPage,
    WorkflowTold,
    now,
    plain,
    record,
    when,
)
from runtime.services.roles import ByRole, principal_of

Asked = Request[Any, Any, Any]

HEADER = "Idempotency-Key"


@post(
    "/workflow/create",
    status_code=201,
    operation_id="create_workflow",
    request_max_body_size=LARGEST,
)
async def create(request: Asked, hub: Desk, data: JSONBody[WorkflowCreate]) -> WorkflowTold:
    """Begin a workflow of a template, which goes on by itself; `GET workflow/ID` follows it."""
    made = await hub.coordinate(
        "create",
        name=data.name,
        description=data.description,
        parameters=data.parameters,
        key=await _key(request),
    )
    return told(made)


@get("/workflow/templates", operation_id="workflow_templates")
async def templates(
    request: Asked, hub: Desk, limit: Limit = 50, cursor: Cursor = ""
) -> Response[TemplatesPage]:
    """What workflows can be made from: what comes with Heddle, and what was added."""
    found = sorted(await hub.coordinate("templates"), key=lambda one: one.name)
    page = page_of(found, lambda one: str(one.name), limit, cursor)
    made = TemplatesPage(templates=[_template(one) for one in page.items], next_cursor=page.next)
    return linked(request, made, limit, page.next)


@post("/workflow/templates", status_code=201, operation_id="add_workflow_template")
async def add_template(hub: Desk, data: JSONBody[TemplateCreate]) -> TemplateTold:
    """Keep a flow that workflows can be made from by that name."""
    made = await hub.coordinate(
        "add_template", name=data.name, flow=data.flow, description=data.description
    )
    return _template(made)


@get("/workflows", operation_id="workflows")
async def workflows(
    request: Asked, hub: Desk, limit: Limit = 50, cursor: Cursor = ""
) -> Response[WorkflowsPage]:
    """The workflows there are, newest first."""
    found = await hub.coordinate("workflows", limit=limit, before=_number(cursor))
    rows = [_row(one) for one in found.workflows]
    next = None if found.next is None else sealed(str(found.next))
    return linked(request, WorkflowsPage(workflows=rows, next_cursor=next), limit, next)


@get("/workflow/{workflow_id:str}", operation_id="workflow")
async def workflow(hub: Desk, workflow_id: FromPath[str]) -> WorkflowTold:
    """How far a workflow is, step by step."""
    return told(await _of(hub, "status", workflow_id))


@post(
    "/workflow/{workflow_id:str}/cancel",
    status_code=200,
    operation_id="cancel_workflow",
)
async def cancel(
    hub: Desk, workflow_id: FromPath[str], data: JSONBody[WorkflowCancel]
) -> WorkflowTold:
    """End a workflow, once what its steps have done is undone; the second time, at once."""
    found = await _of(hub, "cancel", workflow_id, reason=data.reason, force=data.force)
    return told(found)


async def _of(hub: Hub, capability: str, workflow_id: str, **more: Any) -> Any:
    """What the coordinator says of a workflow. Raises NoSuchWorkflow."""
    try:
        return await hub.coordinate(capability, workflow_id=workflow_id, **more)
    except BadInput as error:
        raise NoSuchWorkflow(error.message, cure=error.cure) from error


async def _key(request: Asked) -> str:
    """The same for a request that is sent again, also if what was answered first was lost."""
    if (word := request.headers.get(HEADER)) is None:
        return ""
    who = principal_of(request)
    parts = [who.tenant, who.user, word, hashlib.sha256(await request.body()).hexdigest()]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _number(cursor: str) -> int | None:
    if not cursor:
        return None
    place = opened(cursor)
    if not place.isascii() or not place.isdigit() or int(place[:20]) >= 2**63:
        raise not_ours()
    return int(place)


def told(found: Any) -> WorkflowTold:
    """A workflow as the coordinator tells of it, in the words of the hub."""
    return WorkflowTold(
        workflow_id=found.workflow_id,
        name=found.name,
        description=found.description,
        parameters=record(found.parameters),
        status=found.status,
        progress=found.progress,
        current_step=found.current_step,
        steps=[_step(step) for step in found.steps],
        result=record(found.result),
        error=found.error,
        cure=found.cure,
        undone=found.undone,
        created_at=when(found.created) or now(),
        began_at=when(found.began),
        ended_at=when(found.ended),
    )


def _step(found: Any) -> StepTold:
    return StepTold(
        step=found.step,
        title=found.title,
        status=found.state,
        began_at=when(found.began),
        ended_at=when(found.ended),
        note=found.note,
    )


def _row(found: Any) -> WorkflowRow:
    return WorkflowRow(
        workflow_id=found.workflow_id,
        name=found.name,
        description=found.description,
        status=found.state,
        created_at=when(found.created) or now(),
    )


def _template(found: Any) -> TemplateTold:
    said: Record = plain(found)
    return msgspec.convert(said, TemplateTold)


WORKFLOWS = ByRole(viewer=(templates, workflows, workflow), runner=(create, add_template, cancel))
