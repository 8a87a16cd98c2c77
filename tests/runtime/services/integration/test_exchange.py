"""What goes between platforms: schemas that break nothing, data, events."""

import httpx

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
