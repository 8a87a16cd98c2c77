"""A folder of scripts, and the agents that keep it and the bridge's scripts alike."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.contract import Grants
from agents.swarm.studio_bridge.agent import StudioAgent
from agents.swarm.studio_bridge.folder.agent import FolderAgent
from agents.swarm.studio_bridge.folder.shapes import Look
from tests.agents.conftest import means_in


class Project:
    """Both sides of a project; `look` until both have the same."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home = home
        self.folder = folder
        self.studio = StudioAgent(Grants(folder="/"), means_in(home / "studio_bridge"))
        self.keeper = self.made()

    def made(self) -> FolderAgent:
        """An agent that knows only what is kept."""
        grants = Grants(folder="/", writes=(str(self.folder.parent),))
        return FolderAgent(grants, means_in(self.home / "roblox_folder"))

    async def look(self, *, deletes: bool = False) -> Look:
        """Look until nothing is left to do; as often as that takes, without waiting."""
        found = await self.once(deletes=deletes)
        did = list(found.did)
        for _ in range(8):
            if not found.again:
                return Look(again=False, scripts=found.scripts, did=did,
                            conflicts=found.conflicts, problems=found.problems)  # fmt: skip
            found = await self.once(deletes=deletes)
            did += found.did
        raise AssertionError(f"it never ends: {found}")

    async def once(self, *, deletes: bool = False) -> Look:
        return await self.keeper.look(str(self.folder), deletes=deletes)

    def write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def files(self) -> dict[str, str]:
        """All that is in the folder, but for what is kept of it."""
        return {
            str(path.relative_to(self.folder).as_posix()): path.read_bytes().decode()
            for path in self.folder.rglob("*")
            if path.is_file() and ".heddle/" not in path.as_posix()
        }

    async def scripts(self) -> dict[str, str]:
        """The newest texts, by path."""
        there = await self.studio.scripts()
        return {one.path: (await self.studio.script(one.script)).source for one in there}

    async def ids(self) -> dict[str, str]:
        return {one.path: one.script for one in await self.studio.scripts()}

    async def texts(self) -> set[str]:
        """Every text that a script ever had."""
        found = set[str]()
        for one in await self.studio.scripts():
            for version in await self.studio.history(one.script, limit=1_000):
                found.add((await self.studio.script(one.script, version=version.version)).source)
        return found

    async def close(self) -> None:
        await self.keeper.close()
        await self.studio.close()


@pytest.fixture
async def project(tmp_path: Path) -> AsyncIterator[Project]:
    (tmp_path / "work").mkdir()
    made = Project(tmp_path / "home", tmp_path / "work" / "place")
    yield made
    await made.close()
