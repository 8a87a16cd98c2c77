"""Whatever is thrown at the OpenAPI of a service, none of it makes the server fail."""

import os
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi import checks

from runtime.services.paging import cursor_of
from tests.servers.heddle import TOKEN, Heddle

CASES = int(os.environ.get("HEDDLE_ATTACKS", "300"))
"""Requests for each service, over all its operations."""
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
AS_SAID = [checks.status_code_conformance, checks.content_type_conformance]
ENDLESS = "/stream"
"""How paths end whose answer lasts as long as a run."""

SERVICES = ("workflows", "visual", "designer", "auth")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("home"), "--memory") as made:
        yield made


@pytest.mark.timeout(180 + CASES)
@pytest.mark.parametrize("service", SERVICES)
def test_nothing_thrown_at_a_service_makes_it_fail(server: Heddle, service: str) -> None:
    address = f"{server.address}/api/v1/{service}/schema/openapi.json"
    schema = schemathesis.openapi.from_url(address, headers=HEADERS)
    operations = [
        found.ok() for found in schema.get_all_operations() if not found.ok().path.endswith(ENDLESS)
    ]
    statuses, session = set[int](), requests.Session()

    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(
            max_examples=max(5, CASES // len(operations)),
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        def attack(case: schemathesis.Case) -> None:
            reply = case.call(base_url=server.address, headers=HEADERS, session=session)
            statuses.add(reply.status_code)
            said = f"{case.as_curl_command()} → {reply.status_code} {reply.text}"
            assert reply.status_code < 500, said
            case.validate_response(reply, checks=AS_SAID)
            if reply.status_code >= 400:
                assert reply.headers["content-type"][0] == "application/problem+json", said

        attack()

    session.close()
    assert 200 in statuses, "some of it was taken"
    assert statuses & {400, 404, 422}, "and some of it refused"
    assert httpx.get(f"{server.address}/health", headers=HEADERS).json()["status"] == "ok"


DEEP = "[" * 50_000 + "]" * 50_000
"""Python 3.12 and later read some 10,000."""


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/commands", f'{{"command": "start_run", "flow": "x", "inputs": {{"a": {DEEP}}}}}'),
        ("/agents/http/tasks", f'{{"capability": "x", "arguments": {{"a": {DEEP}}}}}'),
        ("/api/v1/workflows/flows", f'{{"flow": {{"a": {DEEP}}}}}'),
        ("/api/v1/visual/check", f'{{"flow": {{"a": {DEEP}}}}}'),
        ("/api/v1/auth/login", f'{{"user": {"[" * 4000 + "]" * 4000}}}'),
        ("/graphql/", f'{{"query": "{{__typename}}", "variables": {{"a": {DEEP}}}}}'),
        ("/pusher/auth", f'{{"a": {DEEP}}}'),
    ],
)
def test_what_is_nested_too_deeply_is_refused(server: Heddle, path: str, body: str) -> None:
    reply = httpx.post(f"{server.address}{path}", content=body, headers=HEADERS)

    assert reply.status_code == 400, reply.text


@pytest.mark.parametrize(
    "path",
    [
        f"/api/v1/auth/audit?cursor={cursor_of(2**63)}",
        f"/runs/x/events?after={10**30}",
        f"/runs/x/watches?expressions=%5B%221%22%5D&upto={10**30}",
        "/runs/x/watches?expressions=%5B%5D&rounds=true",
    ],
)
def test_what_no_list_holds_is_refused(server: Heddle, path: str) -> None:
    assert httpx.get(f"{server.address}{path}", headers=HEADERS).status_code == 400


@pytest.mark.parametrize("target", ["nowhere", "*", "?"])
def test_a_request_for_no_path_is_refused(server: Heddle, target: str) -> None:
    place = urlsplit(server.address)
    said = f"POST {target} HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Bearer {TOKEN}\r\n"
    with socket.create_connection((place.hostname, place.port)) as client:
        client.sendall(f"{said}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())

        assert client.makefile("rb").readline().split()[1] in {b"400", b"404"}
