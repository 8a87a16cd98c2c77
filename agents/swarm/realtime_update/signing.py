"""Signatures of the Pusher protocol: of requests, subscriptions, users and webhooks."""

import hashlib
import hmac
import time
from collections.abc import Mapping

import msgspec

from graph.errors import HeddleError

SKEW = 600.0
"""Seconds that the clock of whoever signs a request may be off."""


class Credentials(msgspec.Struct, frozen=True):
    """An app of a Pusher server: its id, the key that everybody may know, and the secret.

    `master_key` is what the keys of encrypted channels are made from, in base64; "" for none.
    """

    app_id: str
    key: str
    secret: str
    master_key: str = ""

    def __repr__(self) -> str:
        return f"Credentials({self.app_id!r}, {self.key!r})"


class BadSignature(HeddleError):
    """The request isn't signed, or not by who knows the secret."""


def signature(secret: str, text: str) -> str:
    """The HMAC of a text, in hexadecimal digits."""
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()


def signed(
    app: Credentials,
    method: str,
    path: str,
    query: Mapping[str, str],
    body: bytes,
    *,
    now: float | None = None,
) -> dict[str, str]:
    """The query of a request to the HTTP API, with what shows that the app asks."""
    asked = {
        **query,
        "auth_key": app.key,
        "auth_timestamp": str(int(time.time() if now is None else now)),
        "auth_version": "1.0",
    }
    if body:
        asked["body_md5"] = _digest(body)
    return {**asked, "auth_signature": signature(app.secret, _said(method, path, asked))}


def check_request(
    app: Credentials,
    method: str,
    path: str,
    query: Mapping[str, str],
    body: bytes,
    *,
    now: float | None = None,
) -> None:
    """Raises BadSignature unless the app's secret signed just this, lately."""
    if not hmac.compare_digest(query.get("auth_key", "").encode(), app.key.encode()):
        raise BadSignature("auth_key is missing, or is another app's.")
    if body and query.get("body_md5") != _digest(body):
        raise BadSignature("body_md5 isn't that of the body.")
    try:
        off = abs((time.time() if now is None else now) - int(query.get("auth_timestamp", "")))
    except (ValueError, OverflowError):
        raise BadSignature("auth_timestamp is missing, or is no number.") from None
    if off > SKEW:
        raise BadSignature(f"auth_timestamp is {off:,.0f} s off.", cure="Set the clock right.")
    if query.get("auth_version") != "1.0":
        raise BadSignature("auth_version is to be 1.0.")
    given = query.get("auth_signature", "")
    asked = {name: value for name, value in query.items() if name != "auth_signature"}
    if not is_signed(app, _said(method, path, asked), given):
        raise BadSignature("auth_signature isn't what the app's secret gives.")


def is_signed(app: Credentials, text: str, given: str) -> bool:
    """Whether the app's secret gives this signature for the text."""
    return hmac.compare_digest(signature(app.secret, text).encode(), given.encode())


def channel_auth(app: Credentials, socket_id: str, channel: str, channel_data: str = "") -> str:
    """What lets a connection into a channel; `channel_data` says who it is."""
    return f"{app.key}:{signature(app.secret, _joining(socket_id, channel, channel_data))}"


def user_auth(app: Credentials, socket_id: str, user_data: str) -> str:
    """What makes a connection that of a user."""
    return f"{app.key}:{signature(app.secret, f'{socket_id}::user::{user_data}')}"


def lets_in(
    app: Credentials, auth: str, socket_id: str, channel: str, channel_data: str = ""
) -> bool:
    """Whether the auth is what the app would have given for just this."""
    key, _, given = auth.partition(":")
    return key == app.key and is_signed(app, _joining(socket_id, channel, channel_data), given)


def is_user(app: Credentials, auth: str, socket_id: str, user_data: str) -> bool:
    """Whether the auth is what the app would have given for this user."""
    key, _, given = auth.partition(":")
    return key == app.key and is_signed(app, f"{socket_id}::user::{user_data}", given)


def check_webhook(app: Credentials, headers: Mapping[str, str], body: bytes) -> None:
    """Raises BadSignature unless a webhook comes from this app's server."""
    given = {name.lower(): value for name, value in headers.items()}
    if given.get("x-pusher-key") != app.key:
        raise BadSignature("X-Pusher-Key is missing, or is another app's.")
    wanted = webhook_signature(app, body)
    if not hmac.compare_digest(wanted.encode(), given.get("x-pusher-signature", "").encode()):
        raise BadSignature("X-Pusher-Signature isn't what the app's secret gives.")


def webhook_signature(app: Credentials, body: bytes) -> str:
    """What goes with a webhook, to show from whom it comes."""
    return hmac.digest(app.secret.encode(), body, "sha256").hex()


def _joining(socket_id: str, channel: str, channel_data: str) -> str:
    return ":".join((socket_id, channel, channel_data) if channel_data else (socket_id, channel))


def _said(method: str, path: str, query: Mapping[str, str]) -> str:
    """What is signed of a request: names in lower case, in their order, nothing escaped."""
    asked = "&".join(f"{name}={value}" for name, value in sorted(_lower(query).items()))
    return f"{method}\n{path}\n{asked}"


def _lower(query: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in query.items()}


def _digest(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()  # what the protocol asks for
