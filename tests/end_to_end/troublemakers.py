"""A pack whose blocks do what no block should; copied into a folder of packs by the tests."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from graph.block import block
from graph.context import Context


class Thing:
    """Nothing a journal knows."""


class Mute(Exception):
    """An exception that can't be told."""

    def __str__(self) -> str:
        raise RuntimeError


class Two(NamedTuple):
    left: int
    right: int


@block("trouble.spin", title="Spin")
def spin() -> int:
    """Keeps its processor busy for ever."""
    while True:
        pass


@block("trouble.eat", title="Eat")
def eat() -> int:
    """Takes memory until there is none."""
    kept = []
    while True:
        kept.append("x" * 1_000_000 + str(len(kept)))


@block("trouble.shout", title="Shout")
def shout() -> int:
    """Prints for ever."""
    while True:
        print("x" * 1000)


@block("trouble.pour", title="Pour")
def pour() -> Iterator[int]:
    """Gives numbers for ever."""
    while True:
        yield 1


@block("trouble.drip", title="Drip")
async def drip(size: int = 1, pause: float = 0) -> AsyncIterator[str]:
    """Gives texts for ever, a little at a time."""
    while True:
        for _ in range(1000):
            yield "x" * size
        await asyncio.sleep(pause)


@block("trouble.hang", title="Hang")
async def hang() -> int:
    """Never comes back."""
    await asyncio.Event().wait()
    return 1


@block("trouble.fill", title="Fill")
async def fill(megabytes: int) -> str:
    """A text of that size."""
    return "x" * (megabytes * 1_000_000)


@block("trouble.give", title="Give")
async def give(what: str) -> Any:
    """A value no journal can keep."""
    ring: list[Any] = []
    ring.append(ring)
    values = {
        "set": {1},
        "thing": {"rows": [Thing()]},
        "integer": 2**200,
        "ring": ring,
        "half": "\udc80",
    }
    return values[what]


@block("trouble.halve", title="Halve")
async def halve() -> Two:
    """Gives one value where two are due."""
    return (1,)  # type: ignore[return-value]


@block("trouble.fail", title="Fail")
async def fail(how: str) -> int:
    """Ends in an odd exception."""
    match how:
        case "exit":
            sys.exit(3)
        case "mute":
            raise Mute
        case "half":
            raise ValueError("bad byte \udc80, zero \0")
        case "long":
            raise ValueError("x" * 10_000_000)
        case "group":
            raise ExceptionGroup("several", [ExceptionGroup("more", [ValueError("the cause")])])
        case "memory":
            return len(bytearray(10**15))
        case "cancelled":
            raise asyncio.CancelledError
    return 1


def _append(file: Path, text: str) -> None:
    with file.open("a") as lines:
        lines.write(text)


@block("trouble.note", title="Note", effect="write")
async def note(file: str, text: str, seconds: float = 0.0, value: Any = None) -> Any:
    """Append a line to a file, an effect that can be counted, and give the value."""
    await asyncio.to_thread(_append, Path(file), f"{text}\n")
    await asyncio.sleep(seconds)
    return value


@block("trouble.tell", title="Tell", effect="read")
async def tell(token: str, how: str, context: Context) -> Any:
    """Blurt out a secret in one way or another."""
    context.progress(1, 2, f"token {token}")
    match how:
        case "fail":
            raise ValueError(f"refused: {token!r}")
        case "stop":
            context.stop(f"because of {token}")
    return {"said": [f"it is {token}", {token: token.encode()}], "padding": "x" * 100_000 + token}


@block("trouble.leak", title="Leak", effect="read")
async def leak(name: str, context: Context) -> AsyncIterator[str]:
    """Stream a secret that was asked for by its name."""
    for _ in range(3):
        yield f"one more {context.secret(name)}"
        await asyncio.sleep(0.03)


@block("trouble.length", title="Length")
def length(token: str) -> int:
    """How long a secret is, found out in a process apart."""
    return len(token)
