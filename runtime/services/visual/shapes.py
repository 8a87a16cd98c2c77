"""What the visual builder takes and gives. A `flow` is the record that its file holds."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec

from graph.errors import Problem
from runtime.services.visual.edits import MOST

LATEST = 2**53
"""The highest version that JSON has a number for."""

Record = Mapping[str, Any]
Edits = Annotated[list[dict[str, Any]], msgspec.Meta(max_length=MOST)]


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A flow."""

    flow: Record


class Changing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A flow and edits of it, such as `{"edit": "rename", "block": "a", "title": "A"}`."""

    flow: Record
    edits: Edits


class Comparing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two flows."""

    old: Record
    new: Record


class Merging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A flow and what two people made of it; where they clash, theirs counts if it is `taken`."""

    base: Record
    mine: Record
    theirs: Record
    taken: list[list[str]] = []


class LaidOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A flow to be laid out: some of its `blocks`, all when none is named; sizes as measured."""

    flow: Record
    blocks: list[str] = []
    sizes: dict[str, tuple[float, float]] = {}


class Cure(msgspec.Struct, frozen=True):
    """What would do away with a problem: in words, and as an edit."""

    title: str
    edit: Record


class Found(msgspec.Struct, frozen=True):
    """A problem of a flow, and what would do away with it, the likeliest first."""

    problem: Problem
    fixes: Sequence[Cure]


class Checked(msgspec.Struct, frozen=True):
    """What is wrong with a flow; `hash` names its logic, "" while it can't be compiled."""

    ok: bool
    hash: str
    problems: Sequence[Found]


class Changed(msgspec.Struct, frozen=True):
    """A flow after edits, what they did in words, and the edit that takes them back."""

    flow: Record
    hash: str
    said: Sequence[str]
    undo: Record


class Difference(msgspec.Struct, frozen=True):
    """The edits that lead from one flow to another, and each in words."""

    edits: Sequence[Record]
    said: Sequence[str]


class ClashTold(msgspec.Struct, frozen=True):
    """A fact that both have changed: `fact` is what `taken` takes."""

    fact: Sequence[str]
    what: str
    mine: str
    theirs: str


class Together(msgspec.Struct, frozen=True):
    """Two people's changes in one flow, and where one had to be chosen."""

    flow: Record
    clashes: Sequence[ClashTold]


class DrawingListed(msgspec.Struct, frozen=True):
    """A drawing in a list: its newest version, who made it and when (since the epoch)."""

    name: str
    version: int
    author: str
    at: float


class DrawingShown(msgspec.Struct, frozen=True):
    """A version of a drawing. `merged` says that it was put together with others' changes."""

    name: str
    version: int
    author: str
    at: float
    flow: Record
    merged: bool = False


class Drawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of a drawing: `version` is the one it was made of, 0 for a new drawing."""

    flow: Record
    version: Annotated[int, msgspec.Meta(ge=0, le=LATEST)] = 0


class Edited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Edits of a version of a drawing; `merge` puts them together with what came after it."""

    version: Annotated[int, msgspec.Meta(ge=1, le=LATEST)]
    edits: Edits
    merge: bool = False


class Stored(msgspec.Struct, frozen=True):
    """The hash under which a flow can be run."""

    flow: str
