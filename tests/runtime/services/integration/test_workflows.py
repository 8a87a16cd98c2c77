"""Workflows over HTTP: begun, followed, listed, ended, and begun once for one key."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.runtime.services.integration.conftest import hub_of
from tests.runtime.services.integration.flows import FAILS, GREETS, LINGERS, WAITS
from tests.servers.heddle import Heddle


@pytest.fixture(autouse=True)
def templates(hub: httpx.Client) -> None:
    for name, flow in (("greets", GREETS), ("waits", WAITS)):
        hub.post("workflow/templates", json={"name": name, "flow": flow}).raise_for_status()


def over(hub: httpx.Client, workflow: str) -> dict[str, Any]:
    """A workflow once it is over."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        told: dict[str, Any] = hub.get(f"workflow/{workflow}").json()
        if told["status"] not in ("pending", "running", "waiting", "cancelling"):
            return told
        time.sleep(0.05)
    raise AssertionError(f"{workflow} doesn't end")


def test_a_workflow_is_begun_and_followed_to_its_end(server: Heddle, hub: httpx.Client) -> None:
    body = {"name": "greets", "description": "For Ada", "parameters": {"name": "Ada"}}

    made = hub.post("workflow/create", json=body)
    done = over(hub, made.json()["workflow_id"])

    assert made.status_code == 201
    assert made.json()["status"] in ("pending", "running", "succeeded")
    assert (done["status"], done["progress"], done["description"]) == ("succeeded", 1.0, "For Ada")
    assert done["parameters"] == {"name": "Ada"}
    (step,) = done["steps"]
    assert (step["step"], step["status"]) == ("keep", "done")
    assert step["ended_at"] >= step["began_at"]
    assert (server.home / done["result"]["file"]).read_text() == "Ada"


def test_the_same_key_begins_one_workflow_and_another_body_is_refused(hub: httpx.Client) -> None:
    headers = {"Idempotency-Key": "order-4711"}
    body = {"name": "greets", "parameters": {"name": "Ada"}}

    first, again = [hub.post("workflow/create", json=body, headers=headers) for _ in range(2)]
    other = hub.post("workflow/create", json={"name": "greets"}, headers=headers)

    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"name": "greetz"}, "'greets'"),
        ({"name": "greets", "parameters": {"nam": 1}}, "'name'"),
        ({"name": "greets", "colour": 1}, "colour"),
        ({"parameters": {}}, "name"),
        ({"name": "../../etc/passwd"}, "no template"),
        ({"name": "'; DROP TABLE workflows; --"}, "no template"),
    ],
)
def test_what_cannot_be_begun_is_a_problem_that_says_where(
    hub: httpx.Client, body: dict[str, Any], says: str
) -> None:
    answer = hub.post("workflow/create", json=body)

    problem = answer.json()
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in f"{problem['detail']} {problem.get('cure')}"


@pytest.mark.parametrize(
    "path", ["wf_none", "..%2F..%2Fetc%2Fpasswd", "%27%20OR%201=1", "%00", "x" * 3000]
)
def test_an_unknown_workflow_is_not_found(hub: httpx.Client, path: str) -> None:
    answer = hub.get(f"workflow/{path}")

    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_workflow_can_be_ended(hub: httpx.Client) -> None:
    made = hub.post("workflow/create", json={"name": "waits"}).json()

    ended = hub.post(f"workflow/{made['workflow_id']}/cancel", json={"reason": "Not now."})

    assert ended.status_code == 200
    assert (ended.json()["status"], ended.json()["error"]) == ("cancelled", "Not now.")


def test_workflows_are_listed_newest_first(hub: httpx.Client) -> None:
    made = [hub.post("workflow/create", json={"name": "greets"}).json() for _ in range(3)]

    first = hub.get("workflows", params={"limit": 2})
    second = hub.get(first.url.join(first.links["next"]["url"]))

    listed = [
        row["workflow_id"] for answer in (first, second) for row in answer.json()["workflows"]
    ]
    assert listed[:3] == [one["workflow_id"] for one in reversed(made)]


def test_templates_say_what_they_take(hub: httpx.Client) -> None:
    told = {one["name"]: one for one in hub.get("workflow/templates").json()["templates"]}

    assert told["greets"]["steps"] == ["keep"]
    assert told["greets"]["parameters"]["properties"]["name"]["default"] == "world"
    assert told["greets"]["own"] is False


def test_a_flow_that_is_none_is_refused_with_what_is_wrong(hub: httpx.Client) -> None:
    flow = {"heddle": 1, "blocks": {"a": {"kind": "no.such"}}}

    answer = hub.post("workflow/templates", json={"name": "broken", "flow": flow})

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["block"] == "a"


def test_a_body_that_is_too_large_is_refused(hub: httpx.Client) -> None:
    for headers in ({}, {"Idempotency-Key": "large"}):
        answer = hub.post(
            "workflow/create",
            content=b'{"name": "' + b"x" * 9_000_000 + b'"}',
            headers={"Content-Type": "application/json", **headers},
        )

        assert answer.status_code == 413


def test_what_is_old_and_over_is_cleaned_up(hub: httpx.Client) -> None:
    made = hub.post("workflow/create", json={"name": "greets"}).json()["workflow_id"]
    over(hub, made)
    body = {"source_platform": "roblox", "target_platform": "backend", "data": {"user_id": "1"}}
    hub.post("sync/trigger", json=body).raise_for_status()

    went = hub.post("maintenance/cleanup", json={"older_than_days": 0}).json()

    assert went["workflows"] >= 1
    assert went["runs"] >= 1
    assert went["caches"] == {"database_sync": 1}
    assert hub.get(f"workflow/{made}").status_code == 404


def test_a_server_that_was_killed_goes_on_with_its_workflows(tmp_path: Path) -> None:
    with Heddle(tmp_path) as server:
        with hub_of(server) as hub:
            hub.post("workflow/templates", json={"name": "waits", "flow": WAITS})
            headers = {"Idempotency-Key": "once"}
            body = {"name": "waits", "parameters": {"seconds": 1}}
            made = hub.post("workflow/create", json=body, headers=headers).json()
            _until_there(tmp_path / "first.txt")
        server.kill()
        server.start()
        with hub_of(server) as hub:
            done = over(hub, made["workflow_id"])
            again = hub.post("workflow/create", json=body, headers=headers).json()

    assert done["status"] == "succeeded"
    assert again["workflow_id"] == made["workflow_id"]
    assert (tmp_path / "second.txt").exists()


def test_a_server_that_was_killed_while_it_undid_undoes_the_rest(tmp_path: Path) -> None:
    with Heddle(tmp_path) as server:
        with hub_of(server) as hub:
            hub.post("workflow/templates", json={"name": "fails", "flow": FAILS})
            made = hub.post("workflow/create", json={"name": "fails"}).json()
            _until_there(tmp_path / "undone_second.txt")
        server.kill()
        server.start()
        with hub_of(server) as hub:
            done = over(hub, made["workflow_id"])

    assert done["status"] == "undone"
    assert (tmp_path / "undone_first.txt").exists()
    assert [step["status"] for step in done["steps"]] == ["undone", "undone", "failed"]


def test_a_server_that_was_killed_while_it_cancelled_undoes_the_rest(tmp_path: Path) -> None:
    with Heddle(tmp_path) as server:
        with hub_of(server) as hub:
            hub.post("workflow/templates", json={"name": "lingers", "flow": LINGERS})
            made = hub.post("workflow/create", json={"name": "lingers"}).json()["workflow_id"]
            _until(lambda: _states(hub, made) == ["done", "done"])
            told = hub.post(f"workflow/{made}/cancel", json={"reason": "Not now."}).json()
            _until_there(tmp_path / "undone_second.txt")
        server.kill()
        server.start()
        with hub_of(server) as hub:
            done = over(hub, made)

    assert told["status"] == "cancelling"
    assert (done["status"], done["undone"]) == ("cancelled", True)
    assert done["error"] == "Not now. Undone: second, first."
    assert (tmp_path / "undone_first.txt").exists()
    assert [step["status"] for step in done["steps"]] == ["undone", "undone"]


def test_by_force_a_workflow_ends_at_once(hub: httpx.Client) -> None:
    hub.post("workflow/templates", json={"name": "lingers", "flow": LINGERS})
    made = hub.post("workflow/create", json={"name": "lingers"}).json()["workflow_id"]
    _until(lambda: _states(hub, made) == ["done", "done"])

    ended = hub.post(f"workflow/{made}/cancel", json={"force": True}).json()

    assert (ended["status"], ended["undone"]) == ("cancelled", False)
    assert [step["status"] for step in ended["steps"]] == ["done", "done"]


def _states(hub: httpx.Client, workflow: str) -> list[str]:
    return [step["status"] for step in hub.get(f"workflow/{workflow}").json()["steps"]]


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def _until_there(path: Path) -> None:
    _until(path.exists)
