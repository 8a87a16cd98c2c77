"""Adapters as editors start them: processes of their own, which can be killed."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from graph.file_format import write
from runtime.breakpoints import Breakpoint
from runtime.commands import StartRun, StoreFlow
from runtime.remote import RemoteRuntime
from tests.end_to_end.test_debugging import FLOW, Servers
from tests.runtime.services.dap.conftest import Asked, Client, spawned
from tests.runtime.services.dap.flows import TOTAL

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed")

ADAPTER = str(Path(__file__).with_name("adapter.py"))


class Desk:
    """A folder with flows, a journal, and editors that start adapters on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._clients: list[Client] = []

    def file(self) -> Path:
        path = self.folder / "effects.flow.json"
        path.write_text(write(FLOW))
        return path

    async def client(self) -> Client:
        made = Client(await spawned("0", sys.executable, ADAPTER), 0)
        self._clients.append(made)
        await made.ready()
        return made

    async def close(self) -> None:
        for client in self._clients:
            await client.close()


@pytest_asyncio.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setenv("HEDDLE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    made = Desk(tmp_path)
    yield made
    await made.close()


async def test_a_killed_adapters_run_stands_where_it_stood_for_the_next_one(desk: Desk) -> None:
    file = desk.file()
    line = file.read_text().splitlines().index('    "say": {') + 1
    first = await desk.client()
    await first.begin("launch", lambda: first.lines(file, line), flow=str(file))
    process = (await first.event("process"))["systemProcessId"]
    assert await first.where() == "Before say"
    await first.ask("setExpression", expression="more", value="'even more'")

    os.kill(process, signal.SIGKILL)
    second = await desk.client()
    await second.begin("attach", lambda: second.lines(file, line))
    assert await second.where() == "Before say"
    assert (await second.values("Inputs")).keys() == {"path"}
    await second.ask("next", threadId=1)
    assert await second.where() == "Before second"
    await second.ask("continue", threadId=1)

    assert (await second.event("exited"))["exitCode"] == 0
    assert (desk.folder / "log.txt").read_text() == "first\nlog.txt and even more\n"


async def test_a_run_on_a_server_of_this_machine_is_found_by_itself(desk: Desk) -> None:
    servers = Servers(desk.folder)
    try:
        there = await asyncio.to_thread(servers.serve)
        async with RemoteRuntime(there.address, there.token) as remote:
            stored = (await remote.obey(StoreFlow(write(TOTAL)))).flow
            points = [Breakpoint("p", "sum")]
            run = (await remote.obey(StartRun(stored, breakpoints=points))).run
            client = await desk.client()
            await client.begin("attach", run=run)

            assert await client.where() == "Before sum"
            assert (await client.values("Inputs"))["tax"]["value"] == "8.0"
            await client.ask("continue", threadId=1)
            assert (await client.event("exited"))["exitCode"] == 0
    finally:
        for process in servers._started:
            process.kill()
            process.communicate()


async def test_editors_debug_at_a_port_of_a_server(desk: Desk) -> None:
    servers = Servers(desk.folder)
    try:
        process = servers.begin("serve", "--port", "0", "--dap", "0", "--json")
        assert process.stdout is not None
        ready = json.loads(await asyncio.to_thread(process.stdout.readline))
        client = Client(await spawned(str(ready["dap"])), ready["dap"])
        await client.ready()
        file = desk.file()

        with pytest.raises(Asked, match="the server may not use"):
            await client.begin(
                "launch", flow=str(file), token=ready["token"], grants={"folder": "/"}
            )
        await client.close()
    finally:
        for process in servers._started:
            process.kill()
            process.communicate()
