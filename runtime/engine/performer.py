"""One attempt at one task: its arguments brought together, its function run, its result named."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from typing import Any

import msgspec

from graph.block import Route
from graph.compile.bind import gather
from graph.errors import BlockError
from graph.spec import BlockSpec
from runtime.engine.context import EVERY, Shell, TaskContext
from runtime.engine.live import Live
from runtime.engine.state import Scope
from runtime.engine.surroundings import Limits
from runtime.failures import TimedOut

_encode = msgspec.msgpack.Encoder().encode


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
        names["inputs"] = scope.inputs()
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
