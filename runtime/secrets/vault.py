"""Secrets in one encrypted file, with its key apart."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from runtime.secrets.keep import Damaged, KeepError, KeyGone, Place
from runtime.secrets.private import locked, read_private, write_private
from runtime.secrets.vault_key import VARIABLE, VaultKeys, encoded, id_of, new_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"HEDDLE-VAULT\x01"
_KEY_ID, _NONCE = 8, 12
_HEAD = len(MAGIC) + _KEY_ID

_entries = msgspec.msgpack.Decoder(dict[str, str])


class Vault:
    """Texts by name in HOME/vault.bin, sealed with AES-256-GCM.

    The file is a head (what it is, and the id of its key, both authenticated), a nonce, and
    the sealed MessagePack of all texts. It is read anew each time, so that every process sees
    what others wrote; the version before the last change stays beside it.
    """

    place: Place = "vault"

    def __init__(self, folder: Path, variables: Mapping[str, str] = os.environ) -> None:
        self.file = folder / "vault.bin"
        self.previous = folder / "vault.bin.previous"
        self.keys = VaultKeys(folder / "vault.key", variables)
        self._lock = folder / "vault.lock"

    def get(self, name: str) -> str | None:
        """The text of that name, None when there is none."""
        return self._read().get(name)

    def names(self) -> list[str]:
        """The names of all texts."""
        return list(self._read())

    def put(self, name: str, value: str) -> None:
        """Keep a text, instead of what was kept under that name."""
        self._change(lambda entries: entries | {name: value})

    def remove(self, name: str) -> None:
        """Forget a text. No copy of it stays in the version before."""
        if name not in self._read():
            return
        self._change(lambda entries: {n: v for n, v in entries.items() if n != name}, keep=False)

    def rotate(self) -> None:
        """Seal everything with a fresh key, and forget the one before.

        With keys from the variable, the first of them is the fresh one. Killed at any moment,
        the vault can still be opened.
        """
        with locked(self._lock):
            entries, keys = self._read(), self.keys.all()
            if self.keys.given:
                self._write(entries, keys[0], keep=False)
                return
            fresh = new_key()
            self.keys.write([fresh, *map(encoded, keys)])
            self._write(entries, self.keys.all()[0], keep=False)
            self.keys.write([fresh])

    def _change(
        self, change: Callable[[dict[str, str]], dict[str, str]], *, keep: bool = True
    ) -> None:
        with locked(self._lock):
            entries = self._read()
            keys = self.keys.all() or self.keys.make()
            self._write(change(entries), keys[0], keep=keep)

    def _read(self) -> dict[str, str]:
        """All texts. Raises Exposed, KeyGone, Damaged; what is on disk stays as it is."""
        content = read_private(self.file)
        if content is None:
            return {}
        if not content.startswith(MAGIC) or len(content) < _HEAD + _NONCE:
            raise self._damaged("it is no vault of this version")
        keys = self.keys.all()
        if not keys:
            raise KeyGone(
                f"The key of the vault is gone: {self.keys.file}.",
                cure=f"Put the file back, or give the key as {VARIABLE}.",
            )
        wanted = content[len(MAGIC) : _HEAD]
        key = next((key for key in keys if id_of(key) == wanted), None)
        if key is None:
            where = VARIABLE if self.keys.given else str(self.keys.file)
            raise KeyGone(
                f"{self.file} was sealed with another key than the one in {where}.",
                cure="Put that key back.",
            )
        return self._opened(content, key)

    def _opened(self, content: bytes, key: bytes) -> dict[str, str]:
        # 0.1 s of cryptography that only whoever uses the vault need spend.
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see above

        nonce, sealed = content[_HEAD : _HEAD + _NONCE], content[_HEAD + _NONCE :]
        try:
            return _entries.decode(_cipher(key).decrypt(nonce, sealed, content[:_HEAD]))
        except (InvalidTag, msgspec.DecodeError) as error:
            raise self._damaged("its content was changed") from error

    def _write(self, entries: Mapping[str, str], key: bytes, *, keep: bool) -> None:
        """Put the texts on disk; without `keep`, nothing of the version before stays."""
        try:
            plain = msgspec.msgpack.encode(dict(entries))
        except UnicodeEncodeError as error:
            raise KeepError("A secret must be a text.") from error
        head = MAGIC + id_of(key)
        nonce = secrets.token_bytes(_NONCE)
        content = head + nonce + _cipher(key).encrypt(nonce, plain, head)
        write_private(self.file, content, previous=self.previous if keep else None)
        if not keep:
            self.previous.unlink(missing_ok=True)

    def _damaged(self, how: str) -> Damaged:
        there = self.previous.exists()
        cure = f"The version before is whole: mv {self.previous} {self.file}" if there else (
            "Bring it back from a backup, or move it away and enter the secrets anew."
        )  # fmt: skip
        return Damaged(f"{self.file} can't be read: {how}.", cure=cure)


def _cipher(key: bytes) -> "AESGCM":
    # 0.1 s of cryptography that only whoever uses the vault need spend.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - see above

    return AESGCM(key)
