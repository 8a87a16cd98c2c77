"""A gateway as `heddle serve` has it: a real runtime behind a real server on the loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from agents.swarm.api_gateway.agent import GatewayAgent
from agents.swarm.api_gateway.shapes import Endpoint, Shown
from runtime.compose import RESOURCES, compose, granted
from runtime.runtime import Runtime
from runtime.services.faces import Faces, open_paths, paths_for_pages
from runtime.services.server import Listening, serving
from runtime.settings import Settings

LESSON = """{"heddle": 1, "name": "Lesson", "description": "A lesson about something.", "blocks": {
  "id": {"kind": "flow.input", "fields": {"name": "id", "type": "integer", "required": true}},
  "topic": {"kind": "flow.input", "fields": {"name": "topic", "type": "text", "default": "looms",
            "description": "What it is about."}},
  "words": {"kind": "flow.input",
            "fields": {"name": "words", "type": "list", "default": []}},
  "told": {"kind": "code.python",
           "fields": {"code": "return {'id': id, 'topic': topic, 'words': words}"}},
  "out": {"kind": "flow.output", "fields": {"name": "lesson"}}
}, "links": ["id.value -> told.id", "topic.value -> told.topic", "words.value -> told.words",
             "told.value -> out.value"]}"""

HELLO = (RESOURCES / "templates" / "hello.flow.json").read_text()

SLEEPS = """{"heddle": 1, "name": "Sleeps", "blocks": {
  "seconds": {"kind": "flow.input",
              "fields": {"name": "seconds", "type": "number", "default": 600}},
  "wait": {"kind": "logic.wait"}, "out": {"kind": "flow.output", "fields": {"name": "waited"}}
}, "links": ["seconds.value -> wait.seconds", "wait.value -> out.value"]}"""

READS = """{"heddle": 1, "name": "Reads", "blocks": {
  "text": {"kind": "flow.input", "fields": {"name": "text", "type": "text", "required": true}},
  "read": {"kind": "data.parse_json"}, "out": {"kind": "flow.output", "fields": {"name": "value"}}
}, "links": ["text.value -> read.text", "read.value -> out.value"]}"""


async def no_rest(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError(f"nothing is asked here beside the gateway: {scope['path']}")


class Gateway:
    """The agent, and where callers reach it."""

    def __init__(self, agent: GatewayAgent, runtime: Runtime, address: str, database: Path) -> None:
        self.agent = agent
        self.database = database
        self.runtime = runtime
        self.address = address
        self.client = httpx.AsyncClient(base_url=address)

    async def create(self, text: str = LESSON, **said: Any) -> Shown:
        """Publish a flow; open, unless something else is said."""
        return await self.agent.create(endpoint(**said), text=text)


def endpoint(**said: Any) -> Endpoint:
    """An endpoint, as JSON would say it."""
    whole = {"name": "lesson", "path": "/lessons/{id}", "flow": "", "access": "open", **said}
    return msgspec.convert(whole, Endpoint)


@asynccontextmanager
async def served(home: Path, **settings: Any) -> AsyncIterator[Gateway]:
    """A gateway in a home, which may have been one before."""
    said = Settings(home=str(home), **settings)
    place = "" if "database_url" in settings else str(home / "journal.sqlite")
    async with compose(said, granted(home), place=place) as runtime:
        agents = runtime.agents
        listening = Listening("127.0.0.1", 0)
        faces = Faces(no_rest, agents, granted(home))
        free, pages = open_paths(agents), paths_for_pages(agents)
        async with serving(faces, listening, "token", free=free, from_anywhere=pages):
            agent = await agents.agent(GatewayAgent, granted(home))
            made = Gateway(
                agent, runtime, listening.address, home / "agents/api_gateway/gateway.db"
            )
            async with made.client:
                yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One for all tests of a module: it takes a moment to begin and to end."""
    async with served(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def gateway(house: Gateway) -> AsyncIterator[Gateway]:
    """A gateway without any endpoint or key."""
    yield house
    there = await house.agent.overview()
    for shown in there.endpoints:
        await house.agent.remove(shown.endpoint.version, shown.endpoint.name)
    for key in there.keys:
        await house.agent.remove_key(key.id)


async def eventually(true: Callable[[], Awaitable[bool]], within: float = 30.0) -> None:
    """Come back once something is so that happens in another task or process."""
    async with asyncio.timeout(within):
        while not await true():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.02)
