"""Watches in words, and what is known of them without asking anybody."""

from typing import Literal, NamedTuple

from app.presenters.call_path import task_of
from app.presenters.live_run import LiveRun
from app.presenters.tables import one_line
from app.watches.kept import Kept
from graph.paths import MISSING, find
from runtime.large import Large
from runtime.watching import Watched, nothing_at, read_watch

WIDTH = 200


class WatchLine(NamedTuple):
    """What is said of a watch: its value, or quietly why there is none."""

    expression: str
    said: str
    where: str = ""
    state: Literal["", "value", "waits", "trouble"] = ""


def line_of(watch: Kept, watched: Watched | None) -> WatchLine:
    """A watch as a line of the list."""
    where = round_of(watched.scope) if watched is not None else ""
    if watched is None:
        return WatchLine(watch.expression, "", where)
    if watched.trouble:
        return WatchLine(watch.expression, watched.trouble, where, "trouble")
    if watched.waits:
        return WatchLine(watch.expression, "no value yet", where, "waits")
    return WatchLine(watch.expression, said_of(watched), where, "value")


def said_of(watched: Watched) -> str:
    """The value, or why there is none."""
    if watched.trouble or watched.waits:
        return watched.trouble or "no value"
    if watched.value is None:
        return "null"
    return one_line(watched.value, WIDTH) or '""'


def round_of(scope: str) -> str:
    """Which round that is, as a person counts: `round 4` of `each[3]`."""
    label = scope.rpartition("[")[2].rstrip("]")
    if not scope:
        return ""
    return f"round {int(label) + 1}" if label.isdigit() else label


def at_once(run: LiveRun, watch: Kept, round: str) -> Watched | None:
    """What a watch comes to, where it only leads to a place in an output that is at hand."""
    block = watch.expression.partition(".")[0].strip()
    read = read_watch(watch.expression, (block,))
    if read.trouble or read.path is None or len(read.ends) != 1 or not read.ends[0][1]:
        return None
    address = f"{watch.at}/{block}" if watch.at else block
    if run.block(address) is None:
        return None
    task = task_of(run, address, round)
    scope = f"{task.rpartition(']')[0]}]" if "]" in task else ""
    outputs = run.outputs(address, scope)
    value = outputs.get(read.ends[0][1], MISSING)
    if value is MISSING or isinstance(value, Large):
        return None
    value = find(value, read.path)
    if value is MISSING:
        return Watched(trouble=nothing_at(read.path), scope=scope, task=task)
    return Watched(value, scope=scope, task=task)
