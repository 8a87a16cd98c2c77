"""What was said in Roblox Studio, and how it is connected, as the log dock tells of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from agents.swarm.studio_bridge.shapes import Code, Level, LogLine, Logs, StudioStatus
from app.presenters.signs import Sign

COLUMNS = ("Time", "Message", "Where")

LEVELS: Mapping[str, Level] = {
    "All messages": "output",
    "Information": "info",
    "Warnings": "warning",
    "Errors": "error",
}
"""What can be chosen, and how grave messages are then at least."""

SIGNS: Mapping[Level, tuple[str, str]] = {
    "output": ("mdi6.circle-small", "muted"),
    "info": ("mdi6.information-outline", "accent"),
    "warning": ("mdi6.alert-outline", "warning"),
    "error": ("mdi6.alert-circle-outline", "failed"),
}
"""By level: its icon, and the colour of that."""


class LogRow(NamedTuple):
    """A message: its first line, and all of it to be looked at."""

    number: int
    level: Level
    texts: tuple[str, str, str]
    whole: str


def read(told: Any) -> Logs:
    """The messages as the runtime tells them."""
    return msgspec.convert(told, Logs)


def rows_of(lines: Sequence[LogLine]) -> list[LogRow]:
    """Messages as rows."""
    return [_row(line) for line in lines]


def is_connected(told: Any) -> bool:
    """Whether a Studio is there."""
    return msgspec.convert(told, StudioStatus).connected


def connection_of(told: Any, address: str) -> Sign:
    """How the project stands with its Studio, which speaks to that address."""
    status = msgspec.convert(told, StudioStatus)
    if not status.connected:
        said = f"No Studio is connected to {address}"
        known = "It connects by itself once its place is open" if status.paired else ""
        return Sign("mdi6.power-plug-off-outline", "muted", said, known)
    parts = [_count(status.scripts, "script")]
    if status.waiting:
        parts.append(f"{status.waiting:,} on the way")
    if status.conflicts:
        parts.append(_count(status.conflicts, "conflict"))
    grave = "warning" if status.conflicts else "done"
    said = f"{status.place or 'Studio'} is connected · {', '.join(parts)}"
    about = "The block “Settle conflict” ends conflicts" if status.conflicts else ""
    return Sign("mdi6.power-plug-outline", grave, said, about)


def code_of(told: Any, address: str) -> str:
    """What is to be entered in the plugin."""
    code = msgspec.convert(told, Code)
    until = datetime.fromtimestamp(code.until).astimezone().strftime("%H:%M")
    return f"Enter {code.code} in the plugin, with the address {address}, until {until}."


def _row(line: LogLine) -> LogRow:
    at = datetime.fromtimestamp(line.at).astimezone().strftime("%H:%M:%S")
    where = line.source
    whole = line.text
    text = whole.removeprefix(f"{where}: ") if where else whole
    first, *more = text.strip().splitlines() or [""]
    shown = f"{first} …" if more else first
    return LogRow(line.number, line.level, (at, shown, where), whole)


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
