"""Encrypted channels, as Pusher's libraries do them: each has a key, made from the app's own."""

import base64
import binascii
import contextlib
import hashlib
from typing import TYPE_CHECKING

import msgspec

from agents.swarm.realtime_update.names import is_encrypted
from agents.swarm.realtime_update.signing import Credentials
from graph.errors import BadInput

if TYPE_CHECKING:
    from nacl.secret import SecretBox

KEY_BYTES = 32
VARIABLE = "PUSHER_ENCRYPTION_MASTER_KEY_BASE64"


class _Sealed(msgspec.Struct, frozen=True):
    """What goes over the wire; both in base64."""

    nonce: str
    ciphertext: str


def look_at_key(master_key: str) -> None:
    """Raises BadInput for a master key that can't be one; "" is none."""
    with contextlib.suppress(binascii.Error, ValueError):
        if not master_key or len(base64.b64decode(master_key, validate=True)) == KEY_BYTES:
            return
    raise BadInput(
        f"{VARIABLE} isn't {KEY_BYTES} bytes in base64.",
        cure=f"Make one by `openssl rand -base64 {KEY_BYTES}`.",
    )


def shared_secret(app: Credentials, channel: str) -> str:
    """The key of an encrypted channel, in base64. Raises BadInput where the app has none."""
    return base64.b64encode(_key(app, channel)).decode()


def sealed(app: Credentials, channel: str, text: str) -> str:
    """A text for those on an encrypted channel. Raises BadInput where the app has no key."""
    box = _box(_key(app, channel)).encrypt(text.encode())
    parts = (base64.b64encode(part).decode() for part in (box.nonce, box.ciphertext))
    return msgspec.json.encode(_Sealed(*parts)).decode()


def opened(app: Credentials, channel: str, data: str) -> str:
    """What was said on a channel, as it is where it isn't sealed by the app's key."""
    if not is_encrypted(channel) or not app.master_key:
        return data
    # nacl's CryptoError, which needs to be imported by those alone who have something to open.
    from nacl.exceptions import CryptoError  # noqa: PLC0415 - see above

    try:
        told = msgspec.json.decode(data, type=_Sealed)
        nonce, ciphertext = base64.b64decode(told.nonce), base64.b64decode(told.ciphertext)
        return _box(_key(app, channel)).decrypt(ciphertext, nonce).decode()
    except (msgspec.DecodeError, binascii.Error, CryptoError, ValueError):
        return data


def _key(app: Credentials, channel: str) -> bytes:
    if not app.master_key:
        raise BadInput(
            f"{channel!r} is encrypted, and the app has no key for that.",
            cure=f"Set {VARIABLE}, to what `openssl rand -base64 {KEY_BYTES}` says.",
        )
    look_at_key(app.master_key)
    return hashlib.sha256(channel.encode() + base64.b64decode(app.master_key)).digest()


def _box(key: bytes) -> "SecretBox":
    # 30 ms that only those spend who use encrypted channels.
    from nacl.secret import SecretBox  # noqa: PLC0415 - see above

    return SecretBox(key)
