"""The sandbox: runs expressions and code apart from everything, bounded, many calls at a time."""

import datetime
import keyword
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, ClassVar, Self

import msgspec
from pydantic_monty import MontyError, OSPolicy

from agents.code.errors import SandboxError, WorkerLost
from agents.code.failures import meaning
from agents.code.library import Library
from agents.code.printing import Printed
from agents.code.values import settled
from agents.code.workers import Limits, Session, Workers
from agents.code.wrapping import Function
from agents.contract import Health
from agents.worker import Capable, capability

__all__ = ["Limits", "Ran", "Sandbox"]

STATEFUL = frozenset(("decimal", "pathlib", "posixpath", "random", "time"))
"""Modules that remember something from call to call, or use up what a session may ask of the
host: code that imports one of them gets a session of its own, half a millisecond dearer."""

CLOCKED = frozenset(("datetime", "time"))
"""Modules that read the clock."""

BATCH = 5_000
"""How many items go in at once: some 20 MB inside, and 50 ms of the event loop's time."""


class Ran(msgspec.Struct, frozen=True):
    """What code gave back, and what it printed."""

    value: Any
    printed: str


class Sandbox(Capable):
    """Runs Python that nobody needs to trust: no file, network, process, environment or import.

    Values are JSON-like, bytes, datetimes or dates; tuples come back as lists, and anything else
    is refused by name (a set, say: its order would be chance). A call sees only the names it is
    given, changes to them stay inside, and nothing of it is left for the next. Generator
    expressions are worked out at once, as lists.

    Calls may be made concurrently; as many run at a time as there are `workers` (by default one
    per processor, at least two), the others wait their turn. Processes start with the first
    call. Use it from one event loop, as a context manager or with `close`.

    Without `now` and `seed`, clock and chance are real: a run is replayed exactly because the
    results of its calls are recorded, not because they would come out the same again.
    """

    kind: ClassVar[str] = "code"
    title: ClassVar[str] = "Python sandbox"

    def __init__(self, limits: Limits | None = None, *, workers: int | None = None) -> None:
        super().__init__()
        self.limits = limits or Limits()
        self._workers = Workers(self.limits, workers)
        self._library = Library()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def connect(self) -> None:
        """Nothing to do: the first call starts what it needs."""

    async def close(self) -> None:
        """End all processes; what is still running or waiting fails with SandboxError."""
        await self._workers.close()

    async def health(self, *, deep: bool = False) -> Health:
        """Deep: whether a process can be started and does sums."""
        try:
            if deep:
                await self.evaluate("1 + 1", {})
        except SandboxError as error:
            return Health("down", str(error))
        return Health("ok")

    @capability()
    async def evaluate(
        self,
        expression: str,
        names: Mapping[str, Any],
        *,
        now: datetime.datetime | None = None,
        seed: int | str | None = None,
    ) -> Any:
        """The value of an expression. What it prints is dropped.

        `now` stands the clock still; `seed` makes chance repeatable. Raises SandboxError.
        """
        function = self._library.function(expression, "expression", names)
        return (await self._call(_one(function, names, now, seed))).value

    @capability()
    async def run(
        self,
        code: str,
        names: Mapping[str, Any],
        *,
        now: datetime.datetime | None = None,
        seed: int | str | None = None,
    ) -> Ran:
        """What code gives back: by `return`, or else by a last statement that is an expression.

        The code is the body of a function of `names`. Raises SandboxError.
        """
        function = self._library.function(code, "code", names)
        return await self._call(_one(function, names, now, seed))

    @capability()
    async def each(
        self,
        expression: str,
        items: Sequence[Any],
        *,
        name: str = "item",
        names: Mapping[str, Any] | None = None,
        now: datetime.datetime | None = None,
        seed: int | str | None = None,
    ) -> list[Any]:
        """The expression's value for every item, as `name`; `index` counts from 0.

        Up to BATCH items go in one call; the limits hold for each. Items don't see what others
        make. Raises SandboxError; CodeFailed and CodeTimedOut say at which item.
        """
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"{name!r} can't be the name of an item.")
        given = names or {}
        function = self._library.function(expression, "expression", given, (name, "index"))
        rest = [settled(given[one], one) for one in function.parameters[2:]]
        values = list[Any]()
        for start in range(0, len(items), BATCH):
            # Every batch has a session of its own, and mustn't draw the same numbers again.
            own_seed = seed if seed is None or start == 0 else f"{seed}+{start}"
            policy = _policy(function, now, own_seed)
            batch = settled(list(items[start : start + BATCH]), "items")
            call = _Call(function, _EACH.format(function.name), [batch, start, rest], policy, True)
            values += (await self._call(call)).value
        return values

    async def _call(self, call: "_Call") -> Ran:
        try:
            return await self._attempt(call)
        except WorkerLost:  # the code touches nothing outside: it may as well run again
            return await self._attempt(call)

    async def _attempt(self, call: "_Call") -> Ran:
        session = await self._workers.lend(call.policy)
        printed = Printed(self.limits.output_bytes)
        whole = False
        try:
            ran = await self._perform(call, session, printed)
            whole = True
        except SandboxError as failure:
            failure.printed = printed.text
            whole = failure.session_is_whole
            raise
        finally:
            self._workers.give_back(session, whole=whole and call.policy is None)
        return ran

    async def _perform(self, call: "_Call", session: Session, printed: Printed) -> Ran:
        try:
            if not session.knows(call.function):
                await session.define(call.function)
            value = await printed.follow(
                session.feed(call.line, inputs={"_": [call.given]}, print_callback=printed)
            )
        except (MontyError, RuntimeError) as error:
            item = await session.item() if call.through_items else None
            raise meaning(error, call.function, session, self.limits, item) from None
        return Ran(settled(value), printed.text)


_ONE = "_out({}(*_.pop()))"
_EACH = "_out(_each({}, *_.pop()))"


class _Call(msgspec.Struct, frozen=True):
    """One call: the line that is fed, and what it is given (a list, unpacked inside)."""

    function: Function
    line: str
    given: list[Any]
    policy: OSPolicy | None
    through_items: bool = False


def _one(
    function: Function,
    names: Mapping[str, Any],
    now: datetime.datetime | None,
    seed: int | str | None,
) -> _Call:
    given = [settled(names[name], name) for name in function.parameters]
    return _Call(function, _ONE.format(function.name), given, _policy(function, now, seed))


def _policy(
    function: Function, now: datetime.datetime | None, seed: int | str | None
) -> OSPolicy | None:
    """The clock and chance of a session that only this call uses; None when any session does."""
    modules = function.modules
    if not (modules & STATEFUL or (now is not None and modules & CLOCKED)):
        return None
    policy = OSPolicy()
    if now is not None:
        policy["datetime"] = now
    if seed is not None:
        policy["random_start"] = {"seed": seed}
    return policy
