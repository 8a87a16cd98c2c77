"""What is said of connections to whoever asks: never a secret, which only goes in.

HeddleError
├── BlockError
│   ├── NoConnection        there is none of that name
│   └── NotAgreed           nobody has agreed to what it starts or whom it tells
└── BadConnection           what was given can't be kept
    └── BookUnreadable      the file of connections is damaged, or a newer Heddle's
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from graph.connections import ConnectionKind
from graph.errors import BlockError, HeddleError
from runtime.secrets.keep import Place

Where = Literal["keyring", "vault", "environment", ""]
"""Where the secrets of a connection are; "" when it has none."""


class NoConnection(BlockError):
    """There is no connection of that name."""


class NotAgreed(BlockError):
    """A person has to agree first to what the connection starts, or to the host it is to."""


class BadConnection(HeddleError):
    """It can't be kept like this; the message says what is wrong."""


class BookUnreadable(BadConnection):
    """The file of connections can't be read. It stays as it is."""


class Tested(msgspec.Struct, frozen=True):
    """What came of trying a connection out, in the other side's words; `at` in epoch seconds."""

    ok: bool
    said: str
    at: float


class Served(msgspec.Struct, frozen=True):
    """The models that a connection serves, as the other side says; `trouble` where it didn't."""

    models: tuple[str, ...] = ()
    trouble: str = ""


class Shown(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A connection without its secrets: `secrets` names those fields that hold one.

    `agrees_to` is what a person has to agree to, each field with what is in it, and `agreed`
    says that somebody did, or that nobody has to. `where` says who gives the secrets.
    """

    name: str
    kind: str
    fields: Mapping[str, str] = {}
    secrets: tuple[str, ...] = ()
    where: Where = ""
    agrees_to: Mapping[str, str] = {}
    agreed: bool = True
    tested: Tested | None = None
    made: float = 0.0


class Draft(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A connection as it shall be kept. Secrets that aren't named stay; "" takes one away."""

    name: str
    kind: str
    fields: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return f"Draft({self.name!r}, {self.kind!r})"


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """All connections, the kinds there are, and where secrets are kept.

    `testable` are the kinds that can be tried out. `secrets` are the names of plain secrets.
    `kept_in` is where secrets are kept, or will be; `why` says why not in the keyring. `model` is
    asked where none is named, "" for that of the first connection.
    """

    connections: tuple[Shown, ...] = ()
    kinds: tuple[ConnectionKind, ...] = ()
    testable: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    kept_in: Place = "vault"
    why: str = ""
    model: str = ""
