"""A real `heddle serve` for all tests of a module, and clients of its integration hub."""

from collections.abc import Iterator

import httpx
import pytest

from tests.servers.heddle import TOKEN, Heddle

PREFIX = "/api/v1/integration"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("hub")) as made:
        yield made


@pytest.fixture
def hub(server: Heddle) -> Iterator[httpx.Client]:
    """A client of the hub: paths are those below its prefix."""
    with hub_of(server) as client:
        yield client


def hub_of(server: Heddle, token: str = TOKEN) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{server.address}{PREFIX}/", headers=headers, timeout=30)
