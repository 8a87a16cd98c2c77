"""Guards that go by a clock the test is, and systems that do as they are told."""

from collections.abc import Callable
from typing import Any

import pytest

from agents.resilience.guard import SystemGuard
from agents.resilience.guards import Guards
from agents.resilience.settings import GuardRules
from agents.resilience.status import BreakerChanged
from runtime.clock import ManualClock


class System:
    """Asked by `call`; gives or raises what it was told, one thing after the other."""

    def __init__(self) -> None:
        self.asked = 0
        self.next: list[Any] = []

    async def call(self) -> Any:
        self.asked += 1
        given = self.next.pop(0) if self.next else "done"
        if isinstance(given, BaseException):
            raise given
        return given


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def told() -> list[BreakerChanged]:
    return []


@pytest.fixture
def guarding(clock: ManualClock, told: list[BreakerChanged]) -> Callable[..., SystemGuard]:
    """`guarding(attempts=2)` gives the guard of `x:system`, set like this."""

    def make(**wanted: Any) -> SystemGuard:
        wanted = {"jitter": 0.0, **wanted}
        return Guards(GuardRules({"x": wanted}), listener=told.append, clock=clock).of("x:system")

    return make
