from typing import Any

import pytest

from app.presenters.cases import case_rows, in_words, matcher_of, place_of, summary
from runtime.flow_tests.case import Case, Matcher, Suite
from runtime.flow_tests.verdict import Difference, Finding, Verdict

SUITE = Suite({"one": Case(about="Why."), "two": Case(), "three": Case(skip="later")})
WRONG = Finding("output", "It isn't what was expected:", "total", "", (Difference("", 1, 2),))


def test_every_test_is_a_row_in_the_order_of_the_file() -> None:
    verdicts = {
        "one": Verdict("one", "passed", took=0.012),
        "two": Verdict("two", "failed", (WRONG, WRONG)),
    }

    one, two, three = case_rows(SUITE, verdicts)

    assert (one.texts, one.state) == (("one", "Passed", "12 ms"), "Passed")
    assert one.about == "one\nWhy."
    assert two.texts[1] == "Failed · total: 2 instead of 1 (and 1 more)"
    assert three.state == "Skipped"


def test_what_runs_and_what_is_out_of_date_is_said() -> None:
    verdicts = {"one": Verdict("one", "passed"), "two": Verdict("two", "passed")}

    one, two, _ = case_rows(SUITE, verdicts, running={"one"}, stale={"two"})

    assert one.texts[1] == "Running…"
    assert two.texts[1] == "Passed – before the last change"


def test_the_sum_is_told_in_a_few_words() -> None:
    verdicts = {"one": Verdict("one", "passed"), "two": Verdict("two", "broken")}

    assert summary(SUITE, {}) == "3 tests"
    assert summary(SUITE, verdicts) == "1 passed, 1 can't be run, 1 not run yet"
    assert summary(SUITE, verdicts, {"one"}) == "Running 1 of 3…"
    assert summary(Suite(), {}) == ""


def test_a_finding_leads_to_its_block() -> None:
    assert place_of(Finding("unrecorded", "x", "each[1]/read")) == "each[1]/read"
    assert place_of(Finding("block", "x", "each[1]/read.value")) == "each[1]/read"
    assert place_of(WRONG) == ""


def test_what_is_expected_is_said_in_words() -> None:
    assert (
        in_words(Matcher(equals={"id": 1}, ignoring=("at",))) == 'is exactly {"id":1}, but for at'
    )
    assert in_words(Matcher(about=1, within=0.5)) == "is about 1, give or take 0.5"


@pytest.mark.parametrize(
    ("way", "value", "why"),
    [
        ("one_of", "a", "a list is needed"),
        ("matches", 3, "a text is needed"),
        ("schema", "x", "a JSON Schema is needed"),
        ("type", "string", "one of these is needed"),
    ],
)
def test_what_makes_no_matcher_says_why(way: str, value: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        matcher_of(way, value)


def test_what_was_put_together_is_a_matcher() -> None:
    assert matcher_of("unordered", [1, 2]) == Matcher(unordered=(1, 2))
    assert matcher_of("about", 1, 0.5, ["x"]) == Matcher(about=1, within=0.5, ignoring=("x",))
