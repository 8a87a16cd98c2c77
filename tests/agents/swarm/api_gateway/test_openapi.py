"""What a version says of itself, held against how it answers."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.agents.swarm.api_gateway.conftest import HELLO, READS, Gateway

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENT = "/gateway/v1/openapi.json"

CASES = int(os.environ.get("HEDDLE_ATTACKS", "25"))
"""Cases for each operation at the most. From 100 on they are others each time, and operations
are tried one after the other as well; `HEDDLE_ATTACKS=1000` makes ten thousand."""
MANY = CASES >= 100

QUICKLY = ["--generation-deterministic", "--phases", "fuzzing"]


async def document(gateway: Gateway) -> Any:
    return (await gateway.client.get(DOCUMENT)).json()


async def test_an_endpoint_is_described_as_it_stands(gateway: Gateway) -> None:
    await gateway.create(
        access="key", title="A lesson", query=["topic"], rate={"calls": 5},
        request={"rename": {"number": "id"}}, path="/lessons/{number}",
    )  # fmt: skip

    told = await document(gateway)
    operation = told["paths"]["/lessons/{number}"]["post"]
    parameters = {one["name"]: one for one in operation["parameters"]}
    body = operation["requestBody"]["content"]["application/json"]["schema"]

    assert (told["openapi"], told["servers"]) == ("3.1.0", [{"url": "/gateway/v1"}])
    assert (operation["operationId"], operation["summary"]) == ("lesson", "A lesson")
    assert operation["security"] == [{"key": []}, {"bearer": []}]
    assert parameters["number"]["in"] == "path"
    assert parameters["topic"] == {
        "name": "topic", "in": "query", "required": False, "description": "What it is about.",
        "schema": {"type": "string", "default": "looms"},
    }  # fmt: skip
    assert list(body["properties"]) == ["words"]
    assert not operation["requestBody"]["required"]
    assert (
        "lesson"
        in operation["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    )
    assert "X-RateLimit-Limit" in operation["responses"]["200"]["headers"]


async def test_versions_describe_themselves_apart(gateway: Gateway) -> None:
    await gateway.create()
    await gateway.create(version="v2", path="/lesson/{id}")

    told = [
        (await gateway.client.get(f"/gateway/{one}/openapi.json")).json() for one in ("v1", "v2")
    ]

    assert [list(one["paths"]) for one in told] == [["/lessons/{id}"], ["/lesson/{id}"]]
    assert [one["info"]["version"] for one in told] == ["v1", "v2"]


async def test_what_is_deprecated_says_so(gateway: Gateway) -> None:
    await gateway.create()
    await gateway.agent.deprecate("v1", "lesson", note="Use v2.", sunset=4e9)

    operation = (await document(gateway))["paths"]["/lessons/{id}"]["post"]

    assert operation["deprecated"] is True
    assert operation["description"].endswith("Use v2.")
    assert "410" in operation["responses"]


async def test_a_change_is_described_at_once(gateway: Gateway) -> None:
    await gateway.create()
    await gateway.agent.change("v1", "lesson", {"answers": "later"})

    paths = (await document(gateway))["paths"]

    assert "202" in paths["/lessons/{id}"]["post"]["responses"]
    assert set(paths) == {"/lessons/{id}", "/runs/{run}", "/runs/{run}/cancel"}


@pytest.mark.timeout(3600)
async def test_nothing_that_the_description_allows_or_forbids_breaks_it(
    gateway: Gateway, tmp_path: Path
) -> None:
    await publish_several(gateway)
    key = (await gateway.agent.make_key("attacker")).secret

    attack = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("schemathesis"), "run", f"{gateway.address}{DOCUMENT}",
        "--max-examples", str(CASES), "--header", f"X-API-Key: {key}",
        "--exclude-checks", "positive_data_acceptance",  # a flow may want more than its types say
        "--suppress-health-check", "all", "--continue-on-failure", "--no-color",
        *(["--generation-database", "none"] if MANY else QUICKLY),
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await attack.communicate()
    usage = [one.usage for one in (await gateway.agent.overview()).endpoints]

    assert attack.returncode == 0, said.decode()
    assert sum(one.errors for one in usage) == 0
    assert all(one.calls >= CASES for one in usage)


async def publish_several(gateway: Gateway) -> None:
    """Endpoints of every sort there is."""
    await gateway.create()
    await gateway.create(method="GET", name="look", query=["topic"], rate={"calls": 1_000_000})
    await gateway.create(HELLO, name="hello", path="/hello", method="PUT")
    await gateway.create(READS, name="read", path="/read", response={"alone": "value"})
    await gateway.create(HELLO, name="later", path="/later", answers="later")
    await gateway.create(HELLO, name="guarded", path="/guarded", access="key", method="DELETE")
    await gateway.agent.deprecate("v1", "hello", sunset=4e9)
