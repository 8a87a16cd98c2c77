"""One attempt at one task: its arguments brought together, its function run, its result named."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from agents.contract import Grants
from graph.block import Route
from graph.compile.bind import gather
from graph.context import Outputs
from graph.errors import BlockError
from runtime.clock import Clock
from runtime.engine.failures import TimedOut
from runtime.engine.state import Run, Scope
from runtime.engine.surroundings import Limits, Surroundings

T = TypeVar("T")

EVERY = 0.02
"""Seconds between two announcements of a stream's items."""


class Shell(Protocol):
    """What an attempt asks of the executor that makes it."""

    clock: Clock
    limits: Limits
    surroundings: Surroundings

    def grants_of(self, run: Run) -> Grants: ...
    def reveal(self, run: Run, name: str) -> str: ...
    def revealed(self, run: Run, value: Any) -> Any: ...
    def stop(self, run: Run, reason: str) -> None: ...
    def progressed(self, scope: Scope, i: int, done: float, total: float, note: str) -> None: ...
    def streamed(self, scope: Scope, i: int, items: list[Any]) -> None: ...
    async def turn(self, run: Run, name: str, every: float) -> None: ...
    async def round(
        self,
        scope: Scope,
        i: int,
        body: str,
        label: str,
        inputs: Mapping[str, Any],
        shared: Mapping[str, Any],
    ) -> Outputs: ...


class TaskContext:
    """What a block gets when it asks for a `Context`."""

    def __init__(self, executor: Shell, scope: Scope, i: int, attempt: int) -> None:
        self._executor = executor
        self._scope = scope
        self._i = i
        self.run = scope.run.id
        self.task = scope.prefix + scope.plan.ids[i]
        self.attempt = attempt
        self.key = f"{self.run}:{self.task}"
        self.started = scope.run.attempts.get(self.task, (1, self.now()))[1]

    def now(self) -> float:
        return self._executor.clock.now()

    async def sleep(self, seconds: float) -> None:
        await self._executor.clock.sleep(seconds)

    async def turn(self, name: str, *, every: float) -> None:
        await self._executor.turn(self._scope.run, name, every)

    async def agent(self, kind: type[T]) -> T:
        return await self._surroundings.agent(kind, self._grants)

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        return await self._surroundings.evaluate(expression, names)

    async def evaluate_each(
        self, expression: str, items: Sequence[Any], *, name: str = "item", names: Mapping[str, Any]
    ) -> list[Any]:
        return await self._surroundings.evaluate_each(expression, items, name=name, names=names)

    async def scope(
        self, body: str, label: str, inputs: Mapping[str, Any], shared: Mapping[str, Any]
    ) -> Outputs:
        return await self._executor.round(self._scope, self._i, body, label, inputs, shared)

    async def scopes(
        self,
        body: str,
        inputs: Sequence[Mapping[str, Any]],
        shared: Mapping[str, Any],
        *,
        parallel: int,
    ) -> list[Outputs]:
        results: list[Outputs] = [{}] * len(inputs)
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

    def stop(self, reason: str) -> None:
        self._executor.stop(self._scope.run, reason)

    def secret(self, name: str) -> str:
        return self._executor.reveal(self._scope.run, name)

    def progress(self, done: float, total: float, note: str = "") -> None:
        self._executor.progressed(self._scope, self._i, done, total, note)

    @property
    def _surroundings(self) -> Surroundings:
        return self._executor.surroundings

    @property
    def _grants(self) -> Grants:
        return self._executor.grants_of(self._scope.run)


async def perform(executor: Shell, scope: Scope, i: int, attempt: int) -> dict[str, Any]:
    """The outputs of one attempt. Whatever the block raises comes through."""
    limit = time_limit(scope, i, executor.limits)
    try:
        async with asyncio.timeout(limit) as timer:
            arguments = await arguments_of(executor, scope, i)
            result = await _result(executor, scope, i, attempt, arguments)
    except TimeoutError as error:
        if not timer.expired():
            raise
        raise TimedOut(
            f"It took longer than {limit:g} s.", cure="Raise its time limit, or give it less to do."
        ) from error
    return named(scope, i, result)


def time_limit(scope: Scope, i: int, limits: Limits) -> float | None:
    """Seconds an attempt may take; None for blocks that wait by nature."""
    own = scope.plan.settings[i].time_limit
    if own is not None:
        return own
    return None if scope.plan.specs[i].agent == "pure" else limits.seconds


async def arguments_of(executor: Shell, scope: Scope, i: int) -> dict[str, Any]:
    """What the block is called with: fields, expressions worked out, links, secrets."""
    plan = scope.plan
    linked = gather(plan.sources[i], scope.values)
    arguments = {**plan.fields[i], **linked}
    if i in plan.expressions:
        names = {**linked, "inputs": inputs_of(scope)}
        for field, expression in plan.expressions[i].items():
            arguments[field] = await executor.surroundings.evaluate(expression, names)
        if not plan.specs[i].open_inputs:
            known = {parameter.name for parameter in plan.specs[i].parameters}
            arguments = {name: value for name, value in arguments.items() if name in known}
    for field in plan.secrets.get(i, ()):
        arguments[field] = executor.revealed(scope.run, arguments[field])
    return arguments


def inputs_of(scope: Scope) -> dict[str, Any]:
    """The inputs of the flow a scope runs, by name."""
    plan = scope.plan
    return {name: scope.values[plan.first_slot[given.task]] for name, given in plan.inputs.items()}


async def _result(
    executor: Shell, scope: Scope, i: int, attempt: int, arguments: dict[str, Any]
) -> Any:
    spec = scope.plan.specs[i]
    if spec.wants_context:
        arguments[spec.wants_context] = TaskContext(executor, scope, i, attempt)
    match spec.mode:
        case "inline":
            return spec.function(**arguments)
        case "async":
            return await spec.function(**arguments)
        case "process":
            return await executor.surroundings.apart(spec, arguments)
        case "stream":
            return await _drained(executor, scope, i, spec.function(**arguments))


async def _drained(
    executor: Shell, scope: Scope, i: int, stream: Iterator[Any] | AsyncIterator[Any]
) -> Any:
    """All items of a stream, announced as they come; one text where the block joins them."""
    items: list[Any] = []
    told, shown = executor.clock.now(), 0
    async for item in _as_async(stream):
        items.append(item)
        if len(items) > executor.limits.items:
            raise BlockError(
                f"It gave more than {executor.limits.items:,} items.", cure="Limit what it reads."
            )
        if (now := executor.clock.now()) - told >= EVERY:
            executor.streamed(scope, i, items[shown:])
            told, shown = now, len(items)
    if shown:
        executor.streamed(scope, i, items[shown:])
    return "".join(items) if scope.plan.specs[i].joined else items


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
        return dict(zip(names, result, strict=False))
    if unpack == "record":
        return dict(result)
    if unpack == "route":
        return _routed(names, result)
    return {}


def _routed(names: Sequence[str], result: Any) -> dict[str, Any]:
    if not isinstance(result, Route):
        raise BlockError(f"It gave {type(result).__name__} where a Route was expected.")
    if result.port not in names:
        raise BlockError(f"It chose the output {result.port!r}, which it doesn't have.")
    return {result.port: result.value}


def redacted(value: Any, secrets: Sequence[str]) -> Any:
    """The value with every occurrence of a secret taken out."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "•••")
        return value
    if isinstance(value, bytes):
        for secret in secrets:
            value = value.replace(secret.encode(), b"***")
        return value
    if isinstance(value, dict):
        return {redacted(k, secrets): redacted(v, secrets) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted(item, secrets) for item in value]
    return value
