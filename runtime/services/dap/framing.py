"""Messages on a stream of bytes: a header with their length, then JSON."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from graph.errors import HeddleError

Take = Callable[[], Awaitable[bytes]]
"""Some of what comes in, b"" at the end."""

Give = Callable[[bytes], Awaitable[None]]
"""Send out, and come back once it is taken."""

LONGEST_HEADER = 8 * 1024
LONGEST = 8 * 1024 * 1024
"""Bytes of a message; one that is longer is passed over."""

_TYPE = b"content-type:"
_LENGTH = re.compile(rb"(?i)content-length\s*:\s*(\d{1,18})\s*")


class Unframed(HeddleError):
    """What comes in can't be told apart into messages: nothing more can be read."""


class TooLong(HeddleError):
    """A message was longer than any may be; the next one can be read."""


def framed(message: object) -> bytes:
    """A message as it is sent."""
    body = msgspec.json.encode(message, enc_hook=repr)
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Reading:
    """What comes in, message by message."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._waiting = bytearray()

    async def __aiter__(self) -> AsyncIterator[bytes | TooLong]:
        """The JSON of each message, until the end. Raises Unframed."""
        while (header := await self._header()) is not None:
            length = _length(header)
            if length > LONGEST:
                if not await self._passed_over(length):
                    return
                yield TooLong(
                    f"A message of {length:,} bytes is too long.",
                    cure=f"{LONGEST:,} are the most.",
                )
            elif (body := await self._exactly(length)) is not None:
                yield body

    async def _header(self) -> bytes | None:
        """Up to the empty line; None at the end of all."""
        while (end := self._waiting.find(b"\r\n\r\n")) < 0:
            if len(self._waiting) > LONGEST_HEADER:
                break
            if not await self._more():
                return None
        if not 0 <= end <= LONGEST_HEADER:
            raise Unframed("A header doesn't end.", cure="Write it as `Content-Length: 119`.")
        header = bytes(self._waiting[:end])
        del self._waiting[: end + 4]
        return header

    async def _exactly(self, length: int) -> bytes | None:
        while len(self._waiting) < length:
            if not await self._more():
                return None
        body = bytes(self._waiting[:length])
        del self._waiting[:length]
        return body

    async def _passed_over(self, length: int) -> bool:
        """Leave so many bytes out, without keeping them; False when they don't all come."""
        while length > len(self._waiting):
            length -= len(self._waiting)
            self._waiting.clear()
            if not await self._more():
                return False
        del self._waiting[:length]
        return True

    async def _more(self) -> bool:
        chunk = await self._take()
        self._waiting += chunk
        return bool(chunk)


def _length(header: bytes) -> int:
    """The length that a header names. Raises Unframed, also for what only looks like one.

    A page in a browser may send requests of HTTP here, which have a length as well.
    """
    lines = [line for line in header.split(b"\r\n") if not line.lower().startswith(_TYPE)]
    found = [_LENGTH.fullmatch(line) for line in lines]
    if len(found) != 1 or found[0] is None:
        raise Unframed(
            "What came in is no message of this protocol.", cure="Begin with `Content-Length: 119`."
        )
    return int(found[0][1])
