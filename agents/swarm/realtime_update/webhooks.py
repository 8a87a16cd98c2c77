"""Tells others what happens on channels: signed, several at once, again until they have it."""

import asyncio
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx2
import msgspec

from agents.contract import Guards
from agents.errors import AgentError, NotGranted, Rejected, Unreachable, of_status
from agents.swarm.realtime_update.outside import client_for
from agents.swarm.realtime_update.shapes import WebhookTarget
from agents.swarm.realtime_update.signing import Credentials, webhook_signature
from graph.errors import BadInput

KINDS = (
    "channel_occupied",
    "channel_vacated",
    "member_added",
    "member_removed",
    "client_event",
    "cache_miss",
    "subscription_count",
)

GATHERED = 0.1
"""Seconds for which events are gathered, to be told together."""
MOST_AT_ONCE = 50
MOST_WAITING = 10_000
"""Events that wait for one address; the oldest are given up first."""
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
GIVEN_UP = 300.0
"""Seconds after which an address that takes nothing loses what it was to be told."""


class Webhook(msgspec.Struct, frozen=True):
    """What is told at once; `time_ms` since the epoch is when."""

    time_ms: int
    events: list[dict[str, Any]]


class Webhooks:
    """One task for each address."""

    def __init__(self, app: Credentials, guards: Guards) -> None:
        self._app = app
        self._guards = guards
        self._client: httpx2.AsyncClient | None = None
        self._tellers = list[_Teller]()

    @property
    def targets(self) -> list[WebhookTarget]:
        """Who is told."""
        return [teller.target for teller in self._tellers]

    @property
    def waiting(self) -> int:
        """Events that somebody is still to be told."""
        return sum(len(teller.waiting) for teller in self._tellers)

    async def tell_these(self, targets: Sequence[WebhookTarget]) -> None:
        """Tell these from now on, and nobody else."""
        if self._client is None and targets:
            self._client = await client_for(1 << 20)
        await self._stop()
        assert self._client is not None or not targets
        self._tellers = [
            _Teller(target, self._app, self._guards, self._client)
            for target in targets
            if self._client is not None
        ]

    def notice(self, event: Mapping[str, Any]) -> None:
        """Something happened."""
        for teller in self._tellers:
            teller.notice(event)

    async def close(self) -> None:
        """Stop telling."""
        await self._stop()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _stop(self) -> None:
        tellers, self._tellers = self._tellers, []
        for teller in tellers:
            teller.telling.cancel()
        await asyncio.gather(*(teller.telling for teller in tellers), return_exceptions=True)


class _Teller:
    def __init__(
        self,
        target: WebhookTarget,
        app: Credentials,
        guards: Guards,
        client: httpx2.AsyncClient,
    ) -> None:
        self.target = target
        self.waiting = deque[Mapping[str, Any]](maxlen=MOST_WAITING)
        self._app = app
        self._guard = guards.of(f"realtime_update:{urlsplit(target.url).netloc}")
        self._client = client
        self._something = asyncio.Event()
        self.telling = asyncio.create_task(self._tell())

    def notice(self, event: Mapping[str, Any]) -> None:
        if not self.target.kinds or event["name"] in self.target.kinds:
            self.waiting.append(event)
            self._something.set()

    async def _tell(self) -> None:
        while True:
            await self._something.wait()
            await asyncio.sleep(GATHERED)
            self._something.clear()
            while self.waiting:
                count = min(len(self.waiting), MOST_AT_ONCE)
                await self._told([self.waiting.popleft() for _ in range(count)])

    async def _told(self, events: Sequence[Mapping[str, Any]]) -> None:
        told = Webhook(int(time.time() * 1000), [dict(event) for event in events])
        body = msgspec.json.encode(told)
        until, failures = time.monotonic() + GIVEN_UP, 0
        while time.monotonic() < until:
            try:
                await self._guard.call(lambda: self._post(body), again=False)
            except NotGranted:
                return
            except AgentError:
                pass
            else:
                return
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    async def _post(self, body: bytes) -> None:
        try:
            response = await self._client.post(
                self.target.url,
                content=body,
                headers={
                    "Content-Type": "application/json",
                    "X-Pusher-Key": self._app.key,
                    "X-Pusher-Signature": webhook_signature(self._app, body),
                },
            )
        except (httpx2.TransportError, httpx2.InvalidURL, ValueError, OverflowError) as error:
            raise Unreachable(f"{self.target.url} can't be reached: {error}.") from error
        if response.status_code >= 400:
            raise of_status(f"{self.target.url} refuses webhooks.", response.status_code)
        if response.status_code >= 300:
            raise Rejected(f"{self.target.url} leads elsewhere, where webhooks don't follow.")


def look_at_target(target: WebhookTarget) -> None:
    """Raises BadInput for an address or a kind of event that can't be."""
    if not _is_address(target.url):
        raise BadInput(f"{target.url!r} is no address.", cure="Write https://host/path.")
    if unknown := [kind for kind in target.kinds if kind not in KINDS]:
        raise BadInput(f"There is no event {unknown[0]!r}.", cure=f"There are {', '.join(KINDS)}.")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, or a bracket without its other
        return False
