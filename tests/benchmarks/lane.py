"""A contender in a process of its own, doing one lap each time it is asked.

The first line of standard input is the request, a JSON object; every further line asks for a
lap. Answers are JSON lines on what was standard output. Only the standard library is imported
here: peers run this file in environments of their own.
"""

import asyncio
import gc
import importlib
import json
import os
import resource
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field
from typing import Any, TextIO


@dataclass(frozen=True)
class Lap:
    """One repetition: `tasks` done in `seconds`; `notes` for figures that need more."""

    seconds: float
    tasks: int
    notes: dict[str, Any] = field(default_factory=dict)


DoLap = Callable[[], Awaitable[Lap]]
Contender = Callable[..., AbstractAsyncContextManager[DoLap]]
"""Takes a request's fields; entering prepares what is not timed, and gives what does a lap."""


def load(place: str) -> Contender:
    """The contender at "package.module:function"."""
    module, _, name = place.partition(":")
    contender: Contender = getattr(importlib.import_module(module), name)
    return contender


def peak_bytes() -> int:
    """The most memory this process ever held, in bytes (getrusage says kilobytes, macOS bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


async def race(contender: Contender, requests: TextIO, answers: TextIO) -> None:
    """Prepare once, then do laps until the requests end, each with the last one's garbage gone."""
    base = peak_bytes()
    async with contender(**json.loads(requests.readline())) as do_lap:
        for _ in requests:
            gc.collect()
            lap = await do_lap()
            answer = {**asdict(lap), "added_bytes": peak_bytes() - base}
            print(json.dumps(answer), file=answers, flush=True)


def main() -> None:
    """Run the contender that the first argument names."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a contender prints must not mix with the answers
    asyncio.run(race(load(sys.argv[1]), sys.stdin, answers))


if __name__ == "__main__":
    main()
