"""Planning with a model: flows that ask for a sketch are run until one has no flaws, or it is mended."""  # noqa: E501

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from graph.catalog import Catalog
from graph.context import ANEW
from graph.errors import HeddleError
from graph.file_format import write
from graph.planning.again import Part, Replacement, replaced
from graph.planning.asking import RESULT, planning_flow
from graph.planning.heard import ROUNDS, Hear, Heard
from graph.planning.plan import Plan, Task, planned
from graph.planning.sketch import NoSketch
from runtime.commands import Answer, AnyCommand, CancelRun, StartRun, StoreFlow
from runtime.events import (
    AnyEvent,
    RunCancelled,
    RunFailed,
    RunInterrupted,
    RunSucceeded,
    TaskStreamed,
)

T = TypeVar("T")


class NoPlan(HeddleError):
    """Nothing came of planning."""


class Asked(Protocol):
    """A runtime, here or elsewhere."""

    async def obey(self, command: AnyCommand) -> Answer: ...
    def follow(self, run: str, after: int = 0) -> AsyncIterator[Sequence[AnyEvent]]: ...


async def plan_goal(
    runtime: Asked,
    goal: str,
    catalog: Catalog,
    *,
    model: str = "",
    writes: bool = True,
    hear: Hear = lambda _: None,
) -> Plan:
    """A flow for a goal, which has no errors. Raises NoPlan; runs are recorded like any other."""
    task = Task.of(goal, catalog, writes=writes)
    return await _asked(
        runtime, model, hear, task.prompt,
        lambda value: planned(task, value, catalog), lambda plan: plan.complaints,
    )  # fmt: skip


async def plan_again(
    runtime: Asked,
    part: Part,
    catalog: Catalog,
    *,
    model: str = "",
    hear: Hear = lambda _: None,
) -> Replacement:
    """What takes the place of a part that failed. Raises NoPlan when nothing suits it."""
    found = await _asked(
        runtime, model, hear, part.prompt,
        lambda value: replaced(part, value, catalog), lambda one: one.complaints,
    )  # fmt: skip
    if found.edit is None:
        raise NoPlan(
            "Nothing was found that fits in its place: " + " ".join(found.complaints[:3]),
            cure="Ask another model, or change the block by hand.",
        )
    return found


async def _asked(
    runtime: Asked,
    model: str,
    hear: Hear,
    prompt: Callable[[Sequence[str]], str],
    made: Callable[[Any], T],
    flaws: Callable[[T], Sequence[str]],
) -> T:
    """What is made of the first sketch without flaws, or else of the last one."""
    complaints: Sequence[str] = ()
    last: T | None = None
    for question in range(1, ROUNDS + 1):
        counted = _Counted(question, len(complaints), hear)
        value = (await _outputs(runtime, prompt(complaints), model, counted)).get(RESULT)
        try:
            last = made(value)
        except NoSketch as error:
            complaints = (error.message,)
            continue
        if not (complaints := flaws(last)):
            break
    if last is None:
        raise NoPlan(
            f"The model gave no plan in {ROUNDS} tries. {' '.join(complaints)}",
            cure="Ask another model, or say more exactly what is to be done.",
        )
    return last


class _Counted:
    """Tells how many steps an answer names while it is written: each has one kind."""

    def __init__(self, question: int, flaws: int, hear: Hear) -> None:
        self._text = ""
        self._told = Heard(question, 0, flaws)
        self._hear = hear
        hear(self._told)

    def take(self, items: Sequence[Any]) -> None:
        for item in items:
            self._text = "" if item == ANEW else self._text + str(item)
        told = msgspec.structs.replace(self._told, steps=self._text.count('"kind"'))
        if told != self._told:
            self._told = told
            self._hear(told)


async def _outputs(runtime: Asked, prompt: str, model: str, counted: _Counted) -> Mapping[str, Any]:
    """What one run of the planning flow gives. Whoever gives up waiting ends the run."""
    stored = await runtime.obey(StoreFlow(write(planning_flow(prompt, model))))
    run = (await runtime.obey(StartRun(stored.flow))).run
    try:
        async for batch in runtime.follow(run):
            for event in batch:
                match event:
                    case TaskStreamed(items=items):
                        counted.take(items)
                    case RunSucceeded(outputs=outputs):
                        return outputs
                    case RunFailed(failure=failure) | RunInterrupted(failure=failure):
                        raise NoPlan(failure.message, cure=failure.cure)
                    case RunCancelled():
                        raise NoPlan("The planning was cancelled.")
    except BaseException:
        await _ended(runtime, run)
        raise
    raise NoPlan("The runtime went away while it planned.", cure="Try again.")


async def _ended(runtime: Asked, run: str) -> None:
    try:
        await runtime.obey(CancelRun(run, "Nobody waits for the plan any more."))
    except HeddleError:
        return  # it is over already
