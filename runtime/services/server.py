"""A server for a service: where it listens, how it starts, and how it ends without haste."""

import asyncio
import contextlib
import ipaddress
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from urllib.parse import urlsplit

import uvicorn

from graph.errors import HeddleError
from runtime.access.principal import Verifier
from runtime.services.frames import FramesProtocol
from runtime.services.guard import App, Guard
from runtime.services.heads import HeadsProtocol

PATIENCE = 5
"""Seconds that requests under way are given when the server is to end."""


class CannotListen(HeddleError):
    """The address can't be listened on."""


class Listening:
    """A socket bound to an address, before anybody is let in."""

    def __init__(
        self, host: str, port: int, names: Sequence[str] = (), *, public: str = ""
    ) -> None:
        """Bind; port 0 means any that is free. `names` are further names of this machine.

        `public` is the address by which others reach it, through a proxy say.
        """
        self._public = (public,) if public else ()
        self.socket = _bound(host, port)
        self.port: int = self.socket.getsockname()[1]
        self.host = host
        self._names = names

    @property
    def address(self) -> str:
        """Where it can be reached: `http://127.0.0.1:8004`."""
        return f"http://{_in_url(self._reachable)}:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """What a request may name as its Host."""
        names = {self.host, self._reachable, *self._names}
        if is_loopback(self._reachable):
            names |= {"127.0.0.1", "localhost", "::1"}
        own = {f"{_in_url(name)}:{self.port}".lower() for name in names}
        return frozenset(own | {_host_of(url) for url in self._public})

    @property
    def origins(self) -> frozenset[str]:
        """The pages that are its own."""
        own = {f"http://{host}" for host in self.hosts}
        return frozenset(own | {url.lower().rstrip("/") for url in self._public})

    @property
    def _reachable(self) -> str:
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
        return everywhere.get(self.host, self.host)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    if host.lower() == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def _bound(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, place = found[0]
        made = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(place)
            made.listen(128)
        except OSError:
            made.close()
            raise
    except OSError as error:
        raise CannotListen(
            f"The server can't listen on {host}:{port}: {error.strerror or error}.",
            cure="Choose another port, or 0 for any that is free.",
        ) from error
    return made


def _host_of(url: str) -> str:
    """What a request to an address names as its Host."""
    return urlsplit(url).netloc.lower()


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@contextlib.asynccontextmanager
async def serving(
    app: App,
    listening: Listening,
    token: str,
    origins: Sequence[str] = (),
    *,
    free: tuple[str, ...] = (),
    from_anywhere: tuple[str, ...] = (),
    verifier: Verifier | None = None,
    ending: asyncio.Event | None = None,
) -> AsyncIterator[asyncio.Event]:
    """Let requests in; gives an event that is set once somebody asks the process to end.

    Paths that begin with one of `free` need no token; who gives another than `token` is known by
    the `verifier`. Those that begin with one of `from_anywhere` any page may speak to.
    On leaving, no further request is let in, and those under way get some time. `ending` is that
    event where another server has it already.
    """
    allowed = listening.origins | {origin.lower().rstrip("/") for origin in origins}
    guarded = Guard(app, token, listening.hosts, allowed, free, verifier, from_anywhere)
    server = _Server(
        uvicorn.Config(
            guarded,
            lifespan="off",
            http=HeadsProtocol,
            ws=FramesProtocol,
            ws_max_size=1 << 16,
            ws_per_message_deflate=False,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=PATIENCE,
        )
    )
    with _told_to_end() if ending is None else contextlib.nullcontext(ending) as told:
        running = asyncio.create_task(server.serve([listening.socket]))
        running.add_done_callback(lambda _: told.set())
        await server.ready.wait()
        try:
            yield told
        finally:
            server.should_exit = True
            await running


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it: there is a runtime to be closed after the server."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.contextmanager
def _told_to_end() -> Iterator[asyncio.Event]:
    """An event set at the first SIGINT or SIGTERM; a second one ends the process as usual."""
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    before = {}

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else
                      signal.SIG_DFL)  # fmt: skip
        loop.call_soon_threadsafe(ending.set)

    with contextlib.suppress(ValueError):  # only the main thread is told of signals
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, end)
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
