"""The agent designer over HTTP: agents defined, kept by version, tried out, used by flows."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.servers.heddle import Heddle

pytestmark = pytest.mark.asyncio(loop_scope="module")

API, ENGINE = "/api/v1/designer", "/api/v1/workflows"
ECHO = {"model": "scripted/echo", "goal": "Say {task}.", "prompt": "You weave."}
SHOUT = {
    "heddle": 1,
    "name": "shout",
    "description": "Says a text aloud.",
    "blocks": {
        "text": {"kind": "flow.input", "fields": {"name": "text", "type": "text"}},
        "loud": {"kind": "text.case", "fields": {"style": "upper"}},
        "out": {"kind": "flow.output"},
    },
    "links": ["text.value -> loud.text", "loud.value -> out.value"],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(server: Heddle) -> AsyncIterator[httpx.AsyncClient]:
    async with server.client() as made:
        yield made


async def defined(client: httpx.AsyncClient, name: str, **draft: Any) -> Any:
    reply = await client.put(f"{API}/agents/{name}", json={**ECHO, **draft})
    assert reply.status_code == 200, reply.text
    return reply.json()


async def ran(client: httpx.AsyncClient, flow: Any, **inputs: Any) -> Any:
    stored = (await client.post(f"{ENGINE}/flows", json={"flow": flow})).json()["flow"]
    begun = await client.post(f"{ENGINE}/runs", json={"flow": stored, "inputs": inputs})
    return await outputs(client, begun.json()["run"])


async def outputs(client: httpx.AsyncClient, run: str) -> Any:
    reply = await client.get(f"{ENGINE}/runs/{run}/outputs", params={"wait": 30})
    assert reply.status_code == 200, reply.text
    return reply.json()["outputs"]


def using(name: str, **fields: Any) -> Any:
    return {
        "heddle": 1,
        "name": f"uses {name}",
        "blocks": {
            "task": {"kind": "flow.input", "fields": {"name": "task", "type": "text"}},
            "agent": {"kind": "agent.use", "fields": {"agent": name, **fields}},
            "out": {"kind": "flow.output", "fields": {"name": "answer"}},
            "run": {"kind": "flow.output", "fields": {"name": "run"}},
        },
        "links": [
            "task.value -> agent.task", "agent.answer -> out.value", "agent.run -> run.value",
        ],
    }  # fmt: skip


async def test_an_agent_is_defined_and_tried_out(client: httpx.AsyncClient) -> None:
    made = await defined(client, "weaver")

    trial = await client.post(f"{API}/agents/weaver/runs", json={"inputs": {"task": "warp"}})

    assert (made["version"], made["takes"], made["author"]) == (1, ["task"], "owner")
    assert trial.status_code == 202
    gave = await outputs(client, trial.json()["run"])
    assert "Say warp." in gave["answer"]
    assert gave["ended"] == "answered"


async def test_each_change_is_a_version_and_the_same_again_is_none(
    client: httpx.AsyncClient,
) -> None:
    first = await defined(client, "changing")
    same = await defined(client, "changing")
    second = await defined(client, "changing", prompt="You spin.")

    listed = (await client.get(f"{API}/agents/changing/versions")).json()
    before = (await client.get(f"{API}/agents/changing", params={"version": 1})).json()

    assert (first["version"], same["version"], same["known"], second["version"]) == (1, 1, True, 2)
    assert [one["version"] for one in listed] == [2, 1]
    assert before["definition"]["prompt"] == "You weave."


async def test_an_agent_uses_kept_flows_as_its_tools(client: httpx.AsyncClient) -> None:
    await client.post(f"{ENGINE}/flows", json={"flow": SHOUT})
    goal = 'use shout {"text": "{task}"}'.replace("{", "{{").replace("}", "}}")
    await defined(client, "shouter", goal=goal.replace("{{task}}", "{task}"), tools=["shout"])

    trial = await client.post(f"{API}/agents/shouter/runs", json={"inputs": {"task": "loom"}})

    gave = await outputs(client, trial.json()["run"])
    assert "LOOM" in gave["answer"]
    assert [step["tool"] for step in gave["steps"] if step["kind"] == "call"] == ["shout"]


async def test_flows_use_a_defined_agent_by_its_name(client: httpx.AsyncClient) -> None:
    await defined(client, "helper")

    gave = await ran(client, using("helper"), task="weft")

    inner = (await client.get(f"{ENGINE}/runs/{gave['run']}")).json()
    assert "Say weft." in gave["answer"]
    assert (inner["name"], inner["state"]) == ("agent helper", "succeeded")


async def test_a_flow_that_names_a_version_goes_on_using_it(client: httpx.AsyncClient) -> None:
    await defined(client, "pinned", goal="First {task}")
    await defined(client, "pinned", goal="Second {task}")

    old = await ran(client, using("pinned", version=1), task="x")
    new = await ran(client, using("pinned"), task="x")

    assert "First x" in old["answer"]
    assert "Second x" in new["answer"]


async def test_an_agent_that_was_taken_away_is_gone_but_for_its_versions(
    client: httpx.AsyncClient,
) -> None:
    await defined(client, "leaving")
    gone = await client.delete(f"{API}/agents/leaving")

    missing = await client.get(f"{API}/agents/leaving")
    still = await ran(client, using("leaving", version=1), task="bye")
    anew = await defined(client, "leaving")

    assert (gone.status_code, missing.status_code) == (204, 404)
    assert "Say bye." in still["answer"]
    assert anew["version"] == 3


async def test_an_agent_is_looked_at_without_being_kept(client: httpx.AsyncClient) -> None:
    looked = await client.post(f"{API}/agents/unkept/check", json=ECHO)

    assert looked.status_code == 200
    assert (await client.get(f"{API}/agents/unkept")).status_code == 404


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        ({"goal": "a {"}, "stands alone"),
        ({"tools": ["nowhere"]}, "nowhere"),
        ({"temperature": 9}, "temperature"),
        ({"limits": {"steps": 0}}, "steps"),
        ({"limits": {"stepz": 1}}, "stepz"),
        ({"fallbacks": ["x"] * 11}, "fallbacks"),
        ({"modle": "x"}, "modle"),
    ],
)
async def test_what_defines_no_agent_is_refused_with_the_reason(
    client: httpx.AsyncClient, draft: Any, said: str
) -> None:
    reply = await client.put(f"{API}/agents/wrong", json={**ECHO, **draft})

    assert 400 <= reply.status_code < 500
    assert said in reply.json()["detail"]
    assert (await client.get(f"{API}/agents/wrong")).status_code == 404


@pytest.mark.parametrize("name", ["9lives", "a.b", "x" * 65, "sp ace"])
async def test_a_name_has_the_letters_of_names(client: httpx.AsyncClient, name: str) -> None:
    reply = await client.put(f"{API}/agents/{name}", json=ECHO)

    assert (reply.status_code, reply.json()["title"]) == (422, "BadDefinition")


async def test_what_an_agent_is_not_given_is_told(client: httpx.AsyncClient) -> None:
    await defined(client, "needy", goal="{text} for {audience}")
    flow = using("needy")

    stored = (await client.post(f"{ENGINE}/flows", json={"flow": flow})).json()["flow"]
    body = {"flow": stored, "inputs": {"task": "x"}}
    run = (await client.post(f"{ENGINE}/runs", json=body)).json()["run"]
    reply = await client.get(f"{ENGINE}/runs/{run}/outputs", params={"wait": 30})

    assert reply.status_code == 409
    assert "text, audience" in reply.json()["detail"]


async def test_agents_come_a_page_at_a_time(client: httpx.AsyncClient) -> None:
    for name in ("zz1", "zz2", "zz3"):
        await defined(client, name)

    first = (await client.get(f"{API}/agents", params={"cursor": "zz", "limit": 2})).json()
    rest = (await client.get(f"{API}/agents", params={"cursor": first["next"]})).json()

    assert [one["definition"]["name"] for one in first["items"]] == ["zz1", "zz2"]
    assert [one["definition"]["name"] for one in rest["items"]] == ["zz3"]


async def test_the_studio_can_ask_for_the_names(client: httpx.AsyncClient) -> None:
    await defined(client, "named")

    reply = await client.post("/agents/defined_agents/tasks", json={"capability": "names"})

    assert "named" in reply.json()


async def test_a_trial_is_run_by_the_workflow_engine_wherever_that_is(server: Heddle) -> None:
    with Heddle(server.home, "designer") as apart, Heddle(server.home, "workflows") as engine:
        async with apart.client() as client, engine.client() as flows:
            await defined(client, "elsewhere")
            body = {"inputs": {"task": "far"}}
            run = (await client.post(f"{API}/agents/elsewhere/runs", json=body)).json()["run"]
            gave = await outputs(flows, run)

    assert "Say far." in gave["answer"]
