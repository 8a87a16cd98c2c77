"""The connections of a runtime elsewhere: shown without their secrets, kept, tried out."""

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote

import msgspec

from runtime.connections.contents import Draft, Overview, Served, Shown, Tested
from runtime.connections.nearby import Nearby


class Say(Protocol):
    """The answer to any request with a body. Raises HeddleError."""

    async def __call__(self, method: str, path: str, body: bytes = b"", /) -> bytes: ...


class RemoteConnections:
    """Speaks of connections as `runtime.connections.connections.Connections` does."""

    def __init__(self, say: Say) -> None:
        self._say = say

    async def overview(self) -> Overview:
        """Everything but the secrets."""
        return msgspec.json.decode(await self._say("GET", "/connections"), type=Overview)

    async def nearby(self) -> tuple[Nearby, ...]:
        """The servers of models that answer on the runtime's machine."""
        answer = await self._say("GET", "/models/nearby")
        return msgspec.json.decode(answer, type=tuple[Nearby, ...])

    async def put(self, draft: Draft) -> Shown:
        """Keep a connection. Raises BadConnection, KeepError."""
        body = msgspec.json.encode(draft)
        return _shown(await self._say("PUT", _at(draft.name), body))

    async def remove(self, name: str) -> None:
        """Forget a connection and its secrets. Raises NoConnection."""
        await self._say("DELETE", _at(name))

    async def test(self, name: str) -> Tested:
        """Try a connection out. Raises NoConnection, NotAgreed, KeepError."""
        return msgspec.json.decode(await self._say("POST", f"{_at(name)}/test"), type=Tested)

    async def models(self, name: str) -> Served:
        """The models that a connection serves. Raises NoConnection, NotAgreed, KeepError."""
        return msgspec.json.decode(await self._say("GET", f"{_at(name)}/models"), type=Served)

    async def agree(self, name: str, to: Mapping[str, str]) -> Shown:
        """Note that a person agreed to exactly this. Raises BadConnection."""
        body = msgspec.json.encode({"to": dict(to)})
        return _shown(await self._say("POST", f"{_at(name)}/agree", body))

    async def put_secret(self, name: str, value: str) -> None:
        """Keep a plain secret. Raises BadConnection, KeepError."""
        await self._say("PUT", f"/secrets/{quote(name, '')}", msgspec.json.encode({"value": value}))

    async def remove_secret(self, name: str) -> None:
        """Forget a plain secret. Raises NoSecret."""
        await self._say("DELETE", f"/secrets/{quote(name, '')}")


def _at(name: str) -> str:
    return f"/connections/{quote(name, '')}"


def _shown(answer: bytes) -> Shown:
    return msgspec.json.decode(answer, type=Shown)
