"""The workflow engine over HTTP, as any client has it: a real process that serves."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.servers.heddle import TOKEN, Heddle

pytestmark = pytest.mark.asyncio(loop_scope="module")

API = "/api/v1/workflows"
DOUBLED = {
    "heddle": 1,
    "name": "doubled",
    "blocks": {
        "n": {"kind": "flow.input", "fields": {"name": "n", "type": "number"}},
        "twice": {"kind": "flow.constant", "fields": {"value": {"$expr": "n * 2"}}},
        "out": {"kind": "flow.output", "fields": {"name": "twice"}},
    },
    "links": ["n.value -> twice.n", "twice.value -> out.value"],
}
ENDLESS = {
    "heddle": 1,
    "name": "endless",
    "blocks": {
        "wait": {"kind": "logic.wait", "fields": {"seconds": 600}},
        "out": {"kind": "flow.output"},
    },
    "links": ["wait.value -> out.value"],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(server: Heddle) -> AsyncIterator[httpx.AsyncClient]:
    async with server.client() as made:
        yield made


async def stored(client: httpx.AsyncClient, flow: Any) -> str:
    reply = await client.post(f"{API}/flows", json={"flow": flow})
    assert reply.status_code == 201, reply.text
    kept: str = reply.json()["flow"]
    return kept


async def started(client: httpx.AsyncClient, flow: Any, key: str = "", **given: Any) -> str:
    body = {"flow": await stored(client, flow), **given}
    headers = {"Idempotency-Key": key} if key else {}
    reply = await client.post(f"{API}/runs", json=body, headers=headers)
    assert reply.status_code == 202, reply.text
    run: str = reply.json()["run"]
    assert reply.headers.get("location", f"{API}/runs/{run}") == f"{API}/runs/{run}"
    return run


async def in_state(client: httpx.AsyncClient, run: str, state: str) -> dict[str, Any]:
    for _ in range(200):
        row: dict[str, Any] = (await client.get(f"{API}/runs/{run}")).json()
        if row.get("state") == state:
            return row
        await asyncio.sleep(0.05)
    raise AssertionError(row)


async def test_a_flow_is_kept_run_and_gives_its_outputs(client: httpx.AsyncClient) -> None:
    run = await started(client, DOUBLED, inputs={"n": 21})

    reply = await client.get(f"{API}/runs/{run}/outputs", params={"wait": 20})

    assert reply.json() == {"run": run, "outputs": {"twice": 42}}


async def test_versions_of_a_flow_stand_under_its_name_the_newest_first(
    client: httpx.AsyncClient,
) -> None:
    hashes = []
    for factor in (3, 4, 5):
        flow = json.loads(json.dumps(DOUBLED))
        flow["name"] = "times"
        flow["blocks"]["twice"]["fields"]["value"] = {"$expr": f"n * {factor}"}
        hashes.append(await stored(client, flow))

    first = (await client.get(f"{API}/flows", params={"name": "times", "limit": 2})).json()
    rest = await client.get(
        f"{API}/flows", params={"name": "times", "limit": 2, "cursor": first["next"]}
    )
    newest = (await client.get(f"{API}/flows/times")).json()

    assert [one["flow"] for one in first["items"]] == hashes[:0:-1]
    assert [one["flow"] for one in rest.json()["items"]] == hashes[:1]
    assert rest.json()["next"] == ""
    assert newest["version"]["flow"] == hashes[-1]
    assert newest["shape"]["takes"]["properties"].keys() == {"n"}


async def test_a_flow_with_problems_is_refused_with_their_places(
    client: httpx.AsyncClient,
) -> None:
    flow = {"heddle": 1, "blocks": {"a": {"kind": "text.tamplate"}}}

    reply = await client.post(f"{API}/flows", json={"flow": flow})

    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert reply.json()["problems"][0]["block"] == "a"


@pytest.mark.parametrize("body", [{}, {"text": "{}", "flow": {}}, {"flwo": {}}, [], 7])
async def test_what_is_no_flow_is_refused(client: httpx.AsyncClient, body: Any) -> None:
    reply = await client.post(f"{API}/flows", json=body)

    assert 400 <= reply.status_code < 500
    assert reply.headers["content-type"] == "application/problem+json"


async def test_a_run_is_started_once_for_a_key(client: httpx.AsyncClient) -> None:
    first = await started(client, DOUBLED, "once", inputs={"n": 1})
    again = await started(client, DOUBLED, "once", inputs={"n": 1})

    assert first == again


async def test_a_run_is_paused_goes_on_and_is_cancelled(client: httpx.AsyncClient) -> None:
    run = await started(client, ENDLESS)
    await client.post(f"{API}/runs/{run}/pause")
    await in_state(client, run, "paused")
    await client.post(f"{API}/runs/{run}/continue")
    await in_state(client, run, "running")

    ended = await client.post(f"{API}/runs/{run}/cancel", json={"reason": "enough"})

    assert ended.status_code == 200
    row = await in_state(client, run, "cancelled")
    assert row["summary"] == "enough"


async def test_outputs_of_a_run_that_goes_on_are_not_there_yet(client: httpx.AsyncClient) -> None:
    run = await started(client, ENDLESS)
    await in_state(client, run, "running")

    reply = await client.get(f"{API}/runs/{run}/outputs")

    assert reply.status_code == 409
    assert "running" in reply.json()["detail"]
    await client.post(f"{API}/runs/{run}/cancel", json={})


async def test_a_run_is_repeated_with_a_change(client: httpx.AsyncClient) -> None:
    run = await started(client, DOUBLED, inputs={"n": 4})
    await client.get(f"{API}/runs/{run}/outputs", params={"wait": 20})

    body = {"changes": {"twice.value": {"$expr": "n * 100"}}}
    again = (await client.post(f"{API}/runs/{run}/replay", json=body)).json()["run"]

    outputs = await client.get(f"{API}/runs/{again}/outputs", params={"wait": 20})
    assert outputs.json()["outputs"] == {"twice": 400}


async def test_runs_come_a_page_at_a_time(client: httpx.AsyncClient) -> None:
    kept = await stored(client, {**DOUBLED, "name": "paged"})
    made = [await started(client, {**DOUBLED, "name": "paged"}, inputs={"n": n}) for n in range(3)]
    for run in made:
        await in_state(client, run, "succeeded")

    seen, cursor = list[str](), ""
    for _ in range(3):
        given = {"flow": kept, "limit": 1, "cursor": cursor}
        page = (await client.get(f"{API}/runs", params=given)).json()
        seen += [row["run"] for row in page["items"]]
        cursor = page["next"]

    assert seen == made[::-1]


async def test_a_made_up_cursor_is_refused(client: httpx.AsyncClient) -> None:
    reply = await client.get(f"{API}/runs", params={"cursor": "nonsense"})

    assert (reply.status_code, reply.json()["title"]) == (400, "BadCursor")


async def events_of(client: httpx.AsyncClient, run: str, last: str = "") -> list[dict[str, str]]:
    headers = {"Last-Event-ID": last} if last else {}
    found = list[dict[str, str]]()
    async with client.stream("GET", f"{API}/runs/{run}/stream", headers=headers) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        text = "".join([part async for part in reply.aiter_text()])
    for message in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in message.splitlines() if line[:1] != ":")
        if fields:
            found.append(fields)
    return found


async def test_events_are_streamed_until_the_end_and_gone_on_with(
    client: httpx.AsyncClient,
) -> None:
    run = await started(client, DOUBLED, inputs={"n": 4})

    whole = await events_of(client, run)
    rest = await events_of(client, run, whole[0]["id"])

    assert (whole[0]["event"], whole[-1]["event"]) == ("run_started", "run_succeeded")
    assert rest == whole[1:]
    assert json.loads(whole[-1]["data"])["outputs"] == {"twice": 8}


async def test_nobody_without_the_token_is_let_in(server: Heddle) -> None:
    async with server.client(token="wrong") as stranger:
        reply = await stranger.get(f"{API}/runs")

    assert reply.status_code == 401


async def test_health_and_openapi_stand_below_the_service(client: httpx.AsyncClient) -> None:
    health = (await client.get(f"{API}/health")).json()
    described = (await client.get(f"{API}/schema/openapi.json")).json()

    assert (health["service"], health["status"]) == ("workflows", "ok")
    assert f"{API}/runs" in described["paths"]


async def test_a_run_is_steered_and_followed_from_another_process(
    server: Heddle, client: httpx.AsyncClient
) -> None:
    run = await started(client, ENDLESS)
    await in_state(client, run, "running")
    home = Path(server.home)

    with Heddle(home, "workflows") as beside:
        async with beside.client() as other:
            following = asyncio.create_task(events_of(other, run))
            reply = await other.post(f"{API}/runs/{run}/cancel", json={"reason": "from there"})
            seen = await following

    assert reply.status_code == 200, reply.text
    assert seen[-1]["event"] == "run_cancelled"
    assert TOKEN not in json.dumps(seen)
