"""Logging in, staying in, and leaving."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from agents.tables import Tables
from runtime.access import addresses, attempts, sessions, users
from runtime.access.addresses import origin
from runtime.access.attempts import Guess, Rules, Throttle
from runtime.access.bound import Bound
from runtime.access.deeds import Deed, Outcome
from runtime.access.errors import BadLogin, BadToken, LockedOut, NotThere, TooBusy, Unfit
from runtime.access.passwords import Checked, Passwords
from runtime.access.principal import Principal
from runtime.access.proofs import Proofs
from runtime.access.sessions import Session
from runtime.access.signing import Claims, Signing
from runtime.access.trail import Trail

if TYPE_CHECKING:
    import sqlalchemy as sa

LONGEST = 100
"""Characters of a name that are looked at: none is longer."""
IN_LINE = 8
"""Logins under one name from one address that may wait for each other; others are sent away."""


class Whence(msgspec.Struct, frozen=True):
    """Where a request comes from, as it is noted in the trail."""

    address: str = ""
    request: str = ""


class Tokens(msgspec.Struct, frozen=True):
    """What somebody who logged in is given; both tokens are secrets."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "Bearer"

    def __repr__(self) -> str:
        return "Tokens(•••)"


class Logins:
    """Lets people in by their password, and counts what they get wrong."""

    def __init__(
        self,
        tables: Tables,
        trail: Trail,
        passwords: Passwords,
        signing: Signing,
        proofs: Proofs,
        now: Callable[[], float],
        rules: Rules = Rules(),
    ) -> None:
        self._tables = tables
        self._trail = trail
        self._passwords = passwords
        self._signing = signing
        self._proofs = proofs
        self._now = now
        self._rules = rules
        self._throttle = Throttle(rules)
        self._noted = Bound()
        self._turns: dict[Guess, _Turn] = {}

    async def login(self, tenant: str, name: str, password: str, whence: Whence) -> Tokens:
        """Let somebody in. Raises BadLogin, LockedOut, TooBusy, Unavailable.

        Whether there is such a user shows neither in what is answered nor in how long it takes.
        """
        with contextlib.suppress(Unfit):  # such a name is nobody's, which is found out below
            name = users.named(name)
        tenant, name = tenant[:LONGEST], name[:LONGEST]
        guess = Guess(tenant, name, origin(whence.address))
        async with self._attempt(guess, whence):
            now = self._now()
            known = await self._tables.do(lambda one: addresses.is_known(one, *guess[:3], now))
            guess = guess._replace(is_known=known)
            hash, checked = await self._proved(guess, password, whence)
            session, token = await self._trail.along(
                lambda one: self._right(one, guess, hash, checked, whence)
            )
            return await self._tokens(session, token)

    async def prove(self, who: Principal, password: str, whence: Whence) -> None:
        """Have somebody who is in say their password; what is wrong counts by their session.

        Raises BadLogin, LockedOut, TooBusy, Unavailable.
        """
        guess = Guess(who.tenant, who.user, f"session {who.session}", is_known=True)
        async with self._attempt(guess, whence):
            await self._proved(guess, password, whence)

    async def refresh(self, token: str, whence: Whence) -> Tokens:
        """The next pair of tokens. Raises BadToken, Unavailable.

        A token that was used before is in two hands: its session is over for both.
        """
        now = self._now()
        refreshed = await self._trail.along(lambda one: _refreshed(one, token, whence, now))
        if refreshed is None or not refreshed.token:
            self._proofs.forget()
            raise BadToken
        return await self._tokens(refreshed.session, refreshed.token)

    async def logout(self, who: Principal, whence: Whence, *, everywhere: bool = False) -> None:
        """End somebody's session, or all they have. Raises Unavailable."""
        now = self._now()

        def ended(connection: "sa.Connection") -> tuple[None, Sequence[Deed]]:
            if everywhere:
                sessions.revoke_all(connection, who.tenant, who.user, now)
            else:
                sessions.revoke(connection, who.session, now)
            what = "logout_everywhere" if everywhere else "logout"
            return None, [_deed(what, "done", who.tenant, who.user, whence, now)]

        await self._trail.along(ended)
        self._proofs.forget()

    async def close(self) -> None:
        """Note how many wrong passwords weren't noted one by one."""
        if self._noted.left_out:
            deed = _deed("login", "refused", "", "", Whence(), self._now())
            await self._trail.record(self._noted.said_with(deed))

    async def _proved(self, guess: Guess, password: str, whence: Whence) -> tuple[str, Checked]:
        """The hash of somebody's password, which was right. Raises BadLogin, LockedOut."""
        now = self._now()
        until, hash = await self._tables.do(
            lambda one: (
                attempts.locked_until(one, guess, now, self._rules),
                users.password_of(one, guess.tenant, guess.name),
            )
        )
        if now < until:
            self._throttle.failed(origin(whence.address), now)
            raise LockedOut(until - now)
        checked = await self._passwords.check(password, hash)
        if not checked.right:
            self._throttle.failed(origin(whence.address), now)
            noted = self._noted.admits(now)
            await self._trail.along(lambda one: self._wrong(one, guess, whence, noted))
            raise BadLogin
        return hash, checked

    def _wrong(
        self, connection: "sa.Connection", guess: Guess, whence: Whence, noted: bool
    ) -> tuple[None, Sequence[Deed]]:
        now = self._now()
        wait = attempts.failed(connection, guess, now, self._rules)
        if not noted:
            return None, ()
        deed = _deed("login", "refused", guess.tenant, guess.name, whence, now)
        if wait:
            deed = msgspec.structs.replace(deed, detail=f"locked for {wait:.0f} s")
        return None, [self._noted.said_with(deed)]

    def _right(
        self,
        connection: "sa.Connection",
        guess: Guess,
        hash: str,
        checked: Checked,
        whence: Whence,
    ) -> tuple[tuple[Session, str], Sequence[Deed]]:
        tenant, name, address, _ = guess
        now = self._now()
        # The password may have been changed, or its user shut out, while it was checked; whoever
        # does so from here on waits, and ends this session with the others.
        with contextlib.suppress(NotThere):
            users.held(connection, tenant, name)
        if users.password_of(connection, tenant, name) != hash:
            raise BadLogin
        failures = attempts.came_in(connection, guess)
        addresses.note(connection, tenant, name, address, now)
        if checked.fresh:
            users.keep_password(connection, tenant, name, checked.fresh)
        begun = sessions.begin(connection, tenant, name, now)
        detail = f"after {failures} wrong passwords" if failures else ""
        deed = _deed("login", "done", tenant, name, whence, now)
        return begun, [msgspec.structs.replace(deed, detail=detail)]

    async def _tokens(self, session: Session, refresh: str) -> Tokens:
        now, lasts = self._now(), self._rules.access
        claims = Claims(
            session.name, session.tenant, session.id, secrets.token_hex(8), now, now + lasts
        )
        return Tokens(await asyncio.to_thread(self._signing.sign, claims), refresh, int(lasts))

    @contextlib.asynccontextmanager
    async def _attempt(self, guess: Guess, whence: Whence) -> AsyncIterator[None]:
        """Let somebody say a password. Raises LockedOut where too many came from there."""
        if wait := self._throttle.wait(origin(whence.address), self._now()):
            raise LockedOut(wait)
        async with self._turn(guess):
            yield

    @contextlib.asynccontextmanager
    async def _turn(self, guess: Guess) -> AsyncIterator[None]:
        """Let logins under one name from one address come one after the other: each counts before
        the next.
        """
        turn = self._turns.setdefault(guess, _Turn())
        if turn.waiting >= IN_LINE:
            raise TooBusy("Somebody logs in under that name.", cure="Try again in a second.")
        turn.waiting += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                self._turns.pop(guess, None)


class _Turn:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.waiting = 0


def _refreshed(
    connection: "sa.Connection", token: str, whence: Whence, now: float
) -> tuple[sessions.Refreshed | None, Sequence[Deed]]:
    refreshed = sessions.refresh(connection, token, now)
    if refreshed is None or not refreshed.reused:
        return refreshed, ()
    session = refreshed.session
    deed = _deed("refresh", "refused", session.tenant, session.name, whence, now)
    return refreshed, [msgspec.structs.replace(deed, detail="used twice: the session is over")]


def _deed(what: str, outcome: Outcome, tenant: str, name: str, whence: Whence, now: float) -> Deed:
    return Deed(
        at=now,
        what=what,
        outcome=outcome,
        who=name,
        tenant=tenant,
        request=whence.request,
        address=whence.address,
    )
