"""Connections to Roblox's Open Cloud: the key, and which experience and place are meant."""

from agents.swarm.studio_bridge.shapes import ROBLOX
from graph.connections import Connection, ConnectionField, ConnectionKind

CONNECTIONS = (
    ConnectionKind(
        ROBLOX,
        "Roblox Open Cloud",
        "mdi6.gamepad-square-outline",
        (
            ConnectionField(
                "key", "API key", "From the Creator Hub, under Open Cloud.", secret=True,
                required=True,
            ),
            ConnectionField("universe", "Universe", "The number of the experience."),
            ConnectionField("place", "Place", "The number of the place that is published."),
            ConnectionField(
                "creator", "Creator",
                "Whose assets become: user:123 or group:456, as the key allows.",
            ),
            ConnectionField(
                "address", "Address", "Only for a gateway of your own.", default="https://apis.roblox.com",
                editor="url",
            ),
        ),
        help="Publishing takes a key with universe-places:write, assets one with asset:read and "
        "asset:write, running scripts one with universe.place.luau-execution-session:write.",
        variables={"ROBLOX_API_KEY": "key"},
    ),
)  # fmt: skip


async def try_out(connection: Connection) -> str:
    """What Open Cloud says of the experience. Raises AgentError."""
    # 0.3 s of httpx2 that only whoever tries it out need spend.
    from agents.contract import Grants  # noqa: PLC0415 - see above
    from agents.manager.alone import alone  # noqa: PLC0415 - see above
    from agents.swarm.studio_bridge.cloud import CloudAgent  # noqa: PLC0415 - see above

    agent = CloudAgent(Grants(folder="."), alone())
    try:
        return await agent.universe(connection)
    finally:
        await agent.close()
