"""Keeps the scripts of a project alike in Heddle and in a folder that was granted."""

import asyncio
from pathlib import Path
from typing import ClassVar

import msgspec

from agents.contract import Grants, Means
from agents.errors import Rejected
from agents.folders import Folders
from agents.swarm.studio_bridge.folder.desk import Desk
from agents.swarm.studio_bridge.folder.disk import Disk
from agents.swarm.studio_bridge.folder.mirror import Mirror
from agents.swarm.studio_bridge.folder.shapes import Look
from agents.swarm.studio_bridge.folder.state import Kept
from agents.swarm.studio_bridge.pairing import Pairings
from agents.swarm.studio_bridge.shapes import MAIN
from agents.swarm.studio_bridge.store import Store
from agents.worker import Worker, capability

BRIDGE = "studio_bridge"
"""The kind of the agent whose scripts these are."""
PAUSE = 0.4
"""Seconds between two looks of which the second says whether a file was still being written."""
MOST_LOOKS = 20


class FolderAgent(Worker):
    """Folders have to be granted for writing. Methods raise BadInput and AgentError."""

    kind: ClassVar[str] = "roblox_folder"
    title: ClassVar[str] = "Roblox folder"

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._folders = Folders(grants)
        self._store = Store(means.folder.parent / BRIDGE, means.outside.database_url)
        self._mirrors = dict[tuple[str, str], Mirror]()

    async def close(self) -> None:
        """Let go of the database."""
        await asyncio.to_thread(self._store.close)

    @capability("write")
    async def look(self, folder: str, *, project: str = MAIN, deletes: bool = False) -> Look:
        """Look at a folder and at the scripts once, and have both alike as far as that can be.

        What changed on the disk counts once it was the same in two looks. `deletes` says that
        most of the files may be gone at once, and their scripts with them.
        """
        return await asyncio.to_thread(self._look, folder, project, deletes)

    @capability("write")
    async def sync(self, folder: str, *, project: str = MAIN, deletes: bool = False) -> Look:
        """Look until nothing is left to do."""
        found = await self.look(folder, project=project, deletes=deletes)
        did = list(found.did)
        for _ in range(MOST_LOOKS):
            if not found.again:
                break
            await asyncio.sleep(PAUSE)
            found = await self.look(folder, project=project, deletes=deletes)
            did += found.did
        return msgspec.structs.replace(found, did=did)

    def _look(self, folder: str, project: str, deletes: bool) -> Look:
        root = self._folders.writable(folder).path
        mirror = self._mirrors.get((root, project)) or self._opened(root, project)
        look = mirror.look(deletes=deletes)
        self._mirrors[root, project] = mirror
        return look

    def _opened(self, root: str, project: str) -> Mirror:
        path = Path(root)
        try:
            path.mkdir(exist_ok=True)
        except OSError as error:
            raise Rejected(
                f"{root} can't be a folder: {(error.strerror or '').lower()}."
            ) from error
        kept = Kept(path, Pairings(self._store).server(), project)
        return Mirror(Disk(path), Desk(self._store, project), kept)
