"""Levels of compatibility: which versions are compared with a new one, and in which direction.

The seven levels are those of Confluent's Schema Registry.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from agents.swarm.schema_validator.shapes import Direction, Finding, Incompatibility, Level

S = TypeVar("S")

Differences = Callable[[S, S], Iterable[Finding]]
"""Where the first schema, the reader, doesn't read what was written by the second."""


def directions(level: Level) -> tuple[Direction, ...]:
    """In which directions a level looks."""
    match level.removesuffix("_TRANSITIVE"):
        case "BACKWARD":
            return ("backward",)
        case "FORWARD":
            return ("forward",)
        case "FULL":
            return ("backward", "forward")
        case _:
            return ()


def compared(level: Level, earlier: Sequence[S]) -> Sequence[S]:
    """Those of the earlier versions, the oldest first, that a new one is compared with."""
    return earlier if level.endswith("_TRANSITIVE") else earlier[-1:]


def incompatibilities(
    new: S, earlier: Sequence[tuple[str, S]], level: Level, differences: Differences[S]
) -> list[Incompatibility]:
    """Where a new schema breaks the level against earlier ones, each with its version."""
    return [
        told
        for version, old in reversed(compared(level, earlier))
        for direction in directions(level)
        for told in _told(version, direction, new, old, differences)
    ]


def _told(
    version: str, direction: Direction, new: S, old: S, differences: Differences[S]
) -> Iterator[Incompatibility]:
    reader, writer = (new, old) if direction == "backward" else (old, new)
    for found in differences(reader, writer):
        yield Incompatibility(
            version=version,
            direction=direction,
            place=found.place,
            rule=found.rule,
            message=found.message,
            cure=found.cure,
        )
