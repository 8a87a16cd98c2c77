"""Users, keys, tenants and the trail on the command line: secrets come in unseen, or once."""

import asyncio
import io
import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.access.access import Access
from runtime.access.logins import Whence
from tests.runtime.headless.conftest import Heddle

PASSWORD = "correct horse battery"
Typed = Callable[[str], None]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """What comes in on the standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEDDLE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def anna(heddle: Heddle, typed: Typed, home: Path) -> str:
    typed(f"{PASSWORD}\n")
    added = heddle("users", "add", "anna", "--role", "admin")
    assert (added.code, PASSWORD in added.out + added.err) == (0, False)
    return "anna"


def come_in(home: Path, name: str, password: str, tenant: str = "") -> bool:
    async def tried() -> bool:
        access = Access(home)
        try:
            return bool(await access.logins.login(tenant, name, password, Whence()))
        finally:
            await access.close()

    return asyncio.run(tried())


def test_who_is_added_can_come_in(heddle: Heddle, anna: str, home: Path) -> None:
    listed = json.loads(heddle("users", "list", "--json").out)

    assert (listed["name"], listed["role"], listed["enabled"]) == (anna, "admin", True)
    assert come_in(home, anna, PASSWORD)


def test_a_user_is_changed_and_removed(heddle: Heddle, typed: Typed, anna: str) -> None:
    assert heddle("users", "role", anna, "viewer").code == 0
    assert heddle("users", "disable", anna).code == 0
    assert "shut out" in heddle("users", "list").out
    assert heddle("users", "enable", anna).code == 0
    typed("another few words")
    assert heddle("users", "password", anna).code == 0
    assert heddle("users", "remove", anna).code == 0

    assert "There are none" in heddle("users", "list").err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("users", "role", "anna", "god"), "There is no role 'god'"),
        (("users", "role", "ben", "viewer"), "There is no user 'ben'"),
        (("users", "add", "anna"), "There is a user 'anna' already"),
        (("users", "add", "carla", "--tenant", "acme"), "There is no tenant 'acme'"),
        (("keys", "add", "ben"), "There is no user 'ben'"),
        (("keys", "revoke", "hk_nope"), "There is no key 'hk_nope'"),
        (("tenants", "add", "../x"), "can't be the name of a tenant"),
        (("tenants", "remove", "acme"), "There is no tenant 'acme'"),
        (("audit", "verify", "--head", "nonsense"), "SEQ:HASH"),
    ],
)
def test_what_cannot_be_is_told(
    heddle: Heddle, typed: Typed, anna: str, words: tuple[str, ...], says: str
) -> None:
    typed(PASSWORD)

    refused = heddle(*words)

    assert refused.code != 0
    assert says in refused.err


def test_a_key_is_printed_once(heddle: Heddle, anna: str) -> None:
    made = heddle("keys", "add", anna, "--title", "ci", "--role", "viewer", "--days", "30")
    word = made.out.strip()
    id = word.partition(".")[0]

    listed = heddle("keys", "list")
    revoked = heddle("keys", "revoke", id)

    assert id in listed.out
    assert word not in listed.out
    assert revoked.code == 0
    assert json.loads(heddle("keys", "list", "--json").out)["revoked"] is not None


def test_the_signing_key_is_made_anew(heddle: Heddle, anna: str, home: Path) -> None:
    heddle("keys", "rotate")
    before = (home / "signing.keys").read_bytes()

    assert heddle("keys", "rotate").code == 0

    assert (home / "signing.keys").read_bytes() != before
    assert (home / "signing.keys").stat().st_mode & 0o777 == 0o600


def test_a_tenant_has_users_of_its_own(heddle: Heddle, typed: Typed, anna: str, home: Path) -> None:
    assert heddle("tenants", "add", "acme").code == 0
    typed("another few words")
    assert heddle("users", "add", anna, "--tenant", "acme").code == 0

    assert json.loads(heddle("tenants", "list", "--json").out)["name"] == "acme"
    assert come_in(home, anna, "another few words", "acme")
    assert heddle("tenants", "remove", "acme").code == 0
    assert "There are none" in heddle("tenants", "list").err


def test_all_of_it_is_noted_and_verified(heddle: Heddle, anna: str, home: Path) -> None:
    heddle("users", "disable", anna)
    verified = heddle("audit", "verify")
    listed = [json.loads(line) for line in heddle("audit", "list", "--json").out.splitlines()]

    assert [one["what"] for one in listed] == ["add_user", "change_user"]
    assert {one["address"] for one in listed} == {"command line"}
    assert (verified.code, verified.out.partition(":")[0]) == (0, "2")
    assert "change_user" in heddle("audit", "list", "--what", "change_user").out
    assert "owner" in heddle("audit", "activity").out

    with sqlite3.connect(home / "access.db") as tables:
        tables.execute("UPDATE heddle_trail SET who = 'somebody else' WHERE seq = 1")
    tables.close()
    changed = heddle("audit", "verify")
    assert (changed.code != 0, "from entry 1 on" in changed.err) == (True, True)


def test_a_head_that_was_kept_is_looked_for(heddle: Heddle, anna: str) -> None:
    head = heddle("audit", "verify").out.strip()
    heddle("users", "disable", anna)

    assert heddle("audit", "verify", "--head", head).code == 0
    assert heddle("audit", "verify", "--head", f"1:{'0' * 64}").code != 0
