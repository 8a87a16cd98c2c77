"""Who knows the password comes in, for as long as the session stands; guessing leads nowhere."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator

import pytest

from runtime.access import addresses, bound
from runtime.access.access import Access
from runtime.access.attempts import Rules, Throttle, locked_for
from runtime.access.errors import BadLogin, BadToken, LockedOut, TooBusy
from runtime.access.logins import Whence
from runtime.access.passwords import Cost
from runtime.access.searching import Wanted
from runtime.access.sessions import IDLE
from runtime.access.sessions import LASTS as SESSION
from runtime.access.signing import LASTS
from runtime.clock import ManualClock
from tests.runtime.access.conftest import BY, CHEAP, HERE, PASSWORD

AT_HOME = Whence("10.9.0.1")


async def whats(access: Access, **wanted: str) -> list[tuple[str, str]]:
    """What was noted, the newest first, with its outcome."""
    return [(one.what, one.outcome) for one in await access.reading.entries(Wanted(**wanted))]


async def wrong(access: Access, name: str, times: int = 1, whence: Whence = HERE) -> None:
    for _ in range(times):
        with pytest.raises(BadLogin):
            await access.logins.login("", name, "a wrong password", whence)


@contextlib.asynccontextmanager
async def ruled(
    access: Access, clock: ManualClock, database_url: str, rules: Rules
) -> AsyncIterator[Access]:
    """The same people, by other rules."""
    other = Access(access.folder, database_url, now=clock.now, cost=CHEAP, rules=rules)
    yield other
    await other.close()


async def test_who_knows_the_password_is_known_by_the_token(access: Access, anna: str) -> None:
    tokens = await access.logins.login("", anna, PASSWORD, HERE)

    principal = await access.proofs.principal(tokens.access_token)

    assert principal is not None
    assert (principal.user, principal.tenant, principal.proof) == (anna, "", "session")
    assert principal.roles == {"viewer", "runner"}
    assert tokens.access_token not in repr(tokens)


async def test_case_means_nothing_in_a_name(access: Access, anna: str) -> None:
    assert await access.logins.login("", " ANNA", PASSWORD, HERE)


async def test_a_wrong_password_and_a_wrong_name_are_told_alike(access: Access, anna: str) -> None:
    told = []
    for name in (anna, "nobody", "'; DROP TABLE heddle_users; --", "\0"):
        with pytest.raises(BadLogin) as refused:
            await access.logins.login("", name, "a wrong password", HERE)
        told.append(refused.value.message)

    assert len(set(told)) == 1
    assert await access.logins.login("", anna, PASSWORD, HERE)


async def test_the_password_of_one_tenant_opens_no_other(access: Access, anna: str) -> None:
    await access.people.add_tenant("acme", BY)

    with pytest.raises(BadLogin):
        await access.logins.login("acme", anna, PASSWORD, HERE)


async def test_after_five_wrong_passwords_the_right_one_has_to_wait(
    access: Access, anna: str, clock: ManualClock
) -> None:
    await wrong(access, anna, times=5)

    with pytest.raises(LockedOut) as locked:
        await access.logins.login("", anna, PASSWORD, HERE)
    await clock.advance(60)

    assert locked.value.wait == 60
    assert await access.logins.login("", anna, PASSWORD, HERE)


async def test_who_guesses_keeps_nobody_out_who_comes_from_elsewhere(
    access: Access, anna: str
) -> None:
    await wrong(access, anna, times=5)

    with pytest.raises(LockedOut):
        await access.logins.login("", anna, PASSWORD, HERE)

    assert await access.logins.login("", anna, PASSWORD, AT_HOME)


async def test_who_guesses_from_many_addresses_is_bound_and_keeps_nobody_out_at_theirs(
    access: Access, anna: str, clock: ManualClock, database_url: str
) -> None:
    async with ruled(access, clock, database_url, Rules(everywhere=6)) as tight:
        await tight.logins.login("", anna, PASSWORD, AT_HOME)
        for name in (anna, "nobody"):
            for number in range(6):
                await wrong(tight, name, whence=Whence(f"10.1.0.{number}"))

            with pytest.raises(LockedOut) as locked:
                await tight.logins.login("", name, PASSWORD, Whence("10.2.0.1"))
            assert locked.value.wait == 60
        at_home = await tight.logins.login("", anna, PASSWORD, AT_HOME)
        await clock.advance(60)
        elsewhere = await tight.logins.login("", anna, PASSWORD, Whence("10.2.0.1"))

    assert at_home
    assert elsewhere


async def test_what_somebody_mistypes_before_they_come_in_counts_for_nobody_else(
    access: Access, anna: str, clock: ManualClock, database_url: str
) -> None:
    async with ruled(access, clock, database_url, Rules(everywhere=6)) as tight:
        for number in range(3):
            place = Whence(f"10.1.0.{number}")
            await wrong(tight, anna, times=4, whence=place)
            await tight.logins.login("", anna, PASSWORD, place)

        assert await tight.logins.login("", anna, PASSWORD, Whence("10.2.0.1"))
    assert (await access.reading.entries(Wanted(what="login")))[1].detail == (
        "after 4 wrong passwords"
    )


async def test_an_address_is_forgotten_from_which_nobody_came_for_long(
    access: Access, anna: str, clock: ManualClock, database_url: str
) -> None:
    async with ruled(access, clock, database_url, Rules(everywhere=2)) as tight:
        await tight.logins.login("", anna, PASSWORD, AT_HOME)
        await clock.advance(addresses.LASTS)
        for number in range(2):
            await wrong(tight, anna, whence=Whence(f"10.1.0.{number}"))

        with pytest.raises(LockedOut):
            await tight.logins.login("", anna, PASSWORD, AT_HOME)


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb:cccc:dddd:eeee", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_a_site_of_ipv6_counts_as_one_address(address: str, counts_as: str) -> None:
    assert addresses.origin(address) == counts_as


async def test_nobody_is_locked_out_for_longer_because_the_clock_was_set_back(
    access: Access, anna: str, clock: ManualClock, database_url: str
) -> None:
    await clock.advance(10_000)
    await wrong(access, anna, times=5)

    async with ruled(access, ManualClock(), database_url, Rules()) as again:
        assert await again.logins.login("", anna, PASSWORD, HERE)


def test_no_address_waits_for_longer_because_the_clock_was_set_back() -> None:
    throttle = Throttle(Rules())
    for _ in range(30):
        throttle.failed("10.0.0.1", 10_000.0)

    assert throttle.wait("10.0.0.1", 10_000.0) == 60.0
    assert throttle.wait("10.0.0.1", 0.0) == 0.0


async def test_who_fails_again_and_again_fills_the_trail_only_so_far(
    access: Access, anna: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bound, "MOST", 3)
    for number in range(8):
        await wrong(access, f"user{number}", whence=Whence(f"10.1.0.{number}"))
    at_first = await access.reading.entries(Wanted(what="login"))
    await clock.advance(bound.MINUTE)
    await wrong(access, anna)
    (last, *before) = await access.reading.entries(Wanted(what="login"))

    assert [entry.who for entry in at_first] == ["user2", "user1", "user0"]
    assert before == list(at_first)
    assert (last.who, last.detail) == (anna, "5 more of strangers before it weren't noted")
    assert (await access.trail.verify()).is_whole


async def test_what_was_not_noted_one_by_one_is_counted_at_the_end(
    access: Access, clock: ManualClock, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bound, "MOST", 1)
    async with ruled(access, clock, database_url, Rules()) as ending:
        await wrong(ending, "nobody", times=3)

    last = (await access.reading.entries(Wanted(what="login")))[0]

    assert last.detail == "2 more of strangers before it weren't noted"


async def test_names_that_nobody_has_are_locked_as_well(access: Access) -> None:
    await wrong(access, "nobody", times=5)

    with pytest.raises(LockedOut):
        await access.logins.login("", "nobody", PASSWORD, HERE)


async def test_guesses_at_the_same_moment_are_counted_one_by_one(access: Access, anna: str) -> None:
    guesses = [access.logins.login("", anna, f"guess number {n}", HERE) for n in range(30)]

    came = await asyncio.gather(*guesses, return_exceptions=True)

    assert [type(one) for one in came].count(BadLogin) == 5
    assert {type(one) for one in came} <= {BadLogin, LockedOut, TooBusy}


async def test_an_address_that_guesses_many_names_has_to_wait(
    access: Access, anna: str, clock: ManualClock
) -> None:
    for number in range(30):
        await wrong(access, f"user{number}")

    with pytest.raises(LockedOut):
        await access.logins.login("", anna, PASSWORD, HERE)

    assert await access.logins.login("", anna, PASSWORD, Whence("10.0.0.2"))
    await clock.advance(60)
    assert await access.logins.login("", anna, PASSWORD, HERE)


async def test_a_lock_holds_over_a_restart(
    access: Access, anna: str, clock: ManualClock, database_url: str
) -> None:
    await wrong(access, anna, times=5)
    again = Access(access.folder, database_url, now=clock.now, cost=Cost(1, 8, 1))

    with pytest.raises(LockedOut):
        await again.logins.login("", anna, PASSWORD, HERE)
    await again.close()


def test_a_lock_lasts_longer_each_time_but_not_for_ever() -> None:
    waits = [locked_for(beyond, Rules()) for beyond in (-1, 0, 1, 2, 4, 5000)]

    assert waits == [0.0, 60.0, 120.0, 240.0, 900.0, 900.0]


async def test_a_token_is_good_for_five_minutes(
    access: Access, anna: str, clock: ManualClock
) -> None:
    tokens = await access.logins.login("", anna, PASSWORD, HERE)

    await clock.advance(LASTS - 1)
    before = await access.proofs.principal(tokens.access_token)
    await clock.advance(1)

    assert before is not None
    assert await access.proofs.principal(tokens.access_token) is None


async def test_a_refresh_token_is_taken_for_the_next(
    access: Access, anna: str, clock: ManualClock
) -> None:
    tokens = await access.logins.login("", anna, PASSWORD, HERE)
    await clock.advance(LASTS)

    fresh = await access.logins.refresh(tokens.refresh_token, HERE)

    assert fresh.refresh_token != tokens.refresh_token
    assert await access.proofs.principal(fresh.access_token) is not None


async def test_a_refresh_token_that_is_used_twice_ends_the_session_for_both(
    access: Access, anna: str
) -> None:
    stolen = await access.logins.login("", anna, PASSWORD, HERE)
    fresh = await access.logins.refresh(stolen.refresh_token, HERE)

    with pytest.raises(BadToken):
        await access.logins.refresh(stolen.refresh_token, HERE)

    with pytest.raises(BadToken):
        await access.logins.refresh(fresh.refresh_token, HERE)
    assert await access.proofs.principal(fresh.access_token) is None
    assert (await whats(access, who=anna))[0] == ("refresh", "refused")


async def test_of_two_that_refresh_at_once_only_one_is_given_tokens(
    access: Access, anna: str
) -> None:
    tokens = await access.logins.login("", anna, PASSWORD, HERE)

    both = [access.logins.refresh(tokens.refresh_token, HERE) for _ in range(2)]
    came = await asyncio.gather(*both, return_exceptions=True)

    assert [isinstance(one, BadToken) for one in came].count(True) == 1


@pytest.mark.parametrize("seconds", [IDLE, SESSION])
async def test_a_session_ends_when_it_is_idle_or_old(
    access: Access, anna: str, clock: ManualClock, seconds: float
) -> None:
    tokens = await access.logins.login("", anna, PASSWORD, HERE)

    await clock.advance(seconds)

    with pytest.raises(BadToken):
        await access.logins.refresh(tokens.refresh_token, HERE)


@pytest.mark.parametrize("token", ["", "hr_", "hr_unknown", "x" * 5000, "' OR 1=1 --", "\0"])
async def test_what_is_no_refresh_token_refreshes_nothing(
    access: Access, anna: str, token: str
) -> None:
    with pytest.raises(BadToken):
        await access.logins.refresh(token, HERE)


async def test_who_leaves_is_known_no_more(access: Access, anna: str) -> None:
    tokens = await access.logins.login("", anna, PASSWORD, HERE)
    other = await access.logins.login("", anna, PASSWORD, HERE)
    principal = await access.proofs.principal(tokens.access_token)
    assert principal is not None

    await access.logins.logout(principal, HERE)

    assert await access.proofs.principal(tokens.access_token) is None
    assert await access.proofs.principal(other.access_token) is not None
    with pytest.raises(BadToken):
        await access.logins.refresh(tokens.refresh_token, HERE)


async def test_who_leaves_everywhere_has_no_session_left(access: Access, anna: str) -> None:
    tokens = [await access.logins.login("", anna, PASSWORD, HERE) for _ in range(3)]
    principal = await access.proofs.principal(tokens[0].access_token)
    assert principal is not None

    await access.logins.logout(principal, HERE, everywhere=True)

    assert [await access.proofs.principal(one.access_token) for one in tokens] == [None] * 3


async def test_logins_are_noted_whether_they_succeed_or_not(access: Access, anna: str) -> None:
    await wrong(access, anna, times=5)

    noted = await access.reading.entries(Wanted(who=anna))

    assert {(one.what, one.outcome) for one in noted} == {("login", "refused")}
    assert noted[0].detail == "locked for 60 s"
    assert (noted[0].address, noted[0].request) == (HERE.address, HERE.request)
    assert (await access.trail.verify()).is_whole
    assert all("a wrong password" not in repr(one) for one in noted)


async def test_a_login_at_a_tenant_whose_name_is_endless_is_a_wrong_one(access: Access) -> None:
    with pytest.raises(BadLogin):
        await access.logins.login(secrets.token_hex(4000), "anna", PASSWORD, HERE)
