"""A contender in a process of its own, doing one lap each time it is asked.

Requests are JSON lines on standard input, answers JSON lines on what was standard output. Only
the standard library is imported here: peers run this file in environments of their own.
"""

import asyncio
import gc
import importlib
import inspect
import json
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Lap:
    """One repetition: `tasks` done in `seconds`; `notes` for figures that need more."""

    seconds: float
    tasks: int
    notes: dict[str, Any] = field(default_factory=dict)


Contender = Callable[..., Any]
"""Takes a request's fields and returns, or awaits to, a `Lap`."""


def load(place: str) -> Contender:
    """The contender at "package.module:function"."""
    module, _, name = place.partition(":")
    contender: Contender = getattr(importlib.import_module(module), name)
    return contender


def peak_bytes() -> int:
    """The most memory this process ever held, in bytes (getrusage says kilobytes, macOS bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def answer(contender: Contender, request: dict[str, Any], runner: asyncio.Runner) -> dict[str, Any]:
    """One lap, on a loop that lives as long as the lane, with the garbage of the last one gone."""
    gc.collect()
    lap = contender(**request)
    if inspect.iscoroutine(lap):
        lap = runner.run(lap)
    return {**asdict(lap), "peak_bytes": peak_bytes()}


def main() -> None:
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a contender prints must not mix with the answers
    contender = load(sys.argv[1])
    with asyncio.Runner() as runner:
        for line in sys.stdin:
            print(json.dumps(answer(contender, json.loads(line), runner)), file=answers, flush=True)


if __name__ == "__main__":
    main()
