"""What somebody did, chained so that whatever is changed afterwards shows."""

import hashlib
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import msgspec

from runtime.access.tables import kept

Outcome = Literal["done", "refused", "failed"]
"""What came of it: refused to whoever may not, or failed although they may."""

LONGEST = 500
"""Characters of one thing that is noted; the rest is left out."""

GENESIS = ""
"""What the first deed is chained to."""


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did, or tried: never a value, and never a secret.

    `at` is seconds since the epoch. `what` is a verb (`login`, `start_run`) or a method and its
    path; `target` is whom or what it was done to; `request` tells requests apart; `address` is
    where it came from.
    """

    at: float
    what: str
    outcome: Outcome
    who: str = ""
    tenant: str = ""
    target: str = ""
    request: str = ""
    address: str = ""
    detail: str = ""


class Entry(Deed, frozen=True, kw_only=True):
    """A deed as it stands in the trail."""

    seq: int
    hash: str


class Head(msgspec.Struct, frozen=True):
    """The last entry of a trail: whoever notes it can see later that nothing was cut off."""

    seq: int = 0
    hash: str = GENESIS


class Flaw(NamedTuple):
    """The first entry that isn't what was recorded."""

    seq: int
    why: str


def chained(deed: Deed, head: Head) -> Entry:
    """The entry that comes after a head."""
    said: dict[str, Any] = {name: _noted(getattr(deed, name)) for name in Deed.__struct_fields__}
    seq = head.seq + 1
    return Entry(**said, seq=seq, hash=_hash(Deed(**said), seq, head.hash))


def flaw_in(entries: Iterable[Entry], head: Head) -> tuple[Head, Flaw | None]:
    """Follow a chain from a head on; gives where it leads to, or what breaks it first."""
    for entry in entries:
        if entry.seq != head.seq + 1:
            return head, Flaw(head.seq + 1, "It was taken away.")
        deed = Deed(**{name: getattr(entry, name) for name in Deed.__struct_fields__})
        if _hash(deed, entry.seq, head.hash) != entry.hash:
            return head, Flaw(entry.seq, "It was changed, or what came before it was.")
        head = Head(entry.seq, entry.hash)
    return head, None


def _noted(value: float | str) -> float | str:
    return kept(value[:LONGEST]) if isinstance(value, str) else float(value)


def _hash(deed: Deed, seq: int, before: str) -> str:
    said = msgspec.msgpack.encode([before, seq, *msgspec.structs.astuple(deed)])
    return hashlib.sha256(said).hexdigest()
