"""Users, keys and tenants: every change takes effect at once, and is noted as it is made."""

import asyncio
import threading
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest

from runtime.access import sessions
from runtime.access.access import Access
from runtime.access.errors import BadLogin, LockedOut, NotThere, Taken, Unfit
from runtime.access.logins import Tokens
from runtime.access.people import By
from runtime.access.principal import Principal, up_to
from runtime.access.searching import Wanted
from runtime.access.tenants import folder_of, schema_of
from runtime.clock import ManualClock
from tests.runtime.access.conftest import BY, HERE, PASSWORD


async def role_of(access: Access, word: str) -> str:
    principal = await access.proofs.principal(word)
    return max(principal.roles, key=("viewer", "runner", "admin").index) if principal else ""


async def test_users_are_listed_page_by_page_without_their_passwords(access: Access) -> None:
    for name in ("carla", "anna", "ben"):
        await access.people.add("", name, "viewer", PASSWORD, BY)

    first = await access.people.users("", limit=2)
    rest = await access.people.users("", after=first[-1].name)

    assert [user.name for user in (*first, *rest)] == ["anna", "ben", "carla"]
    assert "argon2" not in repr(first)


async def test_nobody_takes_the_name_of_another(access: Access, anna: str) -> None:
    with pytest.raises(Taken):
        await access.people.add("", "Anna", "admin", PASSWORD, BY)

    assert (await access.people.user("", anna)).role == "runner"


@pytest.mark.parametrize("name", ["", "owner", "a b", "ä", "x" * 101, "../etc", "'--", "a\0"])
async def test_what_can_be_no_name_is_refused(access: Access, name: str) -> None:
    with pytest.raises(Unfit):
        await access.people.add("", name, "viewer", PASSWORD, BY)


@pytest.mark.parametrize("password", ["short", "anna anna anna", "aaaaaaaaaaaaaa", "x" * 1001])
async def test_a_password_that_is_guessed_at_once_is_refused(access: Access, password: str) -> None:
    with pytest.raises(Unfit):
        await access.people.add("", "anna", "viewer", password, BY)


async def test_there_are_three_roles(access: Access) -> None:
    with pytest.raises(Unfit, match="no role 'god'"):
        await access.people.add("", "anna", "god", PASSWORD, BY)


async def test_another_role_counts_at_once(access: Access, anna: str) -> None:
    tokens = await access.logins.login("", anna, PASSWORD, HERE)
    assert await role_of(access, tokens.access_token) == "runner"

    await access.people.change("", anna, BY, role="viewer")

    assert await role_of(access, tokens.access_token) == "viewer"


async def test_who_is_shut_out_is_known_no_more_by_any_proof(access: Access, anna: str) -> None:
    tokens = await access.logins.login("", anna, PASSWORD, HERE)
    _, word = await access.people.add_key("", anna, "ci", None, None, BY)
    assert await role_of(access, word) == "runner"

    await access.people.change("", anna, BY, enabled=False)

    assert [await role_of(access, one) for one in (tokens.access_token, word)] == ["", ""]
    with pytest.raises(BadLogin):
        await access.logins.login("", anna, PASSWORD, HERE)
    await access.people.change("", anna, BY, enabled=True)
    assert await access.logins.login("", anna, PASSWORD, HERE)
    assert await role_of(access, tokens.access_token) == ""


async def test_a_new_password_ends_all_sessions(access: Access, anna: str) -> None:
    tokens = await access.logins.login("", anna, PASSWORD, HERE)

    await access.people.set_password("", anna, "another few words", BY)

    assert await role_of(access, tokens.access_token) == ""
    assert await access.logins.login("", anna, "another few words", HERE)


async def test_ones_own_password_is_changed_by_who_knows_it(access: Access, anna: str) -> None:
    me = By(Principal(anna, up_to("runner")), HERE)

    with pytest.raises(BadLogin):
        await access.people.change_own_password("not mine, that one", "another few words", me)
    await access.people.change_own_password(PASSWORD, "another few words", me)

    assert await access.logins.login("", anna, "another few words", HERE)


async def test_whoever_has_a_session_guesses_the_password_no_more_often_than_others(
    access: Access, anna: str
) -> None:
    by = By(Principal(anna, up_to("runner")), HERE)
    for _ in range(5):
        with pytest.raises(BadLogin):
            await access.people.change_own_password("a wrong password", "another few words", by)

    with pytest.raises(LockedOut):
        await access.people.change_own_password(PASSWORD, "another few words", by)


async def test_who_is_removed_leaves_nothing_to_come_in_by(access: Access, anna: str) -> None:
    tokens = await access.logins.login("", anna, PASSWORD, HERE)
    _, word = await access.people.add_key("", anna, "ci", None, None, BY)

    await access.people.remove("", anna, BY)
    await access.people.add("", anna, "admin", "another few words", BY)

    assert [await role_of(access, one) for one in (tokens.access_token, word)] == ["", ""]
    assert list(await access.people.keys("")) == []


async def test_a_key_is_told_once_and_kept_as_a_digest(access: Access, anna: str) -> None:
    key, word = await access.people.add_key("", anna, "ci", "viewer", None, BY)

    assert await role_of(access, word) == "viewer"
    assert word.startswith(key.id)
    kept = await access.people.keys("", anna)
    assert [one.id for one in kept] == [key.id]
    assert word.rpartition(".")[2] not in repr(kept)


async def test_a_key_may_no_more_than_its_user(access: Access, anna: str) -> None:
    _, word = await access.people.add_key("", anna, "ci", "admin", None, BY)

    assert await role_of(access, word) == "runner"


async def test_a_key_ends_when_it_says_or_is_revoked(
    access: Access, anna: str, clock: ManualClock
) -> None:
    _, brief = await access.people.add_key("", anna, "brief", None, clock.now() + 10, BY)
    long, lasting = await access.people.add_key("", anna, "lasting", None, None, BY)
    assert await role_of(access, brief) == "runner"

    await clock.advance(10)
    await access.people.revoke_key("", long.id, BY)

    assert [await role_of(access, one) for one in (brief, lasting)] == ["", ""]
    with pytest.raises(Unfit):
        await access.people.add_key("", anna, "late", None, clock.now() - 1, BY)


async def test_a_key_can_be_renamed_and_lowered(access: Access, anna: str) -> None:
    key, word = await access.people.add_key("", anna, "ci", None, None, BY)

    changed = await access.people.change_key("", key.id, BY, title="nightly", role="viewer")

    assert (changed.title, await role_of(access, word)) == ("nightly", "viewer")


async def test_the_last_use_of_a_key_is_noted(
    access: Access, anna: str, clock: ManualClock
) -> None:
    key, word = await access.people.add_key("", anna, "ci", None, None, BY)

    await access.proofs.principal(word)

    assert (await access.people.key("", key.id)).used == clock.now()


@pytest.mark.parametrize("word", ["hk_", "hk_x.", "hk_.x", "hk_nope.secret", "hk_' OR 1=1.x", "."])
async def test_what_is_no_key_opens_nothing(access: Access, anna: str, word: str) -> None:
    assert await access.proofs.principal(word) is None


async def test_a_key_with_another_end_opens_nothing(access: Access, anna: str) -> None:
    key, word = await access.people.add_key("", anna, "ci", None, None, BY)

    assert await access.proofs.principal(f"{key.id}.{'A' * 43}") is None
    assert await access.proofs.principal(word + "A") is None


async def test_users_of_different_tenants_are_different_people(access: Access, anna: str) -> None:
    await access.people.add_tenant("acme", BY)
    await access.people.add("acme", anna, "admin", "another few words", BY)

    theirs = await access.logins.login("acme", anna, "another few words", HERE)

    principal = await access.proofs.principal(theirs.access_token)
    assert principal is not None
    assert (principal.tenant, principal.may("admin")) == ("acme", True)
    assert [user.role for user in await access.people.users("")] == ["runner"]
    with pytest.raises(NotThere):
        await access.people.key(
            "acme", (await access.people.add_key("", anna, "", None, None, BY))[0].id
        )


async def test_nobody_is_let_into_a_tenant_that_is_not_there(access: Access) -> None:
    with pytest.raises(NotThere):
        await access.people.add("acme", "anna", "viewer", PASSWORD, BY)


@pytest.mark.parametrize("name", ["", "Acme", "a-b", "../x", "x" * 32, "1a", "a;b"])
async def test_what_can_be_no_tenant_is_refused(access: Access, name: str) -> None:
    with pytest.raises(Unfit):
        await access.people.add_tenant(name, BY)


async def test_a_tenant_that_is_removed_takes_its_users_along(access: Access, anna: str) -> None:
    await access.people.add_tenant("acme", BY)
    await access.people.add("acme", anna, "admin", PASSWORD, BY)
    tokens = await access.logins.login("acme", anna, PASSWORD, HERE)

    await access.people.remove_tenant("acme", BY)

    assert await role_of(access, tokens.access_token) == ""
    assert [tenant.name for tenant in await access.people.tenants()] == []
    assert (await access.people.user("", anna)).tenant == ""


async def test_nobody_is_called_as_a_tenant_that_has_left_something(access: Access) -> None:
    await access.people.add_tenant("acme", BY)
    folder_of(access.folder, "acme").mkdir(parents=True)
    await access.people.remove_tenant("acme", BY)

    with pytest.raises(Taken, match="still a folder"):
        await access.people.add_tenant("acme", BY)

    assert list(await access.people.tenants()) == []


def test_a_tenant_has_a_schema_beside_that_of_the_house() -> None:
    assert schema_of("public", "acme") == "tenant_acme"
    assert schema_of("ours", "acme") == "ours_tenant_acme"


def test_a_tenant_has_a_folder_of_its_own(tmp_path: Path) -> None:
    assert folder_of(tmp_path, "acme") == tmp_path / "tenants" / "acme"
    with pytest.raises(Unfit):
        folder_of(tmp_path, "../acme")


async def test_every_change_is_noted_with_who_made_it(access: Access, anna: str) -> None:
    await access.people.change("", anna, BY, role="viewer")
    key, word = await access.people.add_key("", anna, "ci", None, None, BY)
    await access.people.revoke_key("", key.id, BY)
    await access.people.set_password("", anna, "another few words", BY)
    await access.people.remove("", anna, BY)

    noted = await access.reading.entries(Wanted())

    assert [one.what for one in noted] == [
        "remove_user", "set_password", "revoke_key", "add_key", "change_user", "add_user",
    ]  # fmt: skip
    assert {(one.who, one.outcome) for one in noted} == {("owner", "done")}
    assert noted[-2].target == "anna: role viewer"
    for secret in (PASSWORD, "another few words", word):
        assert secret not in repr(noted)


async def test_a_change_that_fails_is_not_noted_as_made(access: Access) -> None:
    with pytest.raises(NotThere):
        await access.people.change("", "nobody", BY, role="viewer")

    assert list(await access.reading.entries(Wanted())) == []


async def ended_while_logging_in(
    access: Access, name: str, ending: Awaitable[Any], monkeypatch: pytest.MonkeyPatch
) -> Tokens:
    """Begin to end somebody's sessions while one more is being made."""
    making, go_on = threading.Event(), threading.Event()
    begin = sessions.begin

    def late(*given: Any) -> Any:
        making.set()
        go_on.wait(20)
        return begin(*given)

    monkeypatch.setattr(sessions, "begin", late)
    login = asyncio.ensure_future(access.logins.login("", name, PASSWORD, HERE))
    await asyncio.to_thread(making.wait, 20)
    change = asyncio.ensure_future(ending)
    await asyncio.wait([change], timeout=0.5)  # it has to wait for the login
    go_on.set()
    await change
    return await login


async def test_whoever_logs_in_while_their_password_is_changed_is_in_no_more(
    access: Access, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = access.people.set_password("", anna, "another few words", BY)

    tokens = await ended_while_logging_in(access, anna, change, monkeypatch)

    assert await access.proofs.principal(tokens.access_token) is None


async def test_whoever_logs_in_while_they_are_shut_out_is_not_in_once_they_are_let_in_again(
    access: Access, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut = access.people.change("", anna, BY, enabled=False)

    tokens = await ended_while_logging_in(access, anna, shut, monkeypatch)
    await access.people.change("", anna, BY, enabled=True)

    assert await access.proofs.principal(tokens.access_token) is None


async def test_whoever_logs_in_while_they_are_removed_is_nobody_of_that_name_later(
    access: Access, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = access.people.remove("", anna, BY)

    tokens = await ended_while_logging_in(access, anna, removal, monkeypatch)
    await access.people.add("", anna, "admin", PASSWORD, BY)

    assert await access.proofs.principal(tokens.access_token) is None


async def test_what_was_asked_before_a_session_ended_is_not_remembered_after(
    access: Access, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = await access.logins.login("", anna, PASSWORD, HERE)
    found, go_on = threading.Event(), threading.Event()
    ask = access.proofs._asked

    def late(word: str, now: float) -> Any:
        known = ask(word, now)
        found.set()
        go_on.wait(20)
        return known

    with monkeypatch.context() as slowly:
        slowly.setattr(access.proofs, "_asked", late)
        asking = asyncio.ensure_future(access.proofs.principal(tokens.access_token))
        await asyncio.to_thread(found.wait, 20)
        await access.people.change("", anna, BY, enabled=False)
        go_on.set()
        await asking

    assert await access.proofs.principal(tokens.access_token) is None
