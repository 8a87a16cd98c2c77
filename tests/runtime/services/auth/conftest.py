"""A whole house as `heddle serve` opens it, with people who have tokens."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from runtime.access.access import Access
from runtime.access.attempts import Rules
from runtime.access.passwords import Cost
from runtime.access.people import By
from runtime.access.principal import OWNER, ROLES
from runtime.compose import compose, granted
from runtime.plugins import installed
from runtime.services.doors import Wish, close, doors, opened, process_of
from runtime.services.house import House
from runtime.services.idempotency import Keys
from runtime.services.registry.registry import Registry, board_of
from runtime.services.tenancy import Tenancy
from runtime.services.tenant_house import tenant_house
from runtime.settings import Settings
from tests.runtime.access.conftest import own_schema

TOKEN = "the-owners-word"
PASSWORD = "correct horse battery"
BY = By(OWNER)


async def well() -> str:
    return ""


class Served:
    """A house, its people, and clients for each of them."""

    def __init__(self, house: House, access: Access, tenancy: Tenancy, address: str) -> None:
        self.house, self.access, self.tenancy, self.address = house, access, tenancy, address
        self.words: dict[str, str] = {"owner": TOKEN}

    def client(self, who: str = "", **headers: str) -> httpx.AsyncClient:
        """A client that gives somebody's word; nobody's when there is no name."""
        known = {"Authorization": f"Bearer {self.words.get(who, who)}"} if who else {}
        return httpx.AsyncClient(base_url=self.address, headers={**known, **headers})

    async def ask(self, who: str, method: str, path: str, json: Any = None) -> httpx.Response:
        async with self.client(who) as client:
            return await client.request(method, path, json=json)

    async def login(self, user: str, password: str = PASSWORD, tenant: str = "") -> httpx.Response:
        said = {"user": user, "password": password, "tenant": tenant}
        return await self.ask("", "POST", "/api/v1/auth/login", said)


@contextlib.asynccontextmanager
async def serving_house(folder: Path, database_url: str = "") -> AsyncIterator[Served]:
    """All services of a home on one port."""
    settings = Settings(home=str(folder), database_url=database_url, secrets_in="vault")
    grants = granted(folder)
    access = Access(folder, database_url, cost=Cost(1, 8, 1), rules=Rules(access=3600))
    made = doors((), Wish("127.0.0.1", 0, False, (), ""))
    address = made[0].listening.address
    keys, board = Keys(folder, database_url), board_of(folder, database_url)
    with contextlib.ExitStack() as at_end:
        at_end.callback(close, made)
        at_end.callback(keys.close)
        at_end.callback(board.close)
        async with compose(settings, grants, blocks=installed(settings.packs_folder)) as runtime:
            process = process_of(runtime.owner, made, "")
            registry = Registry(board, process, well)
            house = House(runtime, grants, settings, registry, keys, at_end, access=access)

            async def names() -> list[str]:
                return [tenant.name for tenant in await access.people.tenants()]

            tenancy = Tenancy(partial(tenant_house, house, address=address), names)
            async with tenancy, opened(made, house, TOKEN, tenancy):
                yield Served(house, access, tenancy, address)
            await access.close()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    return own_schema(request.getfixturevalue("postgres_url"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(
    tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> AsyncIterator[Served]:
    """One for all tests of a module, with a viewer, a runner and an admin who are logged in."""
    async with serving_house(tmp_path_factory.mktemp("house"), database_url) as served:
        for role in ROLES:
            await served.access.people.add("", role, role, PASSWORD, BY)
            served.words[role] = (await served.login(role)).json()["access_token"]
        yield served


def problem(reply: httpx.Response) -> Mapping[str, Any]:
    assert reply.headers["content-type"] == "application/problem+json", reply.text
    told: Mapping[str, Any] = reply.json()
    assert told["status"] == reply.status_code
    return told
