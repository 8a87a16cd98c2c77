"""What logins are bound by: how often passwords may be wrong, by name and by address."""

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from runtime.access.signing import LASTS
from runtime.access.tables import done, row

if TYPE_CHECKING:
    import sqlalchemy as sa

FORGIVEN = 86_400.0
"""Seconds after which wrong passwords are forgotten."""


class Rules(msgspec.Struct, frozen=True):
    """After `failures` wrong passwords in a row a name is locked for `wait` seconds, twice as
    long after each further one, `most` at the most. An address may give `per_address` wrong ones
    in `window` seconds. Access tokens are good for `access` seconds.
    """

    failures: int = 5
    wait: float = 60.0
    most: float = 900.0
    per_address: int = 30
    window: float = 60.0
    access: float = LASTS


def locked_for(failures: int, rules: Rules) -> float:
    """Seconds for which nobody is let in under a name after so many wrong passwords in a row."""
    beyond = failures - rules.failures
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
        while times and times[0] <= now - self._rules.window:
            times.popleft()
        if not times:
            self._wrong.pop(address, None)
        return times


# Names, in the tables: for all processes, over restarts, and whether or not there is such a user.


def locked_until(connection: "sa.Connection", tenant: str, name: str) -> float:
    """When somebody may next be let in under a name."""
    found = row(
        connection,
        "SELECT locked FROM heddle_attempts WHERE tenant = :tenant AND name = :name",
        tenant=tenant,
        name=name,
    )
    return found["locked"] if found else 0.0


def failed(connection: "sa.Connection", tenant: str, name: str, now: float, rules: Rules) -> int:
    """Note a wrong password; gives how many there have been in a row."""
    done(connection, "DELETE FROM heddle_attempts WHERE last < :then", then=now - FORGIVEN)
    found = row(
        connection,
        "INSERT INTO heddle_attempts (tenant, name, failures, last, locked) "
        "VALUES (:tenant, :name, 1, :now, 0) ON CONFLICT (tenant, name) DO UPDATE SET "
        "failures = heddle_attempts.failures + 1, last = excluded.last RETURNING failures",
        tenant=tenant,
        name=name,
        now=now,
    )
    assert found is not None, "an upsert gives its row"
    failures = int(found["failures"])
    done(
        connection,
        "UPDATE heddle_attempts SET locked = :locked WHERE tenant = :tenant AND name = :name",
        locked=now + wait if (wait := locked_for(failures, rules)) else 0.0,
        tenant=tenant,
        name=name,
    )
    return failures


def forgiven(connection: "sa.Connection", tenant: str, name: str) -> None:
    """Forget the wrong passwords of a name."""
    done(
        connection,
        "DELETE FROM heddle_attempts WHERE tenant = :tenant AND name = :name",
        tenant=tenant,
        name=name,
    )
