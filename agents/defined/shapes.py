"""What an agent is defined by, and what is known of a version of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,63}$"
LATEST = 2**53

Name = Annotated[str, msgspec.Meta(pattern=NAME)]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Prose = Annotated[str, msgspec.Meta(max_length=100_000)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
Above = Annotated[float, msgspec.Meta(gt=0, le=1e9)]
Version = Annotated[int, msgspec.Meta(ge=0, le=LATEST)]


class Limits(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How far the agent may go: turns, tokens and US dollars of all turns together, seconds.

    `at_once` is how many tools are used at a time, `answer_tokens` how long one turn may be.
    """

    steps: Count = 20
    tokens: Count | None = None
    cost: Above | None = None
    seconds: Above | None = None
    at_once: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4
    answer_tokens: Count = 4096


class Definition(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An agent.

    `goal` has {places} for what it is given each time; `prompt` is said before all else. `tools`
    are flows that are kept here, by name or hash: a name means its newest version when the agent
    is defined, so that a version of an agent always does the same.
    """

    name: Name
    goal: Prose = "{task}"
    description: Line = ""
    model: Line = ""
    fallbacks: Annotated[tuple[Line, ...], msgspec.Meta(max_length=10)] = ()
    prompt: Prose = ""
    tools: Annotated[tuple[Line, ...], msgspec.Meta(max_length=64)] = ()
    ask_before: Literal["writing", "always", "never"] = "writing"
    answer_fields: Mapping[str, Any] | None = None
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None
    limits: Limits = Limits()


class Defined(msgspec.Struct, frozen=True):
    """A version of an agent: `flow` is the hash of what is run, `takes` what that is given.

    `at` is when it was defined, in seconds since the epoch.
    """

    definition: Definition
    version: int
    flow: str
    takes: tuple[str, ...]
    author: str
    at: float
    known: bool = False
    """Whether the very same was there already."""


class Used(msgspec.Struct, frozen=True):
    """What an agent came to: its answer, why it ended, what it took, and the run it did it in."""

    answer: Any
    ended: str
    usage: Mapping[str, Any]
    run: str
    version: int
