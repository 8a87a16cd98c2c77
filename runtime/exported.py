"""What a flow exported as Python stands on: a context for its blocks, and a few words."""

import argparse
import asyncio
import contextlib
import inspect
import io
import json
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from agents.contract import Grants
from graph.block import Route
from graph.compile.bind import SKIPPED as MISSING
from graph.connections import Connection
from graph.context import Allowance, Answered, Asked, Outputs, ScopeFailed, Signature
from graph.errors import BlockError, HeddleError
from graph.flow import Retry, Settings
from graph.values import COERCIONS
from runtime.compose import World, granted, world_of
from runtime.engine.decide import GiveUp, after_failure
from runtime.engine.evolve import error_record
from runtime.failures import failure_of
from runtime.plugins import installed
from runtime.settings import settings_from

__all__ = [
    "MISSING",
    "Context",
    "Signature",
    "any_of",
    "block",
    "came",
    "convert",
    "drained",
    "first",
    "present",
    "printing",
    "robust",
    "routed",
    "run",
]

T = TypeVar("T")
Body = Callable[..., Awaitable[Outputs]]

RACING = "racing"
"""The name of the tasks that race each other: those that lost go on to their end."""


class Ended(Exception):
    """A block ended the whole program, as a success."""


class Context:
    """What the blocks of a program may ask for. Nothing is recorded, and nothing is resumed."""

    def __init__(self, world: World, grants: Grants) -> None:
        self._world = world
        self._grants = grants
        self._turns: dict[str, float] = {}
        self._offered: Mapping[str, tuple[Body, Signature]] = {}
        self.run = uuid.uuid4().hex
        self.task = "flow"
        self.attempt = 1
        self.started = time.time()
        self.interrupted = False

    @property
    def key(self) -> str:
        return f"{self.run}:{uuid.uuid4().hex}"

    def now(self) -> float:
        return time.time()

    async def ask(self, question: Asked) -> Answered:
        raise BlockError(
            f"A program can't wait for a person: {question.title}",
            cure="Run the flow with `heddle run` instead.",
        )

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def turn(self, name: str, *, every: float) -> None:
        now = time.time()
        mine = max(now, self._turns.get(name, 0.0))
        self._turns[name] = mine + every
        await asyncio.sleep(mine - now)

    async def agent(self, kind: type[T]) -> T:
        return await self._world.agent(kind, self._grants)

    def granted(self) -> Mapping[str, Any]:
        given: dict[str, Any] = msgspec.to_builtins(self._grants)
        return given

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        return await self._world.evaluate(expression, names)

    async def evaluate_each(
        self, expression: str, items: Sequence[Any], *, name: str = "item", names: Mapping[str, Any]
    ) -> list[Any]:
        return await self._world.evaluate_each(expression, items, name=name, names=names)

    def offering(self, flows: Mapping[str, tuple[Body, Signature]]) -> "Context":
        """The same, for a block that knows these flows by their names."""
        other = copy(self)
        other._offered = flows
        return other

    def flow(self, body: str) -> Signature:
        if body not in self._offered:
            raise BlockError(f"This block runs no flow {body!r}.")
        return self._offered[body][1]

    async def scope(
        self,
        body: Body | str,
        label: str,
        inputs: Mapping[str, Any],
        shared: Mapping[str, Any],
    ) -> Outputs:
        if isinstance(body, str):
            body = self._offered[body][0]
        try:
            return await body(self, **{**shared, **inputs})
        except (Ended, ScopeFailed):
            raise
        except Exception as error:
            # Whatever went wrong inside is what a try around it is told.
            failure = failure_of(error, label)
            raise ScopeFailed(failure.message, error_record(failure)) from error

    async def scopes(
        self,
        body: Body | str,
        inputs: Sequence[Mapping[str, Any]],
        shared: Mapping[str, Any],
        *,
        parallel: int,
    ) -> list[Outputs]:
        lanes = asyncio.Semaphore(parallel)

        async def one(n: int) -> Outputs:
            async with lanes:
                return await self.scope(body, str(n), inputs[n], shared)

        return list(await asyncio.gather(*(one(n) for n in range(len(inputs)))))

    def stop(self, reason: str) -> None:
        raise Ended(reason)

    @property
    def address(self) -> str:
        return self._world.address

    def secret(self, name: str) -> str:
        return self._world.secret(name)

    def cleaned(self, value: Any) -> Any:
        return value

    def connection(self, name: str) -> Connection:
        return self._world.connection(name)

    def connections(self, *kinds: str) -> tuple[str, ...]:
        return self._world.connections(*kinds)

    def spend(self, *, tokens: int = 0, cost: float = 0.0, model: str = "") -> None:
        pass

    def trace(self, kind: str, detail: Mapping[str, Any]) -> None:
        pass

    def progress(self, done: float, total: float, note: str = "") -> None:
        """Nobody watches a program."""

    def stream(self, items: Sequence[Any]) -> None:
        """Nobody watches a program."""

    def allowance(self) -> Allowance:
        return Allowance()

    @asynccontextmanager
    async def set_aside(self, *_: float, **__: float) -> AsyncIterator[Callable[[], Allowance]]:
        yield Allowance


def block(kind: str) -> Callable[..., Any]:
    """The function of a block that comes from a pack."""
    settings = settings_from()
    blocks = installed(settings.packs_folder, settings.agents_folder)
    return blocks.catalog.spec(kind).function


def present(*values: Any) -> bool:
    """Whether all of these hold a value."""
    return all(value is not MISSING for value in values)


def came(**values: Any) -> dict[str, Any]:
    """Those that hold a value."""
    return {name: value for name, value in values.items() if value is not MISSING}


def any_of(merge: Callable[..., Any], **values: Any) -> Any:
    """What the merge makes of those that hold a value; nothing of none."""
    there = came(**values)
    return merge(**there) if there else MISSING


def routed(route: Route, *ports: str) -> list[Any]:
    """A value for each port: the one that was chosen has it, the others are missing."""
    return [route.value if port == route.port else MISSING for port in ports]


async def first(**racing: Any) -> Any:
    """The value that comes first; the others go on, and theirs is not looked at."""
    plain = [value for value in racing.values() if not inspect.iscoroutine(value)]
    begun = (one for one in racing.values() if inspect.iscoroutine(one))
    tasks = {asyncio.create_task(one, name=RACING) for one in begun}
    for value in plain:
        if value is not MISSING:
            return value
    while tasks:
        done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if task.result() is not MISSING:
                return task.result()
    return MISSING


def printing(call: Callable[[], Any]) -> tuple[Any, str]:
    """What the call gives, and what it prints."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        value = call()
    return value, printed.getvalue()


def convert(how: str, value: Any) -> Any:
    """The value as a link would have converted it."""
    return COERCIONS[how](value)


async def drained(stream: Iterator[Any] | AsyncIterator[Any], *, joined: bool = False) -> Any:
    """All that a streaming block gives, as a list or as one text."""
    items = [item async for item in stream] if isinstance(stream, AsyncIterator) else list(stream)
    return "".join(items) if joined else items


async def robust(
    context: Context,
    call: Callable[[], Any],
    *,
    attempts: int = 1,
    delay: float = 0.5,
    time_limit: float | None = None,
    on_error: str = "stop",
    outputs: int = 1,
) -> Any:
    """What the call gives, tried again and bounded as the block's settings said.

    With `on_error="port"` there is one more value, the error, and all others are missing when
    there is one; with "continue" they are None.
    """
    settings = Settings(retry=Retry(attempts=attempts, delay=delay), on_error=on_error)  # type: ignore[arg-type]
    for attempt in range(1, attempts + 1):
        try:
            async with asyncio.timeout(time_limit):
                result = call()
                result = await result if inspect.isawaitable(result) else result
        except Exception as error:
            failure = failure_of(error, "")
            asked = getattr(error, "wait", None)
            decision = after_failure(settings, attempt, failure, asked=asked, roll=0.0)
            if isinstance(decision, GiveUp):
                if decision.outcome == "stop":
                    raise
                if decision.outcome == "port":
                    return [*[MISSING] * outputs, error_record(failure)]
                return None if outputs == 1 else [None] * outputs
            await context.sleep(decision.wait)
        else:
            if on_error != "port":
                return result
            return [*([result] if outputs == 1 else result), MISSING]
    raise AssertionError("the last attempt returns or raises")


def run(flow: Body) -> None:
    """Run the program: inputs as name=value on the command line, outputs as JSON."""
    parser = argparse.ArgumentParser(description=inspect.getdoc(flow))
    parser.add_argument("inputs", nargs="*", metavar="name=value", help="values as JSON or text")
    given = dict(_input(text, parser) for text in parser.parse_args().inputs)
    try:
        outputs = asyncio.run(_run(flow, given))
    except HeddleError as error:
        sys.exit(str(error))
    print(msgspec.json.encode(outputs).decode())  # noqa: T201  (a program of its own)


async def _run(flow: Body, inputs: Mapping[str, Any]) -> Outputs:
    settings = settings_from()
    world = world_of(settings, installed(settings.packs_folder, settings.agents_folder))
    try:
        outputs = await flow(Context(world, granted(Path.cwd())), **inputs)
        await asyncio.gather(*(t for t in asyncio.all_tasks() if t.get_name() == RACING))
        return outputs
    except Ended:
        return {}
    except ScopeFailed as error:
        raise BlockError(str(error)) from error
    finally:
        await world.close()


def _input(text: str, parser: argparse.ArgumentParser) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        parser.error(f"{text!r} is no input: write name=value.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
