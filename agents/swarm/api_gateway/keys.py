"""Keys of callers: made once, kept as digests, recognised by what a request shows."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence

from agents.swarm.api_gateway.answers import Refusal
from agents.swarm.api_gateway.shapes import Endpoint, Key, NewKey

PREFIX = "hgw"
HEADER = b"x-api-key"

CURE = "Send the header `X-API-Key: KEY`, or `Authorization: Bearer KEY`."


def new_key(label: str, endpoints: Sequence[str]) -> NewKey:
    """A key for these endpoints, or for all. Its secret half has 256 bits of chance."""
    id = secrets.token_hex(6)
    secret = f"{PREFIX}_{id}_{secrets.token_urlsafe(32)}"
    return NewKey(secret, Key(id, label, time.time(), tuple(endpoints)))


def digest_of(secret: str) -> str:
    """What is kept of a key: it is all chance, so a quick hash is as good as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Keys:
    """The keys there are, as of one change."""

    def __init__(self, kept: Iterable[tuple[Key, str]] = ()) -> None:
        self._kept = {key.id: (key, digest) for key, digest in kept}

    def caller(self, endpoint: Endpoint, headers: Mapping[bytes, bytes]) -> Key | None:
        """Whose key a request shows, None for an open endpoint without. Raises Refusal."""
        shown = _shown(headers)
        key = self._known(shown)
        if endpoint.access == "open":
            return key
        if key is None:
            what = "The key is not known." if shown else "A key is needed."
            raise Refusal(
                401, "Unauthorised", what, CURE, headers=((b"www-authenticate", b"Bearer"),)
            )
        if key.endpoints and endpoint.key not in key.endpoints:
            raise Refusal(403, "Forbidden", f"The key {key.label!r} doesn't open this endpoint.")
        return key

    def _known(self, shown: str) -> Key | None:
        id = shown.split("_")[1] if shown.startswith(f"{PREFIX}_") else ""
        key, digest = self._kept.get(id, (None, ""))
        if key is not None and hmac.compare_digest(digest, digest_of(shown)):
            return key
        return None


def _shown(headers: Mapping[bytes, bytes]) -> str:
    shown = headers.get(HEADER, b"")
    if not shown:
        kind, _, word = headers.get(b"authorization", b"").partition(b" ")
        shown = word.strip() if kind.lower() == b"bearer" else b""
    return shown.decode("latin-1")
