"""What an engine test stands on: real core, shell and journal, and blocks made for watching."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import pytest

import graph.blocks.flow
import graph.blocks.logic
from agents.contract import Grants
from agents.errors import Unreachable
from graph.block import block, spec_of
from graph.catalog import Catalog
from graph.compile import Plan, compile_flow
from graph.connections import Connection
from graph.context import Context
from graph.errors import BadInput
from graph.flow import Flow
from graph.spec import BlockSpec
from runtime.clock import Clock, ManualClock
from runtime.engine.evolve import rebuilt
from runtime.engine.executor import Executor
from runtime.engine.hub import Hub
from runtime.engine.live import Live
from runtime.engine.replay import Recording
from runtime.engine.state import Run
from runtime.engine.surroundings import Limits
from runtime.events import AnyEvent, RunStarted
from runtime.journal.memory import MemoryJournal

T = TypeVar("T")

calls: Counter[str] = Counter()
"""How often each watched block was called, by its `name`; emptied before every test."""


@block("t.add", title="Add")
def add(a: float, b: float = 1) -> Any:
    """The sum."""
    return a + b


@block("t.watched", title="Watched")
def watched(value: Any = None, name: str = "") -> Any:
    """The value; being called is counted."""
    calls[name] += 1
    return value


@block("t.slow", title="Slow")
async def slow(context: Context, value: Any = None, seconds: float = 1.0, name: str = "") -> Any:
    """The value, after a while on the run's clock."""
    calls[name] += 1
    await context.sleep(seconds)
    return value


@block("t.flaky", title="Flaky")
def flaky(value: Any = None, failures: int = 2, name: str = "flaky") -> Any:
    """The value, once it has failed that often."""
    calls[name] += 1
    if calls[name] <= failures:
        raise Unreachable("Nobody answered.", cure="Wait.")
    return value


@block("t.wrong", title="Wrong")
def wrong(value: Any = None) -> Any:
    """Always refuses its value."""
    calls["wrong"] += 1
    raise BadInput("This value doesn't suit.", cure="Give another.")


@block("t.send", title="Send", effect="write")
async def send(value: Any, context: Context, name: str = "send") -> Any:
    """An effect that must not be done twice."""
    calls[name] += 1
    calls[f"key {context.key}"] += 1
    await context.sleep(1)
    return value


@block("t.post", title="Post", effect="write", repeatable=True)
async def post(value: Any, context: Context, name: str = "post") -> Any:
    """An effect that may be repeated with the same key."""
    calls[name] += 1
    calls[f"key {context.key}"] += 1
    await context.sleep(1)
    return value


@block("t.fetch", title="Fetch", effect="read", agent="test")
def fetch(of: Any, name: str = "fetch") -> Any:
    """Looks at the world: what it gives differs at every call."""
    calls[name] += 1
    return f"{of} seen {calls[name]} times"


@block("t.spoken", title="Spoken")
async def spoken(words: Sequence[str], context: Context, pause: float = 0.001) -> str:
    """One text of all words, shown word by word while it is made."""
    for word in words:
        context.stream([word])
        await context.sleep(pause)
    return "".join(words)


@block("t.count", title="Count")
async def count(to: int, context: Context) -> AsyncIterator[int]:
    """Streams numbers, one a tenth of a second."""
    for number in range(to):
        await context.sleep(0.1)
        yield number


class Counted(NamedTuple):
    """One output, by name."""

    number: int


@block("t.counted", title="Counted")
def counted(items: Sequence[Any]) -> Counted:
    """How many there are."""
    return Counted(len(items))


@block("t.secretive", title="Secretive", effect="read")
def secretive(token: str) -> Any:
    """Shows how long a secret is, and blurts it out."""
    return {"length": len(token), "said": f"my token is {token}"}


BLOCKS: tuple[Callable[..., Any], ...] = (
    add,
    spoken,
    watched,
    slow,
    flaky,
    wrong,
    send,
    post,
    fetch,
    count,
    counted,
    secretive,
)
CATALOG = Catalog.of(graph.blocks.flow, graph.blocks.logic).joined(map(spec_of, BLOCKS))


class Plain:
    """Surroundings without agents; an expression is worked out by a table of functions."""

    def __init__(self) -> None:
        self.address = ""
        self.expressions: dict[str, Callable[[Mapping[str, Any]], Any]] = {}

    async def agent(self, kind: type[T], grants: Grants) -> T:
        raise AssertionError(f"no block here needs {kind} with {grants}")

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        return self.expressions[expression](names)

    async def evaluate_each(
        self, expression: str, items: Sequence[Any], *, name: str, names: Mapping[str, Any]
    ) -> list[Any]:
        return [self.expressions[expression]({**names, name: item}) for item in items]

    async def apart(
        self, spec: BlockSpec, arguments: Mapping[str, Any], within: float | None
    ) -> Any:
        return spec.function(**arguments)

    def secret(self, name: str) -> str:
        return f"value-of-{name}"

    def connection(self, name: str) -> Connection:
        return Connection(name, "plain", {"token": f"token-of-{name}"}, ("token",))

    def connections(self, *kinds: str) -> tuple[str, ...]:
        return ("one", "two")

    async def close(self) -> None:
        """Nothing to let go of."""


class Studio:
    """An executor with its journal, and short ways to use them."""

    def __init__(
        self,
        clock: Clock | None = None,
        limits: Limits | None = None,
        catalog: Catalog = CATALOG,
    ) -> None:
        self.catalog = catalog
        self.clock = clock or ManualClock()
        self.limits = limits or Limits()
        self.journal = MemoryJournal()
        self.world = Plain()
        self.restart()

    def restart(self) -> None:
        """A new executor on the same journal, as after a crash: the old one's runs are lost."""
        self.hub = Hub()
        self.executor = Executor(
            self.journal, self.world, self.clock, self.hub, self.limits, roll=lambda: 0.0
        )

    def begin(self, flow: Flow, inputs: Mapping[str, Any] | None = None, id: str = "r1") -> Live:
        plan = compile_flow(flow, self.catalog)
        began = RunStarted(id, 1, self.clock.now(), plan.hash, inputs=dict(inputs or {}))
        return self.executor.begin(Run(began, plan), Grants(folder="/"))

    def replay(self, flow: Flow, events: Sequence[AnyEvent], old: Flow, begin_at: str = "") -> Live:
        plan, recorded = compile_flow(flow, self.catalog), compile_flow(old, self.catalog)
        first = events[0]
        assert isinstance(first, RunStarted)
        began = RunStarted("r2", 1, self.clock.now(), plan.hash, inputs=first.inputs, replays="r1")
        recording = Recording(plan, recorded, events, begin_at)
        return self.executor.begin(Run(began, plan), Grants(folder="/"), recording)

    async def finish(self, live: Live, within: float = 1000.0) -> AnyEvent:
        """Let time pass until the run is over; gives its last event."""
        for _ in range(int(within * 10)):
            if live.over.done():
                break
            await self.pass_time(0.1)
        return await asyncio.wait_for(live.over, 5)

    async def pass_time(self, seconds: float) -> None:
        assert isinstance(self.clock, ManualClock)
        await self.clock.advance(seconds)

    async def run(self, flow: Flow, inputs: Mapping[str, Any] | None = None) -> AnyEvent:
        return await self.finish(self.begin(flow, inputs))

    async def events(self, id: str = "r1") -> list[AnyEvent]:
        await self.executor.drained()
        return await self.journal.read(id)

    async def crash(self) -> list[AnyEvent]:
        """Forget all that isn't durable, as when the process is killed."""
        for live in self.executor.runs:
            self.executor.abandon(live)
        await asyncio.sleep(0)
        events = list(await self.journal.read("r1"))
        self.restart()
        return events

    async def recover(self, plan: Plan) -> Live:
        events = await self.journal.read("r1")
        return self.executor.go_on(rebuilt(plan, events), Grants(folder="/"))


@pytest.fixture
def studio() -> Studio:
    """A studio of its own, with nothing counted yet."""
    calls.clear()
    return Studio()
