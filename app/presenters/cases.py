"""The tests of a flow as a list shows them, and the words for what is wrong with one."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from app.presenters.run_words import duration
from app.presenters.tables import one_line
from runtime.flow_tests.case import Case, Matcher, Suite
from runtime.flow_tests.verdict import Finding, Verdict

COLUMNS = ("Test", "Result", "Took")

LOOKS: Mapping[str, tuple[str, str, str]] = {
    "": ("mdi6.circle-outline", "faint", "Not run yet"),
    "running": ("mdi6.progress-clock", "running", "Running…"),
    "passed": ("mdi6.check-circle-outline", "done", "Passed"),
    "failed": ("mdi6.close-circle-outline", "failed", "Failed"),
    "broken": ("mdi6.alert-circle-outline", "failed", "Can't be run"),
    "skipped": ("mdi6.debug-step-over", "warning", "Skipped"),
}
"""By state: the icon, the name of its colour in the theme, and the word for it."""

WAYS: Mapping[str, str] = {
    "equals": "is exactly",
    "about": "is about",
    "contains": "contains",
    "matches": "matches the pattern",
    "one_of": "is one of",
    "unordered": "has, in any order,",
    "type": "is of the type",
    "schema": "fits the schema",
    "satisfies": "makes true",
}
"""The ways of a matcher, as they stand between a name and a value."""


class CaseRow(NamedTuple):
    """One row: what stands in the columns, how it looks, what is told beside it."""

    name: str
    texts: tuple[str, str, str]
    icon: str
    colour: str
    state: str
    about: str
    stale: bool


def case_rows(
    suite: Suite,
    verdicts: Mapping[str, Verdict],
    running: Collection[str] = (),
    stale: Collection[str] = (),
) -> list[CaseRow]:
    """The cases of a suite, with what came of them."""
    return [
        _row(name, case, verdicts.get(name), name in running, name in stale)
        for name, case in suite.cases.items()
    ]


def _row(name: str, case: Case, verdict: Verdict | None, running: bool, stale: bool) -> CaseRow:
    state = "running" if running else verdict.state if verdict else "skipped" if case.skip else ""
    sign, colour, word = LOOKS[state]
    told = word
    if verdict is not None and not running:
        told = in_short(verdict)
        if stale and verdict.state != "skipped":
            told, colour = f"{told} – before the last change", "faint"
    took = duration(verdict.took) if verdict and verdict.took and not running else ""
    about = "\n".join(
        filter(None, (name, case.about, *map(str, verdict.findings if verdict else ())))
    )
    return CaseRow(name, (name, told, took), sign, colour, word, about, stale)


def in_short(verdict: Verdict) -> str:
    """What came of a case, on one line."""
    if verdict.state == "skipped":
        return f"Skipped: {'; '.join(verdict.notes)}"
    if not verdict.findings:
        return "; ".join(["Passed", *verdict.notes])
    first, others = verdict.findings[0], len(verdict.findings) - 1
    where = f"{first.place}: " if first.place else ""
    told = first.message
    if first.differences:
        what = str(first.differences[0])
        told = what if first.about in ("output", "block") else f"{told} {what}"
    more = f" (and {others} more)" if others else ""
    return f"{LOOKS[verdict.state][2]} · {where}{told}{more}"


def summary(suite: Suite, verdicts: Mapping[str, Verdict], running: Collection[str] = ()) -> str:
    """How all of them stand, in a few words."""
    if not suite.cases:
        return ""
    if running:
        return f"Running {len(running)} of {len(suite.cases)}…"
    if not verdicts:
        return _count(len(suite.cases))
    told = []
    for state, (_, _, word) in LOOKS.items():
        number = sum(verdict.state == state for verdict in verdicts.values())
        if number:
            told.append(f"{number} {word[0].lower()}{word[1:]}")
    if left := len(suite.cases) - len(verdicts):
        told.append(f"{left} not run yet")
    return ", ".join(told)


def _count(number: int) -> str:
    return f"{number} test" if number == 1 else f"{number} tests"


def place_of(finding: Finding) -> str:
    """The block that a finding is about, as runs name it; "" for none."""
    if finding.about in ("recording", "unrecorded", "unasked", "ending"):
        return finding.place
    return finding.place.rpartition(".")[0]


def expected_outputs(case: Case) -> Mapping[str, Any]:
    """The values that are expected to be just so, or about so, by output."""
    return {
        name: matcher.wanted
        for name, matcher in case.expect.items()
        if matcher.way in ("equals", "about", "unordered")
    }


def in_words(matcher: Matcher) -> str:
    """What is expected, as the end of a sentence."""
    within = f", give or take {matcher.within:g}" if matcher.within else ""
    but = f", but for {', '.join(matcher.ignoring)}" if matcher.ignoring else ""
    return f"{WAYS[matcher.way]} {one_line(matcher.wanted, 80)}{within}{but}"


def matcher_of(way: str, value: Any, within: float = 0.0, ignoring: Sequence[str] = ()) -> Matcher:
    """The matcher that a person has put together. Raises ValueError saying why it is none."""
    if value is UNSET:
        raise ValueError("what is expected is missing")
    match way:
        case "one_of" | "unordered":
            if not isinstance(value, list):
                raise ValueError("a list is needed: [1, 2]")
            value = tuple(value)
        case "matches" | "satisfies":
            if not isinstance(value, str):
                raise ValueError('a text is needed, in double quotes: "^Hello"')
        case "schema":
            if not isinstance(value, dict | bool):
                raise ValueError('a JSON Schema is needed: {"type": "integer"}')
        case "type":
            if value not in TYPES:
                raise ValueError(f"one of these is needed: {', '.join(TYPES)}")
    return Matcher(**{way: value}, within=within, ignoring=tuple(ignoring))


TYPES = ("any", "text", "number", "integer", "boolean", "list", "record", "table")
