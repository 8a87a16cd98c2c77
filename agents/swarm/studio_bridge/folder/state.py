"""What a folder and Heddle had in common last, kept in the folder itself."""

import os
from pathlib import Path

import msgspec

from agents import disk
from agents.errors import Unavailable
from agents.folders import Place
from agents.swarm.studio_bridge.folder.shapes import Clash, Entry
from graph.errors import BadInput

HOME = ".heddle"
FILE = "roblox.json"
FORMAT = 1
LARGEST = 64 * 1024 * 1024


class State(msgspec.Struct):
    """By script: its file, and where both sides differ. `server` is the id of the bridge."""

    server: str
    project: str
    format: int = FORMAT
    entries: dict[str, Entry] = {}
    clashes: dict[str, Clash] = {}


class Kept:
    """The state of the folder `root`. Calls block, and raise AgentError."""

    def __init__(self, root: Path, server: str, project: str) -> None:
        self._place = Place(str(root), (HOME, FILE), f"{HOME}/{FILE}")
        self._ignored = Place(str(root), (HOME, ".gitignore"), f"{HOME}/.gitignore")
        self._server = server
        self._project = project
        self._saved = b""

    def read(self) -> State:
        """The state, a new one where there is none. Raises BadInput for a folder of another's."""
        try:
            content = disk.read(self._place, LARGEST)
        except disk.Missing:
            return State(self._server, self._project)
        try:
            found = msgspec.json.decode(content, type=State)
        except msgspec.DecodeError as error:
            raise BadInput(f"{self._place.path} can't be read: {error}.", cure=_CURE) from error
        if (found.server, found.project) != (self._server, self._project) or found.format > FORMAT:
            raise BadInput(
                f"{self._place.root} belongs to the project {found.project!r} of another Heddle.",
                cure=_CURE,
            )
        self._saved = msgspec.json.encode(found)
        return found

    def save(self, state: State) -> None:
        """Keep the state, if it is another one than was kept last."""
        content = msgspec.json.encode(state)
        if content == self._saved:
            return
        if not os.path.isdir(self._place.root):  # writing would make it anew
            raise Unavailable(f"{self._place.root} is gone.", cure="Nothing else was changed.")
        disk.write(self._ignored, b"*\n")
        disk.write(self._place, msgspec.json.format(content, indent=1) + b"\n")
        self._saved = content


_CURE = f"Delete {HOME}/{FILE} there if the folder is to be compared with Heddle anew."
