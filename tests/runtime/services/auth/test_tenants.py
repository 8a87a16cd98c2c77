"""Nothing of one tenant is reached from another: every route is walked with the other's ids."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from graph.file_format import write
from graph.flow import Block, Flow
from runtime.access.tenants import folder_of
from runtime.commands import CancelRun, StartRun, StoreFlow
from runtime.events import TaskAsked
from runtime.services.inbox import OPEN
from tests.runtime.services.auth.conftest import BY, PASSWORD, Served
from tests.runtime.services.auth.walking import addresses

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARK = "only-acme-may-see-this"
"""Stands in everything that the one tenant has."""

ASKING = Flow.of([Block("ask", "approval.ask", {"title": MARK})], name=f"Flow {MARK}")


class Theirs(NamedTuple):
    """What the one tenant has, and what it is called."""

    flow: str
    run: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def theirs(served: Served) -> AsyncIterator[Theirs]:
    """Two tenants, each with an admin, and what the first one has."""
    for tenant in ("acme", "umbrella"):
        await served.access.people.add_tenant(tenant, BY)
        await served.access.people.add(tenant, "admin", "admin", PASSWORD, BY)
        reply = await served.login("admin", tenant=tenant)
        served.words[tenant] = reply.json()["access_token"]
    flow = (await obey(served, "acme", StoreFlow(write(ASKING)))).json()["flow"]
    run = (await obey(served, "acme", StartRun(flow))).json()["run"]
    kept = {"name": f"c-{MARK}", "kind": "anthropic", "secrets": {"key": f"key {MARK}"}}
    assert (await served.ask("acme", "PUT", f"/connections/c-{MARK}", kept)).is_success
    assert (await served.ask("acme", "PUT", f"/secrets/s-{MARK}", {"value": MARK})).is_success
    async with served.tenancy.entered("acme") as opened:
        async for batch in opened.house.runtime.follow(run):
            if any(isinstance(event, TaskAsked) for event in batch):
                break
    yield Theirs(flow, run)


async def obey(served: Served, who: str, command: msgspec.Struct) -> httpx.Response:
    async with served.client(who) as client:
        return await client.post("/commands", content=msgspec.json.encode(command))


def told(reply: httpx.Response, theirs: Theirs) -> list[str]:
    """What of the tenant's stands in an answer that didn't stand in the question."""
    asked = str(reply.request.url) + reply.request.content.decode(errors="replace")
    words = (MARK, theirs.flow, theirs.run)
    return [word for word in words if word in reply.text and word not in asked]


async def test_a_tenant_has_what_it_made(served: Served, theirs: Theirs) -> None:
    async with served.client("acme") as acme:
        runs = (await acme.get("/runs")).json()
        flow = await acme.get(f"/flows/{theirs.flow}")
        connections = await acme.get("/connections")

    assert [run["run"] for run in runs] == [theirs.run]
    assert MARK in flow.text
    assert f"c-{MARK}" in connections.text


@pytest.mark.parametrize("other", ["umbrella", "owner"])
async def test_lists_and_searches_of_another_find_nothing(
    served: Served, theirs: Theirs, other: str
) -> None:
    async with served.client(other) as client:
        replies = [
            await client.get(path)
            for path in (
                "/runs", f"/find?text={MARK}", "/inbox", "/connections", "/agents", "/metrics",
                f"/runs/{theirs.run}/events", f"/flows/{theirs.flow}", "/api/v1/workflows/runs",
                "/api/v1/workflows/flows", "/api/v1/visual/flows",
            )
        ]  # fmt: skip

    for reply in replies:
        assert told(reply, theirs) == [], (reply.url, reply.text)


async def test_no_route_tells_another_of_it(served: Served, theirs: Theirs) -> None:
    places = {
        "run": theirs.run, "wanted": theirs.run, "flow": theirs.flow, "hash": theirs.flow,
        "task": "ask", "name": f"c-{MARK}", "agent": "llm",
    }  # fmt: skip
    walked = 0
    async with served.client("umbrella") as client:
        for method, path in addresses(served.house, places):
            if path.endswith("/logout"):
                continue
            reply = await client.request(method, path, json={}, timeout=30)
            assert told(reply, theirs) == [], (method, path, reply.text)
            walked += 1

    assert walked > 80
    runs = (await served.ask("acme", "GET", "/runs")).json()
    assert [(run["run"], run["state"]) for run in runs] == [(theirs.run, "running")]
    assert f"c-{MARK}" in (await served.ask("acme", "GET", "/connections")).text


@pytest.mark.parametrize("other", ["umbrella", "owner"])
@pytest.mark.parametrize(
    "command",
    [
        {"command": "cancel_run"}, {"command": "pause_run"}, {"command": "resume_run"},
        {"command": "replay_run"}, {"command": "answer_task", "values": {"answer": "x"}},
    ],
)  # fmt: skip
async def test_no_command_of_another_reaches_it(
    served: Served, theirs: Theirs, other: str, command: dict[str, Any]
) -> None:
    reply = await served.ask(other, "POST", "/commands", {**command, "run": theirs.run})

    assert reply.status_code in (404, 409), reply.text
    started = await served.ask(
        other, "POST", "/commands", {"command": "start_run", "flow": theirs.flow}
    )
    assert started.status_code == 409


@pytest.mark.parametrize("other", ["umbrella", "owner"])
async def test_who_watches_everything_sees_nothing_of_another(
    served: Served, theirs: Theirs, other: str
) -> None:
    address = f"{served.address.replace('http', 'ws', 1)}/events"
    headers = {"Authorization": f"Bearer {served.words[other]}"}
    async with connect(address, additional_headers=headers, proxy=None) as watcher:
        await watcher.recv()
        run = (await obey(served, "acme", StartRun(theirs.flow))).json()["run"]
        await served.ask("acme", "POST", "/commands", {"command": "cancel_run", "run": run})
        mine = (await obey(served, other, StoreFlow(write(ASKING)))).json()["flow"]
        own = (await obey(served, other, StartRun(mine))).json()["run"]
        seen = ""
        while own not in seen:
            seen += str(await watcher.recv())
        await served.ask(other, "POST", "/commands", {"command": "cancel_run", "run": own})

    assert run not in seen


async def test_tenants_are_told_what_is_served_and_not_by_which_machines(
    served: Served, theirs: Theirs
) -> None:
    by_name = served.address.replace("127.0.0.1", "localhost")
    async with served.client("acme", Host=by_name.removeprefix("http://")) as client:
        told = (await client.get("/services")).json()
    to_the_house = (await served.ask("viewer", "GET", "/services")).json()

    assert {"service": "workflows", "address": by_name, "health": "ok"} in told
    assert {key for one in told for key in one} == {"service", "address", "health"}
    assert [one["service"] for one in told] == [one["service"] for one in to_the_house]
    assert {one["host"] for one in to_the_house} == {served.house.registry.here.owner.split(":")[0]}


async def test_no_route_tells_a_tenant_which_machine_and_process_drive_its_runs(
    served: Served, theirs: Theirs
) -> None:
    places = {"run": theirs.run, "wanted": theirs.run, "flow": theirs.flow, "hash": theirs.flow}
    ways = addresses(served.house, places)
    paths = [path for method, path in ways if method == "GET" and not path.endswith("/stream")]
    question = {"query": "{ runs { nodes { id owner } } }"}

    async with served.client("acme") as client:
        client.timeout = 30
        texts = {path: (await client.get(path)).text for path in (*paths, f"/find?text={MARK}")}
        texts["/graphql"] = (await client.post("/graphql", json=question)).text
        row = (await client.get(f"/runs/{theirs.run}")).json()

    process = served.house.runtime.owner.rpartition(":")[0]
    assert {path: text for path, text in texts.items() if process in text} == {}
    assert f'"owner":"{row["owner"]}"' in texts["/graphql"]
    assert row["owner"]


@pytest.mark.parametrize("path", ["/events", "/events?after=0&run=", "/ws"])
async def test_no_socket_tells_a_tenant_which_machine_and_process_drive_its_runs(
    served: Served, theirs: Theirs, path: str
) -> None:
    headers = {"Authorization": f"Bearer {served.words['acme']}"}
    address = f"{served.address.replace('http', 'ws', 1)}{path}"
    address += theirs.run if path.endswith("=") else ""
    async with connect(address, additional_headers=headers, proxy=None) as socket:
        said = str(await socket.recv())
        if path == "/ws":
            for topic in ("run", "runs"):
                wish = {"type": "subscribe", "id": topic, "topic": topic, "run": theirs.run}
                await socket.send(msgspec.json.encode(wish).decode())
        run = (await obey(served, "acme", StartRun(theirs.flow))).json()["run"]
        while "run_started" not in said:
            said += str(await socket.recv())
        await obey(served, "acme", CancelRun(run))

    assert served.house.runtime.owner.rpartition(":")[0] not in said


async def test_tenants_who_listen_are_told_no_more_of_what_is_served(
    served: Served, theirs: Theirs
) -> None:
    headers = {"Authorization": f"Bearer {served.words['acme']}"}
    address = f"{served.address.replace('http', 'ws', 1)}/ws"
    async with connect(address, additional_headers=headers, proxy=None) as socket:
        await socket.send('{"type": "subscribe", "id": "s", "topic": "services"}')
        told: dict[str, Any] = {}
        while told.get("type") != "event":
            told = msgspec.json.decode(await socket.recv())

    found = told["data"]["services"]
    assert {key for one in found for key in one} == {"service", "address", "health"}
    assert {one["address"] for one in found} == {served.address}


async def test_a_run_of_another_can_not_be_followed(served: Served, theirs: Theirs) -> None:
    address = f"{served.address.replace('http', 'ws', 1)}/events?run={theirs.run}&after=0"
    headers = {"Authorization": f"Bearer {served.words['umbrella']}"}

    async with connect(address, additional_headers=headers, proxy=None) as watcher:
        assert await watcher.recv() == "[]"
        with pytest.raises(ConnectionClosedError, match="no run"):
            await watcher.recv()


async def test_strangers_reach_only_what_a_tenant_leaves_open(
    served: Served, theirs: Theirs
) -> None:
    asked = (await served.ask("acme", "GET", "/inbox")).json()["questions"]
    links = [question["link"] for question in asked]
    async with served.client() as stranger:
        page = await stranger.get(links[0])
        replies = [
            await stranger.request(method, f"/tenants/acme{path}", json={})
            for method, path in addresses(served.house, {})
            if method == "GET" and not path.startswith(OPEN)
        ]
        nobody = await stranger.get("/tenants/nobody/answer/x")

    assert links[0].startswith(f"{served.address}/tenants/acme/answer/")
    assert (page.status_code, MARK in page.text) == (200, True)
    assert {reply.status_code for reply in replies} <= {404}
    assert [told(reply, theirs) for reply in replies] == [[]] * len(replies)
    assert nobody.status_code == 404


async def test_a_link_of_one_opens_nothing_of_another(served: Served, theirs: Theirs) -> None:
    (question,) = (await served.ask("acme", "GET", "/inbox")).json()["questions"]
    ticket = question["link"].rpartition("/")[2]

    async with served.client() as stranger:
        replies = [
            await stranger.get(f"{start}/answer/{ticket}") for start in ("", "/tenants/umbrella")
        ]

    assert [reply.status_code for reply in replies] == [403, 403]
    assert [told(reply, theirs) for reply in replies] == [[], []]


async def test_all_addresses_that_a_tenants_gateway_tells_strangers_lead_there(
    served: Served, theirs: Theirs
) -> None:
    hello = Flow.of([Block("out", "flow.output", {"value": "hello"})], name="Hello")
    flow = (await obey(served, "acme", StoreFlow(write(hello)))).json()["flow"]
    endpoint = {
        "name": "hello", "path": "/hello", "flow": flow, "access": "open", "answers": "later",
        "deprecation": {"since": 1, "successor": "/gateway/v2/hello"},
    }  # fmt: skip
    task = {"capability": "create", "arguments": {"endpoint": endpoint}}
    assert (await served.ask("acme", "POST", "/agents/api_gateway/tasks", task)).is_success

    async with served.client() as stranger:
        (version,) = (await stranger.get("/tenants/acme/gateway/")).json()["versions"]
        described = (await stranger.get(version["openapi"])).json()
        page = await stranger.get(version["docs"])
        begun = await stranger.post(f"{described['servers'][0]['url']}/hello")
        ended = await stranger.get(begun.headers["location"], headers={"Prefer": "wait=20"})

    assert version["openapi"] in page.text
    assert begun.json()["at"] == begun.headers["location"]
    assert "</tenants/acme/gateway/v1/docs#hello>" in begun.headers["link"]
    assert "</tenants/acme/gateway/v2/hello>" in begun.headers["link"]
    assert ended.json()["state"] == "succeeded"


async def test_an_admin_of_one_sees_to_the_users_of_one(served: Served, theirs: Theirs) -> None:
    auth = "/api/v1/auth"
    async with served.client("umbrella") as umbrella:
        theirs_too = [
            await umbrella.get(f"{auth}/users?tenant=acme"),
            await umbrella.get(f"{auth}/keys?tenant=acme"),
            await umbrella.get(f"{auth}/audit?tenant=acme"),
            await umbrella.get(f"{auth}/audit?tenant=*"),
            await umbrella.get(f"{auth}/audit/verify"),
            await umbrella.get(f"{auth}/tenants"),
            await umbrella.post(f"{auth}/tenants", json={"name": "more"}),
            await umbrella.delete(f"{auth}/tenants/acme"),
        ]
        own = (await umbrella.get(f"{auth}/users")).json()["items"]
        audit = (await umbrella.get(f"{auth}/audit")).json()["items"]

    assert [reply.status_code for reply in theirs_too] == [403] * len(theirs_too)
    assert [(user["name"], user["tenant"]) for user in own] == [("admin", "umbrella")]
    assert {entry["tenant"] for entry in audit} == {"umbrella"}
    house = await served.ask("owner", "GET", f"{auth}/users?tenant=acme")
    assert [user["tenant"] for user in house.json()["items"]] == ["acme"]


async def test_what_a_tenant_runs_knows_nothing_of_the_house(
    served: Served, theirs: Theirs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "the key of the house")
    monkeypatch.setenv("HEDDLE_SECRET_GITHUB", "the secret of the house")
    async with served.tenancy.entered("acme") as opened:
        house = opened.house
        names = house.runtime.connections.names()
        kinds = {kind.kind for kind in house.runtime.connections.overview().kinds}
        with pytest.raises(Exception, match="no secret 'github'"):
            house.runtime.connections.secret("github")

    assert names == (f"c-{MARK}",)
    assert "mcp" not in kinds
    home = str(served.house.settings.folder / "tenants" / "acme")
    granted = (house.settings.home, house.grants.folder, *house.grants.reads, *house.grants.writes)
    assert all(path.startswith(home) for path in granted)
    assert house.settings.database_url == house.settings.redis_url == ""


async def test_files_of_the_house_can_not_be_asked_for(served: Served, theirs: Theirs) -> None:
    command = {
        "command": "start_run", "flow": theirs.flow,
        "grants": {"reads": [str(served.house.settings.folder)]},
    }  # fmt: skip

    reply = await served.ask("acme", "POST", "/commands", command)

    assert (reply.status_code, reply.json()["title"]) == (400, "TooMuch")


async def test_idle_houses_are_closed_and_opened_again(served: Served, theirs: Theirs) -> None:
    await served.ask("umbrella", "GET", "/runs")
    assert {"acme", "umbrella"} <= set(served.tenancy.open)
    served.tenancy.idle = 0.0

    await served.tenancy.close_idle()

    assert set(served.tenancy.open) == {"acme"}, "a run waits for an answer there"
    assert (await served.ask("umbrella", "GET", "/runs")).status_code == 200


async def test_a_tenant_that_is_removed_is_let_in_no_more(served: Served) -> None:
    await served.access.people.add_tenant("brief", BY)
    await served.access.people.add("brief", "admin", "admin", PASSWORD, BY)
    word = (await served.login("admin", tenant="brief")).json()["access_token"]
    assert (await served.ask(word, "GET", "/runs")).status_code == 200

    assert (await served.ask("owner", "DELETE", "/api/v1/auth/tenants/brief")).is_success
    await served.tenancy.close_idle()

    assert (await served.ask(word, "GET", "/runs")).status_code == 401
    assert "brief" not in served.tenancy.open


async def test_nobody_finds_what_an_earlier_tenant_of_that_name_has_left(
    served: Served, database_url: str
) -> None:
    add, path = ("POST", "/api/v1/auth/tenants"), "/api/v1/auth/tenants/leaving"
    assert (await served.ask("owner", *add, {"name": "leaving"})).status_code == 201
    async with served.tenancy.entered("leaving"):
        pass
    await served.ask("owner", "DELETE", path)
    await served.tenancy.close_idle()

    found = await served.ask("owner", *add, {"name": "leaving"})
    folder_of(served.house.settings.folder, "leaving").rename(
        served.house.settings.folder / "moved away"
    )
    moved = await served.ask("owner", *add, {"name": "leaving"})

    assert (found.status_code, found.json()["title"]) == (409, "Taken")
    assert moved.status_code == (409 if database_url else 201), "its schema is still there"


async def test_a_watcher_is_refused_without_a_proof(served: Served) -> None:
    address = f"{served.address.replace('http', 'ws', 1)}/tenants/acme/events"

    with pytest.raises(InvalidStatus) as refused:
        async with connect(address, proxy=None):
            pass

    assert refused.value.response.status_code == 404
