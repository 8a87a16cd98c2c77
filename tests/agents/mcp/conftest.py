"""Connections to real servers, approved, and agents that use them; everything ended afterwards."""

import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from agents.contract import Grants, Means
from agents.mcp.agent import McpAgent
from graph.connections import Connection

T = TypeVar("T")

TOKEN = "s3cret"
ROOT = Path(__file__).parents[3]
BAD = ROOT / "tests" / "servers" / "mcp_misbehaving.py"


class Plain:
    """Guards that guard nothing; each remembers for how long it was asked to wait at most."""

    def of(self, name: str) -> "Plain":
        return self

    async def call(
        self, work: Callable[[], Awaitable[T]], *, within: float | None = None, again: bool = True
    ) -> T:
        return await work()

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        yield


def connection(name: str = "loom", **fields: str) -> Connection:
    """A connection as an agent gets it: somebody has agreed to its command or host."""
    return Connection(name, "mcp", fields)


def loom(*options: str, name: str = "loom", **fields: str) -> Connection:
    """A connection to the server of the tests, started as a child."""
    command = f"{sys.executable} -m tests.servers.mcp_server {' '.join(options)}"
    environment = f"PYTHONPATH={ROOT}\n{fields.pop('environment', '')}"
    return connection(name, command=command, environment=environment, **fields)


def bad(way: str) -> Connection:
    """A connection to a server that misbehaves in this way."""
    return connection("bad", command=f"{sys.executable} {BAD} {way}")


@pytest.fixture
def means(tmp_path: Path) -> Means:
    return Means(Plain(), tmp_path / "mcp")


@pytest.fixture
async def agent(means: Means) -> AsyncIterator[McpAgent]:
    made = McpAgent(Grants(folder=""), means)
    await made.connect()
    yield made
    await made.close()


@contextmanager
def over_http(*options: str) -> Iterator[str]:
    """The server of the tests over HTTP, in a process of its own; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.mcp_server", "--http", *options],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def far() -> Iterator[Connection]:
    """A connection to one server over HTTP that many tests use."""
    with over_http("--token", TOKEN) as url:
        yield connection("far", url=url, token=TOKEN)
