"""What goes between platforms: schemas that break nothing, data, events."""

from typing import Any

import httpx

from tests.servers.heddle import TOKEN, Heddle

LESSON = {
    "schema_name": "lesson_content",
    "schema_type": "json_schema",
    "platform": "backend",
    "version": "1.0.0",
    "definition": {
        "type": "object",
        "properties": {
            "lesson_id": {"type": "string"},
            "title": {"type": "string"},
            "content": {"type": "string"},
        },
        "required": ["lesson_id", "title"],
    },
}


def test_a_schema_is_registered_once(hub: httpx.Client) -> None:
    first, again = [hub.post("schema/register", json=LESSON) for _ in range(2)]

    assert first.status_code == 201
    assert (first.json()["version"], first.json()["registered"]) == ("1.0.0", True)
    assert again.json()["registered"] is False


def test_a_schema_that_would_break_what_was_promised_says_where(hub: httpx.Client) -> None:
    hub.post("schema/register", json={**LESSON, "schema_name": "broken"})
    changed = {**LESSON["definition"], "required": ["lesson_id", "title", "content"]}  # type: ignore[dict-item]
    body = {**LESSON, "schema_name": "broken", "version": "", "definition": changed}

    answer = hub.post("schema/register", json=body)

    assert answer.status_code == 409
    assert answer.json()["title"] == "Incompatible"
    assert "content" in answer.json()["detail"]
    assert answer.json()["cure"]


def test_a_definition_that_is_no_schema_is_refused(hub: httpx.Client) -> None:
    answer = hub.post("schema/register", json={**LESSON, "schema_name": "x", "definition": 5})

    assert answer.status_code == 400


def test_a_platform_there_is_not_is_refused(hub: httpx.Client) -> None:
    body = {"source_platform": "backend", "target_platform": "moon", "data": {}}

    answer = hub.post("sync/trigger", json=body)

    assert answer.status_code == 400
    assert "target_platform" in answer.json()["detail"]


def test_data_that_is_not_as_its_schema_says_goes_nowhere(hub: httpx.Client) -> None:
    hub.post("schema/register", json={**LESSON, "schema_name": "checked"})
    body = {
        "source_platform": "backend",
        "target_platform": "frontend",
        "schema_name": "checked",
        "data": {"lesson_id": 5, "title": "T"},
    }

    answer = hub.post("sync/trigger", json=body)

    assert answer.status_code == 400
    assert "lesson_id" in answer.json()["detail"]


def test_an_event_needs_a_channel(hub: httpx.Client) -> None:
    answer = hub.post("event/broadcast", json={"event": "hello"})

    assert answer.status_code == 400
    assert "channel" in answer.json()["cure"]


def test_data_for_the_backend_is_kept_and_read_through_the_cache(hub: httpx.Client) -> None:
    data = {"user_id": "123", "preferences": {"theme": "dark"}}
    body = {"source_platform": "roblox", "target_platform": "backend", "data": data}

    answer = hub.post("sync/trigger", json=body)

    told = answer.json()
    assert answer.status_code == 200, told
    assert (told["status"], told["subject"]) == ("delivered", "user:123")
    (delivery,) = told["deliveries"]
    assert (delivery["agent"], delivery["status"]) == ("database_sync", "delivered")
    assert delivery["result"]["row"]["subject"] == "user:123"


def asked(server: Heddle, agent: str, capability: str, **arguments: Any) -> Any:
    """What an agent says, asked past the hub."""
    task = {"capability": capability, "arguments": arguments}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = f"{server.address}/agents/{agent}/tasks"
    return httpx.post(url, json=task, headers=headers, timeout=30).raise_for_status().json()


def test_data_for_the_frontend_is_shown_and_said(server: Heddle, hub: httpx.Client) -> None:
    data = {"user_id": "123", "preferences": {"theme": "dark"}}
    body = {"source_platform": "backend", "target_platform": "frontend", "data": data}

    answer = hub.post("sync/trigger", json=body)

    told = answer.json()
    assert (answer.status_code, told["status"], told["data"]) == (200, "delivered", data)
    assert [one["agent"] for one in told["deliveries"]] == ["ui_sync", "realtime_update"]
    assert asked(server, "ui_sync", "get", component="sync/user:123")["value"] == data
    said = asked(server, "realtime_update", "history", channel="sync-user-123")["events"]
    assert [one["name"] for one in said] == ["sync"]


def test_data_is_written_as_the_other_platform_has_it(server: Heddle, hub: httpx.Client) -> None:
    hub.post("schema/register", json={**LESSON, "schema_name": "lesson"}).raise_for_status()
    body = {
        "source_platform": "backend",
        "target_platform": "roblox",
        "schema_name": "lesson",
        "data": {"lesson_id": "snakes", "title": 'Snakes "1"'},
    }

    told = hub.post("sync/trigger", json=body).json()

    assert told["data"] == {"LessonId": "snakes", "Title": 'Snakes "1"'}
    assert told["subject"] == "lesson:snakes"
    path = "ReplicatedStorage/Heddle/lesson_snakes"
    source = asked(server, "studio_bridge", "script", name=path)["source"]
    assert source == '--!strict\nreturn {\n\tLessonId = "snakes",\n\tTitle = "Snakes \\"1\\"",\n}\n'


def test_what_some_cannot_take_is_partly_delivered(server: Heddle, hub: httpx.Client) -> None:
    body = {"source_platform": "backend", "target_platform": "frontend", "data": {"id": 5}}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    agent = f"{server.address}/agents/realtime_update"
    httpx.post(f"{agent}/drain", headers=headers, timeout=30).raise_for_status()

    told = hub.post("sync/trigger", json=body).json()
    httpx.post(f"{agent}/restart", headers=headers, timeout=30).raise_for_status()

    assert told["status"] == "partial"
    assert [one["status"] for one in told["deliveries"]] == ["delivered", "failed"]
    assert "taken out of work" in told["deliveries"][1]["detail"]


def test_an_event_reaches_its_channels(server: Heddle, hub: httpx.Client) -> None:
    body = {"channels": ["one", "two"], "channel": "one", "event": "hello", "data": {"a": 1}}

    told = hub.post("event/broadcast", json=body).json()

    assert told["channels"] == ["one", "two"]
    for channel in ("one", "two"):
        (said,) = asked(server, "realtime_update", "history", channel=channel)["events"]
        assert (said["name"], said["id"]) == ("hello", told["event_id"])
