"""Connections to web services: what is sent along, and to which host only."""

import base64
from collections.abc import Mapping
from urllib.parse import urlsplit

from agents.contract import Grants
from agents.errors import Refused, Rejected
from agents.manager.alone import alone
from graph.connections import Connection, ConnectionField, ConnectionKind
from graph.errors import BadInput

HTTP = "http"

CONNECTIONS = (
    ConnectionKind(
        HTTP,
        "Web service",
        "mdi6.web",
        (
            ConnectionField(
                "address",
                "Address",
                "https://api.example.org. What is secret is sent to this host alone.",
                required=True,
                editor="url",
            ),
            ConnectionField("token", "Token or password", "What lets you in.", secret=True),
            ConnectionField(
                "user", "User", "Fill this in where a user and a password are asked for."
            ),
            ConnectionField(
                "header",
                "Header",
                "The header that the token goes in; Authorization says “Bearer” before it.",
                default="Authorization",
            ),
        ),
        help="Look for “API keys” or “access tokens” in the settings of your account there.",
    ),
)


def with_credentials(
    connection: Connection | None, url: str, headers: Mapping[str, str]
) -> Mapping[str, str]:
    """The headers, and with them what lets the connection in at its own host.

    What the flow sets itself stays. Raises BadInput for an address of another host.
    """
    if connection is None:
        return headers
    if _origin(url) != _origin(connection.get("address")):
        raise BadInput(
            f"The connection {connection.name!r} is for {connection.get('address')}, and the "
            "address is another's.",
            cure="Choose the connection of that host, or none.",
        )
    credentials = _credentials(connection)
    given = {name.lower() for name in headers}
    return {n: v for n, v in credentials.items() if n.lower() not in given} | dict(headers)


def _credentials(connection: Connection) -> dict[str, str]:
    """The header that lets it in, none without a token."""
    token, user = connection.get("token"), connection.get("user")
    if user:
        who = base64.b64encode(f"{user}:{token}".encode()).decode()
        return {"Authorization": f"Basic {who}"}
    if not token:
        return {}
    header = connection.get("header") or "Authorization"
    return {header: f"Bearer {token}" if header.lower() == "authorization" else token}


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError as error:
        raise BadInput("The address can't be read.", cure="Write https://host/path.") from error
    return parts.scheme, parts.hostname or "", port


async def try_out(connection: Connection) -> str:
    """What the host says to a GET of the address. Raises AgentError."""
    # 0.3 s of httpx that only whoever tries a service need spend.
    from agents.http.agent import HttpAgent  # noqa: PLC0415 - see above
    from agents.http.exchange import Request  # noqa: PLC0415 - see above

    agent = HttpAgent(Grants(folder="."), alone())
    await agent.connect()
    try:
        address = connection.get("address")
        asked = Request(url=address, headers=_credentials(connection), time_limit=15.0)
        reply = await agent.send(asked, size_limit=1 << 22, fail_on_status=False)
    except BadInput as error:
        raise Rejected(error.message, cure=error.cure) from error
    finally:
        await agent.close()
    if reply.status in (401, 403, 407):
        raise Refused(
            f"{address} answers {reply.status}: it doesn't let this token in.",
            cure="Look whether it is whole, still valid, and allowed what is asked.",
        )
    if reply.status >= 500:
        raise Rejected(f"{address} answers {reply.status}: it has trouble of its own.")
    return f"It answers ({reply.status})."
