"""Answers over HTTP as they were sent: not packed, and no longer than is bearable."""

from collections.abc import AsyncIterator, Callable

import httpx2

LARGEST = 128 * 1024 * 1024
"""Bytes of one answer."""

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes without the end of a line in a stream of events."""

Refuse = Callable[[str], Exception]
"""Makes the error for an answer that isn't read, from what is wrong with it."""


class Bounded(httpx2.AsyncBaseTransport):
    """Reads no more of an answer than is bearable, and none that is packed.

    A few bytes can be unpacked to more than a machine holds, and nobody knows how much before.
    Streams of events are bounded as other answers are, or, without `streams`, only line by line.
    """

    def __init__(
        self,
        through: httpx2.AsyncBaseTransport,
        refuse: Refuse,
        largest: int = LARGEST,
        *,
        streams: bool = True,
    ) -> None:
        self._through = through
        self._refuse = refuse
        self._largest = largest
        self._streams = streams

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["Accept-Encoding"] = "identity"
        response = await self._through.handle_async_request(request)
        if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
            await response.aclose()
            raise self._refuse("what it sent is packed, though that wasn't asked for")
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        streams = response.headers.get("content-type", "").startswith("text/event-stream")
        response.stream = _Body(
            response.stream,
            self._refuse,
            largest=None if streams and not self._streams else self._largest,
            longest=LONGEST_LINE if streams else None,
        )
        return response

    async def aclose(self) -> None:
        await self._through.aclose()


class _Body(httpx2.AsyncByteStream):
    """The body of an answer, up to the most that is read, and lines up to the longest."""

    def __init__(
        self,
        inner: httpx2.AsyncByteStream,
        refuse: Refuse,
        *,
        largest: int | None,
        longest: int | None,
    ) -> None:
        self._inner = inner
        self._refuse = refuse
        self._largest = largest
        self._longest = longest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = line = 0
        async for part in self._inner:
            size += len(part)
            ended = part.rfind(b"\n") + 1
            line = len(part) - ended if ended else line + len(part)
            if self._largest is not None and size > self._largest:
                raise self._refuse(f"it sent more than {self._largest // 1024**2} MB")
            if self._longest is not None and line > self._longest:
                raise self._refuse(f"it sent a line of more than {self._longest // 1024**2} MB")
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()
