"""What the agent designer takes and gives."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec

Line = Annotated[str, msgspec.Meta(max_length=200)]
Prose = Annotated[str, msgspec.Meta(max_length=100_000)]
Record = Mapping[str, Any]


class AgentDraft(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An agent as it is to be; its name stands in the path.

    `goal` has {places} for what it is given each time; `prompt` is said before all else. `tools`
    are kept flows, by name or hash. `limits` may hold `steps`, `tokens`, `cost`, `seconds`,
    `at_once` and `answer_tokens`.
    """

    goal: Prose = "{task}"
    description: Line = ""
    model: Line = ""
    fallbacks: Sequence[Line] = ()
    prompt: Prose = ""
    tools: Sequence[Line] = ()
    ask_before: Literal["writing", "always", "never"] = "writing"
    answer_fields: Record | None = None
    temperature: float | None = None
    limits: Record = {}


class AgentVersion(msgspec.Struct, frozen=True):
    """A version of an agent: `flow` is the hash of what is run, `takes` what that is given.

    `known` says that the very same was there already. Times are seconds since the epoch.
    """

    definition: Record
    version: int
    flow: str
    takes: Sequence[str]
    author: str
    at: float
    known: bool = False


class Trial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an agent is given to be tried out; `version` 0 is the newest."""

    inputs: dict[str, Any] = {}
    version: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


class TrialBegun(msgspec.Struct, frozen=True):
    """The run in which an agent works; the workflow engine tells what it does and gives."""

    run: str
    version: int
