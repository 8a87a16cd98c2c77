"""Agents and their guards as the dock of agents tells of them, and what of it is news."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from agents.manager.status import (
    AgentChanged,
    AgentsStatus,
    AgentStatus,
    Happening,
    PoolScaled,
    agent_of,
)
from agents.resilience.status import BreakerChanged, GuardStatus
from app.presenters.amounts import amount, counted
from app.presenters.signs import Sign

COLUMNS = (
    "Agent", "State", "Breakers", "Lately", "Half within", "95 % within", "A minute",
    "Under way", "Failed",
)  # fmt: skip

ABOUT = (
    "Who does the work of blocks of a kind",
    "How it is, as it said last",
    "What stands around each host or provider: open where it failed so often that it isn't asked",
    "How long each of the last calls took, the newest at the right",
    "Half of the last calls took so long at the most",
    "Nearly all of the last calls took so long at the most",
    "Calls in the last minute",
    "Calls under way now, and tasks that wait for an instance",
    "Calls that failed, of all since it was started",
)
"""What each column tells."""

BREAKERS, LATENCIES = 2, 3
"""Columns in which something is drawn."""

LOOKS: Mapping[str, tuple[str, str, str]] = {
    "ok": ("Well", "mdi6.check-circle-outline", "done"),
    "degraded": ("Not quite well", "mdi6.alert-outline", "warning"),
    "down": ("Down", "mdi6.alert-circle-outline", "failed"),
    "starting": ("Starting", "mdi6.progress-clock", "running"),
    "draining": ("Finishing", "mdi6.progress-download", "running"),
    "stopped": ("Out of work", "mdi6.pause-circle-outline", "muted"),
    "idle": ("Idle", "mdi6.circle-outline", "muted"),
}
"""By state: what is said, the icon, and the name of its colour in the theme."""

GRAVE = ("failed", "warning")
"""Colours of states in which somebody should have a look."""

GUARDED: Mapping[str, tuple[str, str, str]] = {
    "closed": ("Closed", "mdi6.shield-check-outline", "done"),
    "half_open": ("Half-open", "mdi6.shield-half-full", "warning"),
    "open": ("Open", "mdi6.shield-off-outline", "failed"),
}
"""The same for breakers."""

MINUTE = 60.0


class AgentRow(NamedTuple):
    """An agent in the list. `breakers` are the states of its guards, the worst first."""

    status: AgentStatus
    texts: tuple[str, ...]
    icon: str
    colour: str
    about: str
    breakers: tuple[str, ...]

    @property
    def key(self) -> str:
        """What it is known by."""
        return self.status.agent


class GuardRow(NamedTuple):
    """A guard: `said` is its state with what comes next, `figures` what its calls came to."""

    guard: str
    system: str
    said: str
    figures: str
    icon: str
    colour: str
    trouble: str
    can_try: bool
    can_hold: bool


class Rates:
    """Counts the calls of the last minute from what is seen of them once a second."""

    def __init__(self) -> None:
        self._seen = deque[tuple[float, dict[str, int]]]()

    def see(self, status: AgentsStatus) -> None:
        """Take note of how many calls there were by now."""
        calls = {one.agent: one.calls for one in status.agents}
        self._seen.append((status.at, calls))
        while len(self._seen) > 2 and self._seen[1][0] <= status.at - MINUTE:
            self._seen.popleft()

    def per_minute(self, agent: str) -> float | None:
        """Calls in the last minute, None as long as there is nothing to compare with."""
        if len(self._seen) < 2:
            return None
        (began, before), (ended, after) = self._seen[0], self._seen[-1]
        more = after.get(agent, 0) - before.get(agent, 0)
        if more < 0 or ended <= began:  # it was made anew, and counts from nothing
            return None
        return more * MINUTE / max(ended - began, MINUTE)


def agent_rows(status: AgentsStatus, rates: Rates) -> list[AgentRow]:
    """All agents, those at work before those that nobody has needed yet."""
    at_work = sorted(status.agents, key=lambda one: one.state == "idle" and not one.guards)
    return [_row(one, rates.per_minute(one.agent)) for one in at_work]


def standing(status: AgentsStatus) -> Sign:
    """How many agents are in each state; the sign is that of the worst."""
    states = [one.state for one in status.agents]
    there = [state for state in LOOKS if state in states]
    said = " · ".join(f"{states.count(state)} {LOOKS[state][0].lower()}" for state in there)
    grave = [state for colour in GRAVE for state in there if LOOKS[state][2] == colour]
    _, sign, colour = LOOKS[grave[0] if grave else "ok"]
    return Sign(sign, colour, said)


def _row(status: AgentStatus, rate: float | None) -> AgentRow:
    word, sign, colour = LOOKS[status.state]
    order = ("open", "half_open", "closed")
    breakers = tuple(sorted((guard.state for guard in status.guards), key=order.index))
    shown = status.calls or status.state != "idle"
    texts = (
        status.title,
        word,
        _breakers(breakers),
        "",
        amount(status.p50, "seconds") if status.p50 is not None else "",
        amount(status.p95, "seconds") if status.p95 is not None else "",
        amount(rate, "count") if shown and rate is not None else "",
        _under_way(status),
        f"{status.failures:,} of {status.calls:,}" if status.calls else "",
    )
    return AgentRow(status, texts, sign, colour, f"{word}. {status.detail}".strip(), breakers)


def _under_way(status: AgentStatus) -> str:
    if not status.in_flight and not status.queue:
        return ""
    queue = f" + {status.queue:,} waiting" if status.queue else ""
    return f"{status.in_flight:,}{queue}"


def _breakers(states: tuple[str, ...]) -> str:
    if not states:
        return ""
    told = [
        f"{states.count(state)} {GUARDED[state][0].lower()}"
        for state in ("open", "half_open")
        if state in states
    ]
    return ", ".join(told) or f"{len(states)} closed"


def figures(status: AgentStatus, rate: float | None) -> str:
    """What its calls came to, in a line."""
    if not status.calls:
        return ""
    parts = [counted(status.calls, "call"), f"{status.failures:,} failed"]
    if rate is not None:
        parts.append(f"{amount(rate, 'count')} in the last minute")
    if status.p50 is not None:
        parts.append(f"half within {amount(status.p50, 'seconds')}")
        parts.append(f"95 % within {amount(status.p95, 'seconds')}")
    if under_way := _under_way(status):
        parts.append(f"{under_way} under way")
    return " · ".join(parts)


def headline(status: AgentStatus, now: float) -> str:
    """How an agent is and since when, and how many of it there are."""
    word = LOOKS[status.state][0]
    since = f" for {_long(now - status.since)}" if status.since else ""
    parts = [f"{word}{since}"]
    if status.most:
        parts.append(f"{status.instances} of at most {status.most} instances")
    elif status.instances > 1:
        parts.append(f"{status.instances} instances, one for each set of grants")
    if status.restarts:
        parts.append(f"made anew {'once' if status.restarts == 1 else f'{status.restarts} times'}")
    return " · ".join(parts)


def last_failure(status: AgentStatus) -> str:
    """What a call failed with last, where no guard tells more of it."""
    if not status.last_failure or any(guard.state != "closed" for guard in status.guards):
        return ""
    return f"Last failure: {status.last_failure}"


def guard_rows(status: AgentStatus, now: float) -> list[GuardRow]:
    """The guards of an agent, those that need a look first."""
    order = {"open": 0, "half_open": 1, "closed": 2}
    guards = sorted(status.guards, key=lambda guard: (order[guard.state], guard.guard))
    return [_guard(guard, now) for guard in guards]


def _guard(guard: GuardStatus, now: float) -> GuardRow:
    word, sign, colour = GUARDED[guard.state]
    said = word
    if guard.state == "open" and guard.next_trial_at is not None:
        left = guard.next_trial_at - now
        said = f"{word}, tried again in {left:.0f} s" if left > 0 else f"{word}, tried by the next"
    elif guard.held:
        said = f"{word}, held by hand"
    elif guard.state == "half_open":
        said = f"{word}: calls try it"
    figures = [f"{guard.failures:,} of {guard.calls:,} failed"]
    if guard.refused:
        figures.append(f"{guard.refused:,} not made")
    if guard.p50 is not None:
        figures.append(f"half within {amount(guard.p50, 'seconds')}")
    if guard.in_flight:
        figures.append(f"{guard.in_flight:,} under way")
    if guard.waiting:
        figures.append(f"{guard.waiting:,} waiting")
    trouble = ""
    if guard.state != "closed":
        said_last = "" if guard.held else guard.last_error
        trouble = f"{_ended(_capital(guard.reason))} {said_last}".strip()
    system = guard.guard.partition(":")[2] or guard.guard
    return GuardRow(
        guard.guard,
        system,
        said,
        " · ".join(figures),
        sign,
        colour,
        trouble,
        guard.state != "closed" or guard.held,
        not guard.held,
    )


def lately(status: AgentStatus, most: int = 12) -> list[tuple[str, str]]:
    """What happened to an agent, the newest first: the time of day, and what."""
    newest = status.happenings[::-1][:most]
    return [(_time_of_day(one.at), said(one)) for one in newest]


def said(happening: Happening) -> str:
    """A happening in words."""
    match happening:
        case AgentChanged(_, state, detail):
            return f"{LOOKS[state][0]}. {detail}".strip()
        case PoolScaled(_, before, after, reason):
            return f"{after} instances, were {before}. {reason}"
        case BreakerChanged(guard, state, reason):
            system = guard.partition(":")[2] or guard
            return f"The breaker of {system} is {GUARDED[state][0].lower()}: {_ended(reason)}"


class News(NamedTuple):
    """What of the happenings is to be told in the window."""

    text: str
    tone: Literal["info", "warning", "success"]
    key: str
    agent: str


class Newsroom:
    """Tells each trouble once, however often it is met again, and its end to whoever was told."""

    def __init__(self) -> None:
        self._told = set[str]()

    def news(self, happening: Happening) -> News | None:
        """What is to be told of what has happened."""
        news = news_of(happening)
        if news is None:
            return None
        known = news.key in self._told
        if news.tone == "warning":
            self._told.add(news.key)
            return None if known else news
        self._told.discard(news.key)
        return news if known or news.tone == "info" else None

    def forget(self) -> None:
        """Another runtime knows nothing of what was."""
        self._told.clear()


def news_of(happening: Happening) -> News | None:
    """What a person may want to know although they look elsewhere, None for all else."""
    match happening:
        case BreakerChanged(guard, "open" | "closed", by_hand=True):
            system = guard.partition(":")[2] or guard
            again = happening.state == "closed"
            text = f"{system} is {'asked again' if again else 'not asked until you try it again'}."
            return News(text, "info", f"breaker {guard}", agent_of(happening))
        case BreakerChanged(guard, "open", reason):
            system = guard.partition(":")[2] or guard
            why = reason.partition(", the last: ")[0]  # the dock tells the rest
            text = f"{system} isn't asked for a while: {_ended(why)}"
            return News(text, "warning", f"breaker {guard}", agent_of(happening))
        case BreakerChanged(guard, "closed", _):
            system = guard.partition(":")[2] or guard
            return News(f"{system} answers again.", "success", f"breaker {guard}",
                        agent_of(happening))  # fmt: skip
        case AgentChanged(agent, "down", detail):
            text = f"The agent {agent} is down. {detail}".strip()
            return News(text, "warning", f"agent {agent}", agent)
        case AgentChanged(agent, "ok"):
            return News(f"The agent {agent} is well again.", "success", f"agent {agent}", agent)
    return None


def _ended(reason: str) -> str:
    return reason if reason.endswith(".") else f"{reason}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _time_of_day(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S}"


def _long(seconds: float) -> str:
    if seconds < 60:
        return f"{max(0, seconds):.0f} s"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min"
    return f"{seconds // 3600:.0f} h {seconds % 3600 // 60:.0f} min"
