"""The hub tells which services are gone, and which agents are reached by nobody without them."""

import os
import signal
from collections.abc import Iterator

import httpx
import pytest

from tests.runtime.services.integration.test_faults import is_not_well, is_well, told_once
from tests.servers.heddle import Heddle

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    """Other services of the hub's home, in a process of their own."""
    with Heddle(tmp_path_factory.mktemp("home"), "gateway", "visual") as made:
        yield made


@pytest.fixture(scope="module")
def server(beside: Heddle) -> Iterator[Heddle]:
    """The hub alone."""
    with Heddle(beside.home, "integration") as made:
        yield made


def test_a_service_that_hangs_is_told(beside: Heddle, hub: httpx.Client) -> None:
    told_once(hub, is_well)

    os.kill(beside.pid, signal.SIGSTOP)
    try:
        told_once(hub, is_not_well("api_gateway"))
    finally:
        os.kill(beside.pid, signal.SIGCONT)

    told_once(hub, is_well)


def test_services_that_are_killed_are_told_until_they_are_back(
    beside: Heddle, hub: httpx.Client
) -> None:
    told_once(hub, is_well)

    beside.kill()
    told_once(hub, is_not_well("api_gateway"))
    status = hub.get("status").json()
    checked = hub.post("health/check", json={"agents": ["api_gateway", "ui_sync"]}).json()
    beside.start()

    assert status["agents"]["api_gateway"]["status"] == "degraded"
    assert "heddle serve gateway" in status["agents"]["api_gateway"]["detail"]
    assert status["overall_health"] == "degraded"
    assert "heddle serve visual" in status["detail"]
    assert checked["agents"]["api_gateway"]["status"] == "degraded"
    assert checked["agents"]["ui_sync"]["status"] == "healthy", "nobody ever served it here"
    told_once(hub, is_well)
