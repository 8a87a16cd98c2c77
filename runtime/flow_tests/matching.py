"""Whether a value is what a matcher asks for, and where it isn't."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from graph.compile.ports import TYPES
from graph.errors import BadInput
from graph.paths import Path, write_path
from graph.patterns import matches, read_pattern
from graph.schemas import faults
from graph.values import kind_of, mismatch, shorten
from runtime.flow_tests.case import Matcher
from runtime.flow_tests.spelling import read_back, spelt
from runtime.flow_tests.verdict import Difference

MOST = 20
"""Differences that are told; who has seen so many looks at the whole value."""

PATTERN_TIME = 1.0
"""Seconds that a pattern may take on a value."""


def unmet(matcher: Matcher, value: Any) -> list[Difference]:
    """Where the value isn't what the matcher asks for; none when it is.

    `satisfies` isn't looked at here: expressions are worked out in the sandbox. Raises BadInput
    for a pattern, path or schema that is wrong itself.
    """
    wanted = matcher.wanted
    match matcher.way:
        case "equals":
            return differences(read_back(wanted), value, ignoring=matcher.ignoring)
        case "about":
            return differences(
                read_back(wanted), value, within=matcher.within, ignoring=matcher.ignoring
            )
        case "matches":
            return _by_pattern(wanted, value)
        case "contains":
            return _by_content(read_back(wanted), value)
        case "one_of":
            if any(not differences(read_back(one), value) for one in wanted):
                return []
            options = ", ".join(shorten(one) for one in wanted)
            return [_because(value, f"{shorten(spelt(value))} is none of {options}")]
        case "unordered":
            return _in_any_order(read_back(list(wanted)), value)
        case "type":
            reason = mismatch(TYPES[wanted], value)
            return [_because(value, reason)] if reason else []
        case "schema":
            found = faults(value, wanted, most=MOST)
            return [Difference(fault["path"], reason=fault["message"]) for fault in found]
    return []


def _because(value: Any, reason: str) -> Difference:
    return Difference(actual=spelt(value), reason=reason)


def _by_pattern(pattern: str, value: Any) -> list[Difference]:
    if not isinstance(value, str):
        return [_because(value, f"{kind_of(value)} instead of a text that matches {pattern!r}")]
    if next(matches(read_pattern(pattern), value, time_limit=PATTERN_TIME), None) is not None:
        return []
    return [_because(value, f"{shorten(value)} doesn't match {pattern!r}")]


def _by_content(wanted: Any, value: Any) -> list[Difference]:
    if isinstance(value, str) and isinstance(wanted, str):
        found = wanted in value
    elif isinstance(value, Mapping) and isinstance(wanted, Mapping):
        return _parts_missing(wanted, value)
    elif isinstance(value, list | tuple):
        found = any(not _contained(wanted, item) for item in value)
    else:
        found = False
    if found:
        return []
    return [_because(value, f"{shorten(spelt(value))} doesn't contain {shorten(spelt(wanted))}")]


def _contained(wanted: Any, item: Any) -> list[Difference]:
    if isinstance(wanted, Mapping) and isinstance(item, Mapping):
        return _parts_missing(wanted, item)
    return differences(wanted, item)


def _parts_missing(wanted: Mapping[str, Any], value: Mapping[str, Any]) -> list[Difference]:
    """Where a record lacks what it should have; what it has besides doesn't count."""
    found: list[Difference] = []
    for name, inner in wanted.items():
        if name not in value:
            found.append(Difference(write_path((name,)), spelt(inner)))
        else:
            found += [_deeper(name, one) for one in _contained(inner, value[name])]
    return found


def _deeper(name: str, difference: Difference) -> Difference:
    inner = difference.path
    joint = "" if not inner or inner.startswith("[") else "."
    return msgspec.structs.replace(difference, path=f"{write_path((name,))}{joint}{inner}")


def _in_any_order(wanted: Sequence[Any], value: Any) -> list[Difference]:
    if not isinstance(value, list | tuple):
        return [_because(value, f"{kind_of(value)} instead of a list")]
    left = list(value)
    found: list[Difference] = []
    for item in wanted:
        same = next((n for n, other in enumerate(left) if not differences(item, other)), None)
        if same is None:
            found.append(Difference("", spelt(item)))
        else:
            del left[same]
    return (found + [Difference("", UNSET, spelt(item)) for item in left])[:MOST]


# Comparing value with value.


def differences(
    expected: Any, actual: Any, *, within: float | None = None, ignoring: Collection[str] = ()
) -> list[Difference]:
    """Where two values differ, at most MOST places.

    Unlike in Python, yes is not 1; a whole number is what it is, with or without its .0. With
    `within`, numbers may differ by that. `ignoring` are paths left out; `*` stands for any step.
    """
    skipped = [_pattern_of(path) for path in ignoring]
    found: list[Difference] = []
    for path, before, after in _walk(expected, actual, (), within):
        if not any(_covers(pattern, path) for pattern in skipped):
            found.append(Difference(write_path(path), before, after))
            if len(found) == MOST:
                break
    return found


Triple = tuple[Path, Any, Any]


def _walk(expected: Any, actual: Any, path: Path, within: float | None) -> Iterator[Triple]:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for name in dict.fromkeys([*expected, *actual]):
            yield from _inner(expected, actual, (*path, str(name)), name, within)
    elif isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        for number in range(max(len(expected), len(actual))):
            before = expected[number] if number < len(expected) else UNSET
            after = actual[number] if number < len(actual) else UNSET
            yield from _pair(before, after, (*path, number), within)
    elif not _equal(expected, actual, within):
        yield path, spelt(expected), spelt(actual)


def _inner(
    expected: Mapping[Any, Any], actual: Mapping[Any, Any], path: Path, name: Any,
    within: float | None,
) -> Iterator[Triple]:  # fmt: skip
    yield from _pair(expected.get(name, UNSET), actual.get(name, UNSET), path, within)


def _pair(before: Any, after: Any, path: Path, within: float | None) -> Iterator[Triple]:
    if before is UNSET or after is UNSET:
        yield (
            path,
            before if before is UNSET else spelt(before),
            (after if after is UNSET else spelt(after)),
        )
    else:
        yield from _walk(before, after, path, within)


def _equal(expected: Any, actual: Any, within: float | None) -> bool:
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, int | float) and isinstance(actual, int | float):
        if expected != expected and actual != actual:
            return True
        if within is None:
            return expected == actual
        return math.isclose(expected, actual, rel_tol=1e-9, abs_tol=within)
    return type(expected) is type(actual) and bool(expected == actual)


def _pattern_of(text: str) -> tuple[str, ...]:
    """The steps of a path to ignore, as texts: `rows[*].at` is rows, *, at."""
    steps = tuple(step for step in text.replace("[", ".").replace("]", "").split(".") if step)
    if not steps:
        raise BadInput(f"{text!r} is no path to ignore.", cure="Write it like rows[*].at.")
    return steps


def _covers(pattern: Sequence[str], path: Path) -> bool:
    """Whether the pattern is the path or leads to it; a leading ** may stand for any steps."""
    if pattern[:1] == ("**",):
        rest = pattern[1:]
        return any(_covers(rest, path[start:]) for start in range(len(path)))
    return len(pattern) <= len(path) and all(
        wanted in ("*", str(step)) for wanted, step in zip(pattern, path, strict=False)
    )
