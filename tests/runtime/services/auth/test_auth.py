"""Logins, users and keys as any HTTP client sees them, over SQLite and PostgreSQL."""

from typing import Any

import httpx
import pytest

from runtime.services.auth.sessions import OPEN
from runtime.services.roles import READING
from tests.runtime.services.auth.conftest import PASSWORD, Served, problem
from tests.runtime.services.auth.walking import addresses

pytestmark = pytest.mark.asyncio(loop_scope="module")

AUTH = "/api/v1/auth"


async def test_who_logs_in_is_let_in_by_the_token(served: Served) -> None:
    reply = await served.login("runner")

    tokens = reply.json()
    assert reply.status_code == 200
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    me = await served.ask(tokens["access_token"], "GET", f"{AUTH}/me")
    assert me.json() == {"user": "runner", "tenant": "", "role": "runner", "proof": "session"}


async def test_the_owner_is_still_let_in_by_the_token_of_the_server(served: Served) -> None:
    me = await served.ask("owner", "GET", f"{AUTH}/me")

    assert me.json() == {"user": "owner", "tenant": "", "role": "admin", "proof": "owner"}


@pytest.mark.parametrize(
    ("user", "password"),
    [("runner", "a wrong password"), ("nobody", PASSWORD), ("' OR 1=1 --", PASSWORD), ("", "")],
)
async def test_a_wrong_login_is_told_nothing_more(served: Served, user: str, password: str) -> None:
    reply = await served.login(user, password)

    assert (reply.status_code, problem(reply)["title"]) == (401, "BadLogin")


async def test_guessing_is_told_when_to_come_back(served: Served) -> None:
    for _ in range(5):
        await served.login("guessed", "a wrong password")

    reply = await served.login("guessed", "a wrong password")

    assert (reply.status_code, problem(reply)["title"]) == (429, "LockedOut")
    assert 0 < int(reply.headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"user": 1}', b'{"user": "a", "password": "b", "admin": true}']
)
async def test_what_is_no_login_is_refused(served: Served, body: bytes) -> None:
    async with served.client() as client:
        reply = await client.post(f"{AUTH}/login", content=body)

    assert reply.status_code == 400
    problem(reply)


async def test_nobody_sends_more_than_a_login_needs(served: Served) -> None:
    reply = await served.login("runner", "x" * 20_000)

    assert reply.status_code == 413
    problem(reply)


async def test_a_refresh_token_is_good_once(served: Served) -> None:
    first = (await served.login("runner")).json()["refresh_token"]

    second = await served.ask("", "POST", f"{AUTH}/refresh", {"refresh_token": first})
    again = await served.ask("", "POST", f"{AUTH}/refresh", {"refresh_token": first})
    both = {"refresh_token": second.json()["refresh_token"]}
    after = await served.ask("", "POST", f"{AUTH}/refresh", both)

    assert [one.status_code for one in (second, again, after)] == [200, 401, 401]
    me = await served.ask(second.json()["access_token"], "GET", f"{AUTH}/me")
    assert me.status_code == 401


async def test_an_answer_with_tokens_is_never_kept_for_a_request_that_comes_again(
    served: Served,
) -> None:
    said = {"user": "runner", "password": PASSWORD}
    async with served.client(**{"Idempotency-Key": "once"}) as client:
        replies = [await client.post(f"{AUTH}/login", json=said) for _ in range(2)]

    assert replies[0].json()["refresh_token"] != replies[1].json()["refresh_token"]


async def test_who_logs_out_is_let_in_no_more(served: Served) -> None:
    tokens = (await served.login("viewer")).json()
    word = tokens["access_token"]

    assert (await served.ask(word, "POST", f"{AUTH}/logout", {})).status_code == 204

    assert (await served.ask(word, "GET", f"{AUTH}/me")).status_code == 401
    assert (await served.ask(word, "GET", "/runs")).status_code == 401


async def test_ones_own_password_is_changed(served: Served) -> None:
    said = {"name": "changing", "role": "viewer", "password": PASSWORD}
    assert (await served.ask("admin", "POST", f"{AUTH}/users", said)).status_code == 201
    word = (await served.login("changing")).json()["access_token"]

    wrong = {"old": "not mine at all", "new": "another few words"}
    assert (await served.ask(word, "POST", f"{AUTH}/me/password", wrong)).status_code == 401
    right = {"old": PASSWORD, "new": "another few words"}
    assert (await served.ask(word, "POST", f"{AUTH}/me/password", right)).status_code == 204

    assert (await served.login("changing")).status_code == 401
    assert (await served.login("changing", "another few words")).status_code == 200


async def test_an_admin_sees_to_users(served: Served) -> None:
    said = {"name": "Dora@Example.org", "role": "runner", "password": PASSWORD}
    added = await served.ask("admin", "POST", f"{AUTH}/users", said)
    path = f"{AUTH}/users/dora@example.org"
    word = (await served.login("dora@example.org")).json()["access_token"]

    changed = await served.ask("admin", "PATCH", path, {"role": "viewer", "enabled": False})
    twice = await served.ask("admin", "POST", f"{AUTH}/users", said)
    refused = await served.ask(word, "GET", f"{AUTH}/me")
    gone = await served.ask("admin", "DELETE", path)
    nobody = await served.ask("admin", "GET", path)

    assert (added.status_code, added.json()["name"]) == (201, "dora@example.org")
    assert (changed.json()["role"], changed.json()["enabled"]) == ("viewer", False)
    assert (twice.status_code, problem(twice)["title"]) == (409, "Taken")
    assert (refused.status_code, gone.status_code, nobody.status_code) == (401, 204, 404)
    assert "password" not in added.text


async def test_users_come_page_by_page(served: Served) -> None:
    names, cursor = [], ""
    while True:
        path = f"{AUTH}/users?limit=2&cursor={cursor}"
        page = (await served.ask("admin", "GET", path)).json()
        names += [user["name"] for user in page["items"]]
        cursor = page["next"]
        if not cursor:
            break

    assert names == sorted(set(names))
    assert {"viewer", "runner", "admin"} <= set(names)
    bad = await served.ask("admin", "GET", f"{AUTH}/users?cursor=nonsense")
    assert (bad.status_code, problem(bad)["title"]) == (400, "BadCursor")


@pytest.mark.parametrize(
    "said",
    [
        {"name": "a b", "role": "viewer", "password": PASSWORD},
        {"name": "weak", "role": "viewer", "password": "short"},
    ],
)
async def test_what_can_be_no_user_is_refused(served: Served, said: dict[str, Any]) -> None:
    reply = await served.ask("admin", "POST", f"{AUTH}/users", said)

    assert (reply.status_code, problem(reply)["title"]) == (422, "Unfit")
    assert problem(reply)["cure"]


async def test_a_program_comes_in_by_a_key(served: Served) -> None:
    made = await served.ask("runner", "POST", f"{AUTH}/keys", {"title": "ci", "role": "viewer"})
    key, id = made.json()["key"], made.json()["about"]["id"]

    me = await served.ask(key, "GET", f"{AUTH}/me")
    listed = await served.ask("runner", "GET", f"{AUTH}/keys")
    revoked = await served.ask("runner", "DELETE", f"{AUTH}/keys/{id}")
    after = await served.ask(key, "GET", f"{AUTH}/me")

    assert me.json() == {"user": "runner", "tenant": "", "role": "viewer", "proof": "key"}
    assert id in [one["id"] for one in listed.json()["items"]]
    assert key.rpartition(".")[2] not in listed.text
    assert (revoked.status_code, after.status_code) == (204, 401)


async def test_a_key_is_changed_by_whose_it_is(served: Served) -> None:
    made = await served.ask("runner", "POST", f"{AUTH}/keys", {"title": "ci"})
    path = f"{AUTH}/keys/{made.json()['about']['id']}"

    changed = await served.ask("runner", "PATCH", path, {"title": "nightly", "until": 9e9})
    endless = await served.ask("runner", "PATCH", path, {"title": "x" * 100_000})
    others = await served.ask("viewer", "PATCH", path, {"title": "mine"})
    raised = await served.ask("runner", "PATCH", path, {"role": "admin"})

    assert (changed.json()["title"], changed.json()["until"]) == ("nightly", 9e9)
    assert endless.json()["title"] == "x" * 200
    assert (changed.json()["role"], others.status_code, raised.status_code) == ("runner", 404, 403)


async def test_nobody_makes_a_key_that_may_more_than_they(served: Served) -> None:
    raised = await served.ask("viewer", "POST", f"{AUTH}/keys", {"role": "admin"})
    others = await served.ask("viewer", "POST", f"{AUTH}/keys", {"user": "admin"})

    assert (raised.status_code, others.status_code) == (403, 403)
    problem(raised)


async def test_no_key_changes_who_comes_in(served: Served) -> None:
    key = (await served.ask("admin", "POST", f"{AUTH}/keys", {})).json()["key"]
    other = (await served.ask("viewer", "POST", f"{AUTH}/keys", {})).json()["about"]["id"]
    bodies = {
        "/users": {"name": "thief", "role": "admin", "password": PASSWORD},
        "/tenants": {"name": "thieves"},
        "/me/password": {"old": PASSWORD, "new": "another few words"},
    }
    changing = [
        (method, path)
        for method, path in addresses(served.house, {"name": "viewer", "id": other})
        if path.startswith(AUTH) and method not in READING
        if path not in (*OPEN, f"{AUTH}/logout")
    ]

    told = {
        way: problem(await served.ask(key, *way, bodies.get(way[1].removeprefix(AUTH), {})))
        for way in changing
    }

    assert len(told) == 9
    assert {way for way, said in told.items() if said["title"] != "NeedsLogin"} == set()
    assert told["DELETE", f"{AUTH}/users/viewer"]["cure"].startswith("Log in")
    assert (await served.login("viewer")).status_code == 200
    assert (await served.ask("admin", "GET", f"{AUTH}/keys/{other}")).json()["revoked"] is None


async def test_a_key_revokes_itself(served: Served) -> None:
    made = (await served.ask("viewer", "POST", f"{AUTH}/keys", {})).json()

    reply = await served.ask(made["key"], "DELETE", f"{AUTH}/keys/{made['about']['id']}")

    assert reply.status_code == 204
    assert (await served.ask(made["key"], "GET", f"{AUTH}/me")).status_code == 401


@pytest.mark.parametrize("role", ["viewer", "runner"])
async def test_only_admins_see_to_users_and_the_trail(served: Served, role: str) -> None:
    for method, path in [
        ("GET", "/users"), ("POST", "/users"), ("GET", "/users/admin"), ("PATCH", "/users/admin"),
        ("DELETE", "/users/admin"), ("GET", "/audit"), ("GET", "/audit/activity"),
        ("GET", "/audit/verify"), ("GET", "/tenants"), ("POST", "/tenants"),
        ("DELETE", "/tenants/acme"),
    ]:  # fmt: skip
        reply = await served.ask(role, method, f"{AUTH}{path}", {})
        assert reply.status_code == 403, (method, path, reply.text)
        problem(reply)


async def test_the_service_describes_itself(served: Served) -> None:
    described = (await served.ask("viewer", "GET", f"{AUTH}/schema/openapi.json")).json()

    assert {f"{AUTH}/login", f"{AUTH}/refresh", f"{AUTH}/me", f"{AUTH}/users", f"{AUTH}/keys",
            f"{AUTH}/audit"} <= described["paths"].keys()  # fmt: skip


async def test_the_api_of_runs_takes_the_same_tokens(served: Served) -> None:
    command = {"command": "cancel_run", "run": "nope"}

    replies: list[httpx.Response] = [
        await served.ask(role, "POST", "/commands", command) for role in ("viewer", "runner")
    ]

    assert [one.status_code for one in replies] == [403, 409]
