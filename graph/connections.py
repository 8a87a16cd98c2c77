"""Connections: named sets of what one outside system wants of whoever uses it."""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

TELLING = 8
"""Characters from which on a part of a secret is one itself."""


def telling(secret: str) -> Iterator[str]:
    """A secret, and of one like `NAME=value` on each line, or `Name: value`, the values alone."""
    if secret:
        yield secret
    for line in secret.splitlines():
        for between in "=:":
            value = line.partition(between)[2].strip()
            if len(value) >= TELLING:
                yield value


class ConnectionField(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing a connection of a kind holds. A `secret` one never leaves the vault unasked."""

    name: str
    title: str = ""
    help: str = ""
    secret: bool = False
    required: bool = False
    default: str = ""
    editor: Literal["text", "url", "lines", "command"] = "text"


class ConnectionKind(msgspec.Struct, frozen=True, omit_defaults=True):
    """What can be connected to, what that takes, and whether a person must agree to it first.

    `variables` are environment variables that give a connection of this kind without anybody
    making one: field by variable, such as {"ANTHROPIC_API_KEY": "key"}. `asks_first` says that
    making one starts a program or sends data to a host, which a person agrees to by name.
    """

    kind: str
    title: str
    icon: str
    fields: tuple[ConnectionField, ...]
    help: str = ""
    variables: Mapping[str, str] = {}
    asks_first: bool = False

    def field(self, name: str) -> ConnectionField | None:
        """The field of that name, None when there is none."""
        return next((field for field in self.fields if field.name == name), None)


class Connection(msgspec.Struct, frozen=True):
    """A connection as an agent gets it: every field by name, secrets in the clear.

    `secret` names the fields that are secrets. It lives as long as the call it is for, and says
    nothing of its secrets when it is printed.
    """

    name: str
    kind: str
    fields: Mapping[str, str] = {}
    secret: tuple[str, ...] = ()

    def get(self, field: str) -> str:
        """What is in a field, "" for nothing."""
        return self.fields.get(field, "")

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be seen of it."""
        values = (self.get(name) for name in self.secret)
        return tuple(dict.fromkeys(part for value in values for part in telling(value)))

    def __repr__(self) -> str:
        return f"Connection({self.name!r}, {self.kind!r})"
