"""What keeps secrets, by contract, and how that can fail.

KeepError(BlockError)
├── Exposed         others may read the file, so nothing in it is secret
├── Damaged         the file can't be read, or the key doesn't fit
├── KeyGone         there is no key, or none that can be one
└── KeyringFailed   the keyring of the system doesn't answer, or is locked
"""

from typing import Literal, Protocol

from graph.errors import BlockError

Place = Literal["keyring", "vault"]
"""Where secrets can be kept."""

TITLES: dict[Place, str] = {
    "keyring": "the keyring of the system",
    "vault": "an encrypted file",
}


class KeepError(BlockError):
    """Secrets can't be kept, or can't be had back."""


class Exposed(KeepError):
    """Others may read the file."""


class Damaged(KeepError):
    """The file is not what was written."""


class KeyGone(KeepError):
    """There is no key that opens the vault."""


class KeyringFailed(KeepError):
    """The keyring doesn't do what it is asked."""


class Keep(Protocol):
    """Keeps texts by name. Every method raises KeepError when it can't."""

    place: Place

    def get(self, name: str) -> str | None:
        """The text of that name, None when there is none."""
        ...

    def put(self, name: str, value: str) -> None:
        """Keep a text, instead of what was kept under that name."""
        ...

    def remove(self, name: str) -> None:
        """Forget a text; nothing happens when there is none."""
        ...
