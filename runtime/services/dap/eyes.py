"""A runtime as a debugger sees it, here or behind an address."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, Union

import msgspec

from runtime.events import AnyEvent
from runtime.journal.contract import FlowRow, RunRow
from runtime.large import Page, Place
from runtime.projections.task_data import TaskData
from runtime.runtime import Runtime

if TYPE_CHECKING:  # 0.2 s that only who debugs on a server need spend
    from runtime.remote import RemoteRuntime

AnyRuntime = Union[Runtime, "RemoteRuntime"]


class Eyes(Protocol):
    """What can be looked up in runs. All of it raises HeddleError."""

    async def task(self, run: str, task: str) -> TaskData: ...
    async def part(self, place: Place, start: int, count: int) -> Page: ...
    async def value(self, place: Place) -> Any: ...
    async def evaluate(self, run: str, task: str, expression: str) -> Any: ...
    async def events(self, run: str, after: int = 0) -> Sequence[AnyEvent]: ...
    async def flow(self, hash: str) -> FlowRow | None: ...
    async def run(self, run: str) -> RunRow: ...
    async def newest(self) -> Sequence[RunRow]: ...


class Here:
    """In a runtime of this process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.task = runtime.look.task
        self.part = runtime.look.part
        self.value = runtime.look.value
        self.evaluate = runtime.look.evaluate
        self.events = runtime.journal.read
        self.flow = runtime.journal.flow
        self.run = runtime.journal.run

    async def newest(self) -> Sequence[RunRow]:
        return await self._runtime.journal.runs(limit=100)


class There:
    """In a runtime behind an address."""

    def __init__(self, runtime: "RemoteRuntime") -> None:
        self._journal = runtime.journal
        self.task = self._journal.task
        self.part = self._journal.part
        self.evaluate = self._journal.evaluate
        self.events = self._journal.read
        self.flow = self._journal.flow
        self.run = self._journal.run

    async def value(self, place: Place) -> Any:
        """The value; bytes come as bytes only if they are no text."""
        page = await self._journal.part(place, 0, 1)
        whole = await self._journal.whole(place)
        match page.kind:
            case "text":
                return whole.decode(errors="replace")
            case "bytes":
                return whole
        return msgspec.json.decode(whole)

    async def newest(self) -> Sequence[RunRow]:
        return await self._journal.runs(limit=100)


def eyes_of(runtime: AnyRuntime) -> Eyes:
    """What looks into a runtime."""
    return Here(runtime) if isinstance(runtime, Runtime) else There(runtime)
