"""What can be written next in a piece of code: names, and the keys of what they were last."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from graph.available import BUILTINS, MODULES

NAME = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\Z")
KEY = re.compile(r"([A-Za-z_]\w*)(?:\[-?\d+\])?(?:\[|\.get\()(?P<quote>[\"'])([^\"'\n]*)\Z")
PLACE = re.compile(r"(?<!\{)\{((?:[A-Za-z_]\w*(?:\[\d+\])*\.)*)([A-Za-z_]?\w*)\Z")
MOST = 30


class Completions(NamedTuple):
    """What may stand in place of `begun`, which is what is written of it so far."""

    begun: str
    offers: list[str]


def completions(before: str, names: Iterable[str], values: Mapping[str, Any]) -> Completions:
    """The completions at the end of a text, for code that knows these names and values."""
    if key := KEY.search(before):
        begun = key[3]
        return Completions(begun, _starting(begun, _keys(values.get(key[1]))))
    if not (found := NAME.search(before)) or _in_text(before):
        return Completions("", [])
    begun, own = found[1], list(dict.fromkeys(names))
    offers = _starting(begun, own)
    if len(begun) > 1:
        rest = sorted(BUILTINS | MODULES, key=str.casefold)
        offers += [name for name in _starting(begun, rest) if name not in own]
    return Completions(begun, [] if offers == [begun] else offers[:MOST])


def place_completions(before: str, names: Iterable[str], values: Mapping[str, Any]) -> Completions:
    """The completions inside a {place} of a text: names, or what the record before a dot has."""
    found = PLACE.search(before)
    if found is None:
        return Completions("", [])
    path, begun = found[1], found[2]
    if path:
        return Completions(begun, _starting(begun, _keys(_at(path, values)))[:MOST])
    offers = _starting(begun, dict.fromkeys((*names, *values)))
    return Completions(begun, [] if offers == [begun] else offers[:MOST])


def _at(path: str, values: Any) -> Any:
    """What stands at a path such as `order.items[0].`; None when nothing does."""
    try:
        for step in filter(None, re.split(r"[.\[\]]", path)):
            values = values[int(step) if step.isdigit() else step]
    except (KeyError, IndexError, TypeError):
        return None
    return values


def _starting(begun: str, known: Iterable[str]) -> list[str]:
    return [name for name in known if name.casefold().startswith(begun.casefold())]


def _keys(value: Any) -> list[str]:
    """The keys of a record, or of the first of several."""
    if isinstance(value, list | tuple) and value:
        value = value[0]
    return [str(key) for key in value] if isinstance(value, Mapping) else []


def _in_text(before: str) -> bool:
    """Whether the end of the text stands inside quotes or a comment, as far as its line tells."""
    line = before.rpartition("\n")[2]
    plain = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", "", line)
    return "#" in plain or '"' in plain or ("'" in plain)
