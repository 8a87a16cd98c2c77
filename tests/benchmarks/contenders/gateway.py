"""Servers of the gateway and of a bare route, each in a process of its own, and who asks them."""

import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil
from msgspec.structs import replace

from agents.manager.manager import Manager
from tests.benchmarks.lane import DoLap, Lap

CALLS, CALLERS = 2_000, 8
FLOW_CALLS = 200
"""Calls of a lap: fewer where each is a run that is recorded."""

BODY = b'{"topic":"weaving","words":["warp","weft"]}'
ANSWER = b'{"lesson":{"id":7,"topic":"weaving","words":["warp","weft"]}}'

FLOW = """{"heddle": 1, "name": "Lesson", "blocks": {
  "id": {"kind": "flow.input", "fields": {"name": "id", "type": "integer", "required": true}},
  "topic": {"kind": "flow.input", "fields": {"name": "topic", "type": "text", "required": true}},
  "words": {"kind": "flow.input", "fields": {"name": "words", "type": "list", "required": true}},
  "out": {"kind": "flow.output", "fields": {"name": "lesson"}}
}, "links": ["words.value -> out.value"]}"""


@contextmanager
def server_of(what: str) -> Iterator[tuple[int, int, str]]:
    """A server in a process of its own: its id, its port, and a key."""
    words = [sys.executable, "-m", "tests.benchmarks.contenders.gateway", what]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            port, secret = server.stdout.readline().split()
            yield server.pid, int(port), secret
        finally:
            server.terminate()


@asynccontextmanager
async def asked(what: str) -> AsyncIterator[DoLap]:
    """A lap is so many calls; what counts is the CPU time of the server."""
    with server_of(what) as (pid, port, secret):
        process = psutil.Process(pid)
        calls = FLOW_CALLS if what == "flow" else CALLS

        async def lap() -> Lap:
            # Anew each time: while the others have their laps, a server hangs up.
            callers = [await Caller.to(port, secret) for _ in range(CALLERS)]
            before = process.cpu_times()
            await asyncio.gather(*(one.call(calls // CALLERS, what) for one in callers))
            after = process.cpu_times()
            for one in callers:
                await one.close()
            seconds = after.user + after.system - before.user - before.system
            return Lap(seconds, calls)

        yield lap


class Caller:
    """Keeps a connection open, and does no more than it must."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._request = request

    @classmethod
    async def to(cls, port: int, secret: str) -> "Caller":
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = (
            "POST /gateway/v1/lessons/7 HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"X-API-Key: {secret}\r\nContent-Length: {len(BODY)}\r\n\r\n"
        )
        return cls(reader, writer, head.encode() + BODY)

    async def call(self, times: int, what: str) -> None:
        for _ in range(times):
            self._writer.write(self._request)
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.partition(b":")[2])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            body = await self._reader.readexactly(length)
            assert head.startswith(b"HTTP/1.1 200"), (head, body)
            assert what == "flow" or body == ANSWER, body

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()


# The bare route.


class Lesson(msgspec.Struct):
    topic: str
    words: list[str]


def bare() -> Any:
    """What one would write by hand."""
    from litestar import Litestar, post
    from litestar.params import FromPath, JSONBody

    @post("/gateway/v1/lessons/{id:int}", status_code=200)
    async def lesson(id: FromPath[int], data: JSONBody[Lesson]) -> dict[str, Any]:
        return {"lesson": {"id": id, "topic": data.topic, "words": data.words}}

    return Litestar([lesson], openapi_config=None, logging_config=None)


async def serve_bare() -> None:
    import uvicorn

    from runtime.services.server import Listening

    listening = Listening("127.0.0.1", 0)
    settings = uvicorn.Config(
        bare(), lifespan="off", log_config=None, access_log=False, server_header=False,
        proxy_headers=False,
    )  # fmt: skip
    tell(listening.port, "none")
    await uvicorn.Server(settings).serve([listening.socket])


# The gateway.


class Trivial:
    """Stands for the flows of a house: does at once what the bare route does."""

    async def shape(self, flow: str) -> Any:
        from agents.contract import FlowShape

        takes = {
            "type": "object",
            "properties": {
                "id": {"type": "integer"},
                "topic": {"type": "string"},
                "words": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["id", "topic", "words"],
        }
        gives = {"type": "object", "properties": {"lesson": {}}}
        return FlowShape(
            flow=flow, name=flow, description="", takes=takes, gives=gives, writes=False
        )

    async def begin(self, flow: str, inputs: Mapping[str, Any], **_: Any) -> Any:
        del flow
        return inputs

    async def result(self, run: Any) -> Mapping[str, Any]:
        return {"lesson": {"id": run["id"], "topic": run["topic"], "words": run["words"]}}


async def serve_ours(what: str) -> None:
    from runtime.compose import INTEGRATION_AGENTS, compose, granted
    from runtime.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if what == "flow":
            place = str(home / "journal")
            async with compose(Settings(home=folder), granted(home), place=place) as runtime:
                await serve_agents(what, runtime.agents, home)
            return
        known = {"api_gateway": INTEGRATION_AGENTS["api_gateway"]}
        agents = Manager(home, known=known, lend=lambda means: replace(means, flows=Trivial()))
        await serve_agents(what, agents, home)
        await agents.close()


async def serve_agents(what: str, agents: Manager, home: Path) -> None:
    from agents.swarm.api_gateway.agent import GatewayAgent
    from agents.swarm.api_gateway.shapes import Endpoint, Rate
    from runtime.compose import granted
    from runtime.services.faces import Faces, open_paths
    from runtime.services.server import Listening, serving

    agent = await agents.agent(GatewayAgent, granted(home))
    endpoint = Endpoint(
        name="lesson", path="/lessons/{id}", flow="Lesson",
        access="key" if what == "keyed" else "open",
        rate=Rate(1_000_000, 60, "fixed") if what == "limited" else None,
    )  # fmt: skip
    await agent.create(endpoint, text=FLOW if what == "flow" else "")
    secret = (await agent.make_key("who measures")).secret
    listening = Listening("127.0.0.1", 0)
    faces = Faces(bare(), agents, granted(home))
    async with serving(faces, listening, "token", free=open_paths(agents)) as ending:
        tell(listening.port, secret)
        await ending.wait()


def tell(port: int, secret: str) -> None:
    print(port, secret, flush=True)


if __name__ == "__main__":
    what = sys.argv[1]
    asyncio.run(serve_bare() if what == "bare" else serve_ours(what))
