"""Choosing among candidates: by order, turn, quickness and price, and never one that can't."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.contract import Task
from agents.errors import Rejected, Unavailable
from agents.policy import POLICIES, Candidate, Cheapest, LeastLatency, RoundRobin, Static

CHAT = Task("chat")


def test_the_first_gets_it_and_the_next_stands_in() -> None:
    big, small = Candidate(name="big"), Candidate(name="small")
    assert Static().choose(CHAT, [big, small]).candidate is big

    down = Candidate(name="big", breaker="open")
    choice = Static().choose(CHAT, [down, small])

    assert choice.candidate is small
    assert choice.reason == "It stands in for big."
    assert choice.passed == {"big": "It failed so often that it isn't asked for a while."}
    assert choice.detail()["chosen"] == "small"


def test_turns_are_taken_though_candidates_come_and_go() -> None:
    a, b, c = (Candidate(name=name) for name in "abc")
    policy = RoundRobin()
    first = [policy.choose(CHAT, [a, b]).candidate.name for _ in range(3)]
    then = [policy.choose(CHAT, [a, b, c]).candidate.name for _ in range(3)]
    assert first == ["a", "b", "a"]
    assert then == ["c", "b", "a"]


def test_the_quickest_is_asked_until_work_piles_up_there() -> None:
    quick = Candidate(name="quick", latency=0.2)
    slow = Candidate(name="slow", latency=0.5)
    assert LeastLatency().choose(CHAT, [slow, quick]).candidate is quick

    busy = Candidate(name="quick", latency=0.2, busy=3)
    assert LeastLatency().choose(CHAT, [slow, busy]).candidate is slow

    new = Candidate(name="new")
    choice = LeastLatency().choose(CHAT, [slow, quick, new])
    assert choice.candidate is new
    assert choice.reason == "It is tried, to learn how quick it is."


def test_the_cheapest_that_can_is_asked() -> None:
    blind = Candidate(name="blind", price=0.001, capabilities=frozenset({"chat"}))
    dear = Candidate(name="dear", price=0.02, capabilities=frozenset({"chat", "vision"}))
    fair = Candidate(name="fair", price=0.01, capabilities=frozenset({"chat", "vision"}))
    choice = Cheapest().choose(Task("chat", wants=frozenset({"vision"})), [blind, dear, fair])
    assert choice.candidate is fair
    assert choice.reason == "It costs least: about $0.010000."
    assert choice.passed == {"blind": "It can't do vision."}


def test_whoever_is_not_up_to_it_is_told_apart_from_whoever_is_away() -> None:
    blind = Candidate(name="blind", capabilities=frozenset({"chat"}))
    with pytest.raises(Rejected, match="blind: It can't do see"):
        Static().choose(Task("see"), [blind])
    with pytest.raises(Unavailable, match="ill: It is down") as raised:
        Static().choose(CHAT, [Candidate(name="ill", health="down"), Candidate(
            name="shut", breaker="open")])  # fmt: skip
    assert raised.value.retryable


candidates = st.lists(
    st.builds(
        Candidate,
        name=st.text("abcdef", min_size=1, max_size=3),
        capabilities=st.none() | st.frozensets(st.sampled_from(["chat", "vision"])),
        price=st.none() | st.floats(0, 1),
        latency=st.none() | st.floats(0, 10),
        health=st.sampled_from(["ok", "degraded", "down"]),
        breaker=st.sampled_from(["closed", "half_open", "open"]),
        busy=st.integers(0, 5),
    ),
    unique_by=lambda one: one.name,
    max_size=6,
)


@given(candidates, st.sampled_from(sorted(POLICIES)))
def test_no_policy_chooses_one_that_cannot(given: list[Candidate], name: str) -> None:
    policy = POLICIES[name]()
    usable = [
        one
        for one in given
        if one.breaker != "open"
        and one.health != "down"
        and (one.capabilities is None or "chat" in one.capabilities)
    ]
    if not usable:
        with pytest.raises((Rejected, Unavailable)):
            policy.choose(CHAT, given)
        return
    choice = policy.choose(CHAT, given)
    assert choice.candidate in usable
    assert choice.reason
    assert set(choice.passed) == {one.name for one in given} - {one.name for one in usable}


@given(st.integers(1, 5), st.integers(1, 40))
def test_turns_are_fair(count: int, rounds: int) -> None:
    policy, everyone = RoundRobin(), [Candidate(name=str(n)) for n in range(count)]
    served = Counter(policy.choose(CHAT, everyone).candidate.name for _ in range(rounds))
    assert max(served.values()) - min(served.get(one.name, 0) for one in everyone) <= 1
