"""Where a value sits inside another: `user.emails[0]`. Attributes are never touched."""

import re
from collections.abc import Mapping
from typing import Any, Final

from graph.errors import BadInput
from graph.values import did_you_mean, kind_of

Path = tuple[str | int, ...]
"""The steps from a value to one inside it: names of fields, indices of lists."""

MOST_STEPS = 64
MISSING: Final[Any] = type("Missing", (), {"__repr__": lambda _: "MISSING"})()
"""What `find` gives for a place that isn't there."""

_STEP = re.compile(r"""\[\s*(?:(-?\d+)|"([^"]*)"|'([^']*)')\s*\]|(\.?)([^.\[\]]+)""")
_CURE = """Write names with dots between them, an index in brackets, an odd name in quotes: \
user.emails[0], ["a.b"]."""


def read_path(text: str) -> Path:
    """The steps of a path as written. Raises BadInput when it can't be read.

    >>> read_path('user.emails[0]')
    ('user', 'emails', 0)
    """
    steps, at = list[str | int](), 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None or (bool(match[4]) is (at == 0) and match[5]):
            raise BadInput(
                f"{text!r} is no path: it can't be read from {text[at:]!r} on.", cure=_CURE
            )
        steps.append(_step_of(match))
        at = match.end()
    if not steps or "" in steps:
        raise BadInput(f"{text!r} is no path: a name is missing.", cure=_CURE)
    if len(steps) > MOST_STEPS:
        raise BadInput(f"A path has at most {MOST_STEPS} steps, this one {len(steps)}.")
    return tuple(steps)


def _step_of(match: re.Match[str]) -> str | int:
    index, double, single, _, name = match.groups()
    if index is not None:
        return int(index)
    return name.strip() if name is not None else double if double is not None else single


def write_path(path: Path) -> str:
    """The path as a person writes it: `read_path` gives it back."""
    text = "".join(_written(step) for step in path)
    return text.removeprefix(".")


def _written(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if re.search(r"[.\[\]]", step) or step != step.strip() or not step:
        return f'["{step}"]' if '"' not in step else f"['{step}']"
    return f".{step}"


def find(value: Any, path: Path) -> Any:
    """What sits at the path, MISSING when nothing does. Never raises."""
    for step in path:
        value = _inside(value, step)
        if value is MISSING:
            break
    return value


def look_up(value: Any, path: Path) -> Any:
    """What sits at the path. Raises BadInput naming how far it leads."""
    for depth, step in enumerate(path):
        inner = _inside(value, step)
        if inner is MISSING:
            raise _lost(value, path[:depth], step)
        value = inner
    return value


def put(value: Any, path: Path, new: Any) -> Any:
    """A copy of `value` with `new` at the path; records on the way are made when missing.

    Only what lies on the way is copied. Raises BadInput when the path leads through a value
    that has no such place.
    """
    return _put(value, path, 0, new)


def _put(value: Any, path: Path, depth: int, new: Any) -> Any:
    if depth == len(path):
        return new
    step = path[depth]
    if value is MISSING or value is None:
        value = {}
    if isinstance(value, Mapping) and isinstance(step, str):
        return {**value, step: _put(value.get(step, MISSING), path, depth + 1, new)}
    inner = _inside(value, step)
    if inner is MISSING:
        raise _lost(value, path[:depth], step)
    copy = list(value)
    copy[int(step)] = _put(inner, path, depth + 1, new)
    return copy


def _inside(value: Any, step: str | int) -> Any:
    """One step inwards: a field of a record, an item of a list, nothing of anything else."""
    if isinstance(value, Mapping):
        return value.get(step, MISSING)
    if isinstance(value, (list, tuple)):
        index = step if isinstance(step, int) else int(step) if _is_index(step) else len(value)
        return value[index] if -len(value) <= index < len(value) else MISSING
    return MISSING


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit() and len(step) < 10


def _lost(value: Any, way: Path, step: str | int) -> BadInput:
    where = f"{write_path(way)!r}" if way else "the value"
    if isinstance(value, Mapping):
        return BadInput(
            f"There is no {step!r} in {where}.", cure=did_you_mean(str(step), _names(value))
        )
    if isinstance(value, (list, tuple)):
        return BadInput(f"There is no item {step!r} in {where}, a list of {len(value)}.")
    return BadInput(f"There is no {step!r} in {where}: it is {kind_of(value)}.")


def _names(value: Mapping[Any, Any]) -> list[str]:
    return [name for name in value if isinstance(name, str)]
