"""What is told of a guard: each change of its breaker, and how its system is just now."""

import msgspec

from agents.resilience.breaker import State


class BreakerChanged(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """The breaker of a guard has another state now: why, in words, and when.

    `by_hand` says that a person wanted it so.
    """

    guard: str
    state: State
    reason: str
    at: float
    by_hand: bool = False


class GuardStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What a guard knows of its system. Times are seconds since the epoch.

    `calls`, `failures` and `refused` (calls that weren't made, because the breaker was open or
    too many were under way) are of all time; `per_second`, `rate` (the share that failed) and
    the latencies `p50` and `p95`, in seconds, are of the last minute and at most the last 128
    calls. `held` says that somebody set the breaker by hand; `limit` is 0 for any number.
    `last_error` says nothing of what was asked or answered, so everybody may see it.
    """

    guard: str
    state: State
    held: bool
    reason: str
    calls: int
    failures: int
    refused: int
    per_second: float
    rate: float
    p50: float | None
    p95: float | None
    in_flight: int
    waiting: int
    limit: int
    opened_at: float | None
    next_trial_at: float | None
    last_error: str
