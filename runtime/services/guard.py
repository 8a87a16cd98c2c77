"""Who may speak to a server: token, Host and Origin are looked at before anything else is."""

import hmac
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from typing import Any

import msgspec

from runtime.wire import PROBLEM, Refusal

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
"""Any ASGI application; frameworks type its three arguments each in their own way."""

TOKEN_PROTOCOL = "heddle.token."
"""Begins the WebSocket subprotocol in which a browser, which can't set headers, gives the token."""


class Guard(msgspec.Struct, frozen=True):
    """Lets through to `app` only requests that carry the token and were meant for this server.

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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asks_first = scope.get("method") == "OPTIONS"
        refusal = self.refusal(scope["headers"], scope.get("subprotocols", ()), asks_first)
        if refusal is not None and refusal.status == 401 and self._is_free(scope):
            refusal = None
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            await refuse(scope, send, refusal)

    def refusal(
        self,
        headers: Iterable[tuple[bytes, bytes]],
        subprotocols: Iterable[str] = (),
        asks_first: bool = False,
    ) -> Refusal | None:
        """Why a request with these headers is refused, None when it isn't.

        A browser that `asks_first` whether a page may speak to the server can't send a token
        yet, and is told nothing but that.
        """
        given: dict[str, list[str]] = {}
        for name, value in headers:
            given.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        if [host.lower() for host in given.get("host", ())] not in [[host] for host in self.hosts]:
            return Refusal(
                "WrongHost", 403, "The request was meant for another host.",
                f"Speak to {' or '.join(sorted(self.hosts))}.",
            )  # fmt: skip
        if any(origin.lower() not in self.origins for origin in given.get("origin", ())):
            return Refusal(
                "WrongOrigin", 403, "Pages from elsewhere may not speak to this server.",
                "`heddle serve --origin` allows one.",
            )  # fmt: skip
        if asks_first and "origin" in given and "access-control-request-method" in given:
            return None
        if not self._knows(given.get("authorization", []), subprotocols):
            return Refusal(
                "Unauthorised", 401, "The token is missing or wrong.",
                "Send the header `Authorization: Bearer TOKEN`; the server says it when it starts.",
            )  # fmt: skip
        return None

    def _is_free(self, scope: Scope) -> bool:
        return str(scope.get("path", "")).startswith(self.free)

    def _knows(self, authorization: list[str], subprotocols: Iterable[str]) -> bool:
        words = " ".join(authorization).split(" ")
        if len(words) == 2 and words[0].lower() == "bearer":
            return self._is_token(words[1])
        offered = [p for p in subprotocols if p.startswith(TOKEN_PROTOCOL)]
        return len(offered) == 1 and self._is_token(offered[0].removeprefix(TOKEN_PROTOCOL))

    def _is_token(self, word: str) -> bool:
        return hmac.compare_digest(word.encode(), self.token.encode())


async def refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    """Answer with the refusal; a WebSocket is refused in its handshake."""
    prefix = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    body = msgspec.json.encode(refusal)
    headers = [(b"content-type", PROBLEM.encode()), (b"content-length", str(len(body)).encode())]
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": f"{prefix}.start", "status": refusal.status, "headers": headers})
    await send({"type": f"{prefix}.body", "body": body})
