"""What agents have in common: capabilities read from methods, tasks handed to them, calls counted.

class Weather(Worker):
    kind = "weather"

    @capability("read")
    async def forecast(self, place: str, days: int = 3) -> list[Day]:
        ...
"""

import asyncio
import functools
import inspect
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar, get_type_hints

import msgspec

from agents.contract import Capability, Figures, Grants, Health, Means, PoolSize, Task
from agents.errors import Rejected
from agents.resilience.outcome import brief_of
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Effect
from graph.values import did_you_mean

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A", bound="Capable")

RECENT = 120
"""Calls of which is remembered how long they took."""

EXCERPT = 300
"""Characters of a failure that are remembered."""


class Work:
    """Counts calls as they begin and end."""

    def __init__(self) -> None:
        self.calls = self.failures = self.in_flight = 0
        self.recent = deque[float](maxlen=RECENT)
        self.last_failure = ""
        self._awaited: asyncio.Event | None = None

    def left(self, took: float) -> None:
        """A call is over."""
        self.in_flight -= 1
        self.recent.append(took)
        if not self.in_flight and self._awaited is not None:
            self._awaited.set()

    async def over(self) -> None:
        """Wait until no call is under way."""
        while self.in_flight:
            self._awaited = self._awaited or asyncio.Event()
            self._awaited.clear()
            await self._awaited.wait()

    def failed(self, error: BaseException) -> None:
        """Count a failure, unless it is the caller's own doing."""
        if isinstance(error, Exception) and not isinstance(error, BadInput):
            self.failures += 1
            self.last_failure = brief_of(error)[:EXCERPT]

    def figures(self) -> Figures:
        """What the calls came to so far."""
        return Figures(
            self.calls, self.failures, self.in_flight, tuple(self.recent), self.last_failure
        )


def capability(
    effect: Effect = "none",
) -> Callable[
    [Callable[Concatenate[A, P], Awaitable[R]]], Callable[Concatenate[A, P], Awaitable[R]]
]:
    """Make a method something that its agent can do: its name, first line and types say what.

    Parameters that no JSON can stand for, such as functions, need a default, and are nothing that
    a task can give; one annotated `Context` is given the task's surroundings.
    """

    def decorate(
        method: Callable[Concatenate[A, P], Awaitable[R]],
    ) -> Callable[Concatenate[A, P], Awaitable[R]]:
        @functools.wraps(method)
        async def counted(self: A, /, *args: P.args, **given: P.kwargs) -> R:
            work, began = self.work, time.perf_counter()
            work.calls += 1
            work.in_flight += 1
            try:
                return await method(self, *args, **given)
            except BaseException as error:
                work.failed(error)
                raise
            finally:
                work.left(time.perf_counter() - began)

        counted.effect = effect  # type: ignore[attr-defined]
        return counted

    return decorate


class Capable:
    """Whoever has capabilities: all methods of its class that are marked so."""

    kind: ClassVar[str]
    title: ClassVar[str] = ""

    def __init__(self) -> None:
        self.work = Work()

    @classmethod
    def capabilities(cls) -> tuple[Capability, ...]:
        return tuple(way.offer for way in _ways(cls).values())

    async def perform(self, task: Task, context: Context | None = None) -> Any:
        """See `agents.contract.Agent`."""
        ways = _ways(type(self))
        if (way := ways.get(task.capability)) is None:
            raise Rejected(
                f"{self.title or self.kind} can't do {task.capability!r}.",
                cure=did_you_mean(task.capability, ways),
            )
        return await way.take(self, task.arguments, context)

    def figures(self) -> Figures:
        """See `agents.contract.Agent`."""
        return self.work.figures()


class Worker(Capable):
    """An agent for what a run was granted. It needs no connection unless it says otherwise.

    One that does a single thing at a time has a `pool`: there are as many of it as it takes, and
    whoever asks for it has each call done by one that is free.
    """

    pool: ClassVar[PoolSize | None] = None
    for_all: ClassVar[bool] = False
    """Whether one serves all flows: what they are granted decides only whom it is to `admit`."""

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__()
        self.grants = grants
        self.means = means

    def admit(self, grants: Grants) -> None:
        """Raises NotGranted for a flow that was granted less than this one reaches for all."""

    async def connect(self) -> None:
        """Get ready to work. Raises AgentError when that can't be."""

    async def close(self) -> None:
        """Let go of everything. Never raises."""

    async def health(self, *, deep: bool = False) -> Health:
        """Basic: from what is known. Deep: by asking the outside."""
        del deep  # there is nothing outside
        return Health("ok")


class _Way:
    """The way from a task to one method: its arguments as a struct made from its signature."""

    def __init__(self, name: str, method: Callable[..., Awaitable[Any]], effect: Effect) -> None:
        hints = get_type_hints(method)
        gives = hints.pop("return", Any)
        self._method = method
        self._context = next((name for name, hint in hints.items() if hint is Context), "")
        fields = [
            (one.name, hints[one.name])
            if one.default is one.empty
            else (one.name, hints[one.name], one.default)
            for one in list(inspect.signature(method).parameters.values())[1:]
            if one.name != self._context and _schema(hints[one.name]) is not None
        ]
        self._arguments = msgspec.defstruct(
            "Arguments", fields, kw_only=True, frozen=True, forbid_unknown_fields=True
        )
        summary = (inspect.getdoc(method) or "").partition("\n")[0]
        parts = msgspec.json.schema(self._arguments)["$defs"]
        takes = parts.pop("Arguments") | ({"$defs": parts} if parts else {})
        self.offer = Capability(name, summary, effect, takes, _schema(gives) or {})

    async def take(
        self, agent: Capable, arguments: Mapping[str, Any], context: Context | None
    ) -> Any:
        try:
            given = msgspec.convert(dict(arguments), self._arguments)
        except msgspec.ValidationError as error:
            raise BadInput(f"{self.offer.name} can't be done so: {error}.") from None
        called = {name: getattr(given, name) for name in self._arguments.__struct_fields__}
        if self._context:
            called[self._context] = context
        return await self._method(agent, **called)


_read: dict[type[Capable], Mapping[str, _Way]] = {}


def _ways(kind: type[Capable]) -> Mapping[str, _Way]:
    """Read when somebody asks, once: loading what is among the annotations may be costly."""
    if kind not in _read:
        _read[kind] = _read_ways(kind)
    return _read[kind]


def _read_ways(kind: type[Capable]) -> Mapping[str, _Way]:
    return {
        name: _Way(name, method, method.effect)
        for name, method in inspect.getmembers(kind, inspect.iscoroutinefunction)
        if hasattr(method, "effect")
    }


def _schema(annotation: Any) -> dict[str, Any] | None:
    """The JSON Schema of a type, None for what no JSON can stand for."""
    try:
        return msgspec.json.schema(annotation)
    except TypeError:
        return None
