"""What agents that connect platforms can do is in the palette, but for what is no flow's step."""

import inspect
import re

import pytest

from graph.catalog import Catalog
from runtime.compose import INTEGRATION_AGENTS
from runtime.plugins import installed

NO_STEP = {
    # Keys and pairing codes are for one person: a run would record them.
    "api_gateway": {"make_key", "remove_key"},
    "studio_bridge": {"pair", "unpair", "plugin", "status"},
    # What the house is set to, and how it is looked after.
    "realtime_update": {"set_webhooks"},
    "coordinator": {"add_template", "counts", "forget"},
    # Parts of other blocks: *Define sync* says whether to notify, *Check schema* compares.
    "database_sync": {"install_triggers", "remove_triggers", "stats"},
    "schema_validator": {"compare"},
    "roblox_folder": {"look"},
}


@pytest.fixture(scope="module")
def palette() -> Catalog:
    return installed().catalog


@pytest.mark.parametrize("agent", INTEGRATION_AGENTS)
def test_what_an_agent_can_do_is_a_block(palette: Catalog, agent: str) -> None:
    modules = {inspect.getmodule(one.function) for one in palette if one.agent == agent}
    source = "".join(inspect.getsource(module) for module in modules if module)
    called = set(re.findall(r"\.(\w+)\(", source))
    capabilities = {one.name for one in INTEGRATION_AGENTS[agent].kind().capabilities()}

    assert capabilities - called == NO_STEP.get(agent, set())
