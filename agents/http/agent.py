"""Speaks HTTP: every hop granted, every answer bounded in time and size."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from types import MappingProxyType
from typing import Any, ClassVar

import httpx

from agents.contract import Grants, Guard, Health, Means
from agents.disk import Draft
from agents.errors import AgentError, Rejected, Unavailable
from agents.folders import Folders
from agents.hosts import allow, names_in, resolve
from agents.http.body import pieces, texts_of
from agents.http.exchange import Downloaded, Reply, Request
from agents.http.failures import EXCERPT, of_status, saying
from agents.http.trace import Exchange, Tell
from agents.http.transport import CheckedTransport
from agents.worker import Worker, capability
from graph.errors import BadInput

WRITE_AT_ONCE = 1024 * 1024

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, by RFC 9110."""

_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
"""A name (as it goes over the wire) or an IPv6 address."""

_OURS = frozenset(
    ("host", "content-length", "transfer-encoding", "connection", "upgrade", "accept-encoding")
)
"""Headers that frame the message; setting them would let a flow speak to another host."""

_HARMLESS = frozenset(
    ("accept", "accept-language", "user-agent", "content-type", "idempotency-key", *_OURS)
)
"""Headers another origin may see; any other may hold what opens a door."""


class HttpAgent(Worker):
    """Keeps connections open between requests; keeps no cookies, so no flow meets another's.

    Around each exchange stands the guard of the host, `http:HOST`. It tries nothing again: a
    block says itself how often it does, and only it knows whether a request may be repeated.
    """

    kind: ClassVar[str] = "http"
    title: ClassVar[str] = "HTTP"

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._folders = Folders(grants)
        self._client: httpx.AsyncClient | None = None

    async def connect(self) -> None:
        """Load the trusted certificates, off the loop: reading them takes a while."""
        if self._client is None:
            trust = await asyncio.to_thread(httpx.create_ssl_context)
            self._client = _client(CheckedTransport(trust))

    async def close(self) -> None:
        """Close every connection."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.aclose()

    async def health(self, *, deep: bool = False) -> Health:
        """Basic: connected or not. Deep: whether the granted hosts have addresses."""
        if self._client is None:
            return Health("down", "It is not connected.")
        for host in names_in(self.grants) if deep else ():
            try:
                await resolve(host, 443)
            except AgentError as error:
                return Health("degraded", str(error))
        return Health("ok")

    @capability("write")
    async def send(
        self,
        request: Request,
        *,
        size_limit: int,
        fail_on_status: bool = True,
        trace: Tell | None = None,
    ) -> Reply:
        """Send a request and read the whole answer, of at most `size_limit` bytes.

        `trace` hears of each exchange, those that only redirect too. Raises AgentError; BadInput
        for what can't be sent.
        """

        def whole() -> Awaitable[Reply]:
            return self._whole(request, size_limit, fail_on_status, trace)

        if request.method.upper() not in SAFE:
            return await whole()
        return await self._guard(url_of(request.url)).hedged(whole)

    async def _whole(
        self, request: Request, size_limit: int, fail_on_status: bool, trace: Tell | None
    ) -> Reply:
        async with self.stream(request, fail_on_status=fail_on_status, trace=trace) as response:
            content = bytearray()
            async for piece in pieces(response):
                content += piece
                _bounded(response, len(content), size_limit)
            _exchange(response).received(content)
            links = {
                rel: str(response.url.join(link["url"]))
                for rel, link in response.links.items()
                if rel and "url" in link
            }
            headers = dict(response.headers.items())
            url = str(response.url)
        return Reply(response.status_code, headers, bytes(content), url, links)

    @capability("write")
    async def download(
        self,
        request: Request,
        path: str,
        *,
        size_limit: int,
        tell: Callable[[int, int], None],
        trace: Tell | None = None,
    ) -> Downloaded:
        """Fetch a file of at most `size_limit` bytes; it appears at `path` once it is complete.

        `tell` hears of the bytes so far and in all (0: not known). Raises AgentError.
        """
        place = self._folders.writable(path)
        async with self.stream(request, trace=trace) as response:
            total = _length(response)
            _bounded(response, total, size_limit)
            with Draft(place) as draft:
                size, waiting = 0, bytearray()
                async for piece in pieces(response):
                    size += len(piece)
                    _bounded(response, size, size_limit)
                    waiting += piece
                    if len(waiting) >= WRITE_AT_ONCE:
                        await asyncio.to_thread(draft.write, bytes(waiting))
                        waiting.clear()
                        tell(size, total)
                await asyncio.to_thread(draft.write, bytes(waiting))
                await asyncio.to_thread(draft.keep)
            tell(size, size)
        return Downloaded(path, size, response.headers.get("content-type", ""))

    @contextlib.asynccontextmanager
    async def stream(
        self, request: Request, *, fail_on_status: bool = True, trace: Tell | None = None
    ) -> AsyncIterator[httpx.Response]:
        """The answer, its body still to be read inside the `async with`. Raises AgentError."""
        asked = self._built(request)
        limit = _Limit(_said(asked), request.time_limit)
        for left in range(request.redirects, -1, -1):
            async with self._exchanged(asked, limit, trace) as response:
                further = response.next_request if request.redirects else None
                if further is None:
                    if fail_on_status and response.status_code >= 400:
                        raise await _refusal(response)
                    yield response
                    return
            if left:
                asked = _hop(asked, further)
        raise Rejected(f"{_said(asked)}: redirected more than {request.redirects} times.")

    def _built(self, request: Request) -> httpx.Request:
        assert self._client is not None, "connect before sending"
        return self._client.build_request(
            request.method,
            url_of(request.url, request.query),
            headers=_headers(request.headers),
            content=request.content or None,
        )

    @contextlib.asynccontextmanager
    async def _exchanged(
        self, request: httpx.Request, limit: "_Limit", trace: Tell | None
    ) -> AsyncIterator[httpx.Response]:
        """What one server answers, guarded; the exchange is over, and told of, at the end."""
        assert self._client is not None
        allow(self.grants, request.url.raw_host.decode(), _port(request.url))
        # The guard is outermost, so that it hears of errors as what they mean.
        with contextlib.suppress(_Unwell):
            async with self._guard(request.url).entered(), limit.kept():
                exchange = Exchange(request, trace)
                with _ending(exchange):
                    response = await self._client.send(request, stream=True)
                    exchange.answered(response)
                    response.extensions[_EXCHANGE] = exchange
                    try:
                        yield response
                    finally:
                        await response.aclose()
                if response.status_code >= 500:
                    raise _Unwell("", brief=f"It answered with status {response.status_code}.")

    def _guard(self, url: httpx.URL) -> Guard:
        port = f":{url.port}" if url.port else ""
        return self.means.guards.of(f"http:{url.host}{port}")


class _Unwell(Unavailable):
    """Tells the guard of a status that whoever asked wants to see as an answer."""


class _Limit:
    """The time for a request with all its exchanges, from the moment the first may begin."""

    def __init__(self, said: str, seconds: float) -> None:
        self._said = said
        self._seconds = seconds
        self._deadline: float | None = None

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Raises AgentError for what httpx raises in here, Unreachable once the time is up."""
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._seconds
        with saying(self._said, self._seconds):
            async with asyncio.timeout_at(self._deadline):
                yield


def url_of(text: str, query: Mapping[str, Any] = MappingProxyType({})) -> httpx.URL:
    """The address with the query added (see `texts_of`).

    Raises BadInput, which never quotes the address: it may hold a key.
    """
    try:
        url = httpx.URL(text.strip())
        if query:
            url = url.copy_merge_params(texts_of(query))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise BadInput("The address can't be read.", cure="Write https://host/path.") from error
    if url.host and not _HOST.fullmatch(url.raw_host.decode()):
        raise BadInput("The address can't be read: its host is no name.")
    if url.scheme not in ("http", "https") or not url.host:
        raise BadInput(
            f"The address starts with {url.scheme + ':' if url.scheme else 'no scheme'}.",
            cure="Write https://host/path.",
        )
    return url


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether two addresses are answered by the same server in the same trust."""
    return (one.scheme, one.host, _port(one)) == (other.scheme, other.host, _port(other))


def harmless(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that another origin may see."""
    return {name: value for name, value in headers.items() if name.lower() in _HARMLESS}


def _client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    client = httpx.AsyncClient(
        transport=transport,
        timeout=None,  # one limit for the whole, see `stream`
        headers={"User-Agent": "Heddle", "Accept-Encoding": "gzip, deflate"},
    )
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return client


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    for name, value in given.items():
        if name.lower() in _OURS:
            raise BadInput(f"The header {name!r} is set by Heddle itself.", cure="Leave it out.")
        text = str(value)
        if not text.isascii() or not text.isprintable() or not name.isascii():
            raise BadInput(f"The header {name!r} holds characters that no header can.")
    return {name: str(value) for name, value in given.items()}


def _hop(before: httpx.Request, after: httpx.Request) -> httpx.Request:
    """The request a redirect leads to, without what only the first origin should see."""
    if after.url.scheme not in ("http", "https"):
        raise Rejected(f"{_said(before)}: redirected to {after.url.scheme}:, which is no HTTP.")
    if not same_origin(before.url, after.url):
        after.headers = httpx.Headers(harmless(after.headers))
    return after


_EXCHANGE = "heddle.exchange"


def _exchange(response: httpx.Response) -> Exchange:
    """The exchange that the response is part of."""
    found = response.extensions[_EXCHANGE]
    assert isinstance(found, Exchange)
    return found


@contextlib.contextmanager
def _ending(exchange: Exchange) -> Iterator[None]:
    """End the exchange with what is done in here, whatever comes of that."""
    try:
        yield
    except BaseException as error:
        exchange.ended(str(error) or type(error).__name__)
        raise
    exchange.ended()


async def _refusal(response: httpx.Response) -> AgentError:
    """The error that the status of a response means."""
    text = await _excerpt(response)
    _exchange(response).received(text.encode(), complete=False)
    return of_status(_said(response.request), response.status_code, response.headers, text)


async def _excerpt(response: httpx.Response) -> str:
    content = bytearray()
    with contextlib.suppress(AgentError):  # the status says enough
        async for piece in pieces(response):
            content += piece
            if len(content) >= 4 * EXCERPT:
                break
    return content.decode(errors="replace")


def _bounded(response: httpx.Response, size: int, limit: int) -> None:
    if size > limit:
        raise Rejected(
            f"{_said(response.request)}: the answer is larger than {limit:,} bytes.",
            cure="Raise `size_limit`.",
        )


def _length(response: httpx.Response) -> int:
    """The size announced, 0 when it isn't or is that of the packed body."""
    text = response.headers.get("content-length", "")
    packed = response.headers.get("content-encoding", "identity") != "identity"
    return int(text) if text.isdigit() and not packed else 0


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _said(request: httpx.Request) -> str:
    """The request in a message: without query, user or fragment, where keys are."""
    port = f":{request.url.port}" if request.url.port else ""
    host = f"[{request.url.host}]" if ":" in request.url.host else request.url.host
    return f"{request.method} {request.url.scheme}://{host}{port}{request.url.path}"
