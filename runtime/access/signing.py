"""Access tokens: short, signed with Ed25519 by a key of the home, and read with nothing else."""

import base64
import secrets
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from runtime.secrets.keep import Damaged
from runtime.secrets.private import locked, read_private, write_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE = "signing.keys"
ISSUER = AUDIENCE = "heddle"
ALGORITHM = "EdDSA"
LASTS = 300.0
"""Seconds for which an access token is good."""
OVERLAP = 2 * LASTS
"""Seconds for which a key that was replaced still reads what it signed."""
LOOKING = 1.0
"""Seconds after which a key that nobody knows is looked for again in the file."""
LONGEST = 2000
"""Characters of a token that is looked at at all."""


class Claims(msgspec.Struct, frozen=True):
    """What an access token says: `sub` is the user, `sid` the session it belongs to."""

    sub: str
    tenant: str
    sid: str
    jti: str
    iat: float
    exp: float
    iss: str = ISSUER
    aud: str = AUDIENCE


class Key(msgspec.Struct, frozen=True):
    """A key as it stands in the file: `retired` is when another took its place."""

    id: str
    secret: str
    retired: float | None = None

    @property
    def private(self) -> "Ed25519PrivateKey":
        # 0.1 s that only who lets people in needs.
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - see above
            Ed25519PrivateKey,
        )

        return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(self.secret))


class Signing:
    """Signs and reads tokens. The keys are made when the first token is; only their user reads
    the file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / FILE
        self._keys: Sequence[Key] = ()
        self._opened: dict[str, Any] = {}
        self._looked = float("-inf")
        self._turn = threading.Lock()

    def sign(self, claims: Claims) -> str:
        """A token that says so. Raises Exposed when others may read the key."""
        import jwt  # noqa: PLC0415 - 0.1 s that only who lets people in needs

        key = self._current(claims.iat)
        said = msgspec.to_builtins(claims)
        return jwt.encode(said, key.private, ALGORITHM, {"kid": key.id, "typ": "at+jwt"})

    def read(self, token: str, now: float) -> Claims | None:
        """What a token says, None when it isn't ours, was changed, or its time is over."""
        import jwt  # noqa: PLC0415 - see sign

        if len(token) > LONGEST:
            return None
        try:
            head = jwt.get_unverified_header(token)
            public = self._reading(str(head.get("kid", "")), now)
            if public is None:
                return None
            said = jwt.decode(
                token, public, [ALGORITHM], audience=AUDIENCE, issuer=ISSUER,
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )  # fmt: skip
            claims = msgspec.convert(said, Claims)
        except (jwt.InvalidTokenError, msgspec.ValidationError, ValueError):
            return None
        return claims if claims.iat - LASTS <= now < claims.exp else None

    def rotate(self, now: float) -> str:
        """Sign with a fresh key from now on; gives its id. The one before reads for a while."""
        with self._turn, locked(self._file.with_name(f"{self._file.name}.lock")):
            fresh = Key(secrets.token_hex(8), _text(secrets.token_bytes(32)))
            older = [
                msgspec.structs.replace(key, retired=key.retired or now)
                for key in self._from_file()
                if key.retired is None or now - key.retired < OVERLAP
            ]
            write_private(self._file, msgspec.json.encode([fresh, *older]))
            self._keys = (fresh, *older)
        return fresh.id

    def _current(self, now: float) -> Key:
        """The key to sign with, made when there is none."""
        self._look(now)
        if not self._keys:
            self.rotate(now)
        return self._keys[0]

    def _reading(self, id: str, now: float) -> Any:
        """What reads tokens of the key with that id, None when there is no such key."""
        self._look(now)
        for key in self._keys:
            if key.id == id and (key.retired is None or now - key.retired < OVERLAP):
                if id not in self._opened:
                    self._opened[id] = key.private.public_key()
                return self._opened[id]
        return None

    def _look(self, now: float) -> None:
        """See whether another process has changed the keys, now and then."""
        if not 0 <= now - self._looked < LOOKING:  # the clock may be set back
            self._keys = self._from_file()
            self._looked = now

    def _from_file(self) -> tuple[Key, ...]:
        """Raises Exposed, and Damaged for a file that isn't what was written."""
        content = read_private(self._file)
        try:
            return msgspec.json.decode(content, type=tuple[Key, ...]) if content else ()
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Damaged(
                f"{self._file} can't be read: {error}.",
                cure="Take it away: fresh keys are made, and refresh tokens stay good.",
            ) from error


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()
