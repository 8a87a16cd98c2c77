"""Patterns from strangers end in time, stay small, and say what is wrong with them."""

import time

import pytest

from graph.errors import BadInput
from graph.patterns import matches, read_pattern


def test_matches_come_one_after_the_other() -> None:
    found = matches(read_pattern(r"\d+"), "a1b22", time_limit=1)

    assert [match[0] for match in found] == ["1", "22"]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(a", "at character 3: missing"),
        ("a" * 10_001, "at most 10,000"),
        ("(" * 2000 + ")" * 2000, "groups inside one another"),
        (r"(?P<a>x)(?P<1>y)", "can't be read"),
    ],
)
def test_a_bad_pattern_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        read_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "a{1000000000}",
        "((a{1000}){1000}){1000}",
        "(?:a|b){100000000}",
        "(a{1000}[])]){1000}",
        r"(a{1000}\)){1000}",
        "(?x)(a{1000}#)\n){1000}",
        "(a{1000}(?#)))){1000}",
        "(?V1)(a{1000}[[]a)]]){1000}",
        "a{9999999999999999999999}",
        "(a{1000}){1000,}",
    ],
)
def test_a_pattern_that_would_fill_the_memory_is_refused(pattern: str) -> None:
    with pytest.raises(BadInput, match="multiply"):
        read_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12} [0-9a-f]{32} [0-9a-f]{16}",
        r"(?:\d{1,3}\.){3}\d{1,3}",
        r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}",
        r"\N{RIGHT PARENTHESIS}{1000}",
        r"(?:.{1,1000}){1,1000}",
    ],
)
def test_counts_of_everyday_size_are_fine(pattern: str) -> None:
    read_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", [r"(a|a)+$", r"(a(?R)?b|a(?R)?)", f"(?:{'abcdefghij' * 20}){{e<=20}}"]
)
def test_a_pattern_that_takes_ages_is_stopped(pattern: str) -> None:
    began = time.process_time()

    with pytest.raises(BadInput, match="took more than"):
        list(matches(read_pattern(pattern), "ab" + "a" * 20_000 + "b", time_limit=0.1))

    assert time.process_time() - began < 2


def test_a_text_too_long_for_a_pattern_is_refused() -> None:
    with pytest.raises(BadInput, match="at most 4,000,000 characters"):
        list(matches(read_pattern("a"), "a" * 4_000_001, time_limit=1))


@pytest.mark.parametrize("time_limit", [0, -1, 11, float("nan")])
def test_the_time_limit_itself_has_limits(time_limit: float) -> None:
    with pytest.raises(BadInput, match="time limit"):
        list(matches(read_pattern("a"), "a", time_limit=time_limit))
