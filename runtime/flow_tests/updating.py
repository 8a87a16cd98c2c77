"""Taking what a flow gives now as what is expected of it."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from runtime.flow_tests.case import Case, Expected, Failing, Matcher
from runtime.flow_tests.verdict import Verdict


def updated(case: Case, verdict: Verdict) -> Case:
    """The case with what isn't as expected taken as it is; the same when nothing can be taken.

    What is asked of the outside isn't: that takes a new recording. Nor does a case that was to
    succeed become one that fails.
    """
    if verdict.state != "failed" or any(f.about == "unrecorded" for f in verdict.findings):
        return case
    unlike = {finding.place for finding in verdict.findings if finding.differences}
    blocks = {
        task: _taken(expected, verdict.blocks.get(task, {}), unlike, f"{task}.")
        for task, expected in case.blocks.items()
    }
    case = replace(
        case, expect=_taken(case.expect, verdict.outputs or {}, unlike, ""), blocks=blocks
    )
    if case.fails is not None and verdict.failure is not None:
        failure = verdict.failure
        fresh = Failing(failure.type, failure.message, failure.task)
        if any(finding.about == "ending" for finding in verdict.findings):
            case = replace(case, fails=fresh)
    return case


def renewed(old: Case, recorded: Case) -> Case:
    """A case recorded anew: the outside answers as it does now, and so are the values expected.

    What a person has put together stays: matchers that aren't plain values, rules, words.
    """
    expect = {
        name: _renewed(old.expect.get(name), matcher) for name, matcher in recorded.expect.items()
    }
    return replace(
        old,
        inputs=recorded.inputs,
        expect=expect,
        fails=recorded.fails,
        effects=recorded.effects,
    )


def _renewed(old: Matcher | None, recorded: Matcher) -> Matcher:
    if old is None or recorded.way != "equals":
        return recorded
    if old.way in ("equals", "about", "unordered"):
        return _matching(old, recorded.wanted)
    return old


def _taken(
    expected: Expected, outputs: Mapping[str, Any], unlike: set[str], prefix: str
) -> dict[str, Matcher]:
    return {
        name: _matching(matcher, outputs[name])
        if prefix + name in unlike and name in outputs
        else matcher
        for name, matcher in expected.items()
    }


def _matching(matcher: Matcher, value: Any) -> Matcher:
    """The matcher with that value, its way kept where it is one of comparing."""
    match matcher.way:
        case "equals" | "about":
            return replace(matcher, **{matcher.way: value})
        case "unordered" if isinstance(value, list):
            return Matcher(unordered=tuple(value))
    return Matcher(equals=value)
