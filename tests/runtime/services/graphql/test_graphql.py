"""Flows, runs and agents by one question: paged, bounded, and looked up at once."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import httpx
import pytest
import pytest_asyncio
from graphql import get_introspection_query
from strawberry.dataloader import DataLoader

from agents.contract import Grants
from graph.flow import Block, Flow
from runtime.journal.contract import FlowRow
from runtime.journal.memory import MemoryJournal
from runtime.runtime import Runtime
from runtime.services.graphql.schema import schema
from runtime.services.graphql.types import Surroundings, flows_at_once
from tests.runtime.engine.world import CATALOG, Plain
from tests.servers.heddle import Heddle

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENGINE = "/api/v1/workflows"


def flow(name: str) -> Any:
    blocks = {"one": {"kind": "flow.constant", "fields": {"value": name}}}
    return {"heddle": 1, "name": name, "blocks": blocks}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("home"), "--memory") as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(server: Heddle) -> AsyncIterator[httpx.AsyncClient]:
    async with server.client() as made:
        for name in ("a", "b", "c"):
            reply = await made.post(f"{ENGINE}/flows", json={"flow": flow(name)})
            body = {"flow": reply.json()["flow"]}
            run = (await made.post(f"{ENGINE}/runs", json=body)).json()["run"]
            while (await made.get(f"{ENGINE}/runs/{run}")).json()["state"] != "succeeded":
                pass
        yield made


async def asked(client: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    reply = await client.post("/graphql", json={"query": query, "variables": variables})
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_runs_come_with_their_flows(client: httpx.AsyncClient) -> None:
    answer = await asked(client, "{ runs { nodes { state flow { name text } } } }")

    nodes = answer["data"]["runs"]["nodes"]
    assert [node["flow"]["name"] for node in nodes] == ["c", "b", "a"]
    assert {node["state"] for node in nodes} == {"succeeded"}
    assert json.loads(nodes[0]["flow"]["text"])["name"] == "c"


async def test_pages_follow_each_other_by_cursor(client: httpx.AsyncClient) -> None:
    query = """query($after: String!) {
      flows(first: 2, after: $after) {
        nodes { name } pageInfo { hasNextPage endCursor }
      }
    }"""

    first = (await asked(client, query, after=""))["data"]["flows"]
    rest = (await asked(client, query, after=first["pageInfo"]["endCursor"]))["data"]["flows"]

    assert [node["name"] for node in first["nodes"]] == ["c", "b"]
    assert first["pageInfo"]["hasNextPage"]
    assert [node["name"] for node in rest["nodes"]] == ["a"]
    assert not rest["pageInfo"]["hasNextPage"]


async def test_one_run_is_told_with_its_tasks_and_events(client: httpx.AsyncClient) -> None:
    (node,) = (await asked(client, '{ runs(flow: "a") { nodes { id } } }'))["data"]["runs"]["nodes"]
    query = """query($id: ID!) {
      run(id: $id) { name events }
      tasks(run: $id) { task state }
      events(run: $id, first: 2) { event seq data }
    }"""

    data = (await asked(client, query, id=node["id"]))["data"]

    assert data["run"] == {"name": "a", "events": 3}
    assert data["tasks"] == [{"task": "one", "state": "finished"}]
    assert [one["event"] for one in data["events"]] == ["run_started", "task_finished"]
    assert data["events"][0]["data"]["run"] == node["id"]


async def test_a_flow_is_told_with_its_runs_and_what_became_of_them(
    client: httpx.AsyncClient,
) -> None:
    query = """{
      flows(name: "b", first: 1) { nodes { runs(state: "succeeded", first: 2) { nodes {
        name events tasks { block state } happened(after: 1, first: 1) { event }
        flow { runs(first: 1) { nodes { state } } }
      } } } }
    }"""

    (node,) = (await asked(client, query))["data"]["flows"]["nodes"]

    assert node["runs"]["nodes"] == [
        {
            "name": "b",
            "events": 3,
            "tasks": [{"block": "one", "state": "finished"}],
            "happened": [{"event": "task_finished"}],
            "flow": {"runs": {"nodes": [{"state": "succeeded"}]}},
        }
    ]


async def test_agents_are_told_with_what_they_can_do(client: httpx.AsyncClient) -> None:
    data = (await asked(client, '{ agents { name state } agent(name: "files") { title } }'))["data"]

    assert {"name": "files", "state": "idle"} in data["agents"]
    assert data["agent"] == {"title": "Files"}


async def test_what_is_not_there_is_null(client: httpx.AsyncClient) -> None:
    query = '{ run(id: "nope") { name } flow(hash: "nope") { name } agent(name: "x") { name } }'

    assert (await asked(client, query))["data"] == {"run": None, "flow": None, "agent": None}


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("{ runs(first: 0) { nodes { id } } }", "BadArgument"),
        ("{ runs(first: 101) { nodes { id } } }", "BadArgument"),
        ('{ runs(state: "asleep") { nodes { id } } }', "BadArgument"),
        ('{ runs(after: "nonsense") { nodes { id } } }', "BadCursor"),
        ('{ tasks(run: "nope") { task } }', "UnknownRun"),
        ('{ events(run: "x", after: -1) { seq } }', "BadArgument"),
        ('{ flows { nodes { runs(state: "asleep") { nodes { id } } } } }', "BadArgument"),
    ],
)
async def test_what_cannot_be_answered_says_what_kind_of_error_it_is(
    client: httpx.AsyncClient, query: str, title: str
) -> None:
    (error,) = (await asked(client, query))["errors"]

    assert error["extensions"]["title"] == title


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{ __schema { types { " + "ofType { " * 16 + "name" + " }" * 19, "deep"),
        ("{ __schema { types { fields { type { fields { name } } } } } }", "within"),
        ("{ " + " ".join(f"a{n}: runs {{ nodes {{ id }} }}" for n in range(30)) + " }", "alias"),
        ("{ " + "agents { name } " * 400 + "}", "token"),
        ("{ " + " ".join(f"a{n}: flows(first: 100) {{ edges {{ node {{ name text hash }} }} }}"
                         for n in range(18)) + " }", "comes to"),
        (" ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(30))
         + " fragment F30 on Query { agents { name } } { ...F0 }", "fragments come to"),
        ("fragment F on Query { ...F } { ...F }", "itself"),
        ("{", "Syntax"),
        ("{ dance }", "dance"),
    ],
)  # fmt: skip
async def test_what_asks_too_much_or_nothing_is_refused(
    client: httpx.AsyncClient, query: str, said: str
) -> None:
    answer = await asked(client, query)

    assert answer["data"] is None
    assert said in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    "body",
    [{}, [], {"query": ""}, {"query": "x" * 20_001}, {"query": 7}, [{"query": "{ agents }"}],
     {"query": "{ agents { name } }", "more": 1}],
)  # fmt: skip
async def test_what_is_no_question_is_refused(client: httpx.AsyncClient, body: Any) -> None:
    reply = await client.post("/graphql", json=body)

    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")


async def test_only_who_is_let_in_may_ask_also_for_the_schema(
    server: Heddle, client: httpx.AsyncClient
) -> None:
    question = {"query": "{ __schema { queryType { name } } }"}
    async with server.client(token="wrong") as stranger:
        refused = await stranger.post("/graphql", json=question)
        sdl = await stranger.get("/graphql/sdl")

    told = await asked(client, question["query"])

    assert (refused.status_code, sdl.status_code) == (401, 401)
    assert told["data"]["__schema"]["queryType"]["name"] == "Query"
    assert "type Query" in (await client.get("/graphql/sdl")).text


async def test_tools_can_ask_for_the_whole_schema(client: httpx.AsyncClient) -> None:
    answer = await asked(client, get_introspection_query())

    assert "errors" not in answer
    assert "Run" in {kind["name"] for kind in answer["data"]["__schema"]["types"]}


async def test_events_of_a_run_are_told_until_its_end(client: httpx.AsyncClient) -> None:
    (node,) = (await asked(client, '{ runs(flow: "b") { nodes { id } } }'))["data"]["runs"]["nodes"]
    query = "subscription($id: ID!) { runEvents(run: $id) { event seq } }"
    body = {"query": query, "variables": {"id": node["id"]}}

    reply = await client.post("/graphql", json=body, headers={"Accept": "text/event-stream"})

    lines = [line for line in reply.text.splitlines() if line.startswith("data: ")]
    told = [json.loads(line[6:])["data"]["runEvents"]["event"] for line in lines]
    assert told == ["run_started", "task_finished", "run_succeeded"]
    assert reply.text.rstrip().endswith("event: complete\ndata:")


class Counting(MemoryJournal):
    """Counts how often it is asked for flows."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def flow(self, flow: str) -> FlowRow | None:
        self.asked += 1
        return await super().flow(flow)

    async def flows(self, *, among: Sequence[str] = (), **chosen: Any) -> list[FlowRow]:
        self.asked += 1
        return await super().flows(among=among, **chosen)


async def test_the_flows_of_many_runs_are_looked_up_at_once() -> None:
    journal = Counting()
    async with Runtime(CATALOG, journal, Plain(), grants=Grants(folder="/")) as runtime:
        for number in range(20):
            block = Block("a", "flow.constant", {"value": number})
            await runtime.ended(await runtime.start(Flow.of([block], name=f"f{number}")))
        journal.asked = 0
        around = Surroundings(runtime, DataLoader(load_fn=flows_at_once(runtime)))

        result = await schema.execute("{ runs(first: 20) { nodes { flow { name } } } }",
                                      context_value=around)  # fmt: skip

    assert result.errors is None
    assert len(result.data["runs"]["nodes"]) == 20
    assert journal.asked == 1
