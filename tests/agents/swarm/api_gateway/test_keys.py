"""Who may call an endpoint: everybody, or whoever shows a key that opens it."""

import sqlite3

import pytest
import pytest_asyncio

from graph.errors import BadInput
from tests.agents.swarm.api_gateway.conftest import HELLO, Gateway

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT = "/gateway/v1/hello"


@pytest_asyncio.fixture(loop_scope="module")
async def guarded(gateway: Gateway) -> Gateway:
    await gateway.create(HELLO, name="hello", path="/hello", access="key")
    await gateway.create(HELLO, name="other", path="/other", access="key")
    return gateway


async def status(gateway: Gateway, at: str = AT, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return (await gateway.client.post(at, headers=named)).status_code


async def test_a_key_is_shown_in_either_header(guarded: Gateway) -> None:
    key = (await guarded.agent.make_key("a partner")).secret

    assert await status(guarded, X_API_Key=key) == 200
    assert await status(guarded, Authorization=f"Bearer {key}") == 200


async def test_without_a_key_nobody_is_let_in_and_all_are_told_how(guarded: Gateway) -> None:
    reply = await guarded.client.post(AT)

    assert (reply.status_code, reply.json()["detail"]) == (401, "A key is needed.")
    assert reply.headers["www-authenticate"] == "Bearer"
    assert "X-API-Key" in reply.json()["cure"]


async def test_a_wrong_or_altered_key_opens_nothing(guarded: Gateway) -> None:
    key = (await guarded.agent.make_key("a partner")).secret

    for wrong in (key[:-1], f"{key}x", key.upper(), "hgw_", "hgw__", key.split("_")[1], "hgw_ü_ü"):
        reply = await guarded.client.post(AT, headers={b"X-API-Key": wrong.encode()})
        assert reply.status_code == 401
    assert await status(guarded, Authorization=f"Basic {key}") == 401


async def test_a_key_may_open_some_endpoints_only(guarded: Gateway) -> None:
    key = (await guarded.agent.make_key("narrow", endpoints=("v1/other",))).secret

    assert await status(guarded, "/gateway/v1/other", X_API_Key=key) == 200
    assert await status(guarded, X_API_Key=key) == 403
    with pytest.raises(BadInput, match="There is no endpoint 'v1/othr'"):
        await guarded.agent.make_key("wrong", endpoints=("v1/othr",))


async def test_a_key_that_was_removed_opens_nothing_any_more(guarded: Gateway) -> None:
    made = await guarded.agent.make_key("a partner")
    before = await status(guarded, X_API_Key=made.secret)

    await guarded.agent.remove_key(made.key.id)

    assert [before, await status(guarded, X_API_Key=made.secret)] == [200, 401]
    assert (await guarded.agent.overview()).keys == []
    with pytest.raises(BadInput, match="There is no key"):
        await guarded.agent.remove_key(made.key.id)


async def test_what_opens_is_told_once_and_kept_nowhere(guarded: Gateway) -> None:
    made = await guarded.agent.make_key("a partner")
    shown = await guarded.agent.overview()

    kept = sqlite3.connect(guarded.database)
    rows = kept.execute("SELECT * FROM gateway_keys").fetchall()
    kept.close()

    assert [key.label for key in shown.keys] == ["a partner"]
    assert made.secret not in repr(shown)
    assert made.secret not in repr(rows)
    assert made.secret.split("_", 2)[2] not in repr(rows)
