"""Calls of endpoints: run once however often they are sent, waited for, or asked for later."""

import asyncio
import contextlib
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from agents.contract import Flows
from agents.errors import INTERRUPTED, AgentError, FlowFailed
from agents.swarm.api_gateway.answers import JSON, Answer, Refusal, as_json
from agents.swarm.api_gateway.gate import Gate
from agents.swarm.api_gateway.shapes import ROOT
from agents.swarm.api_gateway.store import Begun, Repeat, Store
from agents.swarm.api_gateway.transforms import Evaluate
from graph.errors import BadInput, HeddleError

REPEAT = b"idempotency-key"
KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
REPLAYED = (b"idempotent-replayed", b"true")

Apart = Callable[..., Any]
"""Has the store do something, in a thread and through its guard."""


class Request(msgspec.Struct, frozen=True):
    """A call that was read and may be answered: its inputs, whose it is, and what repeats it.

    `before` is what its caller's addresses begin with; `within` what its caller may touch, if that
    is a flow.
    """

    gate: Gate
    inputs: Mapping[str, Any]
    caller: str
    repeat: bytes | None = None
    content: tuple[bytes, ...] = ()
    before: str = ""
    within: Mapping[str, Any] | None = None

    async def begun(self, flows: Flows, run: str) -> str:
        """Begin its run, unless that was done; gives its id. Raises HeddleError."""
        kept = self.gate.kept
        return await flows.begin(
            kept.endpoint.flow, self.inputs, run=run, within=kept.within, also=self.within
        )


class Calls:
    """Has flows run for callers. Raises Refusal."""

    def __init__(self, flows: Flows, evaluate: Evaluate, store: Store, apart: Apart) -> None:
        self._flows = flows
        self.evaluate = evaluate
        self.store = store
        self._apart = apart

    async def answer(self, request: Request) -> Answer:
        """What the caller is told."""
        if request.repeat is not None:
            return await self._once(request, request.repeat)
        run = new_run() if request.gate.endpoint.answers == "later" else ""
        return await self._answered(request, run)

    async def _answered(self, request: Request, run: str, *, joins: bool = False) -> Answer:
        if request.gate.endpoint.answers == "later":
            return await self._later(request, run)
        outputs = await self._outputs(request, run, joins=joins)
        return await request.gate.answer(outputs, self.evaluate)

    async def _outputs(self, request: Request, run: str, *, joins: bool) -> Mapping[str, Any]:
        endpoint = request.gate.endpoint
        begun = run
        try:
            async with asyncio.timeout(endpoint.seconds):
                begun = await request.begun(self._flows, run)
                if joins:  # the server that began it may be gone
                    await self._flows.go_on(run)
                return await self._flows.result(begun)
        except TimeoutError:
            if joins:
                raise Refusal(
                    409, "UnderWay", "The call with this key is still under way.",
                    "Send it again later.", wait=5, run=begun,
                ) from None  # fmt: skip
            if begun:
                await self._flows.cancel(begun, "Its caller's time was over.")
            raise Refusal(
                504, "Overdue", f"There was no result within {endpoint.seconds:g} s.",
                "Have it answer later, or give it more time.", run=begun,
            ) from None  # fmt: skip
        except HeddleError as error:
            raise refused(error) from None

    async def _later(self, request: Request, run: str) -> Answer:
        endpoint = request.gate.endpoint
        begun = Begun(endpoint.version, endpoint.name, request.caller)
        try:
            await request.begun(self._flows, run)
        except HeddleError as error:
            raise refused(error) from None
        try:
            await self._apart(self.store.note_run, run, begun)
        except Refusal as refusal:
            refusal.run = run  # it runs, and a repetition is to find it
            raise
        place = f"{request.before}{ROOT}/{endpoint.version}/runs/{run}"
        body = as_json({"run": run, "state": "running", "at": place})
        return Answer(202, body, (JSON, (b"location", place.encode())))

    # Calls that carry a key are done once.

    async def _once(self, request: Request, given: bytes) -> Answer:
        key = given.decode("latin-1")
        if not KEY.match(key):
            raise Refusal(
                400, "Malformed", "The header Idempotency-Key is no key.",
                "Send 1 to 255 printable characters, such as a UUID.",
            )  # fmt: skip
        scope = f"{request.gate.endpoint.key}:{request.caller}"
        digest = hashlib.sha256(msgspec.msgpack.encode(request.content)).hexdigest()
        run = new_run()
        known: Repeat | None = await self._apart(self.store.claim, scope, key, digest, run)
        if known is None:
            return await self._settled(request, scope, key, run, joins=False)
        if known.digest != digest:
            raise Refusal(
                422, "KeyReused", "The Idempotency-Key came with another request before.",
                "Take a new key for each request that isn't a repetition.",
            )  # fmt: skip
        if known.status is not None:
            return Answer(known.status, known.body, (*known.headers, REPLAYED))
        return await self._settled(request, scope, key, known.run, joins=True)

    async def _settled(
        self, request: Request, scope: str, key: str, run: str, *, joins: bool
    ) -> Answer:
        """Answer a call, and keep the answer unless it is worth another try."""
        try:
            answer = await self._answered(request, run, joins=joins)
        except Refusal as refusal:
            if refusal.wait is None:
                await self._keep(scope, key, refusal.answer())
            elif not joins and not refusal.run:
                await self._apart(self.store.release, scope, key)
            raise
        await self._keep(scope, key, answer)
        return answer

    async def _keep(self, scope: str, key: str, answer: Answer) -> None:
        """Without it a repetition asks the run, which is kept as well."""
        with contextlib.suppress(Refusal):
            await self._apart(
                self.store.settle, scope, key, answer.status, answer.headers, answer.body
            )

    # Runs that are asked for later.

    async def state(self, gate: Gate, run: str, wait: float) -> Answer:
        """How a run is that was begun before, waited for a while."""
        try:
            async with asyncio.timeout(wait):
                await self._flows.go_on(run)  # the server that began it may be gone
                outputs = await self._flows.result(run)
        except TimeoutError:
            told = as_json({"run": run, "state": "running"})
            return Answer(200, told, (JSON, (b"retry-after", b"1")))
        except FlowFailed as error:
            problem = msgspec.Raw(refused(error).answer().body)
            return Answer(200, as_json({"run": run, "state": "failed", "problem": problem}))
        except HeddleError as error:
            raise refused(error) from None
        answer = await gate.answer(outputs, self.evaluate)
        told = as_json({"run": run, "state": "succeeded", "result": msgspec.Raw(answer.body)})
        return Answer(200, told)

    async def cancel(self, run: str) -> Answer:
        """End a run."""
        await self._flows.cancel(run, "Its caller cancelled it.")
        return Answer(202, as_json({"run": run, "state": "cancelling"}))


def new_run() -> str:
    """An id that nobody guesses, as whoever knows it may ask how the run is."""
    return f"gateway-{secrets.token_hex(16)}"


def refused(error: HeddleError) -> Refusal:
    """What callers are told when there is no result: what they can mend, else that it failed."""
    match error:
        case FlowFailed(reason="BadInput") | BadInput():
            return Refusal(422, "Invalid", error.message, error.cure, run=run_of(error))
        case FlowFailed(reason=reason) if reason == INTERRUPTED:
            told = "Send it again, with the same Idempotency-Key if it had one: the run goes on."
            return Refusal(503, "Interrupted", error.brief, told, wait=1, run=error.run)
        case FlowFailed(reason="NotGranted"):
            told = (
                "Its run says what: to be granted to the server, and to a flow that published it."
            )
            failed = "The flow may not touch something that it needs."
            return Refusal(502, "NotGranted", failed, told, run=error.run)
        case FlowFailed(retryable=False):
            told = "Its run says where and why."
            return Refusal(502, "FlowFailed", "The flow failed.", told, run=error.run)
        case AgentError():
            return away(error)
    return Refusal(503, "Unavailable", "The flow can't be run just now.", wait=5)


def run_of(error: HeddleError) -> str:
    """The run that failed, "" for what didn't come that far."""
    return error.run if isinstance(error, FlowFailed) else ""


def away(error: AgentError) -> Refusal:
    """What callers are told while something of the house is away."""
    return Refusal(503, "Unavailable", error.brief, "Try again in a moment.", wait=1)
