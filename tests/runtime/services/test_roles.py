"""Every route takes a role: walked one by one, with whoever hasn't it, and with nobody."""

from collections.abc import AsyncIterator, Mapping

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler, WebsocketRouteHandler
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from agents.contract import Grants
from graph.errors import HeddleError
from runtime.access.principal import ROLES, Principal, Role, up_to
from runtime.commands import CancelRun, PruneRuns
from runtime.journal.memory import MemoryJournal
from runtime.runtime import Runtime
from runtime.services.control import control
from runtime.services.inbox import OPEN
from runtime.services.roles import Roles
from runtime.services.server import Listening, serving
from tests.runtime.engine.world import CATALOG, Plain

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLACES = {
    "wanted": "r",
    "name": "n",
    "task": "t",
    "hash": "h",
    "kind": "k",
    "token": "t",
    "path": "p",
}
"""What stands in addresses in the place of their parameters: nothing that is there."""


class People:
    """Knows viewers, runners and admins by the name of their role."""

    async def principal(self, word: str) -> Principal | None:
        if word == "unknowable":
            raise HeddleError("The users are away.", cure="Wait.")
        known: Mapping[str, Role] = {role: role for role in ROLES}
        return Principal(f"a {word}", up_to(known[word])) if word in known else None


class Route:
    """A method at an address, and the role it says it takes; "" for none."""

    def __init__(self, method: str, path: str, role: str) -> None:
        self.method, self.path, self.role = method, path, role

    @property
    def address(self) -> str:
        for name, value in PLACES.items():
            for kind in ("str", "path"):
                self.path = self.path.replace(f"{{{name}:{kind}}}", value)
        assert "{" not in self.path, f"say in PLACES what stands for the parameters of {self.path}"
        return self.path

    def __repr__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(app: Litestar) -> list[Route]:
    """All routes but those by which browsers ask what they may."""
    (roles,) = app.guards
    guard = getattr(roles, "func", roles)
    assert isinstance(guard, Roles)
    found = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:
            role = guard.of(handler) or ""
            if isinstance(handler, WebsocketRouteHandler):
                found.append(Route("WEBSOCKET", route.path, role))
            elif isinstance(handler, HTTPRouteHandler):
                methods = set(handler.http_methods) - {"OPTIONS"}
                found += [Route(str(method), route.path, role) for method in sorted(methods)]
    return found


class House:
    def __init__(self, app: Litestar, client: httpx.AsyncClient) -> None:
        self.routes = routes_of(app)
        self._client = client

    async def status(self, route: Route, word: str) -> int:
        """What a request to a route is answered, by somebody who gives that word."""
        headers = {"Authorization": f"Bearer {word}"} if word else {}
        if route.method == "WEBSOCKET":
            address = f"{self._client.base_url}".replace("http:", "ws:").rstrip("/") + route.address
            try:
                async with connect(address, additional_headers=headers, proxy=None):
                    return 101
            except InvalidStatus as refused:
                return refused.response.status_code
        reply = await self._client.request(route.method, route.address, headers=headers)
        if reply.status_code >= 400 and reply.headers["content-type"].startswith("application"):
            assert reply.headers["content-type"] == "application/problem+json"
        return reply.status_code

    async def obey(self, command: object, word: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {word}"}
        content = msgspec.json.encode(command)
        return await self._client.post("/commands", content=content, headers=headers)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    grants = Grants(folder="/")
    runtime = Runtime(CATALOG, MemoryJournal(), Plain(), grants=grants)
    listening = Listening("127.0.0.1", 0)
    app = control(runtime, grants)
    async with (
        runtime,
        serving(app, listening, "owner", free=(OPEN,), verifier=People()),
        httpx.AsyncClient(base_url=listening.address) as client,
    ):
        yield House(app, client)


async def test_no_route_is_without_a_role_but_those_whose_links_are_signed(house: House) -> None:
    without = {route.path for route in house.routes if not route.role}

    assert len(house.routes) > 40
    assert {path for path in without if not path.startswith(OPEN)} == set()


async def test_reading_takes_a_viewer_and_no_more(house: House) -> None:
    reading = [route for route in house.routes if route.method in ("GET", "WEBSOCKET")]

    assert {route.role for route in reading if not route.path.startswith(OPEN)} == {"viewer"}


async def test_changing_takes_more_than_a_viewer(house: House) -> None:
    changing = [route for route in house.routes if route.method in ("POST", "PUT", "DELETE")]

    wanted = {route.role for route in changing if not route.path.startswith(OPEN)}
    assert wanted == {"runner", "admin"}


async def test_who_keeps_secrets_and_restarts_agents_is_an_admin(house: House) -> None:
    asked = {f"{route!r}": route.role for route in house.routes}

    assert asked["PUT /secrets/{name:str}"] == "admin"
    assert asked["PUT /connections/{name:str}"] == "admin"
    assert asked["POST /agents/{name:str}/restart"] == "admin"


@pytest.mark.parametrize("role", [*ROLES])
async def test_every_route_refuses_whoever_has_less_than_its_role(house: House, role: Role) -> None:
    for route in house.routes:
        if not route.role:
            continue
        allowed = route.role in up_to(role)
        status = await house.status(route, role)
        assert (status in (401, 403)) == (not allowed), (route, role, status)


@pytest.mark.parametrize("word", ["", "nobody"])
async def test_every_route_refuses_whoever_is_not_known(house: House, word: str) -> None:
    for route in house.routes:
        if route.role:
            assert await house.status(route, word) == 401, route


async def test_a_refusal_for_want_of_a_role_names_it(house: House) -> None:
    reply = await house.obey(CancelRun("r"), "viewer")

    assert (reply.status_code, reply.json()["title"]) == (403, "NotAllowed")
    assert "runner" in reply.json()["detail"]


async def test_forgetting_runs_takes_an_admin(house: House) -> None:
    assert (await house.obey(PruneRuns(days=1), "runner")).status_code == 403
    assert (await house.obey(PruneRuns(days=1), "admin")).status_code == 200


async def test_who_makes_a_request_may_be_unknowable_for_now(house: House) -> None:
    reply = await house.obey(CancelRun("r"), "unknowable")

    assert (reply.status_code, reply.json()["detail"]) == (503, "The users are away.")


async def test_the_owner_may_everything(house: House) -> None:
    for route in house.routes:
        if route.role:
            assert await house.status(route, "owner") not in (401, 403), route
