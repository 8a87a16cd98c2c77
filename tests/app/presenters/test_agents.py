"""Agents, guards and what happens to them, in words."""

from typing import Any

import pytest

from agents.manager.status import AgentChanged, AgentsStatus, AgentStatus, Happening, PoolScaled
from agents.resilience.status import BreakerChanged, GuardStatus
from app.presenters.agents import (
    Newsroom,
    Rates,
    agent_rows,
    figures,
    guard_rows,
    headline,
    lately,
    news_of,
    said,
    standing,
)


def guard(name: str, **known: Any) -> GuardStatus:
    fields = {
        "state": "closed", "held": False, "reason": "", "calls": 4, "failures": 0, "refused": 0,
        "per_second": 0.0, "rate": 0.0, "p50": 0.02, "p95": 0.1, "in_flight": 0, "waiting": 0,
        "limit": 0, "opened_at": None, "next_trial_at": None, "last_error": "",
    }  # fmt: skip
    return GuardStatus(guard=name, **(fields | known))


OPEN = guard(
    "http:api.example.org", state="open", reason="5 failures in a row", failures=4, refused=2,
    opened_at=100.0, next_trial_at=160.0, last_error="It answered with status 503.",
)  # fmt: skip


def agent(name: str = "http", **known: Any) -> AgentStatus:
    return AgentStatus(**({"agent": name, "title": name.upper(), "state": "ok"} | known))


def test_agents_at_work_stand_before_those_nobody_needed() -> None:
    idle, busy = agent("code", state="idle"), agent(guards=(guard("http:a"), OPEN), calls=5,
                                                   failures=2, p50=0.02, in_flight=1)  # fmt: skip
    rows = agent_rows(AgentsStatus(100.0, (idle, busy)), Rates())

    assert [row.status for row in rows] == [busy, idle]
    assert rows[0].texts[:3] == ("HTTP", "Well", "1 open")
    assert rows[0].texts[4] == "20 ms"
    assert rows[0].texts[7:] == ("1", "2 of 5")
    assert rows[0].breakers == ("open", "closed")
    assert rows[1].texts[1:] == ("Idle", *[""] * 7)


def test_calls_of_the_last_minute_are_counted_from_what_was_seen() -> None:
    rates = Rates()
    assert rates.per_minute("http") is None
    for at in range(0, 200, 10):
        rates.see(AgentsStatus(float(at), (agent(calls=at),)))
    assert rates.per_minute("http") == 60
    rates.see(AgentsStatus(200.0, (agent(calls=0),)))
    assert rates.per_minute("http") is None


def test_an_open_guard_comes_first_and_says_when_it_is_tried_again() -> None:
    status = agent(guards=(guard("http:a"), OPEN))

    first, second = guard_rows(status, 118.4)

    assert (first.system, first.said) == ("api.example.org", "Open, tried again in 42 s")
    assert first.figures == "4 of 4 failed · 2 not made · half within 20 ms"
    assert first.trouble == "5 failures in a row. It answered with status 503."
    assert (first.can_try, second.can_try) == (True, False)
    assert (first.can_hold, second.can_hold) == (True, True)
    assert (second.said, second.trouble) == ("Closed", "")
    assert guard_rows(status, 161.0)[0].said == "Open, tried by the next"
    held = agent(guards=(guard("http:a", state="open", held=True),))
    (row,) = guard_rows(held, 0)
    assert (row.said, row.can_try, row.can_hold) == ("Open, held by hand", True, False)


def test_an_agent_is_told_of_in_two_lines() -> None:
    status = agent(
        since=100.0, instances=2, restarts=1, calls=8, failures=1, p50=0.02, p95=0.1,
        in_flight=2, queue=3,
    )  # fmt: skip
    assert headline(status, 225.0) == (
        "Well for 2 min · 2 instances, one for each set of grants · made anew once"
    )
    assert figures(status, 6.0) == (
        "8 calls · 1 failed · 6 in the last minute · half within 20 ms · 95 % within 100 ms"
        " · 2 + 3 waiting under way"
    )
    pool = agent(since=0.0, instances=1, most=4)
    assert headline(pool, 0) == "Well · 1 of at most 4 instances"
    assert figures(pool, None) == ""


@pytest.mark.parametrize(
    ("happening", "words", "news"),
    [
        (BreakerChanged("http:a", "open", "5 failures in a row, the last: No answer.", 1.0),
         "The breaker of a is open: 5 failures in a row, the last: No answer.",
         "a isn't asked for a while: 5 failures in a row."),
        (BreakerChanged("http:a", "half_open", "60 s have gone by", 1.0),
         "The breaker of a is half-open: 60 s have gone by.", None),
        (BreakerChanged("http:a", "closed", "3 calls that tried it worked", 1.0),
         "The breaker of a is closed: 3 calls that tried it worked.", "a answers again."),
        (AgentChanged("mcp", "down", "It ended.", 1.0), "Down. It ended.",
         "The agent mcp is down. It ended."),
        (AgentChanged("mcp", "ok", "", 1.0), "Well.", "The agent mcp is well again."),
        (AgentChanged("mcp", "starting", "", 1.0), "Starting.", None),
        (BreakerChanged("http:a", "open", "somebody keeps it so.", 1.0, by_hand=True),
         "The breaker of a is open: somebody keeps it so.",
         "a is not asked until you try it again."),
        (BreakerChanged("http:a", "closed", "somebody let it go.", 1.0, by_hand=True),
         "The breaker of a is closed: somebody let it go.", "a is asked again."),
        (PoolScaled("mcp", 1, 2, "3 waiting.", 1.0), "2 instances, were 1. 3 waiting.", None),
    ],
)  # fmt: skip
def test_what_happens_is_said_and_only_some_of_it_is_news(
    happening: Happening, words: str, news: str | None
) -> None:
    assert said(happening) == words
    found = news_of(happening)
    assert (found and found.text) == news


OPENED = BreakerChanged("http:a", "open", "5 failures in a row.", 1.0)
TRIED = BreakerChanged("http:a", "open", "a call that tried it failed.", 2.0)
CLOSED = BreakerChanged("http:a", "closed", "3 calls that tried it worked", 3.0)
WELL = AgentChanged("mcp", "ok", "", 1.0)
DOWN = AgentChanged("mcp", "down", "It ended.", 2.0)
STILL = AgentChanged("mcp", "down", "It ended again.", 3.0)


def tones(*happenings: Happening) -> list[str]:
    room = Newsroom()
    return [news.tone for one in happenings if (news := room.news(one)) is not None]


def test_what_is_tried_in_vain_is_told_once_and_its_end_too() -> None:
    assert tones(OPENED, TRIED, TRIED, CLOSED, OPENED) == ["warning", "success", "warning"]
    assert tones(WELL, DOWN, STILL, WELL) == ["warning", "success"]


def test_nobody_is_told_of_the_end_of_what_they_never_heard_of() -> None:
    room = Newsroom()
    room.news(OPENED)
    room.forget()

    assert room.news(CLOSED) is None
    assert tones(WELL) == []


def test_the_newest_happening_stands_first() -> None:
    happened = (AgentChanged("http", "starting", "", 1.0), AgentChanged("http", "ok", "", 2.0))
    assert [words for _, words in lately(agent(happenings=happened))] == ["Well.", "Starting."]


def test_the_worst_state_of_all_agents_gives_the_sign() -> None:
    calm = AgentsStatus(1.0, (agent(), agent("files", state="idle"), agent("sql", state="idle")))
    ill = AgentsStatus(1.0, (agent(state="degraded"), agent("files", state="down"), agent("sql")))

    assert (standing(calm).said, standing(calm).colour) == ("1 well · 2 idle", "done")
    assert standing(ill).said == "1 well · 1 not quite well · 1 down"
    assert standing(ill).colour == "failed"
