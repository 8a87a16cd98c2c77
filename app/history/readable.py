"""What the history reads of a journal, whichever runtime has it."""

from typing import Protocol

from runtime.events import AnyEvent
from runtime.journal.contract import FlowRow, RunRow


class Readable(Protocol):
    """A part of `runtime.journal.contract.Journal`."""

    async def run(self, run: str) -> RunRow: ...
    async def read(self, run: str, after: int = 0) -> list[AnyEvent]: ...
    async def flow(self, flow: str) -> FlowRow | None: ...
