"""Tokens that are expired, forged, revoked or of too low a role, on every route there is."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar.routes import HTTPRoute, WebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from runtime.access.principal import ROLES, Role, up_to
from runtime.access.signing import Claims
from runtime.services.auth.sessions import OPEN as AUTH_OPEN
from runtime.services.inbox import OPEN
from runtime.services.openapi_page import OPEN_PAGES
from runtime.services.roles import Roles
from tests.runtime.services.auth.conftest import PASSWORD, Served
from tests.runtime.services.auth.walking import addresses, apps

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def database_url() -> str:
    """In the home: what is looked at here never reaches the tables."""
    return ""


def guarded(served: Served) -> list[tuple[str, str]]:
    """All routes but those that look at proof of their own."""
    found = [
        (method, path)
        for method, path in addresses(served.house, {})
        if not path.startswith((OPEN, *AUTH_OPEN, *OPEN_PAGES))
    ]
    assert len(found) > 80
    return found


async def statuses(served: Served, word: str) -> set[int]:
    """What all guarded routes answer to whoever gives that word."""
    async with served.client(word) as client:
        return {
            (await client.request(method, path, json={})).status_code
            for method, path in guarded(served)
        }


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, body, _ = token.split(".")
    return _said(head), _said(body)


def _said(part: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return said


def _text(said: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


async def test_no_route_lets_a_forged_token_in(served: Served) -> None:
    word = (await served.login("admin")).json()["access_token"]
    head, body = parts(word)
    strange = Ed25519PrivateKey.generate()
    signature = word.rpartition(".")[2]
    forged = {
        "none": f"{_text({**head, 'alg': 'none'})}.{_text(body)}.",
        "changed": f"{_text(head)}.{_text({**body, 'sub': 'owner'})}.{signature}",
        "a strange key": jwt.encode(body, strange, "EdDSA", {"kid": head["kid"]}),
        "a secret": jwt.encode(body, "x" * 32, "HS256", {"kid": head["kid"]}),
    }

    for how, token in forged.items():
        assert await statuses(served, token) == {401}, how


async def test_no_socket_lets_a_forged_token_in(served: Served) -> None:
    word = (await served.login("admin")).json()["access_token"]
    head, body = parts(word)
    unsigned = f"{_text({**head, 'alg': 'none'})}.{_text(body)}."
    paths = [
        route.path
        for app in apps(served.house)
        for route in app.routes
        if isinstance(route, WebSocketRoute)
    ]

    for path in paths:
        for token in (unsigned, word[:-4], "nonsense"):
            with pytest.raises(InvalidStatus) as refused:
                async with connect(
                    served.address.replace("http", "ws", 1) + path,
                    additional_headers={"Authorization": f"Bearer {token}"},
                    proxy=None,
                ):
                    pass
            assert refused.value.response.status_code == 401
    assert len(paths) >= 3


async def test_no_route_lets_an_expired_token_in(served: Served) -> None:
    signing = served.access.signing
    word = (await served.login("admin")).json()["access_token"]
    claims = Claims(**parts(word)[1])
    past = Claims(
        claims.sub, claims.tenant, claims.sid, claims.jti, claims.iat - 3601, claims.iat - 1
    )

    assert await statuses(served, signing.sign(past)) == {401}


async def test_no_route_lets_a_revoked_proof_in(served: Served) -> None:
    auth = "/api/v1/auth"
    word = (await served.login("admin")).json()["access_token"]
    made = (await served.ask(word, "POST", f"{auth}/keys", {})).json()
    await served.ask(word, "DELETE", f"{auth}/keys/{made['about']['id']}")
    await served.ask(word, "POST", f"{auth}/logout", {})

    for proof in (word, made["key"], ""):
        assert await statuses(served, proof) == {401}


async def test_no_route_lets_in_who_was_shut_out(served: Served) -> None:
    auth = "/api/v1/auth"
    said = {"name": "leaving", "role": "admin", "password": PASSWORD}
    await served.ask("admin", "POST", f"{auth}/users", said)
    word = (await served.login("leaving")).json()["access_token"]

    await served.ask("admin", "PATCH", f"{auth}/users/leaving", {"enabled": False})

    assert await statuses(served, word) == {401}


@pytest.mark.parametrize("role", ["viewer", "runner"])
async def test_every_route_refuses_whoever_has_less_than_its_role(
    served: Served, role: Role
) -> None:
    asked = 0
    async with served.client(role) as client:
        for (method, path), least in roles(served).items():
            if least and least not in up_to(role):
                reply = await client.request(method, path, json={})
                assert reply.status_code == 403, (method, path, least)
                assert reply.headers["content-type"] == "application/problem+json"
                asked += 1

    assert asked > 10


async def test_every_route_has_a_role_but_those_that_lead_to_a_proof(served: Served) -> None:
    told = roles(served)

    without = {path for (_, path), role in told.items() if role is None}
    assert {
        path for path in without if not path.startswith((OPEN, *AUTH_OPEN, *OPEN_PAGES))
    } == set()
    assert set(told.values()) == {None, *ROLES}


def roles(served: Served) -> dict[tuple[str, str], Role | None]:
    """The least role that each route of each service takes."""
    found: dict[tuple[str, str], Role | None] = {}
    for app in apps(served.house):
        (guard,) = app.guards
        guard = getattr(guard, "func", guard)
        assert isinstance(guard, Roles)
        for route in app.routes:
            if isinstance(route, HTTPRoute):
                for handler in route.route_handlers:
                    for method in handler.http_methods - {"OPTIONS"}:
                        path = route.path.replace("{", "").replace("}", "").replace(":", "-")
                        found[str(method), path] = guard.of(handler)
    return found
