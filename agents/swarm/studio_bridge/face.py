"""What the plugin speaks to: HTTP below /roblox/, JSON both ways, a long poll for news."""

import asyncio
import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar

import msgspec

from agents.contract import Receive, Scope, Send
from agents.errors import AgentError, Refused
from agents.swarm.studio_bridge.bridge import POLL, Bridge
from agents.swarm.studio_bridge.logs import Message
from agents.swarm.studio_bridge.pairing import Pass
from agents.swarm.studio_bridge.paths import path_of
from agents.swarm.studio_bridge.sessions import Session
from agents.swarm.studio_bridge.shapes import Edit, Kind, Placed, Taken
from graph.errors import BadInput

T = TypeVar("T")

PROTOCOL = 1
"""The version of what is spoken here; the plugin names its own in every request."""

PREFIX = "/roblox/"

LARGEST = 8 * 1024 * 1024
"""Bytes of a request; the plugin sends at most a megabyte."""
SLOWEST = 30.0
"""Seconds that a request may take to arrive."""

Name = Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[^\x00]*$")]
"""A script's id, as any database can look for it."""
Number = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]
"""A version's."""

_HOST = re.compile(r"(?P<name>[a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?")
"""What a request names as its Host: a name or an address, and perhaps a port."""


class Problem(Exception):
    """A request that is answered by no more than why not."""

    def __init__(self, status: int, error: str, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message
        self.cure = cure


class Pair(msgspec.Struct):
    """Asks to be let in."""

    code: str
    place: str = ""


class Begin(msgspec.Struct):
    """Begins a session. `run` is the same as long as the plugin isn't loaded anew."""

    run: str
    place: str = ""
    plugin: str = ""


class Had(msgspec.Struct):
    """A script as Studio has it, or had it last."""

    script: Name
    base: Number
    path: list[str]
    kind: Kind
    source: str
    gone: bool = False


class Write(msgspec.Struct):
    """What Studio has."""

    edits: list[Had]


class NotTaken(msgspec.Struct):
    """Why a version couldn't be taken."""

    version: Number
    reason: str


class Applied(msgspec.Struct):
    """What became of changes: scripts with the version that Studio has now."""

    applied: dict[Name, Number] = {}
    refused: dict[Name, NotTaken] = {}


class Log(msgspec.Struct):
    """What was said in Studio, where a place is edited or played."""

    run: str
    messages: list[Message]


class Face:
    """Answers requests. Only of a program on this machine, or one that was given its address.

    A page in a browser says its Origin, and is refused; one that had its name resolve to this
    machine gives that name as the Host, and is refused as well.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._ways: dict[tuple[str, str], Callable[[Asked], Awaitable[object]]] = {
            ("GET", "api"): self._api,
            ("POST", "pair"): self._pair,
            ("POST", "session"): self._begin,
            ("GET", "changes"): self._changes,
            ("POST", "write"): self._write,
            ("POST", "applied"): self._applied,
            ("POST", "log"): self._log,
            ("POST", "bye"): self._bye,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        status, content = await self._answered(Asked(scope, receive))
        body = msgspec.json.encode(content)
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"),
                   (b"content-length", str(len(body)).encode())]  # fmt: skip
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answered(self, asked: "Asked") -> tuple[int, object]:
        try:
            way = self._way(asked)
            return 200, await way(asked)
        except Problem as problem:
            return problem.status, _told(problem.error, problem.message, problem.cure)
        except BadInput as error:
            return 400, _told("bad_request", error.message, error.cure)
        except AgentError as error:
            return 503, _told("unavailable", error.message, error.cure)

    def _way(self, asked: "Asked") -> Callable[["Asked"], Awaitable[object]]:
        """What answers a request, once it may ask at all."""
        if "origin" in asked.headers:
            raise Problem(403, "wrong_origin", "Pages may not speak to the bridge.")
        if not _is_here(asked.headers.get("host", "")):
            raise Problem(
                403, "wrong_host", "The request was meant for another host.",
                "Speak to 127.0.0.1, localhost, or this machine's address in numbers.",
            )  # fmt: skip
        name = asked.path.removeprefix(PREFIX)
        found = self._ways.get((asked.method, name))
        if found is None:
            known = name in {one for _, one in self._ways}
            status, error = (405, "wrong_method") if known else (404, "not_found")
            raise Problem(status, error, f"There is no {asked.method} {PREFIX}{name[:60]}.")
        if name != "api" and (problem := _unspoken(asked.headers.get("x-heddle-protocol", ""))):
            self._bridge.logs.note(f"{problem.message} {problem.cure}")
            raise problem
        return found

    # What can be asked.

    async def _api(self, _: "Asked") -> object:
        """Who is here, and what is spoken."""
        return {
            "product": "Heddle",
            "protocol": PROTOCOL,
            "server": await self._bridge.server(),
        }

    async def _pair(self, asked: "Asked") -> object:
        given = await asked.read(Pair)
        redeem = self._bridge.pairings.redeem
        try:
            token, opened = await self._bridge.apart(redeem, given.code[:40], given.place[:200])
        except Refused as error:
            raise Problem(403, "wrong_code", error.message, error.cure) from error
        return {
            "token": token,
            "project": opened.project,
            "server": await self._bridge.server(),
        }

    async def _begin(self, asked: "Asked") -> object:
        """A session; Studio says next what it has."""
        opened = await self._opened(asked)
        given = await asked.read(Begin)
        await self._bridge.apart(self._bridge.scripts.forget_studio, opened.project)
        session = self._bridge.sessions.begin(
            opened, place=given.place[:200], plugin=given.plugin[:40], run=given.run[:60]
        )
        return {
            "session": session.id,
            "project": session.project,
            "server": await self._bridge.server(),
            "poll": POLL,
        }

    async def _changes(self, asked: "Asked") -> object:
        session = await self._session(asked)
        changes = await self._bridge.lacking(session)
        self._still_there(session)
        return {"changes": changes}

    async def _write(self, asked: "Asked") -> object:
        session = await self._session(asked)
        edits = [_edit(one) for one in (await asked.read(Write)).edits]
        taken: list[Taken] = await self._bridge.take_in(session, edits)
        return {"taken": taken}

    async def _applied(self, asked: "Asked") -> object:
        session = await self._session(asked)
        given = await asked.read(Applied)
        refused = {key: (one.version, one.reason[:500]) for key, one in given.refused.items()}
        await self._bridge.confirm(session, given.applied, refused)
        return {}

    async def _log(self, asked: "Asked") -> object:
        opened = await self._opened(asked)
        given = await asked.read(Log)
        self._bridge.logs.add(opened.project, given.run[:60], given.messages)
        return {}

    async def _bye(self, asked: "Asked") -> object:
        self._bridge.sessions.end(await self._session(asked))
        return {}

    async def _session(self, asked: "Asked") -> Session:
        """The session that a request belongs to, whose token it has to give as well."""
        name = asked.headers.get("x-heddle-session", "")
        session = self._bridge.sessions.get(name)
        if session is None:
            raise self._no_session(name)
        if (await self._opened(asked)).key != session.key:
            raise Problem(403, "wrong_session", "That session is another Studio's.")
        return session

    async def _opened(self, asked: "Asked") -> Pass:
        """What the token of a request opens."""
        opened = await self._bridge.apart(self._bridge.pairings.opened_by, asked.token)
        if opened is None:
            raise Problem(
                401, "not_paired", "Heddle doesn't know this Studio.",
                "Pair them: ask Heddle for a code, and enter it in the plugin.",
            )  # fmt: skip
        return opened

    def _still_there(self, session: Session) -> None:
        if self._bridge.sessions.get(session.id) is None and not self._bridge.sessions.ended:
            raise self._no_session(session.id)

    def _no_session(self, name: str) -> Problem:
        if self._bridge.sessions.was_replaced(name):
            return Problem(
                409, "replaced", "Another Studio took over.", "Connect here again to have it back."
            )
        return Problem(409, "no_session", "That session is over.", "Begin another.")


class Asked:
    """A request: what is said at its beginning, and what follows."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: Mapping[str, str] = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        self._receive = receive

    @property
    def token(self) -> str:
        """What is given as the bearer's token, "" for none."""
        how, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if how.lower() == "bearer" else ""

    async def read(self, kind: type[T]) -> T:
        """The body as that kind. Raises Problem."""
        try:
            async with asyncio.timeout(SLOWEST):
                content = await self._body()
            return msgspec.json.decode(content, type=kind)
        except TimeoutError:
            raise Problem(408, "too_slow", "The request took too long to arrive.") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Problem(400, "bad_request", f"The request can't be read: {error}.") from error

    async def _body(self) -> bytes:
        content = bytearray()
        while True:
            message: Mapping[str, Any] = await self._receive()
            if message["type"] == "http.disconnect":
                raise Problem(400, "cut_off", "The request ended early.")
            content += message.get("body", b"")
            if len(content) > LARGEST:
                raise Problem(413, "too_large", f"A request has at most {LARGEST:,} bytes.")
            if not message.get("more_body"):
                return bytes(content)


def _told(error: str, message: str, cure: str) -> Mapping[str, object]:
    return {"error": error, "message": message, "cure": cure, "protocol": PROTOCOL}


def _unspoken(protocol: str) -> Problem | None:
    """What is wrong with the version that a plugin speaks, if anything is."""
    if protocol == str(PROTOCOL):
        return None
    is_newer = protocol.isdigit() and int(protocol[:9]) > PROTOCOL
    return Problem(
        426,
        "wrong_protocol",
        f"The plugin speaks version {protocol[:9] or 'none'} of the bridge's protocol, "
        f"Heddle speaks {PROTOCOL}.",
        "Renew Heddle, or use the plugin that came with it."
        if is_newer
        else "Renew the plugin: `heddle roblox plugin` writes the one that fits.",
    )


def _is_here(host: str) -> bool:
    """Whether a request names this machine as only somebody who means it can.

    Any page can have a name of its own resolve to this machine, but not an address in numbers.
    """
    name = _HOST.fullmatch(host.lower())
    if name is None or name["name"] == "localhost":
        return name is not None
    try:
        ipaddress.ip_address(name["name"].strip("[]"))
    except ValueError:
        return False
    return True


def _edit(had: Had) -> Edit:
    return Edit(
        placed=Placed(path_of(had.path), had.kind),
        source=had.source,
        script=had.script,
        base=had.base,
        gone=had.gone,
    )
