"""A served runtime of the test's own, and clients that speak plain HTTP and WebSocket to it."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from agents.contract import Grants
from runtime.journal.memory import MemoryJournal
from runtime.runtime import Runtime
from runtime.services.control import control
from runtime.services.server import Listening, serving
from tests.runtime.engine.world import CATALOG, Plain, calls

TOKEN = "a-token-of-the-test"


class Served:
    """A runtime, and where it is served."""

    def __init__(self, runtime: Runtime, listening: Listening) -> None:
        self.runtime = runtime
        self.address = listening.address
        self.port = listening.port

    @property
    def events(self) -> str:
        return f"ws://127.0.0.1:{self.port}/events"

    def client(self, **headers: str) -> httpx.AsyncClient:
        """A client that knows the token, unless the headers say otherwise."""
        known = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.AsyncClient(base_url=self.address, headers={**known, **headers})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One for all tests of a module: it takes a moment to end."""
    calls.clear()
    folder = str(tmp_path_factory.mktemp("served"))
    grants = Grants(folder=folder, reads=(folder,), writes=(), hosts=("*",))
    runtime = Runtime(CATALOG, MemoryJournal(), Plain(), grants=grants)
    listening = Listening("127.0.0.1", 0)
    pages = ["http://pages.example"]
    async with runtime, serving(control(runtime, grants, pages), listening, TOKEN, pages):
        yield Served(runtime, listening)
