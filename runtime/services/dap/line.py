"""The way out to a client: answers and events, numbered, one after the other."""

import asyncio
from typing import Any

import msgspec

from graph.errors import HeddleError
from runtime.services.dap.framing import Give, framed
from runtime.services.dap.shapes import Request

Body = dict[str, Any]


class Refused(HeddleError):
    """The request makes no sense here or now."""


class Line:
    """Sends, in the order in which it is asked to."""

    def __init__(self, give: Give) -> None:
        self._give = give
        self._seq = 0
        self._sending = asyncio.Lock()

    async def answer(self, request: Request, said: Body | HeddleError | None) -> None:
        """Answer a request: with a body, with none, or with why it was refused."""
        await self.respond(request.seq, request.command, said)

    async def respond(self, seq: int, command: str, said: Body | HeddleError | None) -> None:
        """Answer what may have been no request."""
        message: Body = {"type": "response", "request_seq": seq, "command": command}
        if isinstance(said, HeddleError):
            error = {"id": 1, "format": "{reason}", "variables": {"reason": str(said)}}
            message |= {"success": False, "message": str(said), "body": {"error": error}}
        else:
            message |= {"success": True, **({} if said is None else {"body": said})}
        await self._send(message)

    async def say(self, event: str, body: Body) -> None:
        """Tell that something happened."""
        await self._send({"type": "event", "event": event, **({"body": body} if body else {})})

    async def _send(self, message: Body) -> None:
        async with self._sending:
            self._seq += 1
            await self._give(framed({"seq": self._seq, **message}))


def arguments(request: Request, kind: type[Any]) -> Any:
    """The arguments of a request. Raises Refused."""
    return decoded(bytes(request.arguments), kind)


def decoded(given: bytes, kind: type[Any]) -> Any:
    """Arguments from JSON. Raises Refused."""
    try:
        return msgspec.json.decode(given, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused(f"The arguments don't suit: {error}.") from None
