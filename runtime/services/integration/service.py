"""The app of the hub, made of a house."""

from typing import Any

from litestar import Litestar, Request, Response, get

from runtime.services.described import described
from runtime.services.house import House, app_of
from runtime.services.integration.exchange import EXCHANGE
from runtime.services.integration.hub import Hub
from runtime.services.integration.overview import OVERVIEW
from runtime.services.integration.upkeep import UPKEEP
from runtime.services.integration.workflows import WORKFLOWS
from runtime.services.openapi_page import headers, page_of
from runtime.services.roles import ByRole

PREFIX = "/api/v1/integration"


@get("/docs", include_in_schema=False)
async def docs(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The API as a page for people."""
    document = described(request.app.openapi_schema.to_schema(), PREFIX)
    page = page_of(document, f"{PREFIX}/schema/openapi.json")
    return Response(page, media_type="text/html", headers=headers())


def integration_of(house: House) -> Litestar:
    """The integration hub of a house."""
    hub = Hub(house)
    for looking in (hub.pulse, hub.reach):
        looking.begin()
        house.at_end.callback(looking.end)
    tables = (OVERVIEW, WORKFLOWS, EXCHANGE, UPKEEP, ByRole(open=(docs,)))
    return app_of(house, "integration", "Integration hub", tables, prefix=PREFIX, hub=hub)
