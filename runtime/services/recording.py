"""The middleware that notes in the audit trail whatever is changed over HTTP and WebSocket."""

import re
import secrets
from functools import partial
from typing import Any, Literal, NamedTuple

from agents.contract import NOTES
from runtime.access.access import Access
from runtime.access.bound import Bound
from runtime.access.deeds import Deed, Outcome
from runtime.access.logins import Whence
from runtime.access.principal import Principal
from runtime.services.guard import App, Message, Receive, Scope, Send
from runtime.services.roles import READING, Connection

ID = b"x-request-id"
"""The header by which a request is told apart, whoever named it."""
_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

SECRET = frozenset(("token",))
"""Parameters of addresses that are never noted."""

Noted = Literal["done", "whatever"]
"""A service has noted the deed itself: when it was done, or whatever came of it."""


class Recorded:
    """Notes who changed what through `app`. What is told to be done is noted before that.

    Over a WebSocket nobody but who serves it knows what changes something: they are given a way
    to note it.
    Of what strangers try in vain only so much is noted, and nothing of what agents with an open
    face let them do: nobody fills the trail from outside.
    """

    def __init__(self, app: App, access: Access) -> None:
        self._app = app
        self._access = access
        self._strangers = Bound()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        id = _id_of(scope)
        scope.setdefault("state", {})["request_id"] = id
        if scope["type"] == "websocket":
            scope.setdefault("extensions", {})[NOTES] = partial(self._note_said, scope)
            await self._app(scope, receive, send)
            return
        changes = scope["method"] not in READING

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                if changes:
                    await self._note(scope, message["status"])
                headers = [*message.get("headers", ()), (ID, id.encode())]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, noted)

    async def _note_said(
        self, scope: Scope, what: str, target: str, outcome: Outcome, why: str
    ) -> None:
        said = _Said(what, target, outcome, why)
        await self._access.trail.record(_deed(scope, said, self._access.now()))

    async def _note(self, scope: Scope, status: int) -> None:
        by_itself: Noted | None = scope["state"].get("noted")
        if by_itself == "whatever" or (by_itself == "done" and status < 400):
            return
        if scope["state"].get("role") == "viewer" and _outcome(status) != "refused":
            return  # whatever its method, it only reads
        deed = _deed(scope, _answered(scope, status), self._access.now())
        if not deed.who and deed.outcome != "done":
            if not self._strangers.admits(deed.at):
                return
            deed = self._strangers.said_with(deed)
        await self._access.trail.record(deed)


def note(connection: Connection, what: str, target: str = "") -> None:
    """Say what a request does, and to what, better than its address can."""
    connection.scope["state"]["deed"] = (what, target)


def noted_by_itself(connection: Connection, when: Noted = "done") -> None:
    """Say that a service notes by itself what a request does."""
    connection.scope["state"]["noted"] = when


def is_no_deed(scope: Scope) -> None:
    """Say that what a request does, if it is let in, is use: of an endpoint, say, or a channel."""
    done: Noted = "done"
    scope.setdefault("state", {})["noted"] = done


def whence(connection: Connection) -> Whence:
    """Where a request comes from."""
    client = connection.scope.get("client")
    return Whence(client[0] if client else "", connection.scope["state"].get("request_id", ""))


class _Said(NamedTuple):
    """What was done, to what, what came of it, and why."""

    what: str
    target: str
    outcome: Outcome
    detail: str


def _answered(scope: Scope, status: int) -> _Said:
    what, target = scope["state"].get("deed") or _by_address(scope)
    return _Said(what, target, _outcome(status), f"status {status}" if status >= 400 else "")


def _deed(scope: Scope, said: _Said, now: float) -> Deed:
    principal = scope["state"].get("principal")
    client = scope.get("client")
    return Deed(
        at=now,
        who=principal.user if isinstance(principal, Principal) else "",
        tenant=principal.tenant if isinstance(principal, Principal) else "",
        request=scope["state"]["request_id"],
        address=client[0] if client else "",
        **said._asdict(),
    )


def _by_address(scope: Scope) -> tuple[str, str]:
    """What a request does, by its method and the pattern of its address, and to what."""
    template = scope.get("path_template")
    if not template:
        first = str(scope["path"]).partition("/")[2].partition("/")[0]  # the rest may be a secret
        return f"{scope['method']} /{first}/…", ""
    given: dict[str, Any] = scope.get("path_params", {})
    return (
        f"{scope['method']} {template}",
        " ".join(str(value) for name, value in given.items() if name not in SECRET),
    )


def _outcome(status: int) -> Outcome:
    if status < 400:
        return "done"
    return "refused" if status in (401, 403, 429) else "failed"


def _id_of(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name.lower() == ID), b"")
    return given.decode() if _ID.fullmatch(given) else secrets.token_hex(8)
