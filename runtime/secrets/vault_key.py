"""The keys of the vault: in a file apart from it, or in a variable."""

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from runtime.secrets.keep import KeyGone
from runtime.secrets.private import read_private, write_private

VARIABLE = "HEDDLE_VAULT_KEY"
LENGTH = 32


def new_key() -> str:
    """A fresh key, as it is written down."""
    return base64.urlsafe_b64encode(secrets.token_bytes(LENGTH)).decode()


def id_of(key: bytes) -> bytes:
    """What tells a key from others without giving it away: 8 bytes."""
    return hashlib.sha256(b"heddle vault key" + key).digest()[:8]


class VaultKeys:
    """The keys there are, the one to write with first; older ones still open what they closed."""

    def __init__(self, file: Path, variables: Mapping[str, str] = os.environ) -> None:
        self.file = file
        self._variables = variables

    @property
    def given(self) -> bool:
        """Whether the keys come from the variable, and are others' to keep."""
        return bool(self._variables.get(VARIABLE))

    def all(self) -> list[bytes]:
        """Every key, none when no file has been made yet. Raises KeyGone, Exposed."""
        if given := self._variables.get(VARIABLE):
            return [_decoded(word.strip(), VARIABLE) for word in given.split(",")]
        content = read_private(self.file)
        lines = (content or b"").decode(errors="replace").split()
        return [_decoded(line, str(self.file)) for line in lines]

    def make(self) -> list[bytes]:
        """Make the first key, and the file that it is in."""
        self.write([new_key()])
        return self.all()

    def write(self, keys: list[str]) -> None:
        """Have the file hold these keys, the one to write with first."""
        write_private(self.file, "".join(f"{key}\n" for key in keys).encode())


def encoded(key: bytes) -> str:
    """A key as it is written down."""
    return base64.urlsafe_b64encode(key).decode()


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != LENGTH:
        raise KeyGone(
            f"What is in {where} is no key of the vault.",
            cure="`heddle secrets key` prints a fresh one, for a vault that is still empty.",
        )
    return key
