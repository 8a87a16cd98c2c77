"""PostgreSQL, Redis and an agent go away under load: what is told is true, nothing is lost."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.runtime.services.integration.conftest import hub_of
from tests.servers.heddle import Heddle
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.alone

PATIENCE = 60.0
"""Seconds within which the status has to turn: two on a free machine, but none is promised here."""


class Load:
    """Somebody who sends data to the backend all the time, and notes what was taken."""

    def __init__(self, server: Heddle) -> None:
        self._hub = hub_of(server)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._send)
        self.taken = list[int]()
        self.refused = list[int]()

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join(60)
        self._hub.close()

    def _send(self) -> None:
        for number in range(100_000):
            if self._ending.wait(0.02):
                return
            data = {"user_id": f"u{number}", "number": number}
            body = {"source_platform": "roblox", "target_platform": "backend", "data": data}
            answer = self._hub.post("sync/trigger", json=body)
            (self.taken if answer.status_code == 200 else self.refused).append(number)


@pytest.fixture
def server(
    own_postgres: PostgresServer, redis_server: RedisServer, tmp_path: Path
) -> Iterator[Heddle]:
    urls = {"DATABASE_URL": own_postgres.url(), "REDIS_URL": redis_server.url}
    with Heddle(tmp_path / "home", **urls) as made:
        yield made


def told_once(hub: httpx.Client, holds: Callable[[dict[str, Any]], bool]) -> None:
    """Ask for the status until it says something."""
    began = time.monotonic()
    while not holds(status := hub.get("status").json()):
        assert time.monotonic() - began < PATIENCE, status
        time.sleep(0.1)
    print(f"turned after {time.monotonic() - began:.2f} s")


def is_well(status: dict[str, Any]) -> bool:
    return bool(status["overall_health"] == "healthy")


def is_not_well(agent: str) -> Callable[[dict[str, Any]], bool]:
    return lambda status: status["agents"][agent]["status"] != "healthy"


def test_the_status_is_true_and_nothing_taken_is_lost_as_databases_come_and_go(
    server: Heddle, own_postgres: PostgresServer, redis_server: RedisServer
) -> None:
    with hub_of(server) as hub, Load(server) as load:
        told_once(hub, is_well)
        redis_server.stop()
        told_once(hub, is_not_well("database_sync"))
        redis_server.start()
        told_once(hub, is_well)
        own_postgres.stop(signal.SIGQUIT)
        told_once(hub, is_not_well("database_sync"))
        own_postgres.start()
        told_once(hub, is_well)
        taken = len(load.taken)
        _until(lambda: len(load.taken) > taken)

    with psycopg.connect(own_postgres.url()) as connection:
        rows = connection.execute("SELECT subject FROM platform_data").fetchall()
    assert {f"user:u{number}" for number in load.taken} <= {subject for (subject,) in rows}


def test_once_all_is_said_to_be_well_again_whoever_was_refused_is_served(
    server: Heddle, own_postgres: PostgresServer
) -> None:
    def asked() -> list[int]:
        component = hub.put(f"{server.address}/ui/components/note", json="kept")
        schema = {
            "schema_name": "note", "schema_type": "json_schema", "platform": "backend",
            "definition": {"type": "string"},
        }  # fmt: skip
        registered = hub.post("schema/register", json=schema)
        listed = hub.get("workflows")
        return [component.status_code, registered.status_code, listed.status_code]

    with hub_of(server) as hub:
        told_once(hub, is_well)
        own_postgres.stop(signal.SIGQUIT)
        _until(lambda: asked() == [503, 503, 503] and _open(hub) >= {"ui_sync", "coordinator"})
        own_postgres.start()
        told_once(hub, is_well)

        assert asked() == [200, 201, 200]


def test_an_agent_that_is_made_anew_is_asked_again(server: Heddle) -> None:
    with hub_of(server) as hub, hub_of(server) as control:
        told_once(hub, is_well)
        control.post(f"{server.address}/agents/schema_validator/drain").raise_for_status()
        told_once(hub, is_not_well("schema_validator"))
        control.post(f"{server.address}/agents/schema_validator/restart").raise_for_status()
        told_once(hub, is_well)


def _open(hub: httpx.Client) -> set[str]:
    """The agents that leave something outside alone."""
    breakers = hub.get("metrics").json()["breakers"]
    return {guard.partition(":")[0] for guard, state in breakers.items() if state == "open"}


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)
