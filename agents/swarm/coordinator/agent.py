"""Begins workflows over several platforms, follows them to their end, and goes on with them."""

import asyncio
import re
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from agents.contract import FlowShape, Grants, Health, Means
from agents.errors import AgentError, Contended
from agents.swarm.coordinator.following import Following
from agents.swarm.coordinator.shapes import (
    OVER,
    Kept,
    Workflow,
    Workflows,
    WorkflowState,
    WorkflowTemplate,
    state_of,
)
from agents.swarm.coordinator.store import STATEMENTS, Store, Written
from agents.swarm.own_tables import OwnTables
from agents.worker import Worker, capability
from graph.errors import BadInput, FlowInvalid, HeddleError
from graph.values import did_you_mean

CATEGORY = "Across platforms"
"""What the templates that come with Heddle are listed under, if workflows are made from them."""

ID = re.compile(r"wf_[0-9a-f]{32}\Z")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}\Z")
MOST = 200
"""Workflows on one page."""

LOST = "Nobody knows how it ended: its run was forgotten before that was noted."
UNKNOWN = "It was refused as it began, or its run was forgotten since."

_CURRENT = ("running", "asking", "undoing")


class CoordinatorAgent(Worker):
    """Has workflows done for everybody. Every method raises BadInput and AgentError.

    A workflow is a run of a flow, and has its id; all that happens to it stands in the journal.
    """

    kind: ClassVar[str] = "coordinator"
    title: ClassVar[str] = "Workflows"
    for_all: ClassVar[bool] = True

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._tables = OwnTables(means, self.kind, "workflows.db", STATEMENTS)
        self._store = Store(self._tables)
        self._following = Following(means.flows, self._tables, self._store)

    async def connect(self) -> None:
        """Go on with the workflows that weren't over, once it is known which these are."""
        self._following.take_up()

    async def close(self) -> None:
        """Follow no workflow any longer; they stay where they are."""
        await self._following.close()
        await asyncio.to_thread(self._tables.close)

    async def health(self, *, deep: bool = False) -> Health:
        """Deep: whether the workflows can be read."""
        return await self._tables.health(deep=deep)

    @capability("read")
    async def templates(self) -> list[WorkflowTemplate]:
        """What workflows can be made from: what comes with Heddle, and what was added."""
        written = await self._tables.done(self._store.templates)
        own = await asyncio.to_thread(_own, Path(self.means.resources) / "templates")
        return [await self._listed(one, is_own=False) for one in written] + [
            await self._listed(one, is_own=True) for one in own
        ]

    @capability("write")
    async def add_template(
        self, name: str, flow: Any, *, description: str = ""
    ) -> WorkflowTemplate:
        """Keep a flow, given as its file says it, that workflows can be made from by that name."""
        if not NAME.match(name):
            raise BadInput(
                f"{name!r} is no name of a template.", cure="Use letters, digits and _ only."
            )
        own = await asyncio.to_thread(_own, Path(self.means.resources) / "templates")
        if name in [one.name for one in own]:
            raise BadInput(f"{name!r} comes with Heddle.", cure="Choose another name.")
        text = flow if isinstance(flow, str) else msgspec.json.encode(flow).decode()
        template = Written(name, description, text)
        told = await self._told(template, is_own=False)
        await self._tables.done(self._store.write, template)
        return told

    @capability("write")
    async def create(
        self,
        name: str,
        *,
        description: str = "",
        parameters: Mapping[str, Any] | None = None,
        key: str = "",
        within: Mapping[str, Any] | None = None,
    ) -> Workflow:
        """Begin a workflow of a template, or a stored flow, of that name with these parameters.

        Made again with the same `key`, it is the one that was made first. It may touch what this
        home grants, and of that only what `within` allows, if given.
        """
        shape = await self._shape(name)
        given = dict(parameters or {})
        _look_at(given, shape)
        kept = Kept(
            workflow_id=f"wf_{uuid.uuid4().hex}",
            name=name,
            description=description or shape.description,
            parameters=given,
            flow=shape.flow,
            created=time.time(),
            number=time.time_ns(),
            key=key,
            within=within,
        )
        return await self._workflow(await self._following.begin(kept))

    @capability("read")
    async def status(self, workflow_id: str) -> Workflow:
        """How far a workflow is, step by step."""
        return await self._workflow(await self._kept(workflow_id))

    @capability("read")
    async def workflows(
        self, *, limit: int = 50, before: int | None = None, state: WorkflowState | None = None
    ) -> Workflows:
        """Workflows, newest first; `before` is the `next` of the page before."""
        limit = max(1, min(limit, MOST))
        found = await self._tables.done(self._store.page, limit + 1, before, state or "")
        more = len(found) > limit
        return Workflows(workflows=found[:limit], next=found[limit - 1].number if more else None)

    @capability("write")
    async def cancel(self, workflow_id: str, *, reason: str = "", force: bool = False) -> Workflow:
        """End a workflow, once what its steps have done is undone, the last first.

        The second time, or with `force`, it ends at once: what is done then stays done. Raises
        Contended where another process does it.
        """
        kept = await self._kept(workflow_id)
        if kept.state not in OVER:
            if not await self.means.flows.go_on(workflow_id):
                await self._look_who_does(workflow_id)
            await self.means.flows.cancel(workflow_id, reason, force=force)
            course = await self.means.flows.course(workflow_id)
            if course is not None and course.ended is None:
                await self._tables.done(self._store.cancelling, workflow_id)
                self._following.follow(kept)
            else:
                await self._following.over(kept)
        return await self.status(workflow_id)

    @capability("read")
    async def wait(self, workflow_id: str) -> Workflow:
        """Wait until a workflow is over, however long that takes."""
        await self._following.over(await self._kept(workflow_id))
        return await self.status(workflow_id)

    @capability("read")
    async def counts(self) -> dict[str, int]:
        """How many workflows stand how."""
        return await self._tables.done(self._store.counts)

    @capability("write")
    async def forget(self, *, days: float) -> int:
        """Forget workflows that are over and were made so many days ago; says how many."""
        return await self._tables.done(self._store.forget, time.time() - days * 86_400)

    # How it is done.

    async def _look_who_does(self, workflow_id: str) -> None:
        """Raises Contended where a workflow isn't over, and isn't done here."""
        course = await self.means.flows.course(workflow_id)
        if course is None or course.ended is None:
            raise Contended(
                f"{workflow_id} is done by another process, or hasn't begun yet.",
                cure="Ask the one that does it, or once more in a while.",
            )

    async def _kept(self, workflow_id: str) -> Kept:
        known = ID.match(workflow_id)
        kept = await self._tables.done(self._store.one, workflow_id) if known else None
        if kept is None:
            raise BadInput(f"There is no workflow {workflow_id!r}.", cure="List them to see which.")
        return kept

    async def _listed(self, template: Written, *, is_own: bool) -> WorkflowTemplate:
        """What is told of a template, even of one whose blocks are gone with their pack."""
        try:
            return await self._told(template, is_own=is_own)
        except FlowInvalid as error:
            return WorkflowTemplate(
                name=template.name, title=template.name, steps=[], parameters={}, own=is_own,
                description=f"It can't be used: {error}",
            )  # fmt: skip

    async def _told(self, template: Written, *, is_own: bool) -> WorkflowTemplate:
        shape = await self._stored(template)
        return WorkflowTemplate(
            name=template.name,
            title=shape.name,
            description=template.description or shape.description,
            steps=[*shape.steps],
            parameters=shape.takes,
            own=is_own,
        )

    async def _stored(self, template: Written) -> FlowShape:
        flow = await self.means.flows.store(template.text, template.name)
        return await self.means.flows.shape(flow)

    async def _shape(self, name: str) -> FlowShape:
        """The flow that a name means: of a template, or one that is stored."""
        own = await asyncio.to_thread(_own, Path(self.means.resources) / "templates")
        known = {one.name: one for one in [*own, *await self._tables.done(self._store.templates)]}
        if name in known:
            return await self._stored(known[name])
        try:
            return await self.means.flows.shape(name)
        except AgentError:
            raise
        except HeddleError as error:
            raise BadInput(
                f"There is no template {name!r}.",
                cure=did_you_mean(name, known) or f"There are {', '.join(known)}.",
            ) from error

    async def _workflow(self, kept: Kept) -> Workflow:
        course = await self.means.flows.course(kept.workflow_id)
        if course is None:
            return _as_kept(kept)
        state = state_of(course)
        steps = [*course.steps]
        over = [step for step in steps if step.state in ("done", "undoing", "undone")]
        current = [step.step for step in steps if step.state in _CURRENT]
        return replace(
            _as_kept(kept),
            status=state,
            progress=1.0 if state == "succeeded" else round(len(over) / max(1, len(steps)), 4),
            current_step=next(iter(current), ""),
            steps=steps,
            result=course.outputs,
            error=course.failure,
            cure=course.cure,
            undone=course.undone and course.ended is not None,
            began=course.began,
            ended=course.ended,
        )


def _as_kept(kept: Kept) -> Workflow:
    is_lost = kept.state == "lost"
    error = LOST if is_lost else UNKNOWN if kept.state == "failed" else ""
    return Workflow(
        workflow_id=kept.workflow_id,
        name=kept.name,
        description=kept.description,
        parameters=kept.parameters,
        status=kept.state,
        progress=1.0 if kept.state == "succeeded" else 0.0,
        current_step="",
        steps=[],
        result={},
        error=error,
        cure="Look what its steps did, and begin another if need be." if is_lost else "",
        undone=False,
        created=kept.created,
        began=None,
        ended=None,
    )


def _look_at(parameters: Mapping[str, Any], shape: FlowShape) -> None:
    """Raises BadInput, naming what a flow doesn't take or lacks."""
    takes = shape.takes.get("properties", {})
    for name in parameters:
        if name not in takes:
            raise BadInput(
                f"{shape.name} takes no parameter {name!r}.",
                cure=did_you_mean(name, takes) or f"It takes {', '.join(takes) or 'none'}.",
            )
    lacking = [name for name in shape.takes.get("required", ()) if name not in parameters]
    if lacking:
        raise BadInput(f"{shape.name} needs {' and '.join(map(repr, lacking))}.")


def _own(folder: Path) -> list[Written]:
    """The templates that come with Heddle, by name."""
    return [
        Written(about.name.partition(".")[0], "", _flow_beside(about).read_text(encoding="utf-8"))
        for about in sorted(folder.glob("*.template.json"))
        if msgspec.json.decode(about.read_bytes()).get("category") == CATEGORY
    ]


def _flow_beside(about: Path) -> Path:
    return about.with_name(about.name.partition(".")[0] + ".flow.json")
