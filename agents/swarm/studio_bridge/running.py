"""Scripts that Roblox runs for us: what is asked of Open Cloud, and how its answers read."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from agents.errors import Unavailable
from agents.swarm.studio_bridge.shapes import Level
from graph.errors import BadInput

LONGEST = 300.0
"""Seconds that Roblox lets a script run."""
QUEUED = 60.0
"""Seconds that one may wait before it runs."""
LARGEST_SCRIPT = 4 * 1024 * 1024
"""Bytes."""
PAGE = 10_000
"""Log messages that are asked for at a time."""
MOST_PAGES = 10

_TASK = re.compile(r"universes/[0-9]+/places/[0-9]+(/[A-Za-z0-9_-]+){2,6}")
_LEVELS: dict[str, Level] = {"INFO": "info", "WARNING": "warning", "ERROR": "error"}


class Line(msgspec.Struct, frozen=True):
    """What a script said. `at` is seconds since the epoch, 0 where that isn't told."""

    level: Level
    text: str
    at: float


class Ran(msgspec.Struct, frozen=True):
    """What came of a script: what it returned and said, and what it failed with if it did."""

    succeeded: bool
    results: list[Any]
    lines: list[Line]
    failure: str
    version: int


def body_of(script: str, seconds: float) -> bytes:
    """What asks for a script to be run, for so long at most. Raises BadInput."""
    if not script.strip() or len(script.encode()) > LARGEST_SCRIPT:
        raise BadInput(f"A script that is to be run has 1 to {LARGEST_SCRIPT:,} bytes.")
    if not 1 <= seconds <= LONGEST:
        raise BadInput(
            f"Roblox runs no script for {seconds:g} s.", cure=f"Give it 1 to {LONGEST:g} s."
        )
    return msgspec.json.encode({"script": script, "timeout": f"{math.ceil(seconds)}s"})


def path_of_task(task: Mapping[str, Any]) -> str:
    """Where a task is asked for. Raises Unavailable for what is no such path."""
    path = str(task.get("path", ""))
    if not _TASK.fullmatch(path):
        raise Unavailable("Roblox took the script, but didn't say where to ask for it.")
    return path


def is_over(task: Mapping[str, Any]) -> bool:
    """Whether a task ended, well or not."""
    return task.get("state") in ("COMPLETE", "FAILED", "CANCELLED")


def ran(task: Mapping[str, Any], lines: list[Line]) -> Ran:
    """What came of a task that is over."""
    output, error = _record(task.get("output")), _record(task.get("error"))
    results = output.get("results")
    succeeded = task.get("state") == "COMPLETE"
    said = " ".join(str(error[name]) for name in ("code", "message") if error.get(name))
    version = re.search(r"/versions/([0-9]+)/", f"{task.get('path', '')}/")
    return Ran(
        succeeded=succeeded,
        results=results if isinstance(results, list) else [],
        lines=lines,
        failure="" if succeeded else said or f"It was {str(task.get('state')).lower()}.",
        version=int(version[1]) if version else 0,
    )


def lines_of(page: Mapping[str, Any]) -> Iterator[Line]:
    """The messages of a page of logs, with their levels where these are told."""
    for log in _records(page.get("luauExecutionSessionTaskLogs")):
        structured = _records(log.get("structuredMessages"))
        for one in structured:
            level = _LEVELS.get(str(one.get("messageType")), "output")
            yield Line(level, str(one.get("message", "")), _moment(one.get("createTime")))
        if not structured:
            yield from (Line("output", str(one), 0.0) for one in log.get("messages") or ())


def _record(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _records(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _moment(said: Any) -> float:
    try:
        return datetime.fromisoformat(str(said)).timestamp()
    except ValueError:
        return 0.0
