"""The app of the workflow engine."""

from litestar import Litestar

from runtime.services.house import House, app_of
from runtime.services.workflows.events import EVENTS
from runtime.services.workflows.flows import FLOWS
from runtime.services.workflows.runs import RUNS

PREFIX = "/api/v1/workflows"


def workflows(house: House) -> Litestar:
    """Flows and runs below /api/v1/workflows."""
    return app_of(house, "workflows", "Workflow engine", [FLOWS, RUNS, EVENTS], prefix=PREFIX)
