"""What a block may ask of its surroundings while it runs."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Outputs = dict[str, Any]


class Context(Protocol):
    """The surroundings of one attempt at one task, handed to a block that asks by annotation.

    run          id of the run
    task         address of the task inside the run: `orders[3]/post`
    attempt      1 for the first
    key          the same for every attempt at this task in this run: an idempotency key
    started      when the first attempt started, seconds since the epoch; kept over a crash
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

    def secret(self, name: str) -> str:
        """A secret's value. It is taken out of everything recorded. Raises BlockError."""
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
