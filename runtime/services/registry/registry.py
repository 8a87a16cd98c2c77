"""The registry: says for this process that it is there, and knows who else is."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from agents.errors import AgentError
from agents.tables import is_postgres
from graph.errors import HeddleError
from runtime.services.registry.files import FileBoard
from runtime.services.registry.shapes import BEAT, LATE, Board, Entry, Process, Seen, entries_of
from runtime.services.registry.tables import TableBoard

AWAY = "The registry can't be reached: others may have changed since."


class NoSuchService(HeddleError):
    """Nobody serves that, as far as is known."""


def board_of(folder: Path, database_url: str) -> Board:
    """Where services of a home are noted: a table where they share a PostgreSQL, else files."""
    return TableBoard(database_url) if is_postgres(database_url) else FileBoard(folder)


class Registry:
    """Notes this process on a board for as long as it is `present`, and reads the board.

    `look` says what is wrong with this process, "" for nothing. A board that is away is no
    reason to stop: what was last seen there is told, and said to be old.
    """

    def __init__(self, board: Board, process: Process, look: Callable[[], Awaitable[str]]) -> None:
        self._board = board
        self._process = process
        self._look = look
        self._last: Sequence[Seen] = ()
        self._at = time.monotonic()
        self._is_old = False

    @property
    def is_old(self) -> bool:
        """Whether what was told last is what was known before the board went away."""
        return self._is_old

    @property
    def here(self) -> Process:
        """This process."""
        return self._process

    @contextlib.asynccontextmanager
    async def present(self) -> AsyncIterator[None]:
        """Give signs of life meanwhile, and say goodbye in the end."""
        await self._note()
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            with contextlib.suppress(AgentError, OSError):
                await self._board.leave(self._process.owner)
            self._board.close()

    async def services(self) -> list[Entry]:
        """All that is served now, here and elsewhere, by name."""
        try:
            self._last, self._at = await self._board.seen(), time.monotonic()
            others, detail = self._last, ""
            self._is_old = False
        except (AgentError, OSError):
            passed = time.monotonic() - self._at
            self._is_old = True
            others, detail = [Seen(s.process, s.ago + passed) for s in self._last], AWAY
        entries = entries_of(Seen(self._process, 0.0))
        entries += [
            entry
            for seen in others
            if seen.process.owner != self._process.owner
            for entry in entries_of(seen)
        ]
        told = [_with(entry, detail) for entry in entries] if detail else entries
        return sorted(told, key=lambda entry: (entry.service, entry.address))

    async def find(self, service: str, owner: str = "") -> Entry:
        """One that serves that, the liveliest, or that of an owner's process.

        A process has an owner for each of its houses. Raises NoSuchService.
        """
        found = [
            entry
            for entry in await self.services()
            if entry.service == service and _is_of(entry, owner) and entry.health != "late"
        ]
        if not found:
            raise NoSuchService(
                f"Nobody serves {service!r} just now.", cure=f"Start `heddle serve {service}`."
            )
        return min(found, key=lambda entry: (entry.health != "ok", entry.beat))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            self._process = msgspec.structs.replace(self._process, detail=await self._looked())
            await self._note()

    async def _looked(self) -> str:
        try:
            async with asyncio.timeout(LATE):  # `wait_for` of Python 3.11 may lose a cancellation
                return await self._look()
        except TimeoutError:
            return "Its journal doesn't answer."
        except HeddleError as error:
            return error.message

    async def _note(self) -> None:
        with contextlib.suppress(AgentError, OSError):  # its absence is told by `services`
            await self._board.note(self._process)


def _is_of(entry: Entry, owner: str) -> bool:
    return not owner or entry.owner.rpartition(":")[0] == owner.rpartition(":")[0]


def read_services(seen: Sequence[Seen]) -> list[Entry]:
    """The services of some processes, by name."""
    found = [entry for one in seen for entry in entries_of(one)]
    return sorted(found, key=lambda entry: (entry.service, entry.address))


def _with(entry: Entry, detail: str) -> Entry:
    return msgspec.structs.replace(entry, detail=entry.detail or detail)
