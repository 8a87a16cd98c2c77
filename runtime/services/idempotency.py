"""Requests that may be sent again: with one key they are done once, and answered alike."""

import asyncio
import contextlib
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from agents.tables import Tables, ask
from graph.errors import HeddleError
from graph.file_format.syntax import LIMIT
from runtime.access.principal import Principal
from runtime.services.guard import App, Message, Receive, Scope, Send, refuse
from runtime.wire import PROBLEM, Refusal, refusal_of

if TYPE_CHECKING:
    import sqlalchemy as sa

log = logging.getLogger("heddle.server")

HEADER = b"idempotency-key"
REPLAYED = (b"idempotent-replayed", b"true")
METHODS = frozenset({"POST", "PATCH"})
"""Those that HTTP itself doesn't say may be repeated."""

KEPT = 86_400.0
"""Seconds for which an answer is kept."""
UNDER_WAY = 60.0
"""Seconds without a sign of life after which a request counts as lost with its process."""
RENEWED = 15.0
"""Seconds between two signs of life of a request that is under way."""
LONGEST_KEY = 255
LARGEST_BODY = LIMIT + LIMIT // 4
"""Bytes of a request: the longest flow there may be, quoted in JSON."""
LARGEST_ANSWER = 1_000_000
"""Bytes of an answer that is kept; a larger one is given, and its key forgotten."""

_TABLE = (
    "CREATE TABLE IF NOT EXISTS idempotency_keys (id TEXT PRIMARY KEY, digest TEXT NOT NULL, "
    "since DOUBLE PRECISION NOT NULL, status BIGINT NOT NULL, kind TEXT NOT NULL, "
    "answer TEXT NOT NULL)"
)


class Kept(NamedTuple):
    """What was answered: text holds the bytes one by one."""

    digest: str
    since: float
    status: int
    kind: str
    answer: str


class Keys:
    """The keys of this house and what was answered to each; shared by all its processes."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self._tables = Tables(folder / "services.db", database_url, [_TABLE])

    async def begin(self, id: str, digest: str, *, again: bool = False) -> Kept | None:
        """Take a key; gives what is known of it when others have it. Raises Unavailable.

        `again` says that one which was lost with its process may be taken, too.
        """
        now = time.time()
        return await self._tables.do(lambda one: _begin(one, id, digest, now, again=again))

    async def renew(self, id: str) -> None:
        """Give a sign of life for a key whose request is under way."""
        await self._tables.do(lambda connection: ask(connection, _RENEW, id=id, now=time.time()))

    async def end(self, id: str, status: int, kind: str, answer: bytes) -> None:
        """Keep what was answered."""
        text = answer.decode("latin-1")
        await self._tables.do(
            lambda connection: ask(connection, _END, id=id, status=status, kind=kind, answer=text)
        )

    async def forget(self, id: str) -> None:
        """Give a key up: what it was for may be tried again."""
        await self._tables.do(lambda connection: ask(connection, _FORGET, id=id))

    async def forget_older(self, days: float) -> int:
        """Give up all keys that came so many days ago; says how many."""
        old = time.time() - days * 86_400
        done = await self._tables.do(lambda connection: ask(connection, _OLD, old=old).rowcount)
        return int(done)

    def close(self) -> None:
        """Let go of the tables."""
        self._tables.close()


class Once:
    """Does what comes with a key only once: whoever sends it again gets the first answer.

    Answers that may differ the next time, those from 500 and to too many requests, aren't kept.
    Where a process ended before it answered, nobody knows whether it was done: it isn't done
    again, and that is told, except for the paths that may be done `again`.
    """

    def __init__(self, app: App, keys: Keys, again: Collection[str] = ()) -> None:
        self._app = app
        self._keys = keys
        self._again = again

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key(scope) if scope["type"] == "http" and scope["method"] in METHODS else None
        if key is None:
            await self._app(scope, receive, send)
        elif not 0 < len(key) <= LONGEST_KEY:
            said = f"An idempotency key has 1 to {LONGEST_KEY} characters."
            await refuse(scope, send, Refusal("BadKey", 400, said))
        else:
            await self._once(scope, receive, send, key)

    async def _once(self, scope: Scope, receive: Receive, send: Send, key: bytes) -> None:
        body = await _body(receive)
        if body is None:  # half of a request is none
            return
        if len(body) > LARGEST_BODY:
            said = f"A request has at most {LARGEST_BODY:,} bytes."
            await refuse(scope, send, Refusal("TooLarge", 413, said))
            return
        id, digest = _id(scope, key), hashlib.sha256(body).hexdigest()
        again = str(scope["path"]).rstrip("/") in self._again
        try:
            kept = await self._keys.begin(id, digest, again=again)
        except HeddleError as error:
            await refuse(scope, send, refusal_of(error, 503))
            return
        if kept is not None:
            await _answer(scope, send, kept, digest)
            return
        answer = _Answer(send)
        try:
            async with self._alive(id):
                await self._app(scope, _again(body, receive), answer.send)
        finally:
            if answer.has_begun or again:
                await self._settle(id, answer)
        for message in answer.messages:
            await send(message)

    @contextlib.asynccontextmanager
    async def _alive(self, id: str) -> AsyncIterator[None]:
        """Keep a key from counting as lost for as long as its request is under way."""
        over = asyncio.Event()
        renewing = asyncio.create_task(self._renew(id, over))
        try:
            yield
        finally:
            over.set()
            await renewing

    async def _renew(self, id: str, over: asyncio.Event) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RENEWED):
                    await over.wait()
                    return
            with contextlib.suppress(HeddleError):  # while the tables are away, nobody takes it
                await self._keys.renew(id)

    async def _settle(self, id: str, answer: "_Answer") -> None:
        """Keep an answer before it is given, if the same is to be given again."""
        try:
            if answer.is_final:
                await self._keys.end(id, answer.status, answer.kind, answer.body)
            else:
                await self._keys.forget(id)
        except HeddleError as error:  # what was done is done, and has to be told
            log.warning("The answer to a request with a key wasn't kept: %s", error)


class _Answer:
    """Holds an answer back until it is known what becomes of it; one that is streamed goes on."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._streams = False
        self.messages: list[Message] = []
        self.status = 500
        self.kind = ""

    async def send(self, message: Message) -> None:
        self._look_at(message)
        if self._streams:
            await self._send(message)
        else:
            self.messages.append(message)

    def _look_at(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = dict(message.get("headers", ()))
            self.kind = headers.get(b"content-type", b"").decode("latin-1")
            self._streams = self.kind.startswith("text/event-stream")

    @property
    def has_begun(self) -> bool:
        """Whether there is one: a request that is given up midway may be done or not."""
        return self._streams or bool(self.messages)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)

    @property
    def is_final(self) -> bool:
        return (
            not self._streams
            and self.status < 500
            and self.status not in (401, 403, 429)
            and sum(len(message.get("body", b"")) for message in self.messages) <= LARGEST_ANSWER
        )


async def _answer(scope: Scope, send: Send, kept: Kept, digest: str) -> None:
    """Say what was answered to the same key before, or why that can't be said."""
    if kept.digest != digest:
        said = "That key came with another request."
        cure = "Use a new key for each request; send the same one only with the very same."
        await refuse(scope, send, Refusal("KeyReused", 422, said, cure))
    elif not kept.status and kept.since < time.time() - UNDER_WAY:
        said = "The process that had this request ended before it answered: it may be done or not."
        cure = "Look whether it was done. If it wasn't, send it with a new key."
        await refuse(scope, send, Refusal("OutcomeUnknown", 409, said, cure))
    elif not kept.status:
        said = "A request with that key is under way."
        await refuse(scope, send, Refusal("UnderWay", 409, said, "Try again in a moment."))
    else:
        body = kept.answer.encode("latin-1")
        headers = [
            (b"content-type", (kept.kind or PROBLEM).encode()),
            (b"content-length", str(len(body)).encode()),
            REPLAYED,
        ]
        start = {"type": "http.response.start", "status": kept.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": body})


def _key(scope: Scope) -> bytes | None:
    found = [value for name, value in scope["headers"] if name.lower() == HEADER]
    return found[0] if found else None


def _id(scope: Scope, key: bytes) -> str:
    """Whose key for what it is: two people may use the same, and who may less is told less."""
    principal = scope.get("state", {}).get("principal")
    who = list[str]()
    if isinstance(principal, Principal):
        who = [principal.tenant, principal.user, *sorted(principal.roles)]
    parts = [*who, scope["method"], scope["path"], scope.get("query_string", b"").decode("latin-1")]
    whole = "\0".join(parts).encode() + b"\0" + key
    return hashlib.sha256(whole).hexdigest()


async def _body(receive: Receive) -> bytes | None:
    """All of a body, or the beginning of one that is too large; None when its sender is gone."""
    parts = bytearray()
    while len(parts) <= LARGEST_BODY:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read once more, then whatever comes."""
    left = [body]

    async def again() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return again


# In the tables.

_BEGIN = (
    "INSERT INTO idempotency_keys (id, digest, since, status, kind, answer) "
    "VALUES (:id, :digest, :now, 0, '', '') ON CONFLICT (id) DO NOTHING"
)
_TAKE = (
    "UPDATE idempotency_keys SET since = :now, digest = :digest "
    "WHERE id = :id AND status = 0 AND since < :lost"
)
_RENEW = "UPDATE idempotency_keys SET since = :now WHERE id = :id AND status = 0"
_FIND = "SELECT digest, since, status, kind, answer FROM idempotency_keys WHERE id = :id"
_OLD = "DELETE FROM idempotency_keys WHERE since < :old"
_END = "UPDATE idempotency_keys SET status = :status, kind = :kind, answer = :answer WHERE id = :id"
_FORGET = "DELETE FROM idempotency_keys WHERE id = :id"


def _begin(
    connection: "sa.Connection", id: str, digest: str, now: float, *, again: bool
) -> Kept | None:
    ask(connection, _OLD, old=now - KEPT)
    if ask(connection, _BEGIN, id=id, digest=digest, now=now).rowcount:
        return None
    lost = {"now": now, "lost": now - UNDER_WAY}
    if again and ask(connection, _TAKE, id=id, digest=digest, **lost).rowcount:
        return None
    found: Any = ask(connection, _FIND, id=id).fetchone()
    return Kept(*found) if found else Kept(digest, now, 0, "", "")
