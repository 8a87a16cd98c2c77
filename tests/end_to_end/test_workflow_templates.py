"""The workflows across platforms against what they are for: a model, PostgreSQL, Redis, a page that
looks on, somebody who listens, and a Studio with our plugin in the real Luau VM."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psycopg
import pytest
import websockets

from tests.agents.swarm.studio_bridge.conftest import StartStudio, Studio, start_studio, until
from tests.servers.heddle import TOKEN, Heddle
from tests.servers.models import KEY, Models, Said
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

__all__ = ["start_studio"]

HUB = "/api/v1/integration"
LESSON = {"title": "Snakes", "content": "They are long.", "questions": ["How long?"]}


class House:
    """A server with all there is, and what a program asks of it."""

    def __init__(self, server: Heddle, client: httpx.AsyncClient, database: str) -> None:
        self.server = server
        self.client = client
        self.database = database

    async def task(self, agent: str, capability: str, **arguments: Any) -> Any:
        task = {"capability": capability, "arguments": arguments}
        answer = await self.client.post(f"/agents/{agent}/tasks", json=task)
        return answer.raise_for_status().json()

    async def begin(self, name: str, **parameters: Any) -> str:
        body = {"name": name, "parameters": parameters}
        made = await self.client.post(f"{HUB}/workflow/create", json=body)
        return str(made.raise_for_status().json()["workflow_id"])

    async def over(self, workflow: str) -> dict[str, Any]:
        """A workflow once it is over."""

        async def look() -> dict[str, Any] | None:
            told = (await self.client.get(f"{HUB}/workflow/{workflow}")).raise_for_status().json()
            return None if told["status"] in ("pending", "running") else told

        found: dict[str, Any] = await until(look, within=60)
        return found

    async def rows(self, statement: str) -> list[Any]:
        async with await psycopg.AsyncConnection.connect(self.database) as connection:
            return await (await connection.execute(statement)).fetchall()  # type: ignore[arg-type]

    async def pair(self, studio: Studio, project: str = "main") -> None:
        code = (await self.task("studio_bridge", "pair", project=project))["code"]
        await studio.do("pair", address=self.server.address, code=code)
        await studio.shows("Connected")

    @asynccontextmanager
    async def listening(self, path: str, *protocols: str) -> AsyncIterator[Any]:
        address = self.server.address.replace("http", "ws") + path
        words = [websockets.Subprotocol(one) for one in protocols]
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with websockets.connect(
            address, subprotocols=words or None, additional_headers=headers
        ) as line:
            yield line


@pytest.fixture(scope="module")
def around(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Heddle, Models, str]]:
    """A server with a database, a cache and a service of models; it takes a while to start."""
    database = postgres_server.new_database()
    with RedisServer() as redis, Models() as models:
        urls = {"DATABASE_URL": database, "REDIS_URL": redis.url, "OPENAI_BASE_URL": models.url}
        home = tmp_path_factory.mktemp("house")
        with Heddle(home, OPENAI_API_KEY=KEY, **urls) as server:
            yield server, models, database


@pytest.fixture
async def house(around: tuple[Heddle, Models, str]) -> AsyncIterator[House]:
    server, _, database = around
    async with server.client() as client:
        yield House(server, client, database)
        for agent in ("studio_bridge", "realtime_update"):
            await client.post(f"/agents/{agent}/restart")


@pytest.fixture
def models(around: tuple[Heddle, Models, str]) -> Models:
    return around[1]


async def heard(line: Any, **wanted: Any) -> Any:
    """The next message that says all that."""
    async with asyncio.timeout(30):
        async for message in line:
            told = json.loads(message)
            if all(told.get(name) == value for name, value in wanted.items()):
                return told
    raise AssertionError("the line was closed")


def states(told: dict[str, Any]) -> dict[str, str]:
    return {step["step"]: step["status"] for step in told["steps"]}


LESSON_STEPS = (
    "validate_input", "generate_content", "store_in_database", "update_frontend", "sync_to_roblox",
)  # fmt: skip


async def test_a_lesson_is_written_kept_shown_and_brought_to_studio(
    house: House, models: Models, start_studio: StartStudio
) -> None:
    models.then(Said(json.dumps(LESSON)))
    studio = await start_studio()
    await house.pair(studio)

    async with house.listening("/ui/live", "heddle.ui.1") as page:
        await page.send(json.dumps({"type": "subscribe", "component": "lessons/snakes-9"}))
        workflow = await house.begin(
            "content_generation",
            topic="Snakes", grade_level=9, model="openai/scripted-large", database=house.database,
        )  # fmt: skip
        await heard(page, type="state", version=0)
        shown = await heard(page, component="lessons/snakes-9", version=1)
        told = await house.over(workflow)

    assert states(told) == dict.fromkeys(LESSON_STEPS, "done"), told
    assert "Snakes" in json.dumps(shown)
    rows = await house.rows("SELECT title FROM lessons WHERE lesson_id = 'snakes-9'")
    assert rows == [("Snakes",)]
    path = "ReplicatedStorage/Lessons/snakes-9"
    source = await until(lambda: _source(studio, path))
    assert "They are long." in source


async def test_nothing_that_a_lesson_says_is_done_by_studio(house: House, models: Models) -> None:
    content = "]=====] .. os.clock() .. [=====[ and ]=====]"
    models.then(Said(json.dumps({**LESSON, "content": content})))

    workflow = await house.begin(
        "content_generation", topic="Moles", model="openai/scripted-large", database=house.database
    )
    assert (await house.over(workflow))["status"] == "succeeded"

    path = "ReplicatedStorage/Lessons/moles-9"
    source = (await house.task("studio_bridge", "script", name=path))["source"]
    text = source.partition("[=====[")[2].removesuffix("]=====])\n")
    assert "]=" not in text
    assert json.loads(text)["content"] == content


async def _source(studio: Studio, path: str) -> str:
    return (await studio.scripts()).get(path, "")


async def test_a_lesson_that_cannot_be_brought_to_studio_is_nowhere(
    house: House, models: Models
) -> None:
    models.then(Said(json.dumps(LESSON)))
    await house.client.post("/agents/studio_bridge/drain")

    workflow = await house.begin(
        "content_generation", topic="Newts", model="openai/scripted-large", database=house.database
    )
    told = await house.over(workflow)

    assert told["status"] == "undone", told
    assert states(told)["store_in_database"] == states(told)["update_frontend"] == "undone"
    assert "Undone: update_frontend, store_in_database." in told["error"]
    assert await house.rows("SELECT * FROM lessons WHERE lesson_id = 'newts-9'") == []
    component = await house.task("ui_sync", "get", component="lessons/newts-9")
    assert component["value"] is None


async def test_a_lesson_that_there_was_is_kept_and_shown_again(
    house: House, models: Models
) -> None:
    given = {"topic": "Toads", "model": "openai/scripted-large", "database": house.database}
    models.then(Said(json.dumps({**LESSON, "title": "Toads"})))
    first = await house.over(await house.begin("content_generation", **given))
    assert first["status"] == "succeeded", first
    rows = await house.rows("SELECT * FROM lessons WHERE lesson_id = 'toads-9'")
    shown = (await house.task("ui_sync", "get", component="lessons/toads-9"))["value"]
    await house.client.post("/agents/studio_bridge/drain")

    models.then(Said(json.dumps({**LESSON, "title": "Toads, worse"})))
    told = await house.over(await house.begin("content_generation", **given))

    assert told["status"] == "undone", told
    assert await house.rows("SELECT * FROM lessons WHERE lesson_id = 'toads-9'") == rows
    component = await house.task("ui_sync", "get", component="lessons/toads-9")
    assert (component["value"]["title"], component["value"]) == ("Toads", shown)


async def test_a_user_is_kept_and_those_who_listen_are_told(house: House) -> None:
    key = (await house.task("realtime_update", "statistics"))["key"]

    async with house.listening(f"/app/{key}?protocol=7&client=test&version=1") as line:
        await heard(line, event="pusher:connection_established")
        channel = {"event": "pusher:subscribe", "data": {"channel": "user-123"}}
        await line.send(json.dumps(channel))
        await heard(line, event="pusher_internal:subscription_succeeded")
        workflow = await house.begin("user_sync", database=house.database)
        event = await heard(line, event="user.updated", channel="user-123")
        told = await house.over(workflow)

    assert told["status"] == "succeeded", told
    assert json.loads(event["data"])["name"] == "Ada Lovelace"
    assert await house.rows("SELECT user_id, name FROM users") == [("123", "Ada Lovelace")]


async def test_a_user_that_nobody_can_be_told_of_is_as_before(house: House) -> None:
    await house.over(await house.begin("user_sync", database=house.database))
    changed = house.server.home / "user.json"
    user = {"user_id": "123", "name": "Somebody", "email": "some@example.org"}
    changed.write_text(json.dumps(user))
    await house.client.post("/agents/realtime_update/drain")

    workflow = await house.begin("user_sync", source="user.json", database=house.database)
    told = await house.over(workflow)

    assert told["status"] == "undone", told
    assert await house.rows("SELECT user_id, name FROM users") == [("123", "Ada Lovelace")]


SCRIPTS = {"ServerScriptService/Main.server.luau": "print('one')"}


async def test_scripts_are_deployed_and_confirmed_by_studio(
    house: House, start_studio: StartStudio
) -> None:
    studio = await start_studio()
    await house.pair(studio, "first")

    workflow = await house.begin("roblox_deployment", scripts=SCRIPTS, seconds=30, project="first")
    told = await house.over(workflow)

    assert told["status"] == "succeeded", told
    assert told["result"]["outcome"] == "Studio has all scripts."
    await studio.has(Main="print('one')\n")


MINE = {
    "kind": "Script", "name": "Main", "parent": "ServerScriptService", "source": "print('mine')\n",
}  # fmt: skip


async def test_scripts_that_studio_has_changed_meanwhile_are_taken_back(
    house: House, start_studio: StartStudio
) -> None:
    scripts = {"ServerScriptService/Main.server.luau": "print('theirs')"}
    given = {"scripts": scripts, "seconds": 60, "project": "second"}
    workflow = await house.begin("roblox_deployment", **given)
    studio = await start_studio(world=[{"make": MINE}])
    await house.pair(studio, "second")
    told = await house.over(workflow)

    assert told["status"] == "undone", told
    assert "ServerScriptService/Main" in told["error"]
