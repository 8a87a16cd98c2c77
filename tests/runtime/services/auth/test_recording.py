"""Whatever is changed over HTTP is noted before it is told to be done, and no secret is."""

from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import connect

from agents.tables import Tables
from graph.file_format import write
from graph.flow import Block, Flow
from runtime.access import bound
from runtime.commands import StartRun, StoreFlow
from tests.runtime.access.test_trail import _gone
from tests.runtime.services.auth.conftest import PASSWORD, Served

pytestmark = pytest.mark.asyncio(loop_scope="module")

AUTH = "/api/v1/auth"
FLOW = Flow.of([Block("a", "flow.constant", {"value": "a value of the flow"})], name="Noted")


async def trail(served: Served, **wanted: Any) -> list[dict[str, Any]]:
    async with served.client("owner") as client:
        items: list[dict[str, Any]] = (
            await client.get(f"{AUTH}/audit", params=wanted)
        ).json()["items"]  # fmt: skip
    return items


async def obey(served: Served, who: str, command: msgspec.Struct, **headers: str) -> Any:
    async with served.client(who, **headers) as client:
        return await client.post("/commands", content=msgspec.json.encode(command))


async def test_a_command_is_noted_by_its_name_and_the_run_it_was_for(served: Served) -> None:
    stored = (await obey(served, "runner", StoreFlow(write(FLOW)))).json()["flow"]
    reply = await obey(served, "runner", StartRun(stored), **{"X-Request-Id": "my-own"})

    (started,) = await trail(served, what="start_run", who="runner")

    assert reply.headers["x-request-id"] == "my-own"
    assert started["target"] == reply.json()["run"]
    assert (started["request"], started["outcome"]) == ("my-own", "done")
    assert started["address"] == "127.0.0.1"


async def test_what_is_refused_is_noted_too(served: Served) -> None:
    reply = await served.ask("viewer", "PUT", "/secrets/github", {"value": "hunter2 and more"})

    noted = (await trail(served, who="viewer", outcome="refused"))[0]

    assert reply.status_code == 403
    assert (noted["what"], noted["target"]) == ("PUT /secrets/{name}", "github")
    assert noted["detail"] == "status 403"


async def test_no_secret_is_ever_noted(served: Served) -> None:
    secret = "a secret that nobody else knows"
    await served.ask("admin", "PUT", "/secrets/github", {"value": secret})
    await served.login("nobody", secret)
    await served.ask("", "POST", "/answer/a-link-of-somebody")
    key = (await served.ask("admin", "POST", f"{AUTH}/keys", {"title": "ci"})).json()["key"]

    told = repr(await trail(served, limit=200))

    for word in (secret, PASSWORD, "a-link-of-somebody", key, *served.words.values()):
        assert word not in told


async def test_strangers_fill_the_trail_only_so_far(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = served.access.now() + 3600
    monkeypatch.setattr(served.access, "now", lambda: now)
    monkeypatch.setattr(bound, "MOST", 3)
    asked = {"what": "POST /answer/{token}", "since": now, "limit": 50}

    replies = [await served.ask("", "POST", "/answer/x") for _ in range(8)]
    at_first = await trail(served, **asked)
    refused = await served.ask("viewer", "PUT", "/secrets/github", {"value": "x"})
    by_name = await trail(served, who="viewer", since=now)
    now += bound.MINUTE
    await served.ask("", "POST", "/answer/x")
    (last, *before) = await trail(served, **asked)

    assert {reply.status_code for reply in replies} == {403}
    assert len(at_first) == 3
    assert (refused.status_code, len(by_name)) == (403, 1)
    assert before == at_first
    assert last["detail"] == "status 403; 5 more of strangers before it weren't noted"


async def test_the_use_of_what_is_open_to_others_is_no_deed(served: Served) -> None:
    stored = (await obey(served, "runner", StoreFlow(write(FLOW)))).json()["flow"]
    endpoint = {"name": "some", "path": "/some", "flow": stored, "access": "open"}
    task = {"capability": "create", "arguments": {"endpoint": endpoint}}
    made = await served.ask("runner", "POST", "/agents/api_gateway/tasks", task)
    assert made.is_success, made.text

    used = await served.ask("", "POST", "/gateway/v1/some", {})
    failed = await served.ask("", "POST", "/gateway/v1/nowhere", {})

    assert (used.status_code, failed.status_code) == (200, 404)
    assert [one["outcome"] for one in await trail(served, text="gateway/")] == ["failed"]


async def test_what_is_changed_over_a_websocket_is_noted_before_it_is_acknowledged(
    served: Served,
) -> None:
    given = {"Authorization": f"Bearer {served.words['runner']}", "X-Request-Id": "my-socket"}
    mutate = {"type": "mutate", "component": "cart", "base": 0, "merge": {"tea": "a value"}}
    address = f"{served.address.replace('http', 'ws', 1)}/ui/live"
    async with connect(address, additional_headers=given, proxy=None) as socket:
        await socket.recv()
        for said in (mutate | {"id": "a"}, mutate | {"id": "b", "patch": []}):
            await socket.send(msgspec.json.encode(said).decode())
        answers = [msgspec.json.decode(await socket.recv())["type"] for _ in range(2)]
        failed, done = await trail(served, what="mutate_component")

    assert answers == ["acknowledged", "rejected"]
    assert [(one["who"], one["target"], one["request"]) for one in (done, failed)] == [
        ("runner", "cart", "my-socket"), ("runner", "cart", "my-socket"),
    ]  # fmt: skip
    assert (done["outcome"], done["detail"]) == ("done", "version 1")
    assert (failed["outcome"], failed["detail"]) == ("failed", "BadInput")
    assert "a value" not in repr((done, failed))


async def test_a_socket_that_only_listens_is_not_noted(served: Served) -> None:
    before = (await trail(served, limit=1))[0]["seq"]
    given = {"Authorization": f"Bearer {served.words['viewer']}"}
    address = f"{served.address.replace('http', 'ws', 1)}/ws"
    async with connect(address, additional_headers=given, proxy=None) as socket:
        await socket.send('{"type": "subscribe", "id": "all", "topic": "runs"}')
        await socket.recv()

    assert (await trail(served, limit=1))[0]["seq"] == before


async def test_reading_is_not_noted(served: Served) -> None:
    before = (await trail(served, limit=1))[0]["seq"]
    for path in ("/runs", "/blocks", f"{AUTH}/users"):
        await served.ask("admin", "GET", path)

    assert (await trail(served, limit=1))[0]["seq"] == before


async def test_a_question_is_not_noted_however_it_is_asked(served: Served) -> None:
    reply = await served.ask("viewer", "POST", "/graphql", {"query": "{ runs { items { run } } }"})

    assert reply.status_code == 200
    assert await trail(served, text="graphql") == []


async def test_what_an_agent_is_told_to_do_is_noted_by_name_and_what_it_is_asked_is_not(
    served: Served,
) -> None:
    said = {"capability": "broadcast", "arguments": {"channels": ["news"], "event": "said"}}
    asked = {"capability": "statistics"}
    at = "/agents/realtime_update/tasks"
    async with served.client("runner") as client:
        for task in (said, asked):
            assert (await client.post(at, json=task)).is_success
        unknown = await client.post(at, json={"capability": "shout"})

    assert unknown.status_code == 422
    (failed, done) = await trail(served, text="realtime_update", who="runner")
    assert (done["what"], done["outcome"]) == ("realtime_update.broadcast", "done")
    assert (failed["what"], failed["outcome"]) == ("realtime_update.shout", "failed")


async def test_changes_of_users_are_noted_once_and_by_name(served: Served) -> None:
    said = {"name": "eva", "role": "viewer", "password": PASSWORD}
    await served.ask("admin", "POST", f"{AUTH}/users", said)
    await served.ask("admin", "POST", f"{AUTH}/users", said)

    added = await trail(served, text="eva")
    failed = (await trail(served, who="admin", outcome="failed"))[0]

    assert [(one["what"], one["target"]) for one in added] == [("add_user", "eva as viewer")]
    assert failed["what"] == "POST /api/v1/auth/users"


async def test_the_trail_is_whole_and_counted(served: Served) -> None:
    async with served.client("owner") as client:
        verdict = (await client.get(f"{AUTH}/audit/verify")).json()
        activity = (await client.get(f"{AUTH}/audit/activity")).json()

    assert verdict["entries"] > 3
    assert verdict["why"] == ""
    logins = {one["who"]: one["logins"] for one in activity}
    assert logins["runner"] >= 1


async def test_while_the_tables_are_away_what_is_done_is_noted_all_the_same(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(Tables, "do_now", _gone)
        reply = await obey(served, "owner", StoreFlow(write(FLOW)), **{"X-Request-Id": "away"})
    await served.ask("owner", "POST", "/agents/health")

    assert reply.status_code == 200
    assert "away" in [one["request"] for one in await trail(served, what="store_flow")]


async def test_a_request_that_names_itself_strangely_is_given_a_name(served: Served) -> None:
    async with served.client("owner", **{"X-Request-Id": "a\tb c" * 99}) as client:
        reply = await client.get("/health")

    assert len(reply.headers["x-request-id"]) == 16
