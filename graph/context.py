"""What a block may ask of its surroundings while it runs."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol, TypeVar

import msgspec

from graph.connections import Connection

T = TypeVar("T")
Outputs = dict[str, Any]

ANEW = "\f"
"""Shown among the items of a stream: what was shown before is not part of the result."""


class Signature(msgspec.Struct, frozen=True):
    """A flow as something that can be called: what it is for, and what it takes.

    `takes` is the JSON Schema of an object with its inputs; `writes` says that something in it
    changes the world.
    """

    name: str
    description: str
    takes: Mapping[str, Any]
    writes: bool = False


class Asked(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a person is asked, and how the answer is to look.

    `takes` is the JSON Schema of the answer: an object, each property of which is a field of
    the form. `of` says who is asked (names or addresses, free text), `shows` what they have to
    see to answer. `deadline` is seconds after which `otherwise` is the answer, or the task
    fails when that is None; after `escalate_after` seconds `escalate_to` is asked as well.
    Whoever has `ticket`, the end of a link made beforehand, may answer; "" for nobody.

    `label` tells apart what one task asks: unique within the task, and the same whenever the
    task is done again. Without one, questions are counted in the order they are asked in.
    """

    title: str
    text: str = ""
    takes: Mapping[str, Any] = {}
    shows: Mapping[str, Any] = {}
    of: tuple[str, ...] = ()
    deadline: float | None = None
    otherwise: Mapping[str, Any] | None = None
    escalate_after: float | None = None
    escalate_to: tuple[str, ...] = ()
    ticket: str = ""
    label: str = ""


Through = Literal["studio", "api", "link", "terminal", "deadline", "test"]
"""The way an answer came; "deadline" when it is what was to be taken without one."""


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered: the `values` of the form, by whom, through what, and when."""

    values: Mapping[str, Any]
    by: str = ""
    through: Through = "api"
    at: float = 0.0


class Allowance(msgspec.Struct, frozen=True):
    """What a run may still use up: tokens, and US dollars; None without a bound."""

    tokens: int | None = None
    cost: float | None = None


class Context(Protocol):
    """The surroundings of one attempt at one task, handed to a block that asks by annotation.

    run          id of the run
    task         address of the task inside the run: `orders[3]/post`
    attempt      1 for the first
    key          the same for every attempt at this task in this run: an idempotency key
    started      when the first attempt started, seconds since the epoch; kept over a crash
    interrupted  whether this attempt was begun before, and cut off when its runtime ended
    address      by which people reach what is served here, "" where nothing is
    """

    @property
    def run(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def started(self) -> float: ...
    @property
    def interrupted(self) -> bool: ...
    @property
    def address(self) -> str: ...

    def now(self) -> float:
        """Seconds since the epoch, from the run's clock."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let others run for that long."""
        ...

    async def turn(self, name: str, *, every: float) -> None:
        """Wait for a turn: turns of one name in this run are at least `every` seconds apart."""
        ...

    async def agent(self, kind: type[T]) -> T:
        """The connected agent of that type. Raises BlockError when none is installed."""
        ...

    async def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        """The value of a Python expression, worked out in the sandbox."""
        ...

    async def evaluate_each(
        self, expression: str, items: Sequence[Any], *, name: str = "item", names: Mapping[str, Any]
    ) -> list[Any]:
        """The expression's value for every item, as `name`, in one call to the sandbox."""
        ...

    async def scope(
        self, body: str, label: str, inputs: Mapping[str, Any], shared: Mapping[str, Any]
    ) -> Outputs:
        """Run the embedded or referenced flow `body` once and give its outputs.

        `label` is unique within this task and the same when the run is resumed: what had
        finished in a scope of that label is not run again. `inputs` are recorded with the
        scope, `shared` (the same for every scope of a loop) are not. Raises ScopeFailed.
        """
        ...

    async def scopes(
        self,
        body: str,
        inputs: Sequence[Mapping[str, Any]],
        shared: Mapping[str, Any],
        *,
        parallel: int,
    ) -> list[Outputs]:
        """Run `body` once for each of `inputs`, `parallel` at a time, outputs in their order."""
        ...

    def stop(self, reason: str) -> None:
        """End the whole run as a success once this block returns."""
        ...

    def granted(self) -> Mapping[str, Any]:
        """What this run may touch, for what is done on its behalf; see `agents.contract.Grants`."""
        ...

    def secret(self, name: str) -> str:
        """A secret's value. It is taken out of everything recorded. Raises BlockError."""
        ...

    def cleaned(self, value: Any) -> Any:
        """The value without the secrets that this run has used; for what is kept elsewhere."""
        ...

    def connection(self, name: str) -> Connection:
        """A connection by name. Its secrets are taken out of everything recorded.

        Raises BlockError when there is none of that name.
        """
        ...

    def connections(self, *kinds: str) -> tuple[str, ...]:
        """The names of the connections of these kinds, in the order they were made in."""
        ...

    def flow(self, body: str) -> Signature:
        """What a flow that this block may run takes. Raises BlockError for any other."""
        ...

    def stream(self, items: Sequence[Any]) -> None:
        """Show items of what the block is about to give, as they come. Not recorded.

        ANEW takes back what was shown.
        """
        ...

    async def ask(self, question: Asked) -> Answered:
        """Wait for a person's answer, for days and over restarts if need be.

        A question of one label is asked once: asked again after a crash, it goes on waiting or
        has the answer. Raises BlockError, NobodyAnswered among them.
        """
        ...

    def allowance(self) -> Allowance:
        """What the run may still use up of its budgets, beside what is set aside."""
        ...

    def set_aside(
        self, tokens: int, cost: float
    ) -> AbstractAsyncContextManager[Callable[[], Allowance]]:
        """Keep so much of the budgets from others, for what is about to be done.

        Where it doesn't fit beside what others have set aside, and they may leave enough of that,
        it is waited for. Gives what says how much may be used up now, which may be less than was
        asked for.
        """
        ...

    def progress(self, done: float, total: float, note: str = "") -> None:
        """Tell whoever watches how far this is. Not recorded."""
        ...

    def spend(self, *, tokens: int = 0, cost: float = 0.0, model: str = "") -> None:
        """Tell what was used up: tokens, and US dollars. Recorded, and held against budgets."""
        ...

    def trace(self, kind: str, detail: Mapping[str, Any]) -> None:
        """Record what passed between the block and the outside, secrets taken out."""
        ...


class ScopeFailed(Exception):
    """A task inside a scope failed and nothing there caught it; `error` says what and where."""

    def __init__(self, message: str, error: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.error = dict(error)
