"""Whatever is thrown at the OpenAPI of a service, none of it makes the server fail."""

import os
from collections.abc import Iterator

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.servers.heddle import TOKEN, Heddle

CASES = int(os.environ.get("HEDDLE_ATTACKS", "300"))
"""Requests for each service, over all its operations."""
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
ENDLESS = "/stream"
"""How paths end whose answer lasts as long as a run."""

SERVICES = ("workflows", "visual", "designer", "auth")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("home"), "--memory") as made:
        yield made


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
            if reply.status_code >= 400:
                assert reply.headers["content-type"][0] == "application/problem+json", said

        attack()

    session.close()
    assert 200 in statuses, "some of it was taken"
    assert statuses & {400, 404, 422}, "and some of it refused"
    assert httpx.get(f"{server.address}/health", headers=HEADERS).json()["status"] == "ok"
