"""Lets a Studio in: a short code, entered once, is worth a token that only the plugin keeps."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable

import msgspec
import sqlalchemy as sa

from agents.errors import Refused
from agents.swarm.studio_bridge.shapes import Code, Paired
from agents.swarm.studio_bridge.store import BRIDGE, STUDIOS, Store
from graph.errors import BadInput

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look like others."""
LENGTH = 8
LASTS = 600.0
"""Seconds that a code is good for."""
TRIES = 5
"""Wrong codes after which none is good any longer."""
MOST_CODES = 20


class Pass(msgspec.Struct, frozen=True):
    """What a token opens."""

    key: str
    project: str


class Pairings:
    """The codes that are open, and the tokens that were given for codes.

    Of a token only its hash is kept. Methods that say so block: call them in a thread.
    """

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now
        self._codes = dict[str, Code]()
        self._wrong = 0
        self._taking = threading.Lock()

    def code(self, project: str) -> Code:
        """A new code for a project; an older one of the same project is good no longer."""
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        made = Code(code=f"{code[:4]}-{code[4:]}", project=project, until=self._now() + LASTS)
        with self._taking:
            self._codes = {k: one for k, one in self._open().items() if one.project != project}
            if len(self._codes) >= MOST_CODES:
                raise BadInput("Too many codes are open.", cure="Enter one, or wait ten minutes.")
            self._codes[code] = made
            self._wrong = 0
        return made

    def redeem(self, code: str, place: str) -> tuple[str, Pass]:
        """A token for a code, which is used up by this. Blocks. Raises Refused."""
        plain = "".join(c for c in code.upper() if c.isalnum())
        found = self._taken(plain)
        if found is None:
            raise Refused(
                "That code is not known, or no longer.",
                cure="Ask Heddle for a new one: Log dock, “Connect Studio”, or roblox.pair.",
            )
        token = secrets.token_urlsafe(32)
        key = digest_of(token)
        row = {"token": key, "project": found.project, "place": place, "at": self._now()}
        self._store.do(lambda c: c.execute(sa.insert(STUDIOS).values(row)), writes=True)
        return token, Pass(key, found.project)

    def opened_by(self, token: str) -> Pass | None:
        """What a token opens, None for one that isn't known. Blocks."""
        wanted = sa.select(STUDIOS.c.project).where(STUDIOS.c.token == digest_of(token))
        project = self._store.do(lambda c: c.scalar(wanted))
        return None if project is None else Pass(digest_of(token), project)

    def known(self) -> list[Paired]:
        """Who was let in. Blocks."""
        rows = self._store.do(lambda c: c.execute(sa.select(STUDIOS).order_by(STUDIOS.c.at)).all())
        return [Paired(key=r.token[:12], project=r.project, place=r.place, at=r.at) for r in rows]

    def shut_out(self, key: str) -> int:
        """Forget the tokens whose key begins so; gives how many there were. Blocks."""
        gone = sa.delete(STUDIOS).where(STUDIOS.c.token.startswith(key, autoescape=True))
        return self._store.do(lambda c: c.execute(gone).rowcount, writes=True)

    def server(self) -> str:
        """The id of this bridge, the same over restarts. Blocks."""

        def work(connection: sa.Connection) -> str:
            known = connection.scalar(sa.select(BRIDGE.c.server))
            if known is None:
                known = secrets.token_hex(8)
                connection.execute(sa.insert(BRIDGE).values(server=known))
            return str(known)

        return self._store.do(work, writes=True)

    def _taken(self, plain: str) -> Code | None:
        """What a code stands for, given to the first who asks and to nobody after."""
        with self._taking:
            found = self._codes.pop(plain, None)
        if found is not None and found.until > self._now():
            return found
        with self._taking:
            self._wrong += 1
            if self._wrong >= TRIES:
                self._codes.clear()
        return None

    def _open(self) -> dict[str, Code]:
        now = self._now()
        return {plain: one for plain, one in self._codes.items() if one.until > now}


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
