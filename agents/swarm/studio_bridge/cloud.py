"""Speaks to Roblox's Open Cloud: publishes places, uploads assets, has scripts run."""

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import httpx2
import msgspec

from agents.bodies import Bounded
from agents.contract import Grants, Means
from agents.door import Door
from agents.errors import (
    AgentError,
    Overdue,
    Refused,
    Rejected,
    Unavailable,
    Unreachable,
    of_status,
)
from agents.hosts import allow_connection
from agents.swarm.studio_bridge.running import (
    MOST_PAGES,
    PAGE,
    QUEUED,
    Line,
    Ran,
    body_of,
    is_over,
    lines_of,
    path_of_task,
    ran,
)
from agents.swarm.studio_bridge.shapes import ROBLOX
from agents.worker import Worker, capability
from graph.connections import Connection
from graph.errors import BadInput

ADDRESS = "https://apis.roblox.com"

AssetKind = Literal["Image", "Decal", "Audio", "Model", "Video"]

LARGEST_PLACE = 100 * 1024 * 1024
LARGEST_ASSET = 20 * 1024 * 1024
LARGEST_ANSWER = 16 << 20
"""Bytes."""
PROCESSED = 120.0
"""Seconds that Roblox may take to look at an asset."""
BINARY_PLACE, XML_PLACE = b"<roblox!", b"<roblox "
"""How a place begins in a file."""

MEDIA = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "bmp": "image/bmp",
    "tga": "image/tga", "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav",
    "flac": "audio/flac", "fbx": "model/fbx", "gltf": "model/gltf+json",
    "glb": "model/gltf-binary", "rbxm": "model/x-rbxm", "mp4": "video/mp4", "mov": "video/mov",
}  # fmt: skip
"""What Roblox wants the files of assets to be called, by how their names end."""


class CloudAgent(Worker):
    """Around each question stands the guard of the host, `roblox_cloud:HOST`.

    Every method raises AgentError, and BadInput for what can't be asked.
    """

    kind: ClassVar[str] = "roblox_cloud"
    title: ClassVar[str] = "Roblox Open Cloud"

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        self._client: httpx2.AsyncClient | None = None
        self._opening = asyncio.Lock()

    async def close(self) -> None:
        """Close every connection."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    @capability("write")
    async def publish(
        self, content: bytes, connection: Connection, *, live: bool = True, place: str = ""
    ) -> int:
        """Make a place file the newest version of a place, seen by players if it is to be `live`.

        Gives the number of that version.
        """
        where = f"/universes/v1/{_number(connection, 'universe')}/places/"
        where += f"{_number(connection, 'place', place)}/versions"
        answer = await self._ask(
            connection,
            "POST",
            f"{where}?versionType={'Published' if live else 'Saved'}",
            content=_place(content),
            headers={"Content-Type": _place_type(content)},
        )
        version = answer.get("versionNumber")
        if not isinstance(version, int):
            raise Unavailable("Roblox took the place, but didn't say as which version.")
        return version

    @capability("write")
    async def upload(
        self,
        content: bytes,
        connection: Connection,
        *,
        name: str,
        file_name: str,
        kind: AssetKind,
        description: str = "",
    ) -> str:
        """Upload a file as an asset, and wait until Roblox has looked at it; gives its id."""
        wanted = {
            "assetType": kind,
            "displayName": name[:50],
            "description": description[:1000],
            "creationContext": {"creator": _creator(connection)},
        }
        files = {
            "request": (None, msgspec.json.encode(wanted), "application/json"),
            "fileContent": (file_name, _asset(content), _media(file_name)),
        }
        operation = await self._ask(connection, "POST", "/assets/v1/assets", files=files)
        return await self._processed(connection, operation)

    @capability("write")
    async def run(
        self,
        script: str,
        connection: Connection,
        *,
        seconds: float = 60.0,
        version: int = 0,
        place: str = "",
    ) -> Ran:
        """Have Roblox run a script in a place, for so long at most, and wait for what it gives.

        `version` is that of the place, 0 for the newest. What the script changes in the place is
        not kept; what it changes elsewhere, as in data stores, is.
        """
        where = f"/cloud/v2/universes/{_number(connection, 'universe')}/places/"
        where += _number(connection, "place", place) + (f"/versions/{version}" if version else "")
        # One that may have begun is not begun again: who asked decides.
        task = await self._ask(
            connection,
            "POST",
            f"{where}/luau-execution-session-tasks",
            content=body_of(script, seconds),
            headers={"Content-Type": "application/json"},
            again=False,
        )
        path = path_of_task(task)
        task = await self._ended(connection, task, f"/cloud/v2/{path}", seconds + QUEUED)
        return ran(task, await self._said(connection, f"/cloud/v2/{path}/logs"))

    @capability("read")
    async def universe(self, connection: Connection) -> str:
        """Ask what the experience of a connection is called; says what was found."""
        number = _number(connection, "universe")
        answer = await self._ask(connection, "GET", f"/cloud/v2/universes/{number}")
        return f"The key opens {answer.get('displayName') or number}."

    async def _ended(
        self, connection: Connection, task: Mapping[str, Any], path: str, within: float
    ) -> Mapping[str, Any]:
        """Ask until a task is over."""
        wait, left = 0.5, within
        while not is_over(task):
            if left <= 0:
                raise Overdue(
                    "Roblox hasn't said what became of the script.",
                    cure="It may be running still, or wait for others of the place to end.",
                )
            await asyncio.sleep(wait)
            left, wait = left - wait, min(wait * 1.5, 5.0)
            task = await self._ask(connection, "GET", path)
        return task

    async def _said(self, connection: Connection, path: str) -> list[Line]:
        """What a script said. That it can't be told takes nothing from what the script gave."""
        found, token = list[Line](), ""
        try:
            for _ in range(MOST_PAGES):
                query = str(
                    httpx2.QueryParams(view="STRUCTURED", maxPageSize=PAGE, pageToken=token)
                )
                page = await self._ask(connection, "GET", f"{path}?{query}")
                found += lines_of(page)
                token = str(page.get("nextPageToken") or "")
                if not token:
                    break
        except AgentError as error:
            found.append(Line("error", f"What else it said can't be told: {error}", 0.0))
        return found

    async def _processed(self, connection: Connection, operation: Mapping[str, Any]) -> str:
        """Ask until an asset was looked at."""
        wait, left = 0.5, PROCESSED
        while not operation.get("done"):
            path = str(operation.get("path", ""))
            if not path.startswith("operations/") or left <= 0:
                raise Overdue("Roblox hasn't said what becomes of the asset.")
            await asyncio.sleep(wait)
            left, wait = left - wait, min(wait * 2, 8.0)
            operation = await self._ask(connection, "GET", f"/assets/v1/{path}")
        found = operation.get("response") or {}
        if "assetId" not in found:
            error = operation.get("error") or {}
            raise Rejected(f"Roblox refuses the asset: {error.get('message', 'it says no more')}.")
        return str(found["assetId"])

    async def _ask(
        self,
        connection: Connection,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        files: Any = None,
        again: bool = True,
    ) -> Mapping[str, Any]:
        url = _address(connection)
        allow_connection(self.grants, connection.name, url.host, url.port or 443)
        client = await self._opened()

        async def ask() -> Mapping[str, Any]:
            try:
                response = await client.request(
                    method,
                    f"{str(url).rstrip('/')}{path}",
                    content=content,
                    files=files,
                    headers={"x-api-key": connection.get("key"), **(headers or {})},
                )
            except httpx2.TransportError as error:
                raise Unreachable(
                    f"{url.host} can't be reached: {str(error) or error.__class__.__name__}.",
                    cure="Look whether the network works.",
                ) from error
            return _read(response)

        return await self.means.guards.of(f"roblox_cloud:{url.host}").call(ask, again=again)

    async def _opened(self) -> httpx2.AsyncClient:
        async with self._opening:
            if self._client is None:
                trust = await asyncio.to_thread(httpx2.create_ssl_context)
                door = Door(httpx2.AsyncHTTPTransport(verify=trust))
                self._client = httpx2.AsyncClient(
                    transport=Bounded(door, Rejected, LARGEST_ANSWER),
                    headers={"User-Agent": "Heddle"},
                    timeout=httpx2.Timeout(120.0, connect=10.0),
                    trust_env=False,
                )
            return self._client


def _read(response: httpx2.Response) -> Mapping[str, Any]:
    try:
        said = msgspec.json.decode(response.content) if response.content else {}
    except msgspec.DecodeError:
        said = {}
    answer = said if isinstance(said, dict) else {}
    status = response.status_code
    if status >= 400:
        errors = answer.get("errors") or [{}]
        why = answer.get("message") or errors[0].get("message") or response.text[:200]
        cure = "Look what the key may do, for which experience, and from which addresses."
        raise of_status(
            f"Roblox answers {status}: {why}",
            status,
            wait=_seconds(response.headers.get("retry-after", "")),
            cure=cure if status in (401, 403) else "",
        )
    return answer


def _seconds(said: str) -> float | None:
    return float(said) if said.isdigit() else None


def _address(connection: Connection) -> httpx2.URL:
    if connection.kind != ROBLOX:
        raise BadInput(
            f"The connection {connection.name!r} is no connection to Roblox.",
            cure="Make one of the kind Roblox Open Cloud.",
        )
    if not connection.get("key"):
        raise Refused(f"The connection {connection.name!r} has no API key.")
    try:
        url = httpx2.URL(connection.get("address") or ADDRESS)
    except (httpx2.InvalidURL, UnicodeError):
        url = httpx2.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise BadInput(f"The address of the connection {connection.name!r} can't be read.")
    return url


def _number(connection: Connection, field: str, given: str = "") -> str:
    number = (given or connection.get(field)).strip()
    if not number.isdecimal() or not number.isascii():
        raise BadInput(
            f"{number!r} is no number of a {field}.",
            cure=f"The connection {connection.name!r} can name it; Studio and the Creator Hub "
            "show it.",
        )
    return number


def _creator(connection: Connection) -> dict[str, str]:
    who, _, number = connection.get("creator").partition(":")
    if who not in ("user", "group") or not number.isdecimal():
        raise BadInput(
            f"The connection {connection.name!r} doesn't say whose its assets become.",
            cure="Fill in its creator: user:123 or group:456.",
        )
    return {f"{who}Id": number}


def _place(content: bytes) -> bytes:
    if len(content) > LARGEST_PLACE:
        raise BadInput(f"A place file has at most {LARGEST_PLACE:,} bytes.")
    if not content.startswith((BINARY_PLACE, XML_PLACE)):
        raise BadInput(
            "That is no place file.", cure="Save the place in Studio as .rbxl or .rbxlx."
        )
    return content


def _place_type(content: bytes) -> str:
    return "application/octet-stream" if content.startswith(BINARY_PLACE) else "application/xml"


def _asset(content: bytes) -> bytes:
    if not content or len(content) > LARGEST_ASSET:
        raise BadInput(f"The file of an asset has 1 to {LARGEST_ASSET:,} bytes.")
    return content


def _media(file_name: str) -> str:
    ending = file_name.rpartition(".")[2].lower()
    if ending not in MEDIA:
        raise BadInput(
            f"Roblox takes no files like {file_name!r}.", cure=f"It takes {', '.join(MEDIA)}."
        )
    return MEDIA[ending]
