"""What logins are bound by: how often passwords may be wrong, by name and by address."""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from runtime.access.signing import LASTS
from runtime.access.tables import done, row

if TYPE_CHECKING:
    import sqlalchemy as sa

FORGIVEN = 86_400.0
"""Seconds after which wrong passwords are forgotten."""
EVERYWHERE = "*"
"""Stands for all addresses together from which somebody hasn't come in before."""


class Rules(msgspec.Struct, frozen=True):
    """After `failures` wrong passwords in a row from one address a name is locked there for `wait`
    seconds, twice as long after each further one, `most` at the most. After `everywhere` wrong
    ones it is locked likewise for all addresses from which nobody came in under it before.

    An address may give `per_address` wrong ones, whoever's, in `window` seconds. Access tokens
    are good for `access` seconds.
    """

    failures: int = 5
    everywhere: int = 100
    wait: float = 60.0
    most: float = 900.0
    per_address: int = 30
    window: float = 60.0
    access: float = LASTS


class Guess(NamedTuple):
    """Under which name a password is said, and from where; `is_known` when they came in from
    there before: whoever guesses from elsewhere then can't keep them out."""

    tenant: str
    name: str
    address: str
    is_known: bool = False

    def counted(self, rules: Rules) -> Iterator[tuple[str, int]]:
        """Where a wrong one counts, and how many are free there."""
        yield self.address, rules.failures
        if not self.is_known:
            yield EVERYWHERE, rules.everywhere


def locked_for(beyond: int, rules: Rules) -> float:
    """Seconds for which nobody is let in after so many wrong passwords more than are free."""
    return 0.0 if beyond < 0 else min(rules.most, rules.wait * 2.0 ** min(beyond, 30))


class Throttle:
    """Counts what addresses got wrong lately, in this process."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._wrong: dict[str, deque[float]] = {}

    def wait(self, address: str, now: float) -> float:
        """Seconds until the address may try again; 0 when it may now."""
        times = self._recent(address, now)
        if len(times) < self._rules.per_address:
            return 0.0
        return times[-self._rules.per_address] + self._rules.window - now

    def failed(self, address: str, now: float) -> None:
        """Note that something wrong came from there."""
        if len(self._wrong) > 10_000:
            for known in list(self._wrong):
                self._recent(known, now)
        self._wrong.setdefault(address, deque(maxlen=self._rules.per_address)).append(now)

    def _recent(self, address: str, now: float) -> deque[float]:
        times = self._wrong.get(address, deque())
        while times and not now - self._rules.window < times[0] <= now:  # the clock may step back
            times.popleft()
        if not times:
            self._wrong.pop(address, None)
        return times


# Names, in the tables: for all processes, over restarts, and whether or not there is such a user.


def locked_until(connection: "sa.Connection", guess: Guess, now: float, rules: Rules) -> float:
    """When somebody may next be let in, 0 for at once."""
    locks = [_locked(connection, guess, where) for where, _ in guess.counted(rules)]
    # A lock that would last longer than any does is from before the clock was set back.
    return max((lock for lock in locks if lock <= now + rules.most), default=0.0)


def failed(connection: "sa.Connection", guess: Guess, now: float, rules: Rules) -> float:
    """Note a wrong password; gives for how many seconds nobody is let in from here on."""
    done(connection, "DELETE FROM heddle_guesses WHERE last < :then", then=now - FORGIVEN)
    return max(
        _counted(connection, guess, where, free, now, rules) for where, free in guess.counted(rules)
    )


def came_in(connection: "sa.Connection", guess: Guess) -> int:
    """Forget what somebody got wrong where they now came in; gives how often that was."""
    found = row(
        connection,
        "DELETE FROM heddle_guesses "
        "WHERE tenant = :tenant AND name = :name AND address = :address RETURNING failures",
        **_key(guess, guess.address),
    )
    if found is None:
        return 0
    if not guess.is_known:
        done(
            connection,
            "UPDATE heddle_guesses SET failures = failures - :own "
            "WHERE tenant = :tenant AND name = :name AND address = :address AND failures >= :own",
            own=found["failures"],
            **_key(guess, EVERYWHERE),
        )
    return int(found["failures"])


def forgiven(connection: "sa.Connection", tenant: str, name: str) -> None:
    """Forget the wrong passwords of a name, wherever they came from."""
    done(
        connection,
        "DELETE FROM heddle_guesses WHERE tenant = :tenant AND name = :name",
        tenant=tenant,
        name=name,
    )


def _locked(connection: "sa.Connection", guess: Guess, where: str) -> float:
    found = row(
        connection,
        "SELECT locked FROM heddle_guesses "
        "WHERE tenant = :tenant AND name = :name AND address = :address",
        **_key(guess, where),
    )
    return found["locked"] if found else 0.0


def _counted(
    connection: "sa.Connection", guess: Guess, where: str, free: int, now: float, rules: Rules
) -> float:
    found = row(
        connection,
        "INSERT INTO heddle_guesses (tenant, name, address, failures, last, locked) "
        "VALUES (:tenant, :name, :address, 1, :now, 0) "
        "ON CONFLICT (tenant, name, address) DO UPDATE SET "
        "failures = heddle_guesses.failures + 1, last = excluded.last RETURNING failures",
        now=now,
        **_key(guess, where),
    )
    assert found is not None, "an upsert gives its row"
    wait = locked_for(int(found["failures"]) - free, rules)
    done(
        connection,
        "UPDATE heddle_guesses SET locked = :locked "
        "WHERE tenant = :tenant AND name = :name AND address = :address",
        locked=now + wait if wait else 0.0,
        **_key(guess, where),
    )
    return wait


def _key(guess: Guess, where: str) -> dict[str, str]:
    return {"tenant": guess.tenant, "name": guess.name, "address": where}
