"""Who may do what at the hub: by role, and by tokens that are good."""

import base64
import time
from collections.abc import Mapping
from typing import Any

import httpx
import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from runtime.access.signing import FILE, Signing
from tests.runtime.services.integration.conftest import hub_of
from tests.runtime.services.integration.flows import GREETS
from tests.servers.heddle import TOKEN, Heddle

PASSWORD = "three plain words"
AUTH = "/api/v1/auth"


@pytest.fixture(scope="module")
def tokens(server: Heddle) -> Mapping[str, str]:
    """An access token of somebody of each role."""
    found = dict[str, str]()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=server.address, timeout=30) as client:
        for role in ("viewer", "runner", "admin"):
            said = {"name": f"a-{role}", "role": role, "password": PASSWORD}
            client.post(f"{AUTH}/users", json=said, headers=headers).raise_for_status()
            login = {"user": f"a-{role}", "password": PASSWORD}
            told = client.post(f"{AUTH}/login", json=login).raise_for_status()
            found[role] = told.json()["access_token"]
    return found


@pytest.fixture(scope="module", autouse=True)
def template(server: Heddle) -> None:
    with hub_of(server) as hub:
        hub.post("workflow/templates", json={"name": "greets", "flow": GREETS}).raise_for_status()


@pytest.mark.parametrize(
    ("method", "path", "body", "least"),
    [
        ("GET", "status", None, "viewer"),
        ("GET", "agents", None, "viewer"),
        ("GET", "metrics", None, "viewer"),
        ("GET", "workflow/templates", None, "viewer"),
        ("POST", "health/check", {}, "viewer"),
        ("POST", "workflow/create", {"name": "greets"}, "runner"),
        ("POST", "workflow/templates", {"name": "greets", "flow": GREETS}, "runner"),
        ("POST", "schema/register", {"schema_name": "s", "definition": {}}, "runner"),
        ("POST", "event/broadcast", {"channel": "c", "event": "e"}, "runner"),
        ("POST", "maintenance/cleanup", {}, "admin"),
    ],
)
def test_each_role_may_do_what_it_is_for(
    server: Heddle, tokens: Mapping[str, str], method: str, path: str, body: Any, least: str
) -> None:
    roles = ["viewer", "runner", "admin"]
    for role in roles:
        with hub_of(server, tokens[role]) as hub:
            answer = hub.request(method, path, json=body)
        if roles.index(role) < roles.index(least):
            assert answer.status_code == 403, (role, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
        else:
            assert answer.is_success, (role, answer.text)


def changed(token: str, **claims: Any) -> str:
    """The token with other claims, and the signature it had."""
    head, body, signature = token.split(".")
    said = msgspec.json.decode(base64.urlsafe_b64decode(body + "=="))
    other = base64.urlsafe_b64encode(msgspec.json.encode(said | claims)).decode().rstrip("=")
    return f"{head}.{other}.{signature}"


def forged(token: str) -> str:
    """What the token says, signed by somebody else in the name of the same key."""
    claims = jwt.decode(token, options={"verify_signature": False})
    key = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA", {"kid": key, "typ": "at+jwt"})


def unsigned(token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, None, "none", {"typ": "at+jwt"})


def expired(server: Heddle, token: str) -> str:
    """The token as the house itself would have signed it an hour ago."""
    folder = next(server.home.rglob(FILE)).parent
    claims = Signing(folder).read(token, time.time())
    assert claims is not None
    early = msgspec.structs.replace(claims, iat=claims.iat - 3600, exp=claims.iat - 3300)
    return Signing(folder).sign(early)


def test_a_token_that_is_not_good_opens_nothing(server: Heddle, tokens: Mapping[str, str]) -> None:
    good = tokens["viewer"]
    admin = jwt.decode(tokens["admin"], options={"verify_signature": False})
    words = [
        forged(good), unsigned(good), expired(server, good),
        changed(good, sub="a-admin", sid=admin["sid"]), good + "x", good[:-8],
    ]  # fmt: skip

    for word in words:
        with hub_of(server, word) as hub:
            answer = hub.get("status")

        assert answer.status_code == 401, word
        assert answer.headers["content-type"] == "application/problem+json"


def test_who_has_logged_out_is_let_in_no_more(server: Heddle) -> None:
    with httpx.Client(base_url=server.address, timeout=30) as client:
        said = {"user": "a-viewer", "password": PASSWORD}
        word = client.post(f"{AUTH}/login", json=said).json()["access_token"]
        with hub_of(server, word) as hub:
            before = hub.get("status").status_code
            bearer = {"Authorization": f"Bearer {word}"}
            client.post(f"{AUTH}/logout", json={}, headers=bearer).raise_for_status()
            after = hub.get("status").status_code

    assert (before, after) == (200, 401)
