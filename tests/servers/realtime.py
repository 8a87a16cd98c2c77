"""A house with our Pusher server, in a process of its own that can be killed."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, Self

import msgspec

from agents.contract import Grants, Outside, Task
from agents.manager.manager import Manager
from agents.resilience.settings import GuardRules
from runtime.compose import INTEGRATION_AGENTS
from runtime.headless.loop import waited
from runtime.services.faces import Faces, open_paths
from runtime.services.server import Listening, serving

PATIENCE = 30.0
TOKEN = "the-token-of-the-house"


class RealtimeHouse:
    """`async with RealtimeHouse(folder) as house`; begun anew it is at the same port.

    `outside` are fields of Outside.
    """

    def __init__(self, folder: Path, outside: dict[str, str] | None = None) -> None:
        self._folder = folder
        self._outside = outside or {}
        self._asked = list[asyncio.Future[Any]]()
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self.port = 0
        self.app_id = self.key = self.secret = ""

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start, and return when it lets clients in."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.servers.realtime",
            str(self._folder),
            json.dumps(self._outside),
            str(self.port),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 24,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            told = json.loads(await self._process.stdout.readline())
        self.port, self.app_id = told["port"], told["app_id"]
        self.key, self.secret = told["key"], told["secret"]
        self._reading = asyncio.create_task(self._read(self._process.stdout))

    def ask(self, capability: str, **arguments: Any) -> asyncio.Future[Any]:
        """Hand it a task; the result comes unless it is killed before."""
        assert self._process is not None
        assert self._process.stdin is not None
        asked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        task = {"capability": capability, "arguments": arguments}
        self._process.stdin.write(json.dumps(task).encode() + b"\n")
        return asked

    async def kill(self) -> None:
        """End it at once; what it was asked and hasn't answered is cancelled."""
        assert self._process is not None
        assert self._reading is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading
        asked, self._asked = self._asked, []
        for one in asked:
            one.cancel()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def _read(self, answers: asyncio.StreamReader) -> None:
        async for line in answers:
            self._asked.pop(0).set_result(json.loads(line))


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    del scope, receive
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _secret_in(place: str) -> str:
    return str(json.loads(Path(place).read_bytes())["secret"])


async def main(folder: str, outside: str, port: str) -> None:
    """Serve until standard input ends; each line there is a task."""
    known = {"realtime_update": INTEGRATION_AGENTS["realtime_update"]}
    named = Outside(**json.loads(outside))
    agents = Manager(
        Path(folder),
        known=known,
        lend=lambda means: msgspec.structs.replace(means, outside=named),
        rules=GuardRules({"realtime_update": {"recovery": 0.5}}),
    )
    grants = Grants(folder=folder)
    agent = await agents.named("realtime_update", grants)
    told = await agent.statistics()
    secret = named.pusher_secret or _secret_in(told.credentials)
    listening = Listening("127.0.0.1", int(port))
    async with serving(Faces(_nothing, agents, grants), listening, TOKEN, free=open_paths(agents)):
        here = {"port": listening.port, "app_id": told.app_id, "key": told.key, "secret": secret}
        print(json.dumps(here), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            result = await agent.perform(msgspec.json.decode(line, type=Task))
            print(msgspec.json.encode(result).decode(), flush=True)
    await agents.close()


if __name__ == "__main__":
    waited(main(*sys.argv[1:]))
