"""The drafts of one running studio: what is open in it, and what dead ones have left behind."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from app.safety.journal import SUFFIX, Journal, drafts_in
from app.safety.syncing import Syncer
from runtime.locking import lock


class Order(msgspec.Struct, frozen=True):
    """The open drafts in the order of their tabs, and the one in front ("" for none).

    `ended` says that the studio was closed, not killed; `tries` how often in a row a studio was
    killed before it had been up for a while with these drafts.
    """

    ids: tuple[str, ...] = ()
    front: str = ""
    ended: bool = False
    tries: int = 0


_DECODER = msgspec.json.Decoder(Order)


class Desk:
    """A folder that only this process writes to, as long as it lives.

    The system lets go of its lock however the process ends; the next studio then takes over
    what lies there.
    """

    def __init__(self, drafts: Path, syncer: Syncer | None = None) -> None:
        self._drafts = drafts
        self._syncer = syncer or Syncer()
        drafts.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self.folder = drafts / secrets.token_hex(6)
            self.folder.mkdir()
            self._held = (self.folder / "lock").open("ab")
            lock(self._held, wait=False)
            self.found = self._adopt()

    def journal(self, id: str = "") -> Journal:
        """Where a flow is written down: the draft of that id, or a new one."""
        return Journal(self.folder, id or secrets.token_hex(6), self._syncer)

    def arrange(self, order: Order) -> None:
        """Remember which drafts are open, and which of them is in front. Raises OSError."""
        fresh = self.folder / "order.tmp"
        fresh.write_bytes(msgspec.json.encode(order))
        fresh.replace(self.folder / "order.json")

    def close(self) -> None:
        """Leave everything for the next studio."""
        self._syncer.close()
        self._held.close()
        with contextlib.suppress(OSError):
            if not drafts_in(self.folder):
                shutil.rmtree(self.folder)

    def _adopt(self) -> Order:
        """Move the drafts of dead studios here; gives them in order, oldest studio first."""
        ids, front, ended, tries = list[str](), "", True, 0
        others = [path for path in self._drafts.iterdir() if path.is_dir() and path != self.folder]
        for folder in sorted(others, key=_age):
            with _dead(folder) as is_dead:
                if is_dead:
                    order = _order(folder)
                    front = order.front or front
                    ended = ended and order.ended
                    tries = max(tries, order.tries)
                    ids += self._move(folder, order)
            if is_dead:
                shutil.rmtree(folder, ignore_errors=True)
        return Order(tuple(ids), front if front in ids else "", ended, tries)

    def _move(self, folder: Path, order: Order) -> Iterator[str]:
        there = drafts_in(folder)
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            path.replace(self.folder / path.name)
        yield from (id for id in order.ids if id in there)
        yield from sorted(there.difference(order.ids))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """No other studio looks for drafts meanwhile."""
        with (self._drafts / "lock").open("ab") as file:
            lock(file, wait=True)
            yield


@contextlib.contextmanager
def _dead(folder: Path) -> Iterator[bool]:
    """Whether the studio whose folder it is has gone."""
    try:
        file = (folder / "lock").open("ab")
    except OSError:
        yield False
        return
    with file:
        yield lock(file, wait=False)


def _order(folder: Path) -> Order:
    try:
        return _DECODER.decode((folder / "order.json").read_bytes())
    except (OSError, msgspec.DecodeError):
        return Order()


def _age(folder: Path) -> float:
    try:
        return os.stat(folder).st_mtime
    except OSError:
        return 0.0
