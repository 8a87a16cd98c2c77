"""The order in which tasks can run, circles, and the path that takes longest."""

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def in_order(after: Sequence[Sequence[int]], waits: Sequence[int]) -> list[int]:
    """Tasks so that each comes after those it waits for; shorter than given if in a circle.

    `after[i]` lists the tasks a link leads to from i, once for each link; `waits[i]` counts
    the links into i.
    """
    waiting = list(waits)
    ready = deque(i for i, count in enumerate(waiting) if not count)
    order: list[int] = []
    while ready:
        i = ready.popleft()
        order.append(i)
        for j in after[i]:
            waiting[j] -= 1
            if not waiting[j]:
                ready.append(j)
    return order


def cycle_in(after: Mapping[T, Sequence[T]]) -> list[T]:
    """Some circle, in running order from its smallest member; empty when there is none."""
    waits: dict[T, int] = dict.fromkeys(after, 0)
    for targets in after.values():
        for target in targets:
            waits[target] += 1
    ready = [item for item, count in waits.items() if not count]
    while ready:
        for target in after[ready.pop()]:
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    caught = {item for item, count in waits.items() if count}
    return _walk(after, caught) if caught else []


def _walk(after: Mapping[T, Sequence[T]], caught: set[T]) -> list[T]:
    # What is left also holds what merely hangs behind a circle; walking backwards from any of
    # it must end in one, since each has at least one predecessor that is left too.
    before: dict[T, T] = {t: s for s in caught for t in after[s] if t in caught}
    item, seen = min(caught, key=str), dict[T, None]()
    while item not in seen:
        seen[item] = None
        item = before[item]
    trail = list(seen)
    circle = trail[trail.index(item) :][::-1]
    first = circle.index(min(circle, key=str))
    return circle[first:] + circle[:first]


def longest_to(
    order: Sequence[int], before: Sequence[Sequence[int]], weights: Sequence[float]
) -> list[float]:
    """For each task, the weight of the heaviest path that ends with it."""
    total = [0.0] * len(order)
    for i in order:
        total[i] = weights[i] + max((total[j] for j in before[i]), default=0.0)
    return total
