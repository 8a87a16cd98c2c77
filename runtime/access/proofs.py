"""Who gives a word: an access token whose session still stands, or an API key."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from agents.tables import Tables
from runtime.access import keys
from runtime.access.principal import ROLES, Principal, Role, up_to
from runtime.access.signing import Claims, Signing
from runtime.access.tables import row

if TYPE_CHECKING:
    import sqlalchemy as sa

FRESH = 1.0
"""Seconds for which it is believed that a session or key still stands.

Another process that ends one is heard within that time; this one forgets at once.
"""
NOTED = 60.0
"""Seconds within which the use of a key isn't noted again."""
AT_HAND = 10_000


class Known(NamedTuple):
    """Who gave a word, as of a moment; None for nobody. `until` is when the word is no good."""

    principal: Principal | None
    since: float
    until: float


class Proofs:
    """A `Verifier` that asks the tables, and remembers for a moment what they said."""

    def __init__(self, tables: Tables, signing: Signing, now: Callable[[], float]) -> None:
        self._tables = tables
        self._signing = signing
        self._now = now
        self._known: dict[str, Known] = {}
        self._forgotten = 0
        self._noted: dict[str, float] = {}

    async def principal(self, word: str) -> Principal | None:
        """Who proves by that word who they are, None when nobody does. Raises Unavailable."""
        now = self._now()
        known = self._known.get(word)
        if known is None or not known.since <= now < min(known.since + FRESH, known.until):
            forgotten = self._forgotten
            known = await asyncio.to_thread(self._asked, word, now)
            if known.principal is not None and forgotten == self._forgotten:
                self._remember(word, known)
        return known.principal

    def forget(self) -> None:
        """Ask the tables again from now on: something changed."""
        self._known.clear()
        self._forgotten += 1

    def _remember(self, word: str, known: Known) -> None:
        if len(self._known) >= AT_HAND:
            self._known.clear()
        self._known[word] = known

    def _asked(self, word: str, now: float) -> Known:
        if keys.id_of(word):
            return self._tables.do_now(lambda one: self._of_key(one, word, now))
        claims = self._signing.read(word, now)
        if claims is None:
            return Known(None, now, now)
        principal = self._tables.do_now(lambda one: _of_session(one, claims, now))
        return Known(principal, now, claims.exp)

    def _of_key(self, connection: "sa.Connection", word: str, now: float) -> Known:
        key = keys.of_word(connection, word)
        role = _role_of(connection, key.tenant, key.name) if key else None
        if key is None or role is None or not key.is_good(now):
            return Known(None, now, now)
        if now - self._noted.get(key.id, 0.0) >= NOTED:
            self._noted[key.id] = now
            keys.note_use(connection, key.id, now)
        least: Role = min(role, key.role, key=ROLES.index)
        principal = Principal(key.name, up_to(least), key.tenant, "key", key.id)
        return Known(principal, now, now + FRESH if key.until is None else key.until)


def _of_session(connection: "sa.Connection", claims: Claims, now: float) -> Principal | None:
    found = row(
        connection,
        "SELECT tenant, name FROM heddle_sessions "
        "WHERE id = :id AND revoked IS NULL AND until > :now",
        id=claims.sid,
        now=now,
    )
    if found is None or (found["tenant"], found["name"]) != (claims.tenant, claims.sub):
        return None
    role = _role_of(connection, claims.tenant, claims.sub)
    return (
        Principal(claims.sub, up_to(role), claims.tenant, "session", claims.sid) if role else None
    )


def _role_of(connection: "sa.Connection", tenant: str, name: str) -> Role | None:
    """The role of a user who may come in."""
    found = row(
        connection,
        "SELECT role FROM heddle_users WHERE tenant = :tenant AND name = :name AND enabled = 1",
        tenant=tenant,
        name=name,
    )
    return found["role"] if found else None
