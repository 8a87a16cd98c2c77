"""The watches of flows, one small file for each, in Heddle's own folder."""

import contextlib
import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """A watch: an expression, and the blocks that lead to the flow it was made in.

    `at` is `orders/each` for the body of that loop, "" for the flow itself.
    """

    expression: str
    at: str = ""


_DECODER = msgspec.json.Decoder(list[Kept])


class KeptWatches:
    """By the place of the flow: its file, or the folder of one that isn't saved yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, place: Path) -> list[Kept]:
        """The watches of a flow; none when there are none that can be read."""
        try:
            return _DECODER.decode(self._file(place).read_bytes())
        except (OSError, msgspec.DecodeError):
            return []

    def write(self, place: Path, watches: Sequence[Kept]) -> None:
        """Keep these. Where they can't be written they last as long as the window, that is all."""
        file = self._file(place)
        with contextlib.suppress(OSError):
            if not watches:
                file.unlink(missing_ok=True)
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = file.with_suffix(f".{secrets.token_hex(4)}.tmp")
            fresh.write_bytes(msgspec.json.encode(watches))
            fresh.replace(file)

    def _file(self, place: Path) -> Path:
        name = hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"
