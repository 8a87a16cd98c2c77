"""The app of the hub, made of a house."""

from litestar import Litestar

from runtime.services.house import House, app_of
from runtime.services.integration.exchange import EXCHANGE
from runtime.services.integration.hub import Hub
from runtime.services.integration.overview import OVERVIEW
from runtime.services.integration.upkeep import UPKEEP
from runtime.services.integration.workflows import WORKFLOWS

PREFIX = "/api/v1/integration"


def integration_of(house: House) -> Litestar:
    """The integration hub of a house."""
    hub = Hub(house)
    hub.pulse.begin()
    house.at_end.callback(hub.pulse.end)
    tables = (OVERVIEW, WORKFLOWS, EXCHANGE, UPKEEP)
    return app_of(house, "integration", "Integration hub", tables, prefix=PREFIX, hub=hub)
