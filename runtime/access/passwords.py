"""Passwords: hashed with Argon2id, away from the loop, a few at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from runtime.access.errors import TooBusy, Unfit

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

SHORTEST, LONGEST = 10, 1000
"""Characters that a password has at least, and at most."""
SIDE_BY_SIDE = 2
"""Passwords checked at a time: each takes 64 MB and a core for some 50 ms."""
WAITING = 32
"""Passwords that may wait for their turn before others are turned away."""


class Cost(NamedTuple):
    """What checking one password takes: rounds, kibibytes and lanes (RFC 9106, for servers)."""

    time: int = 3
    memory: int = 65_536
    lanes: int = 4


class Checked(NamedTuple):
    """Whether a password is the right one; `fresh` is its hash anew, when that costs more now."""

    right: bool
    fresh: str = ""


class Passwords:
    """Hashes passwords, and checks them against hashes made at any cost."""

    def __init__(self, cost: Cost = Cost()) -> None:
        self._cost = cost
        self._threads = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="passwords")
        self._waiting = 0
        self._hasher: PasswordHasher | None = None
        self._nobodys = ""

    async def hashed(self, password: str) -> str:
        """The hash of a password, with its salt. Raises TooBusy."""
        return await self._apart(lambda: self._hash(password))

    async def check(self, password: str, hash: str) -> Checked:
        """Whether that is the password of a hash. Raises TooBusy.

        An empty hash is nobody's; to say so takes as long as to say it of somebody's.
        """
        return await self._apart(lambda: self._check(password[:LONGEST], hash))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _apart(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING:
            raise TooBusy("Too many people log in at this moment.", cure="Try again in a second.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def _argon2(self) -> "PasswordHasher":
        if self._hasher is None:
            # Only who lets people in by password needs it.
            from argon2 import PasswordHasher  # noqa: PLC0415 - see above

            time, memory, lanes = self._cost
            self._hasher = PasswordHasher(time, memory, lanes)
        return self._hasher

    def _hash(self, password: str) -> str:
        return self._argon2().hash(password)

    def _check(self, password: str, hash: str) -> Checked:
        from argon2.exceptions import Argon2Error, InvalidHash  # noqa: PLC0415 - see _argon2

        argon2 = self._argon2()
        if not self._nobodys:
            self._nobodys = argon2.hash("nobody's")
        try:
            argon2.verify(hash or self._nobodys, password)
        except (Argon2Error, InvalidHash):
            return Checked(False)
        if not hash:
            return Checked(False)
        return Checked(True, argon2.hash(password) if argon2.check_needs_rehash(hash) else "")


def refuse_weak(password: str, name: str) -> None:
    """Raises Unfit for a password that is guessed at once."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Unfit(
            f"A password has between {SHORTEST} and {LONGEST:,} characters.",
            cure="A few words that don't belong together are easily remembered.",
        )
    own = name.partition("@")[0]
    if (len(own) > 2 and own in password.lower()) or len(set(password)) < 4:
        raise Unfit("That password is guessed at once.", cure="Leave the name out of it.")
