"""What the control service answers, as any HTTP client sees it."""

import msgspec
import pytest

from graph.file_format import write
from graph.flow import Block, Flow
from runtime.commands import AnyCommand, CancelRun, ReplayRun, StartRun, StoreFlow
from runtime.journal.contract import JournalFull, JournalGone
from runtime.services.house import LARGEST
from tests.runtime.services.conftest import Served

pytestmark = pytest.mark.asyncio(loop_scope="module")

FLOW = Flow.of(
    [Block("a", "t.slow", {"seconds": 60}), Block("out", "flow.output")],
    [("a.value", "out.value")],
    name="Slow",
)


async def told(served: Served, command: AnyCommand) -> dict[str, object]:
    async with served.client() as client:
        reply = await client.post("/commands", content=msgspec.json.encode(command))
    assert reply.status_code == 200, reply.text
    answer: dict[str, object] = reply.json()
    return answer


async def test_a_run_is_started_watched_and_ended_with_plain_json(served: Served) -> None:
    flow = (await told(served, StoreFlow(write(FLOW))))["flow"]
    run = (await told(served, StartRun(str(flow))))["run"]

    await told(served, CancelRun(str(run), "enough"))

    async with served.client() as client:
        events = (await client.get(f"/runs/{run}/events")).json()
        row = (await client.get(f"/runs/{run}")).json()
    assert [event["event"] for event in events] == ["run_started", "task_started", "run_cancelled"]
    assert (row["state"], row["summary"]) == ("cancelled", "enough")


async def test_events_after_one_can_be_asked_for(served: Served) -> None:
    run = await served.runtime.start(Flow.of([Block("a", "flow.constant", {"value": 1})]))
    await served.runtime.ended(run)

    async with served.client() as client:
        whole = (await client.get(f"/runs/{run}/events")).json()
        rest = (await client.get(f"/runs/{run}/events", params={"after": 1})).json()

    assert rest == whole[1:]


async def test_kinds_of_blocks_come_with_their_schema(served: Served) -> None:
    async with served.client() as client:
        all_of_them = (await client.get("/blocks")).json()
        one = (await client.get("/blocks/t.add")).json()

    assert len(all_of_them) == len(served.runtime.catalog)
    assert one["kind"] == "t.add"
    assert one["schema"]["properties"]["b"] == {"type": "number", "default": 1}


@pytest.mark.parametrize(
    ("body", "status", "title"),
    [
        (b"", 400, "Malformed"),
        (b"{", 400, "Malformed"),
        (b'{"command": "fly"}', 400, "Malformed"),
        (b'{"command": "start_run"}', 400, "Malformed"),
        (b'{"command": "start_run", "flow": "nope"}', 409, "NotPossible"),
        (b'{"command": "store_flow", "text": "{"}', 422, "FlowFileError"),
        (b'{"command": "resume_run", "run": "nope"}', 404, "UnknownRun"),
        (b'{"command": "cancel_run", "run": "nope"}', 409, "NotPossible"),
    ],
)
async def test_a_refusal_is_a_problem_document(
    served: Served, body: bytes, status: int, title: str
) -> None:
    async with served.client() as client:
        reply = await client.post("/commands", content=body)

    assert (reply.status_code, reply.json()["title"], reply.json()["status"]) == (
        status,
        title,
        status,
    )
    assert reply.headers["content-type"] == "application/problem+json"


async def test_every_problem_of_a_flow_is_told(served: Served) -> None:
    wrong = Flow.of([Block("a", "t.ad"), Block("b", "t.add", {"c": 1})])

    async with served.client() as client:
        command = msgspec.json.encode(StoreFlow(write(wrong)))
        refusal = (await client.post("/commands", content=command)).json()

    assert {problem["block"] for problem in refusal["problems"]} == {"a", "b"}


@pytest.mark.parametrize("path", ["/nowhere", "/runs/nope", "/runs/nope/events", "/flows/nope"])
async def test_what_is_not_there_is_not_found(served: Served, path: str) -> None:
    async with served.client() as client:
        reply = await client.get(path)

    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"


async def test_a_query_that_makes_no_sense_is_named(served: Served) -> None:
    async with served.client() as client:
        reply = await client.get("/runs", params={"limit": 0})

    assert reply.status_code == 400
    assert "limit" in reply.json()["detail"]


async def test_a_request_is_no_longer_than_a_flow_may_be(served: Served) -> None:
    async def endless() -> object:
        for _ in range(LARGEST // 1_000_000 + 2):
            yield b" " * 1_000_000

    async with served.client() as client:
        reply = await client.post("/commands", content=endless())  # type: ignore[arg-type]

    assert reply.status_code == 413


@pytest.mark.parametrize(
    ("grants", "says"),
    [
        ({"folder": "/"}, "folder"),
        ({"reads": ["/etc"]}, "reads"),
        ({"writes": ["/tmp"]}, "writes"),
        ({"resources": "/"}, "resources"),
        ({"hosts": 7}, "granted"),
    ],
)
async def test_nobody_is_granted_more_than_the_server(
    served: Served, grants: dict[str, object], says: str
) -> None:
    flow = (await told(served, StoreFlow(write(FLOW))))["flow"]

    async with served.client() as client:
        command = msgspec.json.encode(StartRun(str(flow), grants=grants))
        reply = await client.post("/commands", content=command)

    assert (reply.status_code, reply.json()["title"]) == (400, "TooMuch")
    assert says in reply.json()["detail"]


async def test_a_replay_is_granted_no_more_than_the_server(served: Served) -> None:
    async with served.client() as client:
        command = msgspec.json.encode(ReplayRun("any", grants={"reads": ["/etc"]}))
        reply = await client.post("/commands", content=command)

    assert (reply.status_code, reply.json()["title"]) == (400, "TooMuch")


async def test_less_may_be_granted(served: Served) -> None:
    flow = (await told(served, StoreFlow(write(FLOW))))["flow"]

    answer = await told(served, StartRun(str(flow), grants={"hosts": ["example.org"]}))

    assert answer["run"]


@pytest.mark.parametrize(("error", "status"), [(JournalGone, 503), (JournalFull, 507)])
async def test_trouble_with_the_journal_is_the_servers_own(
    served: Served, error: type[Exception], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(**_: object) -> None:
        raise error("It is away.")

    monkeypatch.setattr(served.runtime.journal, "runs", away)

    async with served.client() as client:
        assert (await client.get("/runs")).status_code == status


async def test_what_nobody_foresaw_is_logged_and_not_told(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(**_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(served.runtime.journal, "runs", broken)

    async with served.client() as client:
        reply = await client.get("/runs")

    assert reply.status_code == 500
    assert "secret detail" not in reply.text
    assert "secret detail" in caplog.text


async def test_the_service_describes_itself(served: Served) -> None:
    async with served.client() as client:
        described = (await client.get("/schema/openapi.json")).json()

    assert {"/commands", "/runs", "/blocks", "/health"} <= described["paths"].keys()
