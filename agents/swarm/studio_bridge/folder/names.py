"""The file of a script and the script of a file: names that no disk holds are written otherwise."""

import re
from urllib.parse import unquote_to_bytes

from agents.swarm.studio_bridge.paths import DEVICE, ENDINGS, checked, names_of, path_of
from agents.swarm.studio_bridge.shapes import Kind, Placed
from graph.errors import BadInput

ENDING_OF: dict[Kind, str] = {kind: ending for ending, kind in reversed(ENDINGS)}
INIT = "init"
"""The file of a script that holds others, in the folder of its name."""

_WRITTEN = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_MEANT = re.compile(r"\.(luau|lua|server|client)$", re.IGNORECASE)
"""What the end of a name would be taken for."""


def file_of(placed: Placed, *, holds_others: bool) -> str:
    """The file of a script below the folder, with / between; the same for nobody else."""
    *above, name = map(_written, names_of(placed.path))
    stem = [name, INIT] if holds_others else [name]
    return "/".join([*above, *stem]) + ENDING_OF[placed.kind]


def is_script(file: str) -> bool:
    """Whether a file's name is that of a script."""
    return file.lower().endswith((".luau", ".lua"))


def is_flat(file: str) -> bool:
    """Whether a script's file stands beside the folder of what it holds, not in it."""
    return _stem(file)[0].rpartition("/")[2] != INIT


def placed_at(file: str) -> Placed:
    """The script that a file stands for. Raises BadInput for one that can't be in Studio."""
    stem, kind = _stem(file)
    folder, _, name = stem.rpartition("/")
    whole = folder if name == INIT else stem
    return Placed(checked(path_of([_read(part) for part in whole.split("/")])), kind)


def _stem(file: str) -> tuple[str, Kind]:
    for ending, kind in ENDINGS:
        if file.lower().endswith(ending) and not file.lower().endswith("/" + ending):
            return file[: -len(ending)], kind
    raise BadInput(f"{file} is no file of a script.")


def _written(name: str) -> str:
    """A name of Studio as one of a file."""
    kept = "".join(_hexed(c) if c in '%/<>:"|?*\\' or not c.isprintable() else c for c in name)
    kept = _MEANT.sub(lambda found: _hexed(".") + found[1], kept)
    if kept.endswith((".", " ")):
        kept = kept[:-1] + _hexed(kept[-1])
    if kept[:1] in (".", " ") or kept == INIT or DEVICE.match(kept):
        kept = _hexed(kept[0]) + kept[1:]
    return kept


def _read(name: str) -> str:
    """The name of Studio that a file's stands for."""

    def read(found: re.Match[str]) -> str:
        try:
            return unquote_to_bytes(found[0]).decode()
        except UnicodeDecodeError:
            return found[0]

    return _WRITTEN.sub(read, name)


def _hexed(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
