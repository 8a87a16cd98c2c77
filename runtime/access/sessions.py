"""Sessions as they stand in the tables: each a family of refresh tokens, one good at a time."""

import hashlib
import secrets
from typing import TYPE_CHECKING, NamedTuple

from runtime.access.tables import done, row

if TYPE_CHECKING:
    import sqlalchemy as sa

IDLE = 14 * 86_400.0
"""Seconds for which a refresh token is good."""
LASTS = 90 * 86_400.0
"""Seconds after which somebody has to log in again, however busy they are."""
REFRESH = "hr_"
"""How refresh tokens begin."""


class Session(NamedTuple):
    """Somebody who logged in."""

    id: str
    tenant: str
    name: str


class Refreshed(NamedTuple):
    """What came of a refresh token: `token` is the next one, "" when it was no good.

    `reused`: somebody had used it before, so one of two has stolen it, and the session is over.
    """

    session: Session
    token: str = ""
    reused: bool = False


def begin(connection: "sa.Connection", tenant: str, name: str, now: float) -> tuple[Session, str]:
    """A session, and its first refresh token."""
    _tidy(connection, now)
    session = Session(secrets.token_hex(16), tenant, name)
    done(
        connection,
        "INSERT INTO heddle_sessions (id, tenant, name, made, until) "
        "VALUES (:id, :tenant, :name, :now, :until)",
        now=now,
        until=now + LASTS,
        **session._asdict(),
    )
    return session, _issue(connection, session.id, now, now + LASTS)


def refresh(connection: "sa.Connection", token: str, now: float) -> Refreshed | None:
    """Take a refresh token for the next one. None when there is no such token, or no more."""
    found = row(
        connection,
        "SELECT s.id, s.tenant, s.name, s.until, r.until AS good, r.used "
        "FROM heddle_refreshes r JOIN heddle_sessions s ON s.id = r.session "
        "WHERE r.hash = :hash AND s.revoked IS NULL",
        hash=hashed(token),
    )
    if found is None or now >= min(found["until"], found["good"]):
        return None
    session = Session(found["id"], found["tenant"], found["name"])
    # Of two that come at once, one finds it used: the row is changed by one of them only.
    first = done(
        connection,
        "UPDATE heddle_refreshes SET used = :now WHERE hash = :hash AND used IS NULL",
        now=now,
        hash=hashed(token),
    )
    if not first:
        revoke(connection, session.id, now)
        return Refreshed(session, reused=True)
    return Refreshed(session, _issue(connection, session.id, now, found["until"]))


def revoke(connection: "sa.Connection", id: str, now: float) -> None:
    """End a session: neither its access tokens nor its refresh tokens are good any more."""
    done(
        connection,
        "UPDATE heddle_sessions SET revoked = :now WHERE id = :id AND revoked IS NULL",
        now=now,
        id=id,
    )


def revoke_all(connection: "sa.Connection", tenant: str, name: str, now: float) -> int:
    """End all sessions of a user; gives how many there were."""
    return done(
        connection,
        "UPDATE heddle_sessions SET revoked = :now "
        "WHERE tenant = :tenant AND name = :name AND revoked IS NULL",
        now=now,
        tenant=tenant,
        name=name,
    )


def hashed(word: str) -> str:
    """How a word is kept that is too long to be guessed: a plain digest is enough."""
    return hashlib.sha256(word.encode(errors="replace")).hexdigest()


def _issue(connection: "sa.Connection", session: str, now: float, until: float) -> str:
    token = REFRESH + secrets.token_urlsafe(32)
    done(
        connection,
        "INSERT INTO heddle_refreshes (hash, session, until) VALUES (:hash, :session, :until)",
        hash=hashed(token),
        session=session,
        until=min(until, now + IDLE),
    )
    return token


def _tidy(connection: "sa.Connection", now: float) -> None:
    """Forget the sessions whose time was over a day ago."""
    then = now - 86_400.0
    done(
        connection,
        "DELETE FROM heddle_refreshes WHERE session IN "
        "(SELECT id FROM heddle_sessions WHERE until < :then OR revoked < :then)",
        then=then,
    )
    done(
        connection, "DELETE FROM heddle_sessions WHERE until < :then OR revoked < :then", then=then
    )
