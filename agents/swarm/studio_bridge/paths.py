"""Where scripts stand, in words: names in Studio's tree, and files in a folder."""

import re
from collections.abc import Sequence

from agents.swarm.studio_bridge.shapes import LONGEST_SOURCE, Kind, Placed
from graph.errors import BadInput

SERVICES = (
    "Workspace",
    "Players",
    "Lighting",
    "ReplicatedFirst",
    "ReplicatedStorage",
    "ServerScriptService",
    "ServerStorage",
    "StarterGui",
    "StarterPack",
    "StarterPlayer",
    "SoundService",
    "Chat",
    "TestService",
)
"""What a path may begin with; the plugin keeps the same list."""

ENDINGS: tuple[tuple[str, Kind], ...] = (
    (".server.luau", "Script"),
    (".client.luau", "LocalScript"),
    (".luau", "ModuleScript"),
    (".server.lua", "Script"),
    (".client.lua", "LocalScript"),
    (".lua", "ModuleScript"),
)
"""How the name of a file ends, by the kind of its script; the first is written."""

LONGEST_PATH = 500

DEVICE = re.compile(r"(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(\.|$)", re.IGNORECASE)
"""Names that Windows has for something else, whatever follows a point."""


def path_of(names: Sequence[str]) -> str:
    """Names in Studio's tree, the service first, as a path."""
    return "/".join(name.replace("%", "%25").replace("/", "%2F") for name in names)


def names_of(path: str) -> list[str]:
    """The names that a path is made of."""
    return [name.replace("%2F", "/").replace("%25", "%") for name in path.split("/")]


def checked(path: str) -> str:
    """The path, if one may stand in Studio's tree. Raises BadInput."""
    names = path.split("/")
    if len(path) > LONGEST_PATH or "\0" in path:
        raise BadInput(f"A path has at most {LONGEST_PATH} characters, and no NUL.")
    if len(names) < 2 or not all(names):
        raise BadInput(
            f"{path!r} is no path of a script.",
            cure="Begin with a service, then names with / between: ServerScriptService/Main.",
        )
    if names[0] not in SERVICES:
        raise BadInput(
            f"{path!r} begins with {names[0]!r}, which holds no scripts in Studio.",
            cure=f"Begin with one of {', '.join(SERVICES)}.",
        )
    return path


def fitting(name: str, source: str) -> str:
    """The text of a script, if Studio can hold it. Raises BadInput."""
    if len(source) > LONGEST_SOURCE:
        raise BadInput(
            f"{name} has {len(source):,} characters, and Studio holds {LONGEST_SOURCE:,}.",
            cure="Split it into modules.",
        )
    if "\0" in source:
        raise BadInput(f"{name} holds a NUL, which no script may.", cure="Write it as \\0.")
    return source


def placed_by(name: str, kind: Kind | None = None) -> Placed:
    """Where a script of that path stands; a file's ending says the kind, else it is `kind`.

    Without either it is a Script under ServerScriptService, and a ModuleScript elsewhere.
    Raises BadInput.
    """
    name = name.replace("\\", "/").removeprefix("./")
    for ending, known in ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return Placed(checked(name[: -len(ending)]), kind or known)
    usual: Kind = "Script" if name.startswith("ServerScriptService/") else "ModuleScript"
    return Placed(checked(name), kind or usual)


def safe_file(path: str) -> str:
    """A path as one that any disk can hold, none of whose parts leads upwards."""
    return "/".join(_safe(part) for part in path.split("/"))


def _safe(part: str) -> str:
    """A name without what some disk takes for something else, a point at its end among it."""
    kept = "".join(_hexed(c) if c in '<>:"|?*\\' or not c.isprintable() else c for c in part)
    if DEVICE.match(kept):
        kept = _hexed(kept[0]) + kept[1:]
    return kept[:-1] + _hexed(kept[-1]) if kept.endswith((".", " ")) else kept


def _hexed(character: str) -> str:
    return f"%{ord(character):02X}"
