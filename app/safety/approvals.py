"""Which flows may run on this machine: by what they say, and what they touched when agreed to."""

import contextlib
import secrets
from pathlib import Path

import msgspec

from app.safety.wants import covers
from graph.spec import Needs


class Approval(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person agreed to a flow that touched `needs`; `allowed` is what it may touch beyond."""

    needs: Needs
    allowed: Needs = Needs()


_DECODER = msgspec.json.Decoder(Approval)


class Approvals:
    """One small file for each flow, by the hash of its logic."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, hash: str, wanted: Needs) -> Approval | None:
        """The approval of a flow, if it covers what the flow wants now.

        The same flow may want more than it did, when a pack that offers its blocks has changed.
        """
        try:
            found = _DECODER.decode((self._folder / f"{hash}.json").read_bytes())
        except (OSError, msgspec.DecodeError):
            return None
        return found if covers(found.needs, wanted) else None

    def add(self, hash: str, approval: Approval) -> None:
        """Remember an approval; one that can't be written is asked for again, that is all."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = self._folder / f"{hash}.{secrets.token_hex(4)}.tmp"
            fresh.write_bytes(msgspec.json.encode(approval))
            fresh.replace(self._folder / f"{hash}.json")
