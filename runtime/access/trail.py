"""The audit trail: deeds are appended, never changed, and survive a database that is away."""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from agents.errors import AgentError
from agents.tables import Tables
from runtime.access.deeds import Deed, Entry, Flaw, Head, chained, flaw_in
from runtime.access.spool import Spool
from runtime.access.tables import done, row, rows
from runtime.secrets.private import locked, read_private

if TYPE_CHECKING:
    import sqlalchemy as sa

T = TypeVar("T")

Work = Callable[["sa.Connection"], tuple[T, Sequence[Deed]]]
"""Changes something, and says what is to be noted of it in the same transaction."""

APPENDING = 0x4EDD1EA0
"""Number of the advisory lock of whoever appends: entries come one after the other."""
PINNED = 160
"""Bytes of the file that holds the last entry, so that one is written over the other."""
AT_A_TIME = 1000
"""Entries that are verified, and deeds that are appended, in one transaction at the most."""

log = logging.getLogger("heddle.server")

_INSERT = """INSERT INTO heddle_trail
    (seq, at, who, tenant, what, target, outcome, request, address, detail, hash) VALUES
    (:seq, :at, :who, :tenant, :what, :target, :outcome, :request, :address, :detail, :hash)"""


class Verdict(msgspec.Struct, frozen=True):
    """What came of following the whole chain: how many entries stand, and the first flaw."""

    entries: int
    head: Head
    flaw_at: int = 0
    why: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.why


class Trail:
    """The trail of one house, all its tenants together.

    The last entry that this home wrote is noted beside the tables, in a file of its own: who
    changes the tables alone, be it all of them, is found out.
    """

    def __init__(self, tables: Tables, folder: Path) -> None:
        self._tables = tables
        self._pin = Pin(folder / "trail.head")
        self._spool = Spool(folder / "trail.spool")
        self._waiting: list[tuple[Deed, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, deed: Deed) -> None:
        """Note a deed; on return it is durable, here or, while the tables are away, in a file."""
        noted = asyncio.get_running_loop().create_future()
        self._waiting.append((deed, noted))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await asyncio.shield(noted)

    async def along(self, work: Work[T]) -> T:
        """Change something and note it in one transaction: both, or neither.

        Raises Unavailable, and what the work raises.
        """

        def whole(connection: "sa.Connection") -> tuple[T, Head | None]:
            result, deeds = work(connection)
            return result, _append(connection, deeds) if deeds else None

        def kept() -> T:
            result, head = self._tables.do_now(whole)
            if head is not None:
                self._pin.move(head)
            return result

        return await asyncio.to_thread(kept)

    async def close(self) -> None:
        """Wait until everything is noted."""
        while self._writing is not None:
            await self._writing

    async def verify(self, since: Head | None = None) -> Verdict:
        """Follow the whole chain. Raises Unavailable.

        `since` is a head that was noted at some time elsewhere: it has to be part of the chain.
        """
        pinned = [head for head in (await asyncio.to_thread(self._pin.read), since) if head]
        head, flaw = Head(), None
        while flaw is None:
            entries = await self._tables.do(partial(_after, seq=head.seq))
            if not entries:
                break
            before = head
            head, flaw = flaw_in(entries, head)
            met = {entry.seq: entry.hash for entry in entries if entry.seq <= head.seq}
            for pin in pinned:
                if before.seq < pin.seq <= head.seq and met[pin.seq] != pin.hash:
                    flaw = flaw or Flaw(pin.seq, "It isn't what was written here.")
        for pin in pinned:
            if flaw is None and pin.seq > head.seq:
                flaw = Flaw(head.seq + 1, "What came last was cut off.")
        return Verdict(head.seq, head, *(flaw or ()))

    async def _write(self) -> None:
        """Append what is waiting, all of it at once, until there is no more."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:AT_A_TIME], self._waiting[AT_A_TIME:]
                error = await self._kept([deed for deed, _ in batch])
                for _, noted in batch:
                    if error is None:
                        noted.set_result(None)
                    else:
                        noted.set_exception(error)
        finally:
            self._writing = None

    async def _kept(self, deeds: Sequence[Deed]) -> BaseException | None:
        """Why deeds couldn't be kept, whatever it is: those who wait are told."""
        keeping = asyncio.to_thread(self._keep, deeds)
        (error,) = await asyncio.gather(keeping, return_exceptions=True)
        return error

    def _keep(self, deeds: Sequence[Deed]) -> None:
        try:
            with self._spool.emptied() as spooled:
                self._pin.move(self._tables.do_now(lambda one: _append(one, [*spooled, *deeds])))
        except AgentError as error:
            log.warning("The audit trail is kept in a file for now: %s", error.message)
            self._spool.add(deeds)


class Pin:
    """A file that holds the last entry which this home wrote."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._turn = threading.Lock()

    def read(self) -> Head | None:
        """The entry, None when nothing was ever written here, or a power cut left nothing of it."""
        content = read_private(self._file)
        try:
            return msgspec.json.decode(content, type=Head) if content else None
        except (msgspec.DecodeError, UnicodeDecodeError):
            log.warning("%s holds no entry of the audit trail: it is begun anew.", self._file)
            return None

    def move(self, head: Head) -> None:
        """Note a later entry; an earlier one changes nothing."""
        with self._turn, locked(self._file.with_name(f"{self._file.name}.lock")):
            there = self.read()
            if there is None or there.seq < head.seq:
                # In its place and not waited for: after a power cut it may be an earlier one.
                flags = os.O_WRONLY | os.O_CREAT
                with open(os.open(self._file, flags, 0o600), "wb", buffering=0) as file:
                    file.write(msgspec.json.encode(head).ljust(PINNED))


def _append(connection: "sa.Connection", deeds: Sequence[Deed]) -> Head:
    """Append deeds to the chain, alone among all who do; gives the last entry."""
    if connection.dialect.name == "postgresql":
        rows(connection, f"SELECT pg_advisory_xact_lock({APPENDING})")
    last = row(connection, "SELECT seq, hash FROM heddle_trail ORDER BY seq DESC LIMIT 1")
    head = Head(last["seq"], last["hash"]) if last else Head()
    for deed in deeds:
        entry = chained(deed, head)
        done(connection, _INSERT, **msgspec.structs.asdict(entry))
        head = Head(entry.seq, entry.hash)
    return head


def _after(connection: "sa.Connection", seq: int) -> list[Entry]:
    found = rows(
        connection,
        f"SELECT * FROM heddle_trail WHERE seq > :seq ORDER BY seq LIMIT {AT_A_TIME}",
        seq=seq,
    )
    return [entry_of(one) for one in found]


def entry_of(found: Any) -> Entry:
    """The entry that a row of the table says."""
    return Entry(**found)
