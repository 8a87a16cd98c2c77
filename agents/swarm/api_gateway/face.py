"""What callers reach over HTTP: finds the endpoint, lets them in, reads, answers."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from agents.contract import Receive, Scope, Send
from agents.swarm.api_gateway.answers import (
    HTML,
    Answer,
    Header,
    Refusal,
    as_json,
    tell,
)
from agents.swarm.api_gateway.asking import Gone, body_of, decoded
from agents.swarm.api_gateway.asks import BODIES
from agents.swarm.api_gateway.calls import REPEAT, Calls, Request
from agents.swarm.api_gateway.gate import Gate, below
from agents.swarm.api_gateway.limiting import Limiter
from agents.swarm.api_gateway.openapi import document
from agents.swarm.api_gateway.pages import page, safe
from agents.swarm.api_gateway.paths import asked
from agents.swarm.api_gateway.shapes import ROOT, VERSIONS, Key
from agents.swarm.api_gateway.standing import Standing
from agents.swarm.api_gateway.store import Begun

BODY_SECONDS = 10.0
"""Seconds that a caller may take to send a body."""

LONGEST_WAIT = 30.0
"""Seconds for which a question about a run is held back until there is news."""

Headers = Mapping[bytes, bytes]


class Come(NamedTuple):
    """A request as far as it is read."""

    method: str
    parts: Sequence[str]
    query: bytes
    headers: Headers
    address: str
    before: str
    """What the caller's addresses begin with: a tenant's, say."""


class Face:
    """Answers requests by what stands now."""

    def __init__(self, calls: Calls, limiter: Limiter, apart: Any) -> None:
        self.standing = Standing()
        self._calls = calls
        self._limiter = limiter
        self._apart = apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application for what begins with ROOT."""
        if scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        more: list[Header] = []
        try:
            come = _come(scope)
            answer = await self._answered(come, receive, more)
        except Refusal as refusal:
            answer = refusal.answer()
        except Gone:
            return
        await tell(send, answer, more, bare=scope["method"] == "HEAD")

    async def _answered(self, come: Come, receive: Receive, more: list[Header]) -> Answer:
        parts = come.parts
        if len(parts) > 1 and parts[0] in VERSIONS:
            if self.standing.missing:
                raise Refusal(503, "Unavailable", self.standing.missing, wait=1)
            found = self.standing.table.find(parts[0], parts[1:])
            if found is not None:
                return await self._at(found.methods, found.values, come, receive, more)
            return await self._own(come)
        if come.method in ("GET", "HEAD") and parts in ([""], []):
            return Answer(200, as_json(self.standing.listed(come.before)))
        raise _nothing(come)

    # Endpoints.

    async def _at(
        self,
        methods: Mapping[str, Gate],
        places: tuple[str, ...],
        come: Come,
        receive: Receive,
        more: list[Header],
    ) -> Answer:
        method = "GET" if come.method == "HEAD" else come.method
        gate = methods.get(method)
        if gate is None:
            return _others(methods, come)
        began, status = time.perf_counter(), 500
        try:
            answer = await self._through(gate, places, come, receive, more)
            status = answer.status
        except Refusal as refusal:
            status = refusal.status
            raise
        except Gone:
            status = 499
            raise
        finally:
            self.standing.tally(gate.key).count(status, time.perf_counter() - began)
        return answer

    async def _through(
        self,
        gate: Gate,
        places: tuple[str, ...],
        come: Come,
        receive: Receive,
        more: list[Header],
    ) -> Answer:
        endpoint = gate.endpoint
        more.extend(gate.headers(come.before))
        if b"origin" in come.headers:
            more.extend(_shared_with(gate, come.headers))
        _look_whether_gone(gate, come.before)
        key = self.standing.keys.caller(endpoint, come.headers)
        if endpoint.rate is not None:
            await self._limited(gate, key, come, more)
        if gate.has_body or endpoint.method in BODIES:
            body = await _sent(receive, come.headers, endpoint.largest)
            given = decoded(body, come.headers) if gate.has_body else {}
        else:
            body, given = b"", {}
        record = gate.record(places, come.query, come.headers, given)
        inputs = await gate.inputs(record, self._calls.evaluate)
        caller = key.id if key is not None else "open"
        repeat = come.headers.get(REPEAT) if endpoint.method != "GET" else None
        if repeat is None:
            return await self._calls.answer(Request(gate, inputs, caller, before=come.before))
        path, read = "/".join(come.parts).encode(), gate.read_from(come.headers)
        content = (come.method.encode(), path, come.query, body, *read)
        return await self._calls.answer(Request(gate, inputs, caller, repeat, content, come.before))

    async def _limited(self, gate: Gate, key: Key | None, come: Come, more: list[Header]) -> None:
        rate = gate.endpoint.rate
        assert rate is not None, "the endpoint has one"
        name = gate.key
        if rate.each == "caller":
            name = f"{name}:{key.id if key is not None else come.address}"
        left = await self._limiter.take(name, rate)
        resets = int(time.time() + left.reset + 0.999)
        more += (
            (b"x-ratelimit-limit", str(rate.calls).encode()),
            (b"x-ratelimit-remaining", str(left.remaining).encode()),
            (b"x-ratelimit-reset", str(resets).encode()),
        )
        if not left.may:
            raise Refusal(
                429, "TooManyRequests",
                f"There may be {rate.calls:,} calls in {rate.seconds:,} s, and there were.",
                wait=left.reset,
            )  # fmt: skip

    # What the gateway answers itself.

    async def _own(self, come: Come) -> Answer:
        version, own, *rest = come.parts
        reads = come.method in ("GET", "HEAD")
        if own == "openapi.json" and not rest and reads:
            return Answer(200, document(version, self.standing.gates(version), come.before))
        if own == "docs" and not rest and reads:
            return Answer(200, page(version, come.before), (HTML, *safe()))
        if own == "runs" and len(rest) == 1 and reads:
            gate = await self._begun(come, rest[0])
            return await self._calls.state(gate, rest[0], _patience(come.headers))
        if own == "runs" and len(rest) == 2 and rest[1] == "cancel" and come.method == "POST":
            await self._begun(come, rest[0])
            return await self._calls.cancel(rest[0])
        raise _nothing(come)

    async def _begun(self, come: Come, run: str) -> Gate:
        """The endpoint that began a run for this caller. Raises Refusal."""
        begun: Begun | None = await self._apart(self._calls.store.begun, run)
        gate = begun and self.standing.gate(f"{begun.version}/{begun.name}")
        if begun is None or not gate or begun.version != come.parts[0]:
            raise _nothing(come)
        key = self.standing.keys.caller(gate.endpoint, come.headers)
        if gate.endpoint.access == "key" and (key is None or key.id != begun.caller):
            raise _nothing(come)
        return gate


def _come(scope: Scope) -> Come:
    raw = scope.get("raw_path") or str(scope["path"]).encode()
    parts = asked(raw)
    if parts is None:
        raise Refusal(400, "Malformed", "The path is not written in UTF-8.")
    client = scope.get("client") or ("",)
    # The first two are nothing and the ROOT.
    return Come(
        scope["method"],
        parts[2:],
        scope["query_string"],
        dict(scope["headers"]),
        str(client[0]),
        scope.get("root_path", ""),
    )


async def _sent(receive: Receive, headers: Headers, largest: int) -> bytes:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await body_of(receive, headers, largest)
    except TimeoutError:
        raise Refusal(
            408, "TooSlow", f"The body wasn't sent within {BODY_SECONDS:g} s.",
            headers=((b"connection", b"close"),),
        ) from None  # fmt: skip


def _look_whether_gone(gate: Gate, before: str) -> None:
    deprecation = gate.endpoint.deprecation
    if deprecation is None or deprecation.sunset is None or time.time() < deprecation.sunset:
        return
    cure = f"Call {below(before, gate.successor)} instead." if gate.successor else ""
    raise Refusal(410, "Gone", f"This is answered no longer. {deprecation.note}".strip(), cure)


def _others(methods: Mapping[str, Gate], come: Come) -> Answer:
    """What those are told who use another method: which there are, and whether pages may."""
    allowed = ", ".join(sorted({*methods, *(("HEAD",) if "GET" in methods else ()), "OPTIONS"}))
    if come.method != "OPTIONS":
        raise Refusal(
            405, "WrongMethod", f"{come.method} is nothing that can be done here.",
            f"Use {allowed}.", headers=((b"allow", allowed.encode()),),
        )  # fmt: skip
    headers: list[Header] = [(b"allow", allowed.encode())]
    wanted = come.headers.get(b"access-control-request-method", b"").decode("latin-1")
    if (gate := methods.get(wanted)) is not None and b"origin" in come.headers:
        headers.extend(_shared_with(gate, come.headers))
        headers += (
            (b"access-control-allow-methods", wanted.encode()),
            (
                b"access-control-allow-headers",
                b"authorization, content-type, idempotency-key, prefer, x-api-key",
            ),
            (b"access-control-max-age", b"600"),
        )
    return Answer(204, b"", tuple(headers))


def _shared_with(gate: Gate, headers: Headers) -> Sequence[Header]:
    """The headers by which a page elsewhere may read the answer. Raises Refusal if it may not."""
    origin = headers[b"origin"].lower()
    own = headers.get(b"host", b"").lower()
    if origin in (b"http://" + own, b"https://" + own):
        return ()
    allowed = gate.endpoint.origins
    if "*" not in allowed and origin.decode("latin-1") not in map(str.lower, allowed):
        raise Refusal(
            403, "WrongOrigin", "Pages from elsewhere may not call this.",
            "The endpoint's `origins` allow some.",
        )  # fmt: skip
    return (
        (b"access-control-allow-origin", headers[b"origin"]),
        (b"vary", b"Origin"),
        (
            b"access-control-expose-headers",
            b"deprecation, idempotent-replayed, link, location, retry-after, sunset,"
            b" x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset",
        ),
    )


def _patience(headers: Headers) -> float:
    """Seconds that a caller would rather wait than ask again: `Prefer: wait=10` (RFC 7240)."""
    for preference in headers.get(b"prefer", b"").split(b","):
        name, _, value = preference.strip().partition(b"=")
        if name.lower() == b"wait" and value.isdigit() and len(value) < 6:
            return min(float(value), LONGEST_WAIT) or 0.05
    return 0.05


def _nothing(come: Come) -> Refusal:
    listed = f"{come.before}{ROOT}/ lists what there is."
    return Refusal(404, "NotFound", "There is nothing at this address.", listed)
