"""Connections to apps of Pusher servers."""

from agents.contract import Grants
from agents.hosts import allow_connection
from agents.manager.alone import alone
from agents.swarm.realtime_update.credentials import address_of
from agents.swarm.realtime_update.signing import Credentials
from graph.connections import Connection, ConnectionField, ConnectionKind

PUSHER = "pusher"

CONNECTIONS = (
    ConnectionKind(
        PUSHER,
        "Pusher",
        "mdi6.broadcast",
        (
            ConnectionField("app_id", "App ID", "A number.", required=True),
            ConnectionField("key", "Key", "What clients name the app by.", required=True),
            ConnectionField(
                "secret", "Secret", "What requests are signed with.", secret=True, required=True
            ),
            ConnectionField(
                "cluster",
                "Cluster",
                "Such as eu or mt1; or the address of a server that speaks as Pusher does.",
                required=True,
                default="mt1",
            ),
        ),
        help="In Pusher's dashboard, under App Keys. PUSHER_APP_ID, PUSHER_KEY, PUSHER_SECRET and"
        " PUSHER_CLUSTER in the environment name the app of the house.",
    ),
)


def app_in(connection: Connection) -> tuple[Credentials, str]:
    """The app that a connection leads to, and its server's address. Raises BadInput."""
    app = Credentials(connection.get("app_id"), connection.get("key"), connection.get("secret"))
    return app, address_of(connection.get("cluster"))


def let_through(grants: Grants, connection: str, address: str) -> None:
    """Raises NotGranted where hosts bind connections, and this one's isn't among them."""
    scheme, _, place = address.partition("://")
    host, _, port = place.rpartition(":") if ":" in place else (place, "", "")
    usual = 443 if scheme == "https" else 80
    allow_connection(grants, connection, host.strip("[]"), int(port or usual))


async def try_out(connection: Connection) -> str:
    """Ask the server for the app's channels. Raises BlockError."""
    # 0.3 s of httpx that only whoever tries a connection need spend.
    from agents.swarm.realtime_update.outside import Pusher  # noqa: PLC0415 - see above

    app, address = app_in(connection)
    pusher = Pusher(app, address, alone().guards.of(f"realtime_update:{address}"))
    try:
        there = await pusher.channels()
    finally:
        await pusher.close()
    return f"It answers; {len(there)} channels are in use."
