"""Components over HTTP: read with GET, made with PUT, changed with PATCH, versions as ETags."""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import unquote

import msgspec

from agents.contract import Receive, Scope, Send
from agents.errors import AgentError
from agents.swarm.ui_sync.board import Board
from agents.swarm.ui_sync.patches import LARGEST
from agents.swarm.ui_sync.shapes import (
    Applied,
    Component,
    Declined,
    Mutation,
    Operation,
    Patch,
    mutation_of,
    whole,
)
from graph.errors import BadInput, BlockError

START = "/ui/components/"

_STATUS = {"conflict": 412, "misfit": 409, "moved": 409, "reused": 422, "too_large": 413}
_REPLAYED = (b"idempotent-replayed", b"true")
_HOW = "Send application/json-patch+json or application/merge-patch+json."

_operations = msgspec.json.Decoder(tuple[Operation, ...]).decode


class Unsuitable(Exception):
    """A request that is answered with a status of its own."""

    def __init__(self, status: int, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.cure = status, message, cure


class Pages:
    """`If-Match` says which version is to be changed, `Idempotency-Key` which change it is."""

    def __init__(self, board: Board, mutate: Callable[[str, Mutation], Awaitable[Applied]]) -> None:
        self._board = board
        self._mutate = mutate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            component, is_repeated = await self._answer(scope, receive)
        except Unsuitable as error:
            await _refuse(send, error.status, "Unsuitable", error.message, error.cure)
        except BlockError as error:
            status = _status(error)
            await _refuse(send, status, type(error).__name__, error.message, error.cure)
        else:
            etag = (b"etag", f'"{component.version}"'.encode())
            more = [etag, _REPLAYED] if is_repeated else [etag]
            await _reply(send, 200, msgspec.json.encode(component), more=more)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[Component, bool]:
        """A component as it is by now, and whether the change asked for was done before."""
        path = unquote(str(scope["path"]))
        if not path.startswith(START) or path == START:
            raise Unsuitable(404, f"There is nothing at {path}.", f"Components are below {START}.")
        name, method = path.removeprefix(START), scope["method"]
        if method not in ("GET", "HEAD", "PUT", "PATCH"):
            raise Unsuitable(405, f"{method} can't be done to a component.", "Use GET, PUT, PATCH.")
        is_repeated = False
        if method in ("PUT", "PATCH"):
            headers = _headers(scope)
            body = await _body(receive)
            is_repeated = (await self._mutate(name, _mutation(method, headers, body))).is_repeated
        stored = await self._board.stored(name)
        value = msgspec.Raw(stored.value.encode())
        return Component(name, stored.version, value, stored.at), is_repeated


def _mutation(method: str, headers: Mapping[str, str], body: bytes) -> Mutation:
    name = headers.get("idempotency-key") or uuid.uuid4().hex
    base = _version(headers.get("if-match", "*"))
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        return mutation_of(_patch("put" if method == "PUT" else kind, body), name, base)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadInput(f"The body isn't understood: {error}.", cure=_HOW) from None


def _patch(kind: str, body: bytes) -> Patch:
    match kind:
        case "put":
            return whole(msgspec.json.decode(body))
        case "application/json-patch+json":
            return Patch(patch=_operations(body))
        case "application/merge-patch+json":
            return Patch(merge=msgspec.json.decode(body))
    raise Unsuitable(415, f"{kind or 'Nothing'} is no kind of patch.", _HOW)


def _version(etag: str) -> int | None:
    bare = etag.strip().removeprefix("W/").strip('"')
    if bare == "*":
        return None
    if not bare.isdecimal() or len(bare) > 18:
        raise BadInput(f"{etag} is no version.", cure='Send the ETag that came: If-Match: "7".')
    return int(bare)


def _status(error: BlockError) -> int:
    if isinstance(error, Declined):
        return _STATUS.get(error.code, 412)
    return 503 if isinstance(error, AgentError) else 400


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":  # what came so far may read as something else
            raise Unsuitable(400, "The body ended early.")
        body += message.get("body", b"")
        if len(body) > LARGEST:
            raise Unsuitable(413, f"A body has at most {LARGEST:,} bytes.")
        if not message.get("more_body"):
            return bytes(body)


async def _refuse(send: Send, status: int, title: str, message: str, cure: str) -> None:
    problem = {"title": title, "status": status, "detail": message}
    body = msgspec.json.encode(problem | ({"cure": cure} if cure else {}))
    await _reply(send, status, body, kind="application/problem+json")


async def _reply(
    send: Send,
    status: int,
    body: bytes,
    *,
    kind: str = "application/json",
    more: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
