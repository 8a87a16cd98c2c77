"""Puts flows behind addresses: keeps the endpoints, and answers whoever calls them."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, ParamSpec, TypeVar

import msgspec
from msgspec.structs import replace

from agents.contract import Grants, Health, Means, Receive, Scope, Send
from agents.errors import AgentError
from agents.swarm.api_gateway.answers import Refusal
from agents.swarm.api_gateway.calls import Calls, Request, away
from agents.swarm.api_gateway.face import Face
from agents.swarm.api_gateway.gate import Gate
from agents.swarm.api_gateway.keys import digest_of, new_key
from agents.swarm.api_gateway.limiting import Limiter
from agents.swarm.api_gateway.openapi import document
from agents.swarm.api_gateway.routing import refuse_conflicts
from agents.swarm.api_gateway.shapes import (
    Deprecation,
    Endpoint,
    Kept,
    Key,
    NewKey,
    Overview,
    Shown,
    Version,
)
from agents.swarm.api_gateway.store import Store, Whole
from agents.swarm.api_gateway.words import deprecated_words
from agents.worker import Worker, capability
from graph.errors import BadInput
from graph.values import did_you_mean

P = ParamSpec("P")
T = TypeVar("T")

RHYTHM = 1.0
"""Seconds between two looks whether another server has changed the endpoints."""

LOOK_SECONDS = 0.8
"""Seconds in which a deep check has to be through."""

SLOW = (
    f"The database or the Redis of the gateway doesn't answer within {LOOK_SECONDS:g} s."
    " Look whether they are there, and how busy they are."
)

REMEMBERED = 86_400.0
"""Seconds for which calls with an idempotency key, and runs asked for later, are known."""

TIDY_EVERY = 3600.0

LONGEST_LABEL = 200


class Called(msgspec.Struct, frozen=True):
    """What a call from within came to; `deprecated` says so where it should be made no more."""

    value: Any
    status: int
    deprecated: str = ""


class GatewayAgent(Worker):
    """One for all flows of a home. Every method raises BadInput and AgentError."""

    kind: ClassVar[str] = "api_gateway"
    title: ClassVar[str] = "API gateway"
    for_all: ClassVar[bool] = True

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._store = Store(means.folder, means.outside.database_url)
        self._database = means.guards.of("api_gateway:database")
        self._limiter = Limiter(
            means.guards.of("api_gateway:redis"),
            means.outside.redis_url,
            changed=lambda _: self._tell(),
        )
        self._calls = Calls(means.flows, means.evaluate, self._store, self._apart)
        self.face = Face(self._calls, self._limiter, self._apart)
        self._standing = self.face.standing
        self._trouble = ""
        self._following: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()
        self._tidied = 0.0

    async def connect(self) -> None:
        """Read the endpoints, and see from here on whether others change them.

        A database that is away is waited for: callers are told so meanwhile.
        """
        await self._catch_up()
        self._following = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Let go of the database and the Redis."""
        self._ending.set()
        if self._following is not None:  # cancelled, it would leave a thread with the database
            await asyncio.gather(self._following, return_exceptions=True)
        await self._limiter.close()
        await asyncio.to_thread(self._store.close)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What callers reach at /gateway/."""
        await self.face(scope, receive, send)

    async def health(self, *, deep: bool = False) -> Health:
        """Deep: whether the database and the Redis answer."""
        if deep:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await asyncio.gather(self._catch_up(), self._limiter.look())
            except TimeoutError:
                return Health("degraded", SLOW)
        return self._health()

    # What can be done.

    @capability("write")
    async def create(
        self, endpoint: Endpoint, *, text: str = "", within: Mapping[str, Any] | None = None
    ) -> Shown:
        """Put a flow behind an address; `text` is that of its file, if it isn't stored yet.

        The flow may touch what this home grants, and of that only what `within` allows, if given.
        """
        kept = await self._ready(endpoint, text, within)

        def decide(there: Whole) -> None:
            if any(one.endpoint.key == endpoint.key for one in there.endpoints):
                raise BadInput(
                    f"name: There is an endpoint {endpoint.key!r} already.",
                    cure="Choose another name or version, or change the one there is.",
                )
            refuse_conflicts(endpoint, [one.endpoint for one in there.endpoints])

        self._standing.take(await self._done(self._store.put, kept, decide))
        return self._shown(kept)

    @capability("write")
    async def change(
        self,
        version: Version,
        name: str,
        changes: Mapping[str, Any],
        *,
        text: str = "",
        within: Mapping[str, Any] | None = None,
    ) -> Shown:
        """Change an endpoint at once; what is null among the changes becomes its default.

        Whoever says which flow it runs bounds that by `within`; else it stays as it is bounded.
        """
        before = self._one(version, name).kept
        old, says_flow = before.endpoint, bool(text) or "flow" in changes
        if {"name", "version"} & {*changes}:
            raise BadInput(
                "An endpoint keeps its name and version.", cure="Create another, and remove this."
            )
        said = msgspec.to_builtins(old) | dict(changes)
        said = {field: value for field, value in said.items() if value is not None}
        try:
            endpoint = msgspec.convert(said, Endpoint)
        except msgspec.ValidationError as error:
            raise BadInput(f"The endpoint can't become so: {error}.") from None
        kept = await self._ready(endpoint, text, within if says_flow else before.within)

        def decide(there: Whole) -> None:
            if not any(one.endpoint.key == endpoint.key for one in there.endpoints):
                raise _unknown(endpoint.key, there)
            refuse_conflicts(endpoint, [one.endpoint for one in there.endpoints])

        self._standing.take(await self._done(self._store.put, kept, decide))
        return self._shown(kept)

    @capability("write")
    async def remove(self, version: Version, name: str) -> None:
        """Take an endpoint away at once; calls under way are answered."""
        endpoint = self._one(version, name).kept.endpoint
        self._standing.take(await self._done(self._store.remove, endpoint))

    @capability("write")
    async def deprecate(
        self,
        version: Version,
        name: str,
        *,
        since: float = 0.0,
        sunset: float | None = None,
        link: str = "",
        successor: str = "",
        note: str = "",
    ) -> Shown:
        """Say that an endpoint should be called no more; `since` 0 means from now on.

        Times are seconds since the epoch. After the `sunset` it answers 410.
        """
        said = Deprecation(since or time.time(), sunset, link, successor, note)
        return await self.change(version, name, {"deprecation": msgspec.to_builtins(said)})

    @capability("read")
    async def overview(self) -> Overview:
        """All endpoints with what their calls came to, and all keys."""
        health = self._health()
        return Overview(
            endpoints=[self._shown(kept) for kept in self._standing.whole.endpoints],
            keys=[key for key, _ in self._standing.whole.keys],
            counted_in="redis" if self._limiter.is_shared else "memory",
            state=health.state,
            detail=health.detail,
            now=time.time(),
        )

    @capability("read")
    async def openapi(self, version: Version) -> Any:
        """The OpenAPI 3.1 document of a version."""
        return msgspec.json.decode(document(version, self._standing.gates(version)))

    @capability("write")
    async def make_key(self, label: str, *, endpoints: tuple[str, ...] = ()) -> NewKey:
        """Make a key for some endpoints, such as v1/get_lesson, or for all; it is told once."""
        if not label or len(label) > LONGEST_LABEL:
            raise BadInput("label: A key needs one, of at most 200 letters.")
        known = [one.endpoint.key for one in self._standing.whole.endpoints]
        for wanted in endpoints:
            if wanted not in known:
                raise _unknown(wanted, self._standing.whole)
        made = new_key(label, endpoints)
        self._standing.take(await self._done(self._store.put_key, made.key, digest_of(made.secret)))
        return made

    @capability("write")
    async def remove_key(self, id: str) -> None:
        """Have a key open nothing any more."""
        known: Mapping[str, Key] = {key.id: key for key, _ in self._standing.whole.keys}
        if id not in known:
            raise BadInput(f"id: There is no key {id!r}.", cure=did_you_mean(id, known))
        self._standing.take(await self._done(self._store.remove_key, id))

    @capability("write")
    async def call(
        self,
        version: Version,
        name: str,
        values: Mapping[str, Any],
        *,
        within: Mapping[str, Any] | None = None,
    ) -> Called:
        """Call an endpoint from within: its values are checked, its limits and keys are not.

        Its flow may touch what this home grants, and of that only what `within` allows, if given.
        """
        gate = self._one(version, name)
        try:
            record = gate.checked(values)
            inputs = await gate.inputs(record, self.means.evaluate)
            answer = await self._calls.answer(Request(gate, inputs, "within", within=within))
        except Refusal as refusal:
            if refusal.status in (400, 422):
                raise BadInput(refusal.detail, cure=refusal.cure) from None
            raise AgentError(refusal.detail, cure=refusal.cure) from None
        value = msgspec.json.decode(answer.body) if answer.body else None
        return Called(value, answer.status, deprecated_words(gate.endpoint))

    # What stands.

    async def _ready(self, endpoint: Endpoint, text: str, within: Mapping[str, Any] | None) -> Kept:
        """The endpoint as it can be kept, with its flow stored. Raises BadInput."""
        if endpoint.name.startswith("gateway_"):
            raise BadInput("name: Names that begin with gateway_ are the gateway's own.")
        flows = self.means.flows
        wanted = await flows.store(text, endpoint.flow_name) if text else endpoint.flow
        shape = await flows.shape(wanted)
        endpoint = replace(
            endpoint,
            flow=shape.flow,
            flow_name=shape.name,
            description=endpoint.description or shape.description,
        )
        kept = Kept(endpoint, shape.takes, shape.gives, time.time(), within)
        Gate(kept)
        return kept

    def _one(self, version: Version, name: str) -> Gate:
        if (gate := self._standing.gate(f"{version}/{name}")) is None:
            raise _unknown(f"{version}/{name}", self._standing.whole)
        return gate

    def _shown(self, kept: Kept) -> Shown:
        endpoint = kept.endpoint
        usage = self._standing.tally(endpoint.key).usage()
        return Shown(endpoint, endpoint.address, usage, kept.at, kept.within)

    async def _done(self, work: Callable[P, T], *args: P.args, **given: P.kwargs) -> T:
        """What the store does, in a thread; a server's guard stands around it."""
        if not self._store.is_server:
            return await asyncio.to_thread(work, *args, **given)
        return await self._database.call(lambda: asyncio.to_thread(work, *args, **given))

    async def _apart(self, work: Callable[P, T], *args: P.args, **given: P.kwargs) -> T:
        """The same for callers over HTTP. Raises Refusal."""
        try:
            return await self._done(work, *args, **given)
        except AgentError as error:
            raise away(error) from None

    async def _follow(self) -> None:
        while not self._ending.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RHYTHM):
                    await self._ending.wait()
                return
            await self._catch_up()
            if self._standing.has_rates:  # else nobody would notice that the Redis is away
                await self._limiter.look()

    async def _catch_up(self) -> None:
        """Let stand what is kept, if that was changed elsewhere."""
        try:
            if await self._done(self._store.change) != self._standing.change:
                self._standing.take(await self._done(self._store.whole))
            if time.time() - self._tidied > TIDY_EVERY:
                self._tidied = time.time()
                await self._done(self._store.forget, time.time() - REMEMBERED)
            self._know("")
        except AgentError as error:
            self._know(str(error))

    def _know(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._tell()

    def _tell(self) -> None:
        self.means.report(self._health())

    def _health(self) -> Health:
        if self._trouble and self._standing.missing:
            return Health("down", self._trouble)
        troubles = [self._trouble, self._limiter.trouble, *self._standing.broken.values()]
        detail = " ".join(filter(None, troubles))
        return Health("degraded", detail) if detail else Health("ok")


def _unknown(key: str, there: Whole) -> BadInput:
    known = [one.endpoint.key for one in there.endpoints]
    cure = did_you_mean(key, known) or (f"There are {', '.join(known)}." if known else "")
    return BadInput(f"There is no endpoint {key!r}.", cure=cure)
