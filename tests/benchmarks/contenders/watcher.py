"""Events over a WebSocket: our runtime watched from another process, and bytes merely sent."""

import asyncio
import json
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import perf_counter
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from agents.contract import Grants
from runtime.commands import PruneRuns, StartRun
from runtime.events import ENDINGS, TaskFinished
from runtime.journal.memory import MemoryJournal
from runtime.remote import RemoteRuntime
from runtime.services.control import control
from runtime.services.server import Listening, serving
from runtime.wire import CHUNK, packed, unpacked
from tests.benchmarks.contenders.engine import runtime_on
from tests.benchmarks.flows import flow_of
from tests.benchmarks.lane import DoLap, Lap
from tests.benchmarks.workloads import PAYLOAD, WORKLOADS

RUNS = 10
"""Of the grid at the same time: 100,000 tasks."""


@asynccontextmanager
async def ours() -> AsyncIterator[DoLap]:
    """From the command to the last event that came, the engine's own work included."""
    with process("runtime_server") as told:
        async with RemoteRuntime(told["address"], told["token"]) as runtime:

            async def lap() -> Lap:
                await runtime.obey(PruneRuns(days=0))  # the last lap's
                with runtime.watch() as happenings:
                    await asyncio.sleep(0)
                    begun = perf_counter()
                    for _ in range(RUNS):
                        await runtime.obey(StartRun(told["flow"]))
                    events, left = 0, RUNS
                    while left:
                        batch = await anext(happenings)
                        events += len(batch)
                        left -= sum(isinstance(event, ENDINGS) for event in batch)
                    seconds = perf_counter() - begun
                assert not happenings.missed
                return Lap(seconds, events)

            yield lap


@asynccontextmanager
async def merely_sent() -> AsyncIterator[DoLap]:
    """The same bytes, packed beforehand, sent by a bare server, and unpacked here."""
    events = RUNS * WORKLOADS["grid"].tasks
    with process("bare_server") as told:

        async def lap() -> Lap:
            begun, left = perf_counter(), events
            async with connect(told["address"], max_size=None, compression=None) as socket:
                while left > 0:
                    left -= len(unpacked(await socket.recv(decode=False)))  # type: ignore[arg-type]
                return Lap(perf_counter() - begun, events)

        yield lap


@contextmanager
def process(what: str) -> Iterator[dict[str, str]]:
    """A server in a process of its own, and what it told of itself."""
    words = [sys.executable, "-m", "tests.benchmarks.contenders.watcher", what]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.terminate()


# What the processes do.


async def runtime_server() -> None:
    """A runtime behind the control service, as `heddle serve` sets it up."""
    token, listening = secrets.token_hex(), Listening("127.0.0.1", 0)
    async with runtime_on(MemoryJournal()) as runtime:
        flow = await runtime.store(flow_of(WORKLOADS["grid"]))
        app: Any = control(runtime, Grants(folder="."))
        async with serving(app, listening, token) as ending:
            told = {"address": listening.address, "token": token, "flow": flow}
            print(json.dumps(told), flush=True)
            await ending.wait()


async def bare_server() -> None:
    """A WebSocket that sends all batches to whoever connects."""
    outputs = {"value": PAYLOAD}
    events = [TaskFinished("halfway", i, 0.0, f"b{i}", 0.0, outputs) for i in range(CHUNK)]
    message = packed(events)
    messages = -(-RUNS * WORKLOADS["grid"].tasks // CHUNK)

    async def send_all(socket: ServerConnection) -> None:
        for _ in range(messages):
            await socket.send(message)
        await socket.wait_closed()

    async with serve(send_all, "127.0.0.1", 0, compression=None) as server:
        host, port = next(iter(server.sockets)).getsockname()
        print(json.dumps({"address": f"ws://{host}:{port}"}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run({"runtime_server": runtime_server, "bare_server": bare_server}[sys.argv[1]]())
