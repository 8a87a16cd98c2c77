"""Which app our server is, and which one is outside."""

import base64
import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from agents.contract import Outside
from agents.errors import Unavailable
from agents.swarm.realtime_update.sealing import KEY_BYTES
from agents.swarm.realtime_update.signing import Credentials
from graph.errors import BadInput

FILE = "app.json"


def own_app(folder: Path, outside: Outside) -> tuple[Credentials, str]:
    """Our server's app, and where its credentials come from.

    What is set for Pusher counts here as well, so that clients and servers find the same app in
    both places. Else it is made up once, and kept where only this account reads it.
    """
    if outside.pusher_key and outside.pusher_secret and outside.pusher_app_id:
        return app_of(outside), "PUSHER_APP_ID, PUSHER_KEY and PUSHER_SECRET"
    place = folder / FILE
    with contextlib.suppress(FileNotFoundError, msgspec.DecodeError):
        kept = msgspec.json.decode(place.read_bytes(), type=Credentials)
        if not kept.master_key:  # made up before there were such keys, and read by others just now
            kept = msgspec.structs.replace(kept, master_key=_key_of(kept.secret))
        return _with_key(kept, outside), str(place)
    made = Credentials(str(secrets.randbelow(9 * 10**8) + 10**8), secrets.token_hex(10),
                       secrets.token_hex(20),
                       base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())  # fmt: skip
    _write(place, msgspec.json.encode(made))
    return _with_key(made, outside), str(place)


def _key_of(secret: str) -> str:
    """A key for an app that has none, the same in whichever process it is made up."""
    return base64.b64encode(
        hashlib.sha256(f"encrypted channels {secret}".encode()).digest()
    ).decode()


def _with_key(app: Credentials, outside: Outside) -> Credentials:
    """A key that is set goes before one that was made up."""
    key = outside.pusher_encryption_master_key_base64
    return msgspec.structs.replace(app, master_key=key) if key else app


def app_of(outside: Outside) -> Credentials:
    """The app that is named by the environment."""
    return Credentials(
        outside.pusher_app_id,
        outside.pusher_key,
        outside.pusher_secret,
        outside.pusher_encryption_master_key_base64,
    )


def app_outside(outside: Outside) -> tuple[Credentials, str] | None:
    """The app at a Pusher outside and its server's address, None where no cluster is named.

    Raises BadInput for one that is named by halves.
    """
    if not outside.pusher_cluster:
        return None
    named = {
        "PUSHER_APP_ID": outside.pusher_app_id,
        "PUSHER_KEY": outside.pusher_key,
        "PUSHER_SECRET": outside.pusher_secret,
    }
    if missing := [name for name, value in named.items() if not value]:
        raise BadInput(
            f"PUSHER_CLUSTER is set, but not {' and '.join(missing)}.",
            cure="Set all four, or leave out the cluster to do with our own server.",
        )
    return app_of(outside), address_of(outside.pusher_cluster)


def address_of(cluster: str) -> str:
    """Where a cluster's HTTP API is; a compatible server is named by its address instead.

    Raises BadInput for what is neither.
    """
    if "://" not in cluster:
        if not cluster.replace("-", "").isalnum():
            raise BadInput(
                f"{cluster!r} is no cluster of Pusher.",
                cure="Name one, such as eu, or the address of a compatible server.",
            )
        return f"https://api-{cluster}.pusher.com"
    parts = urlsplit(cluster)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(f"{cluster!r} is no address.", cure="Write https://host:port.")
    return f"{parts.scheme}://{parts.netloc}"


def _write(place: Path, content: bytes) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise Unavailable(
            f"The credentials of our Pusher server can't be written to {place}: {error.strerror}.",
            cure="Look whether the folder may be written to.",
        ) from error
