"""Errors, times and counts in the words of the command line, safe to be shown on a terminal."""

import datetime
import re
import sys

import click

from graph.errors import HeddleError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What could move the cursor or change colours if a value held it."""


def clean(text: str) -> str:
    """The text with control characters made visible: values come from anywhere."""
    return _CONTROL.sub(lambda found: _visible(found[0]), text)


def _visible(character: str) -> str:
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def told(error: HeddleError | str, cure: str = "") -> str:
    """An error as it is printed, its cure on a line of its own."""
    message, cure = (error.message, error.cure) if isinstance(error, HeddleError) else (error, cure)
    head = click.style("Error:", fg="red", bold=True)
    lines = clean(message).split("\n")
    text = "\n".join((f"{head} {lines[0]}", *(f"       {line}" for line in lines[1:])))
    return f"{text}\n       {clean(cure)}" if cure else text


def duration(seconds: float) -> str:
    """Seconds as a person says them: `<1 ms`, `35 ms`, `1.20 s`, `3 min 5 s`, `2 h 4 min`."""
    if seconds < 0.001:
        return "<1 ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.995:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def moment(at: float) -> str:
    """A time of day and its date, where this machine stands."""
    return datetime.datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def count(number: int, noun: str, nouns: str = "") -> str:
    """`1 block`, `1,200 blocks`."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def size(bytes: float) -> str:
    """`512 bytes`, `3.4 MB`."""
    if bytes < 1000:
        return f"{bytes:.0f} bytes"
    for unit in ("kB", "MB", "GB"):
        bytes /= 1000
        if bytes < 999.5 or unit == "GB":
            break
    return f"{bytes:.1f} {unit}"


def say(text: str = "") -> None:
    """A line to whoever sits at the terminal; never part of a result."""
    click.echo(text, err=True)


def hint(command: str) -> str:
    """A command to be typed, set off from the sentence around it."""
    return click.style(command, bold=True) if sys.stderr.isatty() else f"`{command}`"
