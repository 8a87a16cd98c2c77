"""The codes by which Studios are let in: each lets one in, and no more."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.errors import Refused
from agents.swarm.studio_bridge.pairing import LASTS, Pairings
from agents.swarm.studio_bridge.store import Store


class Moment(float):
    """A time at which somebody else comes just when it is looked at."""

    meanwhile: "list[Pairings]"
    code: str

    def __lt__(self, other: float) -> bool:
        for pairings in [self.meanwhile.pop() for _ in self.meanwhile]:
            with contextlib.suppress(Refused):
                pairings.redeem(self.code, "the other")
        return float(self) < other


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.close()


def test_of_two_studios_that_give_one_code_at_the_same_moment_one_is_let_in(store: Store) -> None:
    now = Moment(100.0)
    now.meanwhile = []
    pairings = Pairings(store, lambda: now)
    now.code = pairings.code("main").code
    now.meanwhile.append(pairings)

    pairings.redeem(now.code, "the first")

    assert [one.place for one in pairings.known()] == ["the first"]


def test_a_code_is_good_for_some_minutes_only(store: Store) -> None:
    times = [100.0, 100.0]
    pairings = Pairings(store, lambda: times[-1])
    code = pairings.code("main").code
    times.append(100.0 + LASTS)

    with pytest.raises(Refused):
        pairings.redeem(code, "late")

    assert pairings.known() == []
