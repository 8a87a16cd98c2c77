"""One attempt at one task: its arguments brought together, its function run, its result named."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

import msgspec

from graph.block import Route
from graph.compile.bind import gather
from graph.compile.signature import signature_of
from graph.connections import Connection
from graph.context import Allowance, Answered, Asked, Outputs, Signature
from graph.errors import BlockError
from graph.flow import Bound
from graph.spec import BlockSpec
from graph.values import did_you_mean
from runtime.clock import Clock
from runtime.engine.live import Live
from runtime.engine.state import Scope
from runtime.engine.surroundings import Limits
from runtime.failures import TimedOut

T = TypeVar("T")

_encode = msgspec.msgpack.Encoder().encode

EVERY = 0.02
"""Seconds between two announcements of a stream's items."""


class Hearer(Protocol):
    """Whom a task tells how it gets on."""

    def progressed(self, live: Live, task: str, done: float, total: float, note: str) -> None: ...
    def streamed(self, live: Live, task: str, items: list[Any]) -> None: ...
    def spent(self, live: Live, task: str, tokens: int, cost: float, model: str) -> None: ...
    def traced(self, live: Live, task: str, kind: str, detail: Mapping[str, Any]) -> None: ...


class Asker(Protocol):
    """Who asks people on behalf of a task."""

    async def ask(
        self, live: Live, scope: Scope, i: int, label: str, question: Asked
    ) -> Answered: ...


class Rounds(Protocol):
    """Who has the rounds of a task's bodies run."""

    async def round(
        self,
        scope: Scope,
        i: int,
        body: str,
        label: str,
        inputs: Mapping[str, Any],
        shared: Mapping[str, Any],
    ) -> Outputs: ...


class Shell(Protocol):
    """What an attempt asks of the executor that makes it."""

    clock: Clock
    limits: Limits

    @property
    def asking(self) -> Asker: ...
    @property
    def said(self) -> Hearer: ...
    @property
    def scopes(self) -> Rounds: ...


class TaskContext:
    """What a block gets when it asks for a `Context`."""

    def __init__(self, shell: Shell, live: Live, scope: Scope, i: int, attempt: int) -> None:
        self._shell = shell
        self._live = live
        self._scope = scope
        self._i = i
        self.run = scope.run.id
        self.task = scope.prefix + scope.plan.ids[i]
        self.attempt = attempt
        self.key = f"{self.run}:{self.task}"
        self.started = scope.run.attempts.get(self.task, (1, self.now()))[1]
        self._asked = 0
        self.interrupted = self.task in scope.run.interrupted
        self._unshown: list[Any] = []
        self._shown_at = 0.0

    def now(self) -> float:
        return self._shell.clock.now()

    async def sleep(self, seconds: float) -> None:
        await self._shell.clock.sleep(seconds)

    async def turn(self, name: str, *, every: float) -> None:
        await self._live.turn(name, every, self._shell.clock)

    async def agent(self, kind: type[T]) -> T:
        return await self._live.surroundings.agent(kind, self._live.grants)

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        return await self._live.surroundings.evaluate(expression, names)

    async def evaluate_each(
        self, expression: str, items: Sequence[Any], *, name: str = "item", names: Mapping[str, Any]
    ) -> list[Any]:
        return await self._live.surroundings.evaluate_each(
            expression, items, name=name, names=names
        )

    async def scope(
        self, body: str, label: str, inputs: Mapping[str, Any], shared: Mapping[str, Any]
    ) -> Outputs:
        return await self._shell.scopes.round(self._scope, self._i, body, label, inputs, shared)

    async def scopes(
        self,
        body: str,
        inputs: Sequence[Mapping[str, Any]],
        shared: Mapping[str, Any],
        *,
        parallel: int,
    ) -> list[Outputs]:
        results: list[Outputs] = [{}] * len(inputs)
        self.progress(0, len(inputs))
        numbers = iter(range(len(inputs)))

        async def lane() -> None:
            for n in numbers:
                results[n] = await self.scope(body, str(n), inputs[n], shared)

        try:
            async with asyncio.TaskGroup() as lanes:
                for _ in range(min(parallel, len(inputs))):
                    lanes.create_task(lane())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return results

    def flow(self, body: str) -> Signature:
        bodies = self._scope.plan.bodies.get(self._i, {})
        if body not in bodies:
            raise BlockError(
                f"This block runs no flow {body!r}.", cure=did_you_mean(body, list(bodies))
            )
        return signature_of(body, bodies[body])

    def stop(self, reason: str) -> None:
        self._live.stopping = reason

    @property
    def address(self) -> str:
        return self._live.surroundings.address

    def secret(self, name: str) -> str:
        return self._live.reveal(name)

    def cleaned(self, value: Any) -> Any:
        return self._live.cleaned(value)

    def connection(self, name: str) -> Connection:
        return self._live.connect(name)

    def connections(self, *kinds: str) -> tuple[str, ...]:
        return self._live.surroundings.connections(*kinds)

    def stream(self, items: Sequence[Any]) -> None:
        self._unshown.extend(items)
        wait = self._shown_at + EVERY - self.now()
        if wait <= 0:
            self._show()
        elif len(self._unshown) == len(items):  # or a timer is set already
            self._shell.clock.later(wait, self._show)

    def _show(self) -> None:
        """Tell whoever watches of the items so far; of none once the task is over."""
        items, self._unshown = self._unshown, []
        self._shown_at = self.now()
        if items and self._i in self._live.under_way.get(self._scope, ()):
            self._shell.said.streamed(self._live, self.task, items)

    async def ask(self, question: Asked) -> Answered:
        self._asked += 1
        label = question.label or str(self._asked)
        return await self._shell.asking.ask(self._live, self._scope, self._i, label, question)

    def progress(self, done: float, total: float, note: str = "") -> None:
        self._shell.said.progressed(self._live, self.task, done, total, note)

    def spend(self, *, tokens: int = 0, cost: float = 0.0, model: str = "") -> None:
        self._shell.said.spent(self._live, self.task, tokens, cost, model)

    def allowance(self) -> Allowance:
        return self._live.purse.left(self.now(), self._used())

    def set_aside(
        self, tokens: int, cost: float
    ) -> AbstractAsyncContextManager[Callable[[], Allowance]]:
        return self._live.purse.set_aside(self.now, self._used, Bound(tokens, cost))

    def _used(self) -> Bound:
        """What the run has used up so far."""
        return Bound(self._scope.run.tokens, self._scope.run.cost)

    def trace(self, kind: str, detail: Mapping[str, Any]) -> None:
        self._shell.said.traced(self._live, self.task, kind, detail)


def perform(shell: Shell, live: Live, scope: Scope, i: int, attempt: int) -> Awaitable[Any]:
    """The result of one attempt, to be awaited. Whatever the block raises comes through.

    Not a coroutine itself, nor is `_result`: each would be one more to await for every task.
    """
    limit = time_limit(scope, i, shell.limits)
    result = _result(shell, live, scope, i, attempt)
    if limit is None or scope.plan.specs[i].mode == "process":  # there it is counted apart
        return result
    return _within(limit, result)


async def _within(limit: float, result: Awaitable[Any]) -> Any:
    try:
        async with asyncio.timeout(limit) as timer:
            return await result
    except TimeoutError as error:
        if not timer.expired():
            raise
        raise TimedOut(
            f"It took longer than {limit:g} s.", cure="Raise its time limit, or give it less to do."
        ) from error


def time_limit(scope: Scope, i: int, limits: Limits) -> float | None:
    """Seconds an attempt may take; None for blocks that wait by nature."""
    own = scope.plan.settings[i].time_limit
    if own is not None:
        return own
    spec = scope.plan.specs[i]
    waits = spec.patient or (spec.agent == "pure" and spec.mode != "process")
    return None if waits else limits.seconds


def _result(shell: Shell, live: Live, scope: Scope, i: int, attempt: int) -> Awaitable[Any]:
    plan = scope.plan
    spec = plan.specs[i]
    sources = plan.sources[i]
    if scope.run.changed:
        changed = scope.run.changed.get(scope.prefix + plan.ids[i], {})
        sources = tuple(source for source in sources if source.parameter not in changed)
        arguments = {**plan.fields[i], **gather(sources, scope.values), **changed}
    else:
        arguments = {**plan.fields[i], **gather(sources, scope.values)}
    if spec.wants_context:
        arguments[spec.wants_context] = TaskContext(shell, live, scope, i, attempt)
    if spec.mode == "async" and i not in plan.expressions and i not in plan.secrets:
        awaited: Awaitable[Any] = spec.function(**arguments)
        return awaited
    return _closer_result(shell, live, scope, i, arguments)


async def _closer_result(
    shell: Shell, live: Live, scope: Scope, i: int, arguments: dict[str, Any]
) -> Any:
    spec = scope.plan.specs[i]
    arguments = await _worked_out(live, scope, i, arguments)
    match spec.mode:
        case "async":
            return await spec.function(**arguments)
        case "inline":
            return spec.function(**arguments)
        case "process":
            limit = time_limit(scope, i, shell.limits)
            return await live.surroundings.apart(spec, arguments, limit)
        case "stream":
            return await _drained(shell, live, scope, i, spec.function(**arguments))


async def _worked_out(
    live: Live, scope: Scope, i: int, arguments: dict[str, Any]
) -> dict[str, Any]:
    """The arguments with expressions worked out and secrets filled in."""
    plan = scope.plan
    changed = scope.run.changed.get(scope.prefix + plan.ids[i], {})
    expressions = plan.expressions.get(i, {})
    if expressions:
        linked = {source.parameter for source in plan.sources[i]}
        names = {name: value for name, value in arguments.items() if name in linked}
        names["inputs"] = inputs_of(scope)
        for field, expression in expressions.items():
            if field in changed:
                continue
            arguments[field] = await live.surroundings.evaluate(expression, names)
        if not plan.specs[i].open_inputs:
            known = {parameter.name for parameter in plan.specs[i].parameters}
            known.add(plan.specs[i].wants_context)
            arguments = {name: value for name, value in arguments.items() if name in known}
    for field in plan.secrets.get(i, ()):
        if field in changed:
            continue
        arguments[field] = live.revealed(arguments[field])
    return arguments


def inputs_of(scope: Scope) -> dict[str, Any]:
    """The inputs of the flow a scope runs, by name."""
    plan = scope.plan
    return {name: scope.values[plan.first_slot[given.task]] for name, given in plan.inputs.items()}


async def _drained(
    shell: Shell, live: Live, scope: Scope, i: int, stream: Iterator[Any] | AsyncIterator[Any]
) -> Any:
    """All items of a stream, announced as they come; one text where the block joins them."""
    items: list[Any] = []
    told, shown, size = shell.clock.now(), 0, 0
    async for item in _as_async(stream):
        items.append(item)
        if isinstance(item, str | bytes):
            size += len(item)
        if len(items) > shell.limits.items or size > shell.limits.stream:
            raise _too_much(shell.limits)
        if (now := shell.clock.now()) - told >= EVERY:
            shell.said.streamed(live, scope.prefix + scope.plan.ids[i], items[shown:])
            size += _size(item) * (len(items) - shown)
            told, shown = now, len(items)
    if shown:
        shell.said.streamed(live, scope.prefix + scope.plan.ids[i], items[shown:])
    return "".join(items) if scope.plan.specs[i].joined else items


def _size(item: Any) -> int:
    """About how many bytes the item takes up in a journal, 0 for texts, which are counted."""
    if isinstance(item, str | bytes):
        return 0
    try:
        return len(_encode(item))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return 0  # what it is will be said when it is recorded


def _too_much(limits: Limits) -> BlockError:
    return BlockError(
        f"It gave more than {limits.items:,} items, or {limits.stream / 1e6:,.0f} MB.",
        cure="Limit what it reads.",
    )


async def _as_async(stream: Iterator[Any] | AsyncIterator[Any]) -> AsyncIterator[Any]:
    if inspect.isasyncgen(stream) or isinstance(stream, AsyncIterator):
        async for item in stream:
            yield item
        return
    for number, item in enumerate(stream):
        yield item
        if number % 100 == 99:
            await asyncio.sleep(0)  # Let others run beside a long stream.


def named(scope: Scope, i: int, result: Any) -> dict[str, Any]:
    """A block's result as outputs by port."""
    plan = scope.plan
    unpack, names = plan.unpack[i], plan.outputs[i]
    if unpack == "one":
        return {names[0]: result}
    if unpack == "tuple":
        return dict(zip(names, _several(plan.specs[i], result), strict=False))
    if unpack == "record":
        return dict(result)
    if unpack == "route":
        return _routed(names, result)
    return {}


def _several(spec: BlockSpec, result: Any) -> Sequence[Any]:
    """The values of a block with several outputs."""
    if isinstance(result, tuple | list) and len(result) == len(spec.outputs):
        return result
    expected = ", ".join(output.name for output in spec.outputs)
    raise BlockError(
        f"It gave {type(result).__name__} where it has the outputs {expected}.",
        cure="Its function must return the NamedTuple that it is annotated with.",
    )


def _routed(names: Sequence[str], result: Any) -> dict[str, Any]:
    if not isinstance(result, Route):
        raise BlockError(f"It gave {type(result).__name__} where a Route was expected.")
    if result.port not in names:
        raise BlockError(f"It chose the output {result.port!r}, which it doesn't have.")
    return {result.port: result.value}
