"""What a person looks up in a run: all about one task, and parts of values too large to show."""

import asyncio
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from graph.compile.plan import Plan
from graph.errors import HeddleError
from graph.paths import MISSING, find
from runtime.engine.evolve import error_record
from runtime.engine.surroundings import Surroundings
from runtime.events import AnyEvent, RunRewound, RunSucceeded
from runtime.history import effective
from runtime.journal.contract import Journal
from runtime.large import Page, Place, Side, page, shown, weight
from runtime.projections.task_data import Field, TaskData
from runtime.projections.tasks import Tasks
from runtime.recorded import scope_of
from runtime.watching import ITEM, Watch, Watched, name_of, nothing_at, read_watch

KEPT = 3
"""Runs whose events are kept folded between two questions."""

MOST_MEMBERS = 1000
"""Members of a value that one page has at the most; letters of a text a thousand times that."""

MOST_SENT = 4 * 1024 * 1024
"""Weight of what an expression may come to."""


MOST_ROUNDS = 1000
"""Rounds in which a watch is worked out for its history."""


class NoSuchValue(HeddleError):
    """There is nothing at that place."""


class _Folded:
    """A run as far as it was read."""

    def __init__(self, plan: Plan | None) -> None:
        self.lock = asyncio.Lock()
        self._plan = plan
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget what was read."""
        self.seq = 0
        self.tasks = Tasks(self._plan)
        self.outputs: Mapping[str, Any] = {}

    def take(self, events: Sequence[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, RunSucceeded):
                self.outputs = event.outputs
        self.tasks.take(events)
        self.seq = events[-1].seq if events else self.seq


class Lookup:
    """Answers from the journal, of which only what is new is read."""

    def __init__(
        self,
        journal: Journal,
        plan: Callable[[str], Awaitable[Plan]],
        surroundings: Surroundings,
    ) -> None:
        self._journal = journal
        self._plan = plan
        self._surroundings = surroundings
        self._folded: dict[str, _Folded] = {}
        self._past: dict[str, _Folded] = {}
        """The moment of a run's past that was asked for last."""

    async def task(self, run: str, task: str, upto: int | None = None) -> TaskData:
        """All about a task, its expressions worked out and large values as they begin.

        `upto` is the seq of the last event that counts: what was known then, None for now.
        Raises UnknownRun, NoSuchTask.
        """
        folded = await self._of(run, upto)
        found = folded.tasks.data(task)
        await self._work_out(folded, found)
        return _shortened(found, run)

    async def part(self, place: Place, start: int, count: int) -> Page:
        """Members of a value, or a piece of a text. Raises UnknownRun, NoSuchTask, NoSuchValue."""
        value = await self.value(place)
        most = MOST_MEMBERS * (1000 if isinstance(value, str | bytes) else 1)
        return page(value, place, max(0, start), max(0, min(count, most)))

    async def value(self, place: Place) -> Any:
        """The whole value at a place. Raises UnknownRun, NoSuchTask, NoSuchValue."""
        folded = await self._of(place.run)
        values = await self._side(folded, place)
        found = find(values.get(place.name, MISSING), place.path)
        if found is MISSING:
            raise NoSuchValue(f"There is nothing at {place.name!r} of {place.task or 'the run'!r}.")
        return found

    async def evaluate(self, run: str, task: str, expression: str) -> Any:
        """The value of an expression that sees what a task was given and gave.

        `task` may also be a scope, "" for the run itself: then it sees the inputs of the flow.
        A block beside the task stands for its outputs. Raises UnknownRun, NoSuchTask, and
        whatever the sandbox raises.
        """
        folded = await self._of(run)
        names = await self._names(folded, task)
        value = await self._surroundings.evaluate(expression, names)
        if weight(value, MOST_SENT) > MOST_SENT:
            raise NoSuchValue("That is too large to be shown.", cure="Ask for a part of it.")
        return value

    async def _names(self, folded: _Folded, task: str) -> dict[str, Any]:
        recorded = folded.tasks.recorded
        scope = task if not task or task.endswith("]") else scope_of(task)
        inputs = recorded.inputs_around(scope) if scope in recorded.plans else {}
        beside = recorded.outputs_in(scope)
        if scope == task:
            return {**beside, **inputs, "inputs": inputs}
        found = folded.tasks.data(task)
        await self._work_out(folded, found)
        fields = {n: f.value for n, f in found.fields.items() if not f.trouble and _is_open(f)}
        names = {**beside, "inputs": inputs, **fields, **found.inputs}
        if found.outputs:
            names |= {**found.outputs, "outputs": found.outputs}
        failure = found.held.failure if found.held else found.failure
        return names | ({"error": error_record(failure)} if failure else {})

    async def watched(
        self, run: str, at: str, scope: str, expressions: Sequence[str], upto: int | None = None
    ) -> list[Watched]:
        """What watches come to, made in the flow that the blocks `at` lead to (`orders/each`).

        In the round `scope`, or else the last; `upto` is as for `task`. Raises UnknownRun.
        """
        tasks = (await self._of(run, upto)).tasks
        prefix = tasks.prefix(at, scope)
        return [await self._watched(run, tasks, prefix, one) for one in expressions]

    async def watch_rounds(
        self, run: str, at: str, scope: str, expression: str, upto: int | None = None
    ) -> list[Watched]:
        """What a watch came to in the rounds around it that are known, the last MOST_ROUNDS."""
        tasks = (await self._of(run, upto)).tasks
        loop = tasks.prefix(at, scope).rpartition("[")[0]
        rounds = tasks.rounds.get(loop, [])[-MOST_ROUNDS:]
        return [
            await self._watched(run, tasks, tasks.prefix(at, one), expression) for one in rounds
        ]

    async def _watched(self, run: str, tasks: Tasks, prefix: str, expression: str) -> Watched:
        """What a watch comes to where tasks are addressed by that prefix."""
        inside = tasks.blocks_seen_from(prefix)
        watch = read_watch(expression, inside)
        task = inside[watch.ends[0][0]] if len(watch.ends) == 1 else ""
        found = Watched(scope=scope_of(prefix), task=task, trouble=watch.trouble)
        given = dict[str, Any]()
        for block, port in watch.ends:
            given[name_of(block, port)] = value = tasks.port(inside[block], port)
            if value is MISSING:
                found.waits = f"{name_of(block, port)} has no value yet."
        if not found.trouble and not found.waits:
            await self._work_out_watch(found, watch, given, run)
        return found

    async def _work_out_watch(
        self, found: Watched, watch: Watch, given: dict[str, Any], run: str
    ) -> None:
        place = Place(run, "", "outputs", "")
        if watch.path is not None and watch.ends[0][1]:
            name = watch.ends[0][1]
            value = find(given[name_of(*watch.ends[0])], watch.path)
            if value is MISSING:
                found.trouble = nothing_at(watch.path)
                return
            place = Place(run, found.task, "outputs", name, watch.path)
        else:
            try:
                value = await self._surroundings.evaluate(watch.code, {ITEM: given})
            except HeddleError as error:
                found.trouble = error.message
                return
        found.value = shown(value, place)

    async def _side(self, folded: _Folded, place: Place) -> Mapping[str, Any]:
        if not place.task:
            inputs = folded.tasks.recorded.inputs.get("", {})
            return inputs if place.side == "inputs" else folded.outputs
        if place.task.endswith("]"):
            return folded.tasks.recorded.inputs.get(place.task, {})
        found = folded.tasks.data(place.task)
        if place.side == "outputs":
            return {**found.inputs, **found.outputs}  # as watches see them
        if place.side != "fields":
            values: Mapping[str, Any] = getattr(found, place.side)
            return values
        await self._work_out(folded, found)
        return {name: field.value for name, field in found.fields.items()}

    async def _work_out(self, folded: _Folded, found: TaskData) -> None:
        """Give expressions the values they come to: they are pure, so to the same as in the run."""
        waiting = [field for field in found.fields.values() if field.origin == "expression"]
        if not waiting or found.state in ("waiting", "skipped"):
            return
        inputs = folded.tasks.recorded.inputs_around(scope_of(found.task))
        names = {**found.inputs, "inputs": inputs}
        for field in waiting:
            try:
                field.value = await self._surroundings.evaluate(field.expression, names)
            except HeddleError as error:
                field.trouble = str(error)

    async def _of(self, run: str, upto: int | None = None) -> _Folded:
        """The run folded up to now, or up to an event of its past. Raises UnknownRun."""
        folded = await self._kept(self._folded, run)
        async with folded.lock:
            await self._go_on(folded, run)
        if upto is None or upto >= folded.seq:
            return folded
        past = await self._kept(self._past, run)
        async with past.lock:
            if past.seq > upto:  # a person who goes forwards needs only what is new
                past.begin_anew()
            await self._go_on(past, run, upto)
        return past

    async def _kept(self, among: dict[str, _Folded], run: str) -> _Folded:
        """What is kept of the run, or a beginning."""
        folded = among.pop(run, None)
        if folded is None:
            folded = _Folded(await self._plan_of(run))
        among[run] = folded
        while len(among) > KEPT:
            del among[next(iter(among))]
        return folded

    async def _go_on(self, folded: _Folded, run: str, upto: int | None = None) -> None:
        """Fold what has happened since, as far as it counts."""
        events = _until(await self._journal.read(run, folded.seq), upto)
        if any(isinstance(event, RunRewound) for event in events):
            folded.begin_anew()
            events = effective(_until(await self._journal.read(run), upto))
        folded.take(events)

    async def _plan_of(self, run: str) -> Plan | None:
        row = await self._journal.run(run)
        try:
            return await self._plan(row.flow)
        except HeddleError:  # made with blocks that aren't here
            return None


def _until(events: Sequence[AnyEvent], upto: int | None) -> Sequence[AnyEvent]:
    if upto is None:
        return events
    return events[: bisect_right(events, upto, key=lambda event: event.seq)]


def _is_open(field: Field) -> bool:
    """Whether a field isn't a secret, which expressions never see."""
    return not (isinstance(field.value, Mapping) and "$secret" in field.value)


def _shortened(found: TaskData, run: str) -> TaskData:
    """Large values as they begin."""

    def short(side: Side, values: Mapping[str, Any]) -> dict[str, Any]:
        return {n: shown(v, Place(run, found.task, side, n)) for n, v in values.items()}

    found.inputs, found.outputs = short("inputs", found.inputs), short("outputs", found.outputs)
    found.came, found.gave = short("came", found.came), short("gave", found.gave)
    for name, field in found.fields.items():
        field.value = shown(field.value, Place(run, found.task, "fields", name))
    return found
