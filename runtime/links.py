"""Signed links: whoever has one may answer one question, and nothing else."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import NamedTuple

import msgspec

from graph.errors import HeddleError
from runtime.projections.inbox import Question

LASTS = 30 * 86_400.0
"""Seconds for which a link is good to a question without a deadline."""


KEY = 32
"""Bytes of the key."""


class BadKey(HeddleError):
    """What links are signed with is no key, so anybody could forge them."""


class ForgedLink(HeddleError):
    """A link that wasn't made here, or was changed since."""


class ExpiredLink(HeddleError):
    """A link whose time is over."""


class Asked(NamedTuple):
    """The one question that a link is for, and until when, in seconds since the epoch."""

    run: str
    task: str
    label: str
    since: float
    until: float


class Links:
    """Makes and reads links below an address, with a key that never leaves this machine."""

    def __init__(self, key: bytes, address: str) -> None:
        self._key = key
        self._address = address.rstrip("/")

    def to(self, question: Question, now: float) -> str:
        """A link by which that question can be answered, as long as it is open."""
        until = now + LASTS if question.until is None else question.until
        asked = Asked(question.run, question.task, question.label, question.since, until)
        said = msgspec.msgpack.encode(asked)
        return f"{self._address}/answer/{_text(said)}.{_text(self._signed(said))}"

    def read(self, token: str, now: float) -> Asked:
        """The question that a link is for. Raises ForgedLink, ExpiredLink."""
        said, _, signature = token.partition(".")
        try:
            content, given = _bytes(said), _bytes(signature)
        except (ValueError, binascii.Error):
            raise _forged() from None
        if not hmac.compare_digest(self._signed(content), given):
            raise _forged()
        asked = Asked(*msgspec.msgpack.decode(content, type=tuple[str, str, str, float, float]))
        if now > asked.until:
            raise ExpiredLink("The time in which this could be answered is over.")
        return asked

    def _signed(self, said: bytes) -> bytes:
        return hmac.digest(self._key, b"heddle answer " + said, hashlib.sha256)


def key_in(folder: Path) -> bytes:
    """The key of a home, made the first time; nobody but its user can read it. Raises BadKey."""
    path = folder / "links.key"
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"links.key.{secrets.token_hex(4)}"
    with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY))
        file.flush()
        os.fsync(file.fileno())  # a key that is lost with the power would be an empty one
    try:
        if not path.exists():
            os.link(made, path)  # at once, and only if nobody else was first
    except FileExistsError:
        pass
    finally:
        made.unlink()
    key = path.read_bytes()
    if len(key) != KEY:
        raise BadKey(
            f"{path} is no key: it has {len(key)} bytes, and not {KEY}.",
            cure="Remove it, and start again: links that were sent before are worth nothing then.",
        )
    return key


def _forged() -> ForgedLink:
    return ForgedLink("This link isn't one that was made here.")


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
