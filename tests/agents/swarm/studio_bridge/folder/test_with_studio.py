"""An editor at a folder on one side, the plugin in the real Luau VM on the other."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.contract import Grants
from agents.swarm.studio_bridge.agent import StudioAgent
from agents.swarm.studio_bridge.folder.agent import FolderAgent
from tests.agents.conftest import means_in
from tests.agents.swarm.studio_bridge.conftest import ROOT, Served, Studio, until

MAIN = "ServerScriptService/Main"


class Folder:
    """A folder that is looked at again and again."""

    def __init__(self, served: Served) -> None:
        self.path = served.folder.parent / "place"
        grants = Grants(folder="/", writes=(str(self.path.parent),))
        self.agent = FolderAgent(grants, means_in(served.folder.parent / "roblox_folder"))

    async def has(self, wanted: dict[str, str]) -> None:
        """Wait until there are just these files."""

        async def look() -> bool:
            await self.agent.look(str(self.path))
            return self.files() == wanted

        await until(look)

    def files(self) -> dict[str, str]:
        return {
            path.relative_to(self.path).as_posix(): path.read_text("utf-8")
            for path in self.path.rglob("*.luau")
        }


@pytest.fixture
async def folder(served: Served) -> AsyncIterator[Folder]:
    made = Folder(served)
    yield made
    await made.agent.close()


async def test_what_is_typed_in_studio_is_in_the_file_and_what_is_saved_there_in_studio(
    folder: Folder, studio: Studio
) -> None:
    await studio.do("make", kind="Script", name="Main", parent="ServerScriptService", source="-- 1")
    await folder.has({f"{MAIN}.server.luau": "-- 1"})
    await studio.do("type", path=MAIN, source="-- 2")
    await folder.has({f"{MAIN}.server.luau": "-- 2"})

    (folder.path / f"{MAIN}.server.luau").write_text("-- 3\r\n", newline="")
    (folder.path / "ServerScriptService/More.luau").write_text("return 4")
    await folder.agent.sync(str(folder.path))

    await studio.has(Main="-- 3\n", More="return 4")


async def test_renames_and_deletions_go_through_both_ways(folder: Folder, studio: Studio) -> None:
    for name in ("Main", "Old"):
        await studio.do("make", kind="Script", name=name, parent="ServerScriptService", source=name)
    here = folder.path / "ServerScriptService"
    await folder.has({f"{MAIN}.server.luau": "Main", "ServerScriptService/Old.server.luau": "Old"})
    before = {one["path"]: one["id"] for one in (await studio.do("look"))["scripts"]}

    (here / "Main.server.luau").rename(here / "Renamed.server.luau")
    await studio.do("delete", path="ServerScriptService/Old")
    await folder.has({"ServerScriptService/Renamed.server.luau": "Main"})
    await studio.has(Renamed="Main")
    assert (await studio.do("look"))["scripts"][0]["id"] == before[MAIN]

    (here / "Renamed.server.luau").unlink()
    await folder.agent.sync(str(folder.path))
    await studio.has()


async def test_the_command_keeps_a_folder_until_it_is_ended(tmp_path: Path) -> None:
    home, place = tmp_path / "home", tmp_path / "place"
    agent = StudioAgent(Grants(folder="/"), means_in(home / "agents" / "studio_bridge"))
    await agent.push_scripts({MAIN: "-- 1"})
    environment = os.environ | {"HEDDLE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "main.py"), "roblox", "folder", str(place), env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        written = await process.stdout.readline()
        (place / f"{MAIN}.server.luau").write_text("-- 2")
        taken = await process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
        newest = await agent.script(MAIN)
        await agent.close()

    assert written.decode() == f"{MAIN}.server.luau: written\n"
    assert taken.decode() == f"{MAIN}.server.luau: taken over into Heddle\n"
    assert newest.source == "-- 2"
    assert process.returncode == 0
