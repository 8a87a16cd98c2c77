"""Publishing and assets, against a server that holds callers to what Open Cloud documents."""

import re
from collections.abc import AsyncIterator
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest

from agents.contract import Grants
from agents.errors import NotGranted, Refused, Rejected, Throttled, Unavailable, Unreachable
from agents.swarm.studio_bridge.cloud import CloudAgent
from agents.swarm.studio_bridge.cloud_blocks import assets, publish, run, upload_asset
from agents.swarm.studio_bridge.connections import try_out
from agents.swarm.studio_bridge.running import MOST_PAGES, path_of_task
from graph.connections import Connection
from graph.errors import BadInput
from tests.agents.conftest import Surroundings, means_in
from tests.agents.http.server import Received, Sent, WebServer, json_answer

PLACE = b"<roblox!\x89\xff\r\n\x1a\n\0\0"
PICTURE = b"\x89PNG\r\n"
PUBLISHING = re.compile(r"/universes/v1/(\d+)/places/(\d+)/versions")
TASK = "universes/11/places/22/versions/7/luau-execution-sessions/3f-1/tasks/9a-2"
BELOW = "/cloud/v2/universes/11/places/22/"
RUNNING = re.compile(BELOW + r"(versions/\d+/)?luau-execution-session-tasks")
PATHS = (
    "/universes/v1/11/places/22/versions",
    "/universes/v1/11/places/33/versions",
    "/universes/v1/12/places/22/versions",
    "/assets/v1/assets",
    "/assets/v1/operations/1",
    "/cloud/v2/universes/11",
    f"{BELOW}luau-execution-session-tasks",
    f"{BELOW}versions/5/luau-execution-session-tasks",
    f"/cloud/v2/{TASK}",
    f"/cloud/v2/{TASK}/logs",
)


class OpenCloud:
    """As much of apis.roblox.com as we use; `versions` and `assets` are what it was given."""

    def __init__(self) -> None:
        self.versions: list[tuple[str, str, str, bytes]] = []
        self.assets: list[dict[str, Any]] = []
        self.asked = 0
        self.refusal = ""
        self.busy = 0
        self.scripts: list[tuple[str, dict[str, Any]]] = []
        self.outcome: dict[str, Any] = {"state": "COMPLETE", "output": {"results": [True, "ok"]}}
        self.logs: list[dict[str, Any]] = []
        self.silent = False

    def __call__(self, request: Received) -> Sent:
        if request.headers.get("x-api-key") != "the-key":
            return _json(401, {"message": "Invalid API Key"})
        if self.busy:
            self.busy -= 1
            return Sent(429, {"Retry-After": "0"}, b"{}")
        if match := PUBLISHING.fullmatch(request.path):
            return self._publish(request, *match.groups())
        if request.path == "/assets/v1/assets":
            return self._upload(request)
        if request.path == "/assets/v1/operations/1":
            return self._operation()
        if RUNNING.fullmatch(request.path):
            return self._run(request)
        if request.path == f"/cloud/v2/{TASK}":
            return self._task()
        if request.path == f"/cloud/v2/{TASK}/logs":
            return self._logs(request)
        if request.path == "/cloud/v2/universes/11":
            return _json(200, {"path": "universes/11", "displayName": "Obby"})
        return _json(404, {"errors": [{"code": 0, "message": "NotFound"}]})

    def _publish(self, request: Received, universe: str, place: str) -> Sent:
        binary = request.body.startswith(b"<roblox!")
        wanted = "application/octet-stream" if binary else "application/xml"
        if request.method != "POST" or request.headers["content-type"] != wanted:
            return _json(400, {"message": "Invalid request"})
        if request.query not in ("versionType=Saved", "versionType=Published"):
            return _json(400, {"message": "versionType is required"})
        if universe != "11":
            return _json(403, {"message": "The key may not write there"})
        self.versions.append((place, request.query, wanted, request.body))
        return _json(200, {"versionNumber": len(self.versions)})

    def _upload(self, request: Received) -> Sent:
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        parts: Any = message_from_bytes(head + request.body).get_payload()
        named = {part.get_param("name", header="content-disposition"): part for part in parts}
        wanted = msgspec.json.decode(named["request"].get_payload(decode=True))
        if set(wanted["creationContext"]["creator"]) not in ({"userId"}, {"groupId"}):
            return _json(400, {"message": "creator"})
        file = named["fileContent"]
        self.assets.append(wanted | {"media": file.get_content_type(),
                                     "content": file.get_payload(decode=True)})  # fmt: skip
        return _json(200, {"path": "operations/1", "operationId": "1", "done": False})

    def _run(self, request: Received) -> Sent:
        wanted = msgspec.json.decode(request.body)
        kind = request.headers["content-type"]
        if (request.method, kind, set(wanted)) != (
            "POST",
            "application/json",
            {"script", "timeout"},
        ):
            return _json(400, {"code": "INVALID_ARGUMENT", "message": "Invalid request"})
        if not re.fullmatch(r"\d+s", wanted["timeout"]) or int(wanted["timeout"][:-1]) > 300:
            return _json(400, {"code": "INVALID_ARGUMENT", "message": "timeout"})
        self.scripts.append((request.path, wanted))
        return _json(200, {"path": TASK, "user": "7", "state": "QUEUED", **wanted})

    def _task(self) -> Sent:
        self.asked += 1
        return _json(200, {"path": TASK, **(self.outcome if self.asked > 1 else _PROCESSING)})

    def _logs(self, request: Received) -> Sent:
        if self.silent:
            return _json(403, {"code": "PERMISSION_DENIED", "message": "no scope"})
        query = parse_qs(request.query)
        if query["view"] != ["STRUCTURED"] or int(query["maxPageSize"][0]) > 10_000:
            return _json(400, {"code": "INVALID_ARGUMENT", "message": "view"})
        at = int(query.get("pageToken", ["0"])[0])
        page = [
            {"path": f"{TASK}/logs/1", "messages": [], "structuredMessages": self.logs[at : at + 1]}
        ]
        more = str(at + 1) if at + 1 < len(self.logs) else ""
        return _json(200, {"luauExecutionSessionTaskLogs": page, "nextPageToken": more})

    def _operation(self) -> Sent:
        self.asked += 1
        if self.asked < 2:
            return _json(200, {"path": "operations/1", "done": False})
        if self.refusal:
            error = {"code": 3, "message": self.refusal}
            return _json(200, {"path": "operations/1", "done": True, "error": error})
        response = {"assetId": "2205400862", "assetType": "Image"}
        return _json(200, {"path": "operations/1", "done": True, "response": response})


_PROCESSING = {"state": "PROCESSING"}


def _json(status: int, content: object) -> Sent:
    return json_answer(content, status)


@pytest.fixture
def cloud() -> OpenCloud:
    return OpenCloud()


@pytest.fixture
async def connection(cloud: OpenCloud) -> AsyncIterator[Connection]:
    async with WebServer() as web:
        web.on = dict.fromkeys(PATHS, cloud)
        yield connected(web.port)


def connected(port: int, **fields: str) -> Connection:
    known = {"key": "the-key", "universe": "11", "place": "22", "creator": "group:7",
             "address": f"http://127.0.0.1:{port}"}  # fmt: skip
    return Connection("mine", "roblox", known | fields, ("key",))


def changed(connection: Connection, **fields: str) -> Connection:
    return msgspec.structs.replace(connection, fields={**connection.fields, **fields})


async def test_a_place_is_published(
    context: Surroundings, cloud: OpenCloud, connection: Connection
) -> None:
    first = await publish(PLACE, connection, context)
    second = await publish(b"<roblox version='4'>", connection, context, live=False, place="33")

    assert (first.version, second.version) == (1, 2)
    assert cloud.versions == [
        ("22", "versionType=Published", "application/octet-stream", PLACE),
        ("33", "versionType=Saved", "application/xml", b"<roblox version='4'>"),
    ]


async def test_what_is_no_place_is_not_sent(
    context: Surroundings, cloud: OpenCloud, connection: Connection
) -> None:
    with pytest.raises(BadInput, match="no place file"):
        await publish(b"PK", connection, context)
    with pytest.raises(BadInput, match="no number of a place"):
        await publish(PLACE, connection, context, place="22/../33")
    assert cloud.versions == []


async def test_a_key_that_may_not_is_told(context: Surroundings, connection: Connection) -> None:
    with pytest.raises(Refused, match="Invalid API Key"):
        await publish(PLACE, changed(connection, key="another"), context)
    with pytest.raises(Refused, match="may not write there"):
        await publish(PLACE, changed(connection, universe="12"), context)


async def test_an_asset_is_uploaded_once_and_listed(
    context: Surroundings, cloud: OpenCloud, connection: Connection
) -> None:
    first = await upload_asset(PICTURE, "logo.png", connection, context)
    again = await upload_asset(PICTURE, "logo.png", connection, context)

    assert (first.asset, first.address, first.anew) == (
        "2205400862", "rbxassetid://2205400862", True,
    )  # fmt: skip
    assert (again.asset, again.anew) == ("2205400862", False)
    assert cloud.assets == [
        {"assetType": "Image", "displayName": "logo", "description": "",
         "creationContext": {"creator": {"groupId": "7"}}, "media": "image/png",
         "content": PICTURE}
    ]  # fmt: skip
    assert [one["name"] for one in await assets(context, contains="LO")] == ["logo"]
    assert await assets(context, contains="other") == []


async def test_an_asset_that_roblox_refuses_is_told_and_not_noted(
    context: Surroundings, cloud: OpenCloud, connection: Connection
) -> None:
    cloud.refusal = "The image was moderated"

    with pytest.raises(Rejected, match="moderated"):
        await upload_asset(PICTURE, "logo.png", connection, context)
    with pytest.raises(BadInput, match=r"logo\.exe"):
        await upload_asset(PICTURE, "logo.exe", connection, context)
    with pytest.raises(BadInput, match="whose"):
        await upload_asset(PICTURE, "a.png", changed(connection, creator="me"), context)
    assert await assets(context) == []


async def test_a_connection_is_tried_out(connection: Connection) -> None:
    assert await try_out(connection) == "The key opens Obby."


async def test_a_flow_that_is_confined_reaches_only_what_it_was_granted(
    tmp_path: Any, connection: Connection
) -> None:
    grants = Grants(folder="/", hosts=("example.org",), confines_connections=True)
    agent = CloudAgent(grants, means_in(tmp_path))

    with pytest.raises(NotGranted, match="mine"):
        await agent.publish(PLACE, connection)
    await agent.close()


async def test_it_waits_as_long_as_it_is_told_to(
    context: Surroundings, cloud: OpenCloud, connection: Connection
) -> None:
    cloud.busy = 1

    assert (await publish(PLACE, connection, context)).version == 1


async def test_a_cloud_that_cannot_be_reached_is_told(context: Surroundings) -> None:
    async with WebServer() as web:
        gone = connected(web.port)

    with pytest.raises(Unreachable):
        await publish(PLACE, gone, context)


async def test_a_script_is_run_in_a_place_and_told_with_what_it_said(
    context: Surroundings, cloud: OpenCloud, connection: Connection
) -> None:
    cloud.logs = [
        {"message": "looking", "createTime": "2026-01-02T03:04:05.678901234Z",
         "messageType": "OUTPUT"},
        {"message": "careful", "createTime": "?", "messageType": "WARNING"},
    ]  # fmt: skip

    made = await run("return true, 'ok'", connection, context, seconds=2.5)
    await run("return 1", connection, context, version=5)

    assert (made.results, made.succeeded, made.failure, made.version) == ([True, "ok"], True, "", 7)
    assert [(one["level"], one["text"], int(one["at"])) for one in made.lines] == [
        ("output", "looking", 1767323045), ("warning", "careful", 0),
    ]  # fmt: skip
    tasks = "luau-execution-session-tasks"
    assert cloud.scripts == [
        (f"{BELOW}{tasks}", {"script": "return true, 'ok'", "timeout": "3s"}),
        (f"{BELOW}versions/5/{tasks}", {"script": "return 1", "timeout": "60s"}),
    ]


async def test_a_script_that_fails_fails_the_block_or_is_reported(
    context: Surroundings, cloud: OpenCloud, connection: Connection
) -> None:
    error = {"code": "SCRIPT_ERROR", "message": "TaskScript:1: no Round"}
    cloud.outcome = {"state": "FAILED", "error": error}
    cloud.logs = [{"message": "Stack Begin", "messageType": "ERROR"}]

    with pytest.raises(BadInput, match="TaskScript:1: no Round") as failed:
        await run("error('no Round')", connection, context)
    made = await run("error('no Round')", connection, context, otherwise="report")

    assert failed.value.cure == "Stack Begin"
    assert (made.succeeded, made.results) == (False, [])
    assert made.failure == "SCRIPT_ERROR TaskScript:1: no Round"


async def test_a_script_is_never_begun_twice_by_itself(
    context: Surroundings, cloud: OpenCloud, connection: Connection
) -> None:
    cloud.busy = 1

    with pytest.raises(Throttled):
        await run("return 1", connection, context)
    assert cloud.scripts == []
    assert (await run("return 1", connection, context)).succeeded


async def test_what_it_gave_is_told_even_if_what_it_said_cannot_be(
    context: Surroundings, connection: Connection, cloud: OpenCloud
) -> None:
    cloud.silent = True

    made = await run("return 1", connection, context)

    assert made.results == [True, "ok"]
    assert "no scope" in made.lines[0]["text"]


async def test_of_what_it_said_so_much_is_asked_for(
    context: Surroundings, connection: Connection, cloud: OpenCloud
) -> None:
    cloud.logs = [{"message": "a", "messageType": "OUTPUT"}] * (MOST_PAGES + 5)

    made = await run("return 1", connection, context)

    assert len(made.lines) == MOST_PAGES


@pytest.mark.parametrize(
    ("script", "seconds"),
    [("", 1.0), ("return 1", 0.5), ("return 1", 301.0), ("x" * 5_000_000, 1.0)],
)
async def test_what_roblox_would_not_run_is_not_sent(
    context: Surroundings, cloud: OpenCloud, connection: Connection, script: str, seconds: float
) -> None:
    with pytest.raises(BadInput):
        await run(script, connection, context, seconds=seconds)
    assert cloud.scripts == []


async def test_a_place_to_ask_that_leads_elsewhere_is_not_followed() -> None:
    with pytest.raises(Unavailable):
        path_of_task({"path": "universes/11/places/22/../../../users/7"})
