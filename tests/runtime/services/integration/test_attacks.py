"""Whatever the hub's OpenAPI allows, and much that it doesn't, is answered as that says.

`HEDDLE_ATTACKS=10000 python -m pytest tests/runtime/services/integration/test_attacks.py` throws
as much at it.
"""

import os
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi import checks

from tests.runtime.services.integration.conftest import PREFIX
from tests.runtime.services.integration.flows import GREETS
from tests.servers.heddle import TOKEN, Heddle

CASES = int(os.environ.get("HEDDLE_ATTACKS", "500"))
"""Requests over all operations."""

AS_SAID = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module", params=["embedded", "postgres"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Heddle]:
    """With what comes with Heddle, and with a PostgreSQL."""
    urls = {}
    if request.param == "postgres":
        urls["DATABASE_URL"] = request.getfixturevalue("postgres_server").new_database()
    with Heddle(tmp_path_factory.mktemp("attacked"), **urls) as made:
        yield made


@pytest.mark.timeout(60 + CASES)
def test_nothing_thrown_at_the_hub_makes_it_fail(server: Heddle, hub: httpx.Client) -> None:
    address = f"{server.address}{PREFIX}/schema/openapi.json"
    schema = schemathesis.openapi.from_url(address, headers=HEADERS)
    operations = [found.ok() for found in schema.get_all_operations()]
    known = made_known(hub)
    statuses, session = Counter[int](), requests.Session()

    for operation in operations:

        @given(case=operation.as_strategy(), steers=st.booleans())
        @settings(
            max_examples=-(-CASES // len(operations) // 2),
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        def attack(case: schemathesis.Case, steers: bool) -> None:
            if steers:
                steer(case, known)
            answer = case.call(base_url=server.address, headers=HEADERS, session=session)
            statuses[answer.status_code] += 1
            said = f"{case.as_curl_command()} → {answer.status_code} {answer.text}"
            assert answer.status_code < 500, said
            case.validate_response(answer, checks=AS_SAID)
            if answer.status_code >= 400:
                assert answer.headers["content-type"][0] == "application/problem+json", said

        attack()

    session.close()
    print(f"{sum(statuses.values())} requests: {dict(sorted(statuses.items()))}")
    assert statuses[200], "some of it was taken"
    assert statuses[201], "and made something"
    assert statuses[400], "and some of it was refused"
    assert hub.get("status").json()["overall_health"] == "healthy"


def made_known(hub: httpx.Client) -> str:
    """See to it that there is a template; gives the id of a workflow made from it."""
    hub.post("workflow/templates", json={"name": "greets", "flow": GREETS}).raise_for_status()
    made = hub.post("workflow/create", json={"name": "greets"})
    return str(made.json()["workflow_id"])


def steer(case: schemathesis.Case, workflow: str) -> None:
    """Have a request speak of what there is, so that it comes further."""
    if case.path_parameters:
        case.path_parameters["workflow_id"] = workflow
    if not isinstance(case.body, dict):
        return
    if case.path.endswith("/workflow/create"):
        case.body |= {"name": "greets", "parameters": {}}
    if case.path.endswith("/schema/register"):
        case.body |= {"schema_name": "attacked", "definition": {"type": "object"}, "version": ""}
    if case.path.endswith("/workflow/templates"):
        case.body |= {"flow": GREETS}
