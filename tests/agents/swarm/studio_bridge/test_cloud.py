"""Publishing and assets, against a server that holds callers to what Open Cloud documents."""

import re
from collections.abc import AsyncIterator
from email import message_from_bytes
from typing import Any

import msgspec
import pytest

from agents.contract import Grants
from agents.errors import NotGranted, Refused, Rejected, Unreachable
from agents.swarm.studio_bridge.cloud import CloudAgent
from agents.swarm.studio_bridge.cloud_blocks import assets, publish, upload_asset
from agents.swarm.studio_bridge.connections import try_out
from graph.connections import Connection
from graph.errors import BadInput
from tests.agents.conftest import Surroundings, means_in
from tests.agents.http.server import Received, Sent, WebServer, json_answer

PLACE = b"<roblox!\x89\xff\r\n\x1a\n\0\0"
PICTURE = b"\x89PNG\r\n"
PUBLISHING = re.compile(r"/universes/v1/(\d+)/places/(\d+)/versions")
PATHS = (
    "/universes/v1/11/places/22/versions",
    "/universes/v1/11/places/33/versions",
    "/universes/v1/12/places/22/versions",
    "/assets/v1/assets",
    "/assets/v1/operations/1",
    "/cloud/v2/universes/11",
)


class OpenCloud:
    """As much of apis.roblox.com as we use; `versions` and `assets` are what it was given."""

    def __init__(self) -> None:
        self.versions: list[tuple[str, str, str, bytes]] = []
        self.assets: list[dict[str, Any]] = []
        self.asked = 0
        self.refusal = ""
        self.busy = 0

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

    def _operation(self) -> Sent:
        self.asked += 1
        if self.asked < 2:
            return _json(200, {"path": "operations/1", "done": False})
        if self.refusal:
            error = {"code": 3, "message": self.refusal}
            return _json(200, {"path": "operations/1", "done": True, "error": error})
        response = {"assetId": "2205400862", "assetType": "Image"}
        return _json(200, {"path": "operations/1", "done": True, "response": response})


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
