"""How many instances there are to be: decided from what is seen, and from nothing else."""

import math

import msgspec

from agents.contract import PoolSize


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a pool sees of itself at a moment; times in seconds.

    instances   those that there are, those that are starting among them
    starting    of these, those that can't work yet
    waiting     tasks that wait for an instance
    waited      for how long the first of them has waited
    latency     what a task takes of late, None before the first
    idle        for how long the instance idle longest has had nothing to do, 0 for none
    steady      how long ago the number of instances changed
    """

    instances: int
    starting: int = 0
    waiting: int = 0
    waited: float = 0.0
    latency: float | None = None
    idle: float = 0.0
    steady: float = math.inf


class Wanted(msgspec.Struct, frozen=True):
    """So many instances, for that reason; no reason to change anything is none."""

    instances: int
    reason: str = ""


def wanted(size: PoolSize, seen: Seen) -> Wanted:
    """More when tasks wait longer than they should, or will; one fewer when one idles.

    Both ways are apart, so that it doesn't swing: more are wanted at once, and as many again as
    there are at the most, fewer only one by one, when nothing has changed for as long as an
    instance may idle.
    """
    if seen.instances < size.least:
        return Wanted(size.least, f"There are to be {size.least} at least.")
    if seen.instances > size.most:
        return Wanted(size.most, f"There are to be {size.most} at the most.")
    if seen.waiting > seen.starting and seen.instances < size.most:
        if not seen.instances:
            return Wanted(min(seen.waiting, 1, size.most), "A task waits.")
        if (expected := _expected_wait(seen)) >= size.wait:
            lacking = seen.waiting - seen.starting
            more = min(lacking, seen.instances, size.most - seen.instances)
            return Wanted(
                seen.instances + more,
                f"{seen.waiting} waiting, for {expected:.3g} s: more than {size.wait:g} s.",
            )
    if (
        not seen.waiting
        and not seen.starting
        and seen.instances > size.least
        and seen.idle >= size.idle
        and seen.steady >= size.idle
    ):
        return Wanted(seen.instances - 1, f"One had nothing to do for {size.idle:g} s.")
    return Wanted(seen.instances)


def _expected_wait(seen: Seen) -> float:
    """How long the last in the queue will have waited, as far as can be told."""
    return max(seen.waited, seen.waiting * (seen.latency or 0.0) / seen.instances)
