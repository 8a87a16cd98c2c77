"""The HTTP API of a Pusher server elsewhere: hosted Pusher, or any that speaks as it does."""

import asyncio
import urllib.parse
from collections.abc import Sequence
from typing import Any

import httpx2
import msgspec

from agents.bodies import Bounded
from agents.contract import Guard
from agents.door import Door
from agents.errors import Refused, Rejected, Unavailable, Unreachable, of_status
from agents.swarm.realtime_update.http_api import EVENT_IDS
from agents.swarm.realtime_update.shapes import ChannelInfo, Member, Wanted
from agents.swarm.realtime_update.signing import Credentials, signed

MOST_BATCH = 10
"""Events that hosted Pusher takes at once."""

LARGEST = 16 * 1024 * 1024
TIMEOUT = httpx2.Timeout(10.0, connect=5.0)


class Pusher:
    """One app of a server. Every method raises AgentError.

    `guard` stands around each call; `again` says whether it tries once more by itself.
    """

    def __init__(self, app: Credentials, address: str, guard: Guard) -> None:
        self.app = app
        self.address = address
        self._guard = guard
        self._client: httpx2.AsyncClient | None = None
        self._opening = asyncio.Lock()

    async def trigger(self, events: Sequence[Wanted], *, again: bool = True) -> None:
        """Have up to ten events said, in this order."""
        batch = [_event(one) for one in events]
        ids = ",".join(one.id for one in events) if all(one.id for one in events) else ""
        headers = {EVENT_IDS: ids} if ids else {}
        await self._asked(
            "POST", "batch_events", body={"batch": batch}, headers=headers, again=again
        )

    async def trigger_on(
        self, channels: Sequence[str], name: str, data: str, *, socket_id: str = "", id: str = ""
    ) -> None:
        """Have one event said on up to a hundred channels."""
        told = {"name": name, "channels": list(channels), "data": data}
        told |= {"socket_id": socket_id} if socket_id else {}
        await self._asked("POST", "events", body=told, headers={EVENT_IDS: id} if id else {})

    async def channels(self, prefix: str = "", *, again: bool = True) -> list[ChannelInfo]:
        """The channels that somebody is on, with users where all of them are presence channels."""
        query = {"filter_by_prefix": prefix} if prefix else {}
        if prefix.startswith("presence-"):
            query["info"] = "user_count"
        answer = await self._asked("GET", "channels", query=query, again=again)
        there = answer.get("channels") or {}
        return [
            ChannelInfo(
                channel=channel,
                users=about.get("user_count"),
                subscriptions=about.get("subscription_count"),
            )
            for channel, about in there.items()
        ]

    async def users(self, channel: str) -> list[Member]:
        """Who is on a presence channel; what else is known of them isn't told by servers."""
        path = f"channels/{channel}/users"
        answer = await self._asked("GET", path)
        return [Member(str(user["id"])) for user in answer.get("users") or ()]

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _asked(
        self,
        method: str,
        what: str,
        *,
        query: dict[str, str] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        again: bool = True,
    ) -> dict[str, Any]:
        path = f"/apps/{self.app.app_id}/{what}"
        content = b"" if body is None else msgspec.json.encode(body)
        client = await self._opened()

        async def ask() -> dict[str, Any]:
            asked = signed(self.app, method, path, query or {}, content)
            url = f"{self.address}{urllib.parse.quote(path)}?{urllib.parse.urlencode(asked)}"
            try:
                response = await client.request(
                    method,
                    url,
                    content=content,
                    headers={"Content-Type": "application/json", **(headers or {})},
                )
            except httpx2.TransportError as error:
                raise self._unreachable(error) from error
            return self._read(response)

        return await self._guard.call(ask, again=again)

    def _read(self, response: httpx2.Response) -> dict[str, Any]:
        status = response.status_code
        try:
            said = msgspec.json.decode(response.content) if response.content else {}
        except msgspec.DecodeError:
            said = {}
        answer = said if isinstance(said, dict) else {}
        if status == 200 and "error" in answer and isinstance(answer.get("code"), int):
            status = answer["code"]  # soketi says it so
        if status == 404:  # no fault of what was asked: events must not be given up for it
            raise Refused(
                f"{self.address} has no app {self.app.app_id}.", cure="Check the id of the app."
            )
        if status >= 400:
            why = answer.get("error") or response.text[:200]
            raise of_status(f"{self.address} answers {status}: {why}", status)
        if status != 200 and status != 202:
            raise Unavailable(f"{self.address} answers {status}, which no Pusher server does.")
        return answer

    def _unreachable(self, error: Exception) -> Unreachable:
        return Unreachable(
            f"{self.address} can't be reached: {str(error) or error.__class__.__name__}.",
            cure="Look whether the network and the address are right.",
        )

    async def _opened(self) -> httpx2.AsyncClient:
        async with self._opening:
            if self._client is None:
                self._client = await client_for(LARGEST)
            return self._client


async def client_for(largest: int) -> httpx2.AsyncClient:
    """A client that reaches nothing forbidden, and reads no more than so many bytes."""
    trust = await asyncio.to_thread(httpx2.create_ssl_context)
    transport = Bounded(Door(httpx2.AsyncHTTPTransport(verify=trust)), Rejected, largest)
    return httpx2.AsyncClient(
        transport=transport, headers={"User-Agent": "Heddle"}, timeout=TIMEOUT, trust_env=False
    )


def _event(one: Wanted) -> dict[str, str]:
    told = {"channel": one.channel, "name": one.name, "data": one.data}
    return told | ({"socket_id": one.except_socket} if one.except_socket else {})
