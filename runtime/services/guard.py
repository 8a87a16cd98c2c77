"""Who may speak to a server: token, Host and Origin are looked at before anything else is."""

import hmac
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from typing import Any

import msgspec

from graph.errors import HeddleError
from runtime.access.principal import OWNER, Principal, Verifier
from runtime.services.held import while_known
from runtime.wire import PROBLEM, Refusal, refusal_of

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
"""Any ASGI application; frameworks type its three arguments each in their own way."""

Given = dict[str, list[str]]
"""The headers of a request that say whose it is and for whom, by their names in lower case."""

LOOKED_AT = {
    name.encode(): name
    for name in ("host", "origin", "authorization", "access-control-request-method")
}

TOKEN_PROTOCOL = "heddle.token."
"""Begins the WebSocket subprotocol in which a browser, which can't set headers, gives the token."""


class Guard(msgspec.Struct, frozen=True):
    """Lets through to `app` only requests that carry a proof and were meant for this server.

    Who knows the `token` is the owner; other proofs the `verifier` is asked about. Who they are
    stands in `scope["state"]["principal"]` from here on.

    `hosts` are the names with port that a request may give as its Host: a page elsewhere that
    had its name resolve to this machine gives its own. `origins` are the pages that may speak
    to the server; what is no page gives none. Lower case all.
    """

    app: App
    token: str
    hosts: Collection[str]
    origins: Collection[str]
    free: tuple[str, ...] = ()
    """What paths begin with for which no token is needed: what they lead to asks for proof."""
    verifier: Verifier | None = None
    from_anywhere: tuple[str, ...] = ()
    """What paths begin with that any page may speak to: what they lead to looks at pages, too."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given = _by_name(scope["headers"])
        refusal = self.misdirected(given, anywhere=_begins(scope, self.from_anywhere))
        if refusal is None and not _asks_first(scope, given):
            refusal = await self._admit(scope, given)
        if refusal is not None:
            await refuse(scope, send, refusal)
        elif _may_end(scope):
            word, known = _given_word(scope, given), scope["state"]["principal"]
            await while_known(
                self.app, scope, receive, send, lambda: self._still_knows(word, known)
            )
        else:
            await self.app(scope, receive, send)

    def misdirected(self, given: Given, *, anywhere: bool = False) -> Refusal | None:
        """Why a request with these headers isn't for this server, None when it is.

        `anywhere` says that pages from anywhere may speak to what is named.
        """
        hosts = given.get("host", ())
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            return Refusal(
                "WrongHost", 403, "The request was meant for another host.",
                f"Speak to {' or '.join(sorted(self.hosts))}.",
            )  # fmt: skip
        if not anywhere and any(
            origin.lower() not in self.origins for origin in given.get("origin", ())
        ):
            return Refusal(
                "WrongOrigin", 403, "Pages from elsewhere may not speak to this server.",
                "`heddle serve --origin` allows one.",
            )  # fmt: skip
        return None

    async def _admit(self, scope: Scope, given: Given) -> Refusal | None:
        """Note who makes a request, or say why it is refused."""
        word = _given_word(scope, given)
        scope.setdefault("state", {})["principal"] = None
        try:
            principal = await self._known_by(word) if word else None
        except HeddleError as error:  # who they are can't be said now
            return None if self._is_free(scope) else refusal_of(error, 503)
        scope["state"]["principal"] = principal
        if principal is not None or self._is_free(scope):
            return None
        return Refusal(
            "Unauthorised", 401, "The token is missing or wrong.",
            "Send the header `Authorization: Bearer TOKEN`; the server says it when it starts.",
        )  # fmt: skip

    async def _known_by(self, word: str) -> Principal | None:
        if hmac.compare_digest(word.encode(), self.token.encode()):
            return OWNER
        return await self.verifier.principal(word) if self.verifier else None

    async def _still_knows(self, word: str, known: Principal) -> bool:
        """Whether somebody is who they were, and may what they might."""
        return await self._known_by(word) == known

    def _is_free(self, scope: Scope) -> bool:
        return _begins(scope, self.free)


def _begins(scope: Scope, starts: tuple[str, ...]) -> bool:
    return str(scope.get("path", "")).startswith(starts)


def _by_name(headers: Iterable[tuple[bytes, bytes]]) -> Given:
    given: Given = {}
    for name, value in headers:
        if (known := LOOKED_AT.get(name.lower())) is not None:
            given.setdefault(known, []).append(value.decode("latin-1"))
    return given


def _asks_first(scope: Scope, given: Given) -> bool:
    """Whether a browser asks if a page may speak to the server.

    It can't send a token yet, and is told nothing but that.
    """
    asks = "origin" in given and "access-control-request-method" in given
    return scope.get("method") == "OPTIONS" and asks


def _may_end(scope: Scope) -> bool:
    """Whether the proof of a request is one that ends: a session's, or a key."""
    principal = scope.get("state", {}).get("principal")
    return principal is not None and principal.proof != "owner"


def _given_word(scope: Scope, given: Given) -> str:
    """What a request gives as its proof, "" when that is nothing."""
    return _word(given.get("authorization", []), scope.get("subprotocols", ()))


def _word(authorization: list[str], subprotocols: Iterable[str]) -> str:
    """What a request gives as its proof, "" when that is nothing."""
    words = " ".join(authorization).split(" ")
    if len(words) == 2 and words[0].lower() == "bearer":
        return words[1]
    offered = [p for p in subprotocols if p.startswith(TOKEN_PROTOCOL)]
    return offered[0].removeprefix(TOKEN_PROTOCOL) if len(offered) == 1 else ""


async def refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    """Answer with the refusal; a WebSocket is refused in its handshake."""
    prefix = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    body = msgspec.json.encode(refusal)
    headers = [(b"content-type", PROBLEM.encode()), (b"content-length", str(len(body)).encode())]
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": f"{prefix}.start", "status": refusal.status, "headers": headers})
    await send({"type": f"{prefix}.body", "body": body})
