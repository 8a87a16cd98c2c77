"""Where in a JSON text a path stands, so that a problem can name its line."""

import re
from collections.abc import Iterable
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import NamedTuple

from graph.file_format.syntax import DECODER

Path = tuple[str | int, ...]
"""Keys and positions that lead from the whole file to one value in it."""

_space = re.compile(r"[ \t\n\r]*").match


def places(text: str, paths: Iterable[Path]) -> dict[Path, list[int]]:
    """Offsets at which the paths stand, as often as they do (a repeated key stands twice).

    `text` must be well-formed. Whatever no path leads through is skipped at the speed of C.
    """
    wanted = _Way({}, [])
    found = dict[Path, list[int]]()
    for path in paths:
        way = wanted
        for step in path:
            way = way.further.setdefault(step, _Way({}, []))
        found[path] = way.offsets
    wanted.offsets.append(0)
    _follow(text, _after_space(text, 0), wanted)
    return found


class _Way(NamedTuple):
    """The wanted paths as a tree: what leads on from here, and where here was found."""

    further: "dict[str | int, _Way]"
    offsets: list[int]


def _after_space(text: str, at: int) -> int:
    match = _space(text, at)
    return match.end() if match else at


def _follow(text: str, at: int, way: _Way) -> int:
    """Note what is found in the value that starts at `at`; gives the offset after it."""
    if way.further and text[at] == "{":
        return _follow_object(text, at, way)
    if way.further and text[at] == "[":
        return _follow_array(text, at, way)
    return DECODER.raw_decode(text, at)[1]


def _follow_object(text: str, at: int, way: _Way) -> int:
    at = _after_space(text, at + 1)
    while text[at] != "}":
        start = at
        key, at = scanstring(text, at + 1)
        at = _after_space(text, _after_space(text, at) + 1)
        at = _follow_member(text, start, at, way.further.get(key))
    return at + 1


def _follow_array(text: str, at: int, way: _Way) -> int:
    at, index = _after_space(text, at + 1), 0
    while text[at] != "]":
        at = _follow_member(text, at, at, way.further.get(index))
        index += 1
    return at + 1


def _follow_member(text: str, start: int, at: int, way: _Way | None) -> int:
    """Past one member, its value at `at`, and the comma after it."""
    if way:
        way.offsets.append(start)
    at = _after_space(text, _follow(text, at, way or _NOWHERE))
    return _after_space(text, at + 1) if text[at] == "," else at


_NOWHERE = _Way({}, [])
