"""How the platforms are: status, health, agents, metrics."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.runtime.services.integration.conftest import PREFIX, hub_of
from tests.servers.heddle import Heddle


def test_the_status_says_how_every_agent_is(hub: httpx.Client) -> None:
    answer = hub.get("status")

    told = answer.json()
    assert answer.status_code == 200
    assert told["initialized"] is True
    assert told["agents"]["schema_validator"] == {"status": "healthy"}
    assert told["overall_health"] == "healthy"
    assert told["timestamp"].endswith("Z")
    at = datetime.fromisoformat(told["timestamp"])
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)


def test_without_the_agents_the_status_says_why(tmp_path: Path) -> None:
    with Heddle(tmp_path, SKIP_INTEGRATION_AGENTS="true") as server, hub_of(server) as hub:
        told = hub.get("status").json()
        refused = hub.post("workflow/create", json={"name": "user_sync"})
        services = {one["service"] for one in hub.get(f"{server.address}/services").json()}

    assert told["initialized"] is False
    assert told["agents"] == {}
    assert "SKIP_INTEGRATION_AGENTS" in told["detail"]
    assert "integration" in services
    assert "gateway" not in services, "nobody would be answered there"
    assert refused.status_code == 503
    assert "SKIP_INTEGRATION_AGENTS" in refused.json()["cure"]


def test_health_is_checked_of_all_or_some(hub: httpx.Client) -> None:
    every = hub.post("health/check", json={"level": "deep"}).json()
    one = hub.post("health/check", json={"agents": ["coordinator"]}).json()

    assert every["level"] == "deep"
    assert {"schema_validator", "coordinator"} <= set(every["agents"])
    assert every["agents"]["coordinator"]["response_time_ms"] < 1000
    assert list(one["agents"]) == ["coordinator"]


def test_an_unknown_agent_is_told_with_the_one_that_may_be_meant(hub: httpx.Client) -> None:
    answer = hub.post("health/check", json={"agents": ["cordinator"]})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "coordinator" in answer.json()["cure"]


def test_agents_come_page_by_page(hub: httpx.Client) -> None:
    answer = hub.get("agents", params={"limit": 1})
    found = [answer.json()["agents"][0]["name"]]
    while "next" in answer.links:
        answer = hub.get(answer.url.join(answer.links["next"]["url"]))
        found += [agent["name"] for agent in answer.json()["agents"]]

    assert found == sorted(set(found))
    assert {"coordinator", "schema_validator"} <= set(found)


def test_a_cursor_of_somebody_elses_is_refused(hub: httpx.Client) -> None:
    for path in ("agents", "workflows", "workflow/templates"):
        answer = hub.get(path, params={"cursor": "'; DROP TABLE workflows --"})

        assert answer.status_code == 400
        assert "next_cursor" in answer.json()["cure"]


def test_what_is_measured_is_told_as_json_and_as_prometheus_reads_it(hub: httpx.Client) -> None:
    told = hub.get("metrics").json()
    lines = hub.get("metrics", headers={"Accept": "text/plain;version=0.0.4"})

    assert told["agents"]["coordinator"]["status"] == "healthy"
    assert lines.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'heddle_integration_agent_health{agent="coordinator"} 1.0' in lines.text
    assert hub.get("metrics/prometheus").headers["content-type"] == lines.headers["content-type"]
    for line in lines.text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) \S+ .+|\w+\{(\w+="[^"]*",?)+\} [0-9.e+-]+', line), line


def test_the_openapi_document_names_all_there_is(hub: httpx.Client) -> None:
    document = hub.get("schema/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    paths = {path.removeprefix("/api/v1/integration/") for path in document["paths"]}
    assert {
        "status", "agents", "metrics", "health/check", "workflow/create", "workflow/templates",
        "workflow/{workflow_id}", "schema/register", "sync/trigger", "event/broadcast",
        "maintenance/cleanup",
    } <= paths  # fmt: skip


def test_without_the_token_nothing_is_told(hub: httpx.Client) -> None:
    for word in ("", "Bearer", "Bearer forged", "Basic YTpi"):
        answer = hub.get("status", headers={"Authorization": word})

        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_page_shows_all_that_the_document_says_to_anybody(server: Heddle) -> None:
    answer = httpx.get(f"{server.address}{PREFIX}/docs")
    with hub_of(server) as hub:
        document = hub.get("schema/openapi.json").json()

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    shown = re.findall(r'<span class="path">([^<]+)</span>', answer.text)
    assert set(shown) == set(document["paths"])
    assert "schema_name" in answer.text
    assert "<script" not in answer.text
