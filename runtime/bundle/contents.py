"""What a bundle holds, and how large it may be.

HeddleError
├── BadBundle               the file is no bundle, damaged, or wants something it mustn't
└── NotBundled              a run can't be put into a bundle
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from graph.errors import HeddleError
from runtime.events import AnyEvent

BUNDLE_SUFFIX = ".run"
FORMAT = 1
"""The version this Heddle writes."""

LARGEST_BUNDLE = 128 << 20
"""Bytes that a bundle may have as it comes."""
LARGEST_UNPACKED = 256 << 20
MOST_MEMBERS = 2000
MOST_RUNS = 20
"""Runs in a bundle: the one it is about, and those that it repeats, one after the other."""

MANIFEST, TRACE = "bundle.json", "trace.json"


class BadBundle(HeddleError):
    """A bundle can't be opened, and nothing of it was."""


class NotBundled(HeddleError):
    """A run can't be put into a bundle."""


class Recording(msgspec.Struct, frozen=True):
    """One run of a bundle, with all its events in order."""

    run: str
    events: Sequence[AnyEvent]


class Bundle(msgspec.Struct, frozen=True):
    """A run with all it takes to show and replay it: `recordings` has what it repeats first.

    `flows` are the texts of flows by content hash. `made` is in seconds since the epoch. `seal`
    is the digest of the whole, "" before it is written.
    """

    run: str
    made: float
    recordings: tuple[Recording, ...]
    flows: dict[str, str]
    seal: str = ""


Text = Annotated[str, msgspec.Meta(max_length=300)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the manifest says of a file in the bundle."""

    bytes: Count
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Entry(msgspec.Struct, frozen=True):
    """A run in the manifest. `parts` are the files of its events, in order."""

    run: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    flow: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    parts: list[Text]
    name: str = ""
    state: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """The table of contents, in `bundle.json`. What a later Heddle adds is passed over.

    `heddle_run` is the version of the format, `events` that of the events.
    """

    heddle_run: Count
    events: Count
    run: str
    made: float
    runs: list[Entry]
    files: dict[str, Member]
    heddle: str = ""
