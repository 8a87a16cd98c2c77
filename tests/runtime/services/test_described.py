"""The OpenAPI documents of all services say how requests are refused, and which may be repeated."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.servers.heddle import TOKEN, Heddle

DOCUMENTS = (
    "/api/v1/auth", "/api/v1/designer", "/api/v1/integration", "/api/v1/visual",
    "/api/v1/workflows", "/graphql", "/ws", "",
)  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with (
        Heddle(tmp_path_factory.mktemp("home"), "--memory") as server,
        httpx.Client(base_url=server.address, headers=headers, timeout=30) as made,
    ):
        yield made


def operations(client: httpx.Client, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    document = client.get(f"{prefix}/schema/openapi.json").json()
    assert document["security"] == [{"token": []}]
    assert {"title", "status", "detail"} <= {
        *document["components"]["schemas"]["Refusal"]["required"]
    }
    for item in document["paths"].values():
        yield from item.items()


@pytest.mark.parametrize("prefix", DOCUMENTS)
def test_every_operation_says_that_it_refuses_by_problem_documents(
    client: httpx.Client, prefix: str
) -> None:
    told = [
        (status, [*answer.get("content", ())])
        for _, operation in operations(client, prefix)
        for status, answer in operation["responses"].items()
        if status >= "400"
    ]

    assert {"400", "401", "403", "404", "409", "422", "503"} <= {status for status, _ in told}
    assert {kind for _, kinds in told for kind in kinds} == {"application/problem+json"}


@pytest.mark.parametrize("prefix", DOCUMENTS)
def test_what_is_done_once_for_a_key_says_so(client: httpx.Client, prefix: str) -> None:
    keyed = {
        method
        for method, operation in operations(client, prefix)
        if "Idempotency-Key" in {one["name"] for one in operation.get("parameters", ())}
    }
    changing = {method for method, _ in operations(client, prefix)} & {"post", "patch"}

    assert keyed == (set() if prefix == "/api/v1/auth" else changing)
