"""What is said between clients and the server over a WebSocket, each message a record in JSON."""

from typing import Any

import msgspec

from agents.swarm.ui_sync.shapes import Mutation, Patch

PROTOCOL = "heddle.ui.1"
"""The WebSocket subprotocol: its number changes when old clients would misunderstand."""


class Subscribe(msgspec.Struct, frozen=True, tag_field="type", tag="subscribe"):
    """Tell what a component is, and from now on becomes; `since` is the version known."""

    component: str
    since: int | None = None


class Unsubscribe(msgspec.Struct, frozen=True, tag_field="type", tag="unsubscribe"):
    """Tell no more of a component."""

    component: str


class Mutate(Mutation, frozen=True, tag_field="type", tag="mutate", kw_only=True):
    """Change a component."""

    component: str


class Ping(msgspec.Struct, frozen=True, tag_field="type", tag="ping"):
    """Say something."""


Asked = Subscribe | Unsubscribe | Mutate | Ping


class Hello(msgspec.Struct, frozen=True, tag_field="type", tag="hello"):
    """The first message. `store` names what versions belong to.

    Something is said at least every `heartbeat` seconds. A message has at most `largest` bytes.
    """

    store: str
    heartbeat: float
    largest: int


class State(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="state"):
    """All of a component. With `anew`, versions known before mean nothing any more."""

    component: str
    version: int
    value: msgspec.Raw
    anew: bool = False


class Changed(Patch, frozen=True, omit_defaults=True, tag_field="type", tag="change", kw_only=True):
    """How a component became a version, from the one before, by the mutation of that id."""

    component: str
    version: int
    id: str


class Acknowledged(msgspec.Struct, frozen=True, tag_field="type", tag="acknowledged"):
    """A mutation was done, and is kept: it made that version."""

    component: str
    id: str
    version: int


class Rejected(msgspec.Struct, frozen=True, tag_field="type", tag="rejected"):
    """A mutation was not done, and never will be."""

    component: str
    id: str
    code: str
    message: str
    cure: str = ""


class Later(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="later"):
    """It can't be said now: ask again after so many seconds. Without `id`: the subscription."""

    component: str
    after: float
    message: str
    id: str = ""


class Wrong(msgspec.Struct, frozen=True, tag_field="type", tag="wrong"):
    """A message that wasn't understood, or asks too much."""

    message: str
    cure: str = ""


class Alive(msgspec.Struct, frozen=True, tag_field="type", tag="alive"):
    """Nothing happened, and the line is well."""


asked = msgspec.json.Decoder(Asked).decode


def told(message: Any) -> str:
    """A message as it is sent."""
    return msgspec.json.encode(message).decode()
