"""What the workflow engine takes and gives."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from agents.contract import FlowShape
from graph.flow import Bound
from runtime.breakpoints import Breakpoint

Name = Annotated[str, msgspec.Meta(max_length=200)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.:-]{0,100}$")]


class FlowVersion(msgspec.Struct, frozen=True):
    """A version of a flow: its hash, the name it is kept under, when it was (since the epoch)."""

    flow: str
    name: str
    stored: float


class FlowWhole(msgspec.Struct, frozen=True):
    """A version of a flow, its file's text, and what it is as something to be called."""

    version: FlowVersion
    text: str
    shape: FlowShape


class NewFlow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A flow to keep: its file as `text`, or what stands in it as a record."""

    text: Annotated[str, msgspec.Meta(max_length=20_000_000)] = ""
    flow: Mapping[str, Any] | None = None
    name: Name = ""


class NewRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A run to start: `flow` is a hash, or a name whose newest version is meant.

    `grants` can only narrow what the server may. `paused` stops it before its first block.
    """

    flow: Name
    inputs: dict[str, Any] = {}
    run: Id = ""
    grants: dict[str, Any] = {}
    budget: Bound | None = None
    breakpoints: list[Breakpoint] = []
    paused: bool = False


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a run is ended; with `force` at once, whatever there is to undo."""

    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    force: bool = False


class Again(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a run is repeated: from a block, with `changes` (`block.field` to value)."""

    begin_at: Name = ""
    changes: dict[str, Any] = {}
    flow: Name = ""
    grants: dict[str, Any] = {}
    paused: bool = False


class Begun(msgspec.Struct, frozen=True):
    """A run that was started."""

    run: str


class Outputs(msgspec.Struct, frozen=True):
    """What a run gave."""

    run: str
    outputs: Any
