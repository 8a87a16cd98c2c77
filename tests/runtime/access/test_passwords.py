"""Passwords are kept as Argon2id, dearer ones in time, and never checked all at once."""

import asyncio
from collections.abc import Iterator

import pytest

from runtime.access.errors import TooBusy
from runtime.access.passwords import WAITING, Cost, Passwords

CHEAP = Cost(1, 8, 1)


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(CHEAP)
    yield made
    made.close()


async def test_the_same_password_has_another_hash_each_time(passwords: Passwords) -> None:
    first, second = [await passwords.hashed("correct horse") for _ in range(2)]

    assert first != second
    assert first.startswith("$argon2id$")
    assert (await passwords.check("correct horse", first)).right
    assert not (await passwords.check("correct house", first)).right


@pytest.mark.parametrize("hash", ["", "nonsense", "$argon2id$v=19$m=8,t=1,p=1$x$y", "\0"])
async def test_what_is_no_hash_is_nobodys(passwords: Passwords, hash: str) -> None:
    for password in ("", "nobody's", "correct horse"):
        assert not (await passwords.check(password, hash)).right


async def test_a_hash_that_was_cheaper_is_made_anew(passwords: Passwords) -> None:
    dearer = Passwords(Cost(2, 16, 1))
    cheap = await passwords.hashed("correct horse")

    checked = await dearer.check("correct horse", cheap)

    assert checked.right
    assert "m=16,t=2" in checked.fresh
    assert (await dearer.check("correct horse", checked.fresh)).fresh == ""
    dearer.close()


async def test_a_wrong_password_changes_no_hash(passwords: Passwords) -> None:
    dearer = Passwords(Cost(2, 16, 1))

    assert (await dearer.check("wrong", await passwords.hashed("correct horse"))).fresh == ""
    dearer.close()


async def test_those_too_many_are_turned_away_at_once(passwords: Passwords) -> None:
    checks = [passwords.check("correct horse", "") for _ in range(WAITING + 5)]

    came = await asyncio.gather(*checks, return_exceptions=True)

    assert [isinstance(one, TooBusy) for one in came].count(True) == 5


def test_by_default_a_hash_costs_what_the_standard_asks_of_servers() -> None:
    assert Cost() == Cost(time=3, memory=65_536, lanes=4)
