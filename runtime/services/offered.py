"""The services there are: their ports, the paths that lead to them, and what they are made of."""

from collections.abc import Sequence
from typing import NamedTuple

from graph.errors import HeddleError
from graph.values import did_you_mean


class NoSuchName(HeddleError):
    """There is no service of that name."""


class Way(NamedTuple):
    """How paths begin that lead to an app, and the place of what makes it of a House."""

    start: str
    place: str
    repeats: bool = True
    """Whether an answer may be kept for a request that comes again: not when it is a secret."""
    again: tuple[str, ...] = ()
    """Whole paths whose requests may be done again when nobody knows what became of them: they
    only read, or are done once for each key whatever happens between."""


class Service(NamedTuple):
    """A service: its ports in development and production, its apps, and the faces of agents."""

    name: str
    title: str
    port: int
    production: int
    ways: tuple[Way, ...] = ()
    faces: tuple[str, ...] = ()

    def port_in(self, *, production: bool) -> int:
        return self.production if production else self.port


WORKFLOWS = "workflows"

SERVICES = (
    Service("gateway", "API gateway", 8000, 8000, faces=("api_gateway",)),
    Service(
        "auth", "Auth", 8001, 8101,
        (Way("/api/v1/auth", "runtime.services.auth.app:auth", repeats=False),),
    ),
    Service(
        "designer", "Agent designer", 8002, 8102,
        (Way("/api/v1/designer", "runtime.services.designer.app:designer"),),
    ),
    Service(
        WORKFLOWS, "Workflow engine", 8004, 8104,
        (
            Way("/", "runtime.services.control:control_of"),
            Way(
                "/api/v1/workflows", "runtime.services.workflows.app:workflows",
                again=("/api/v1/workflows/runs",),
            ),
            Way("/graphql", "runtime.services.graphql.app:graphql", again=("/graphql",)),
        ),
    ),
    Service(
        "integration", "Integration hub", 8005, 8105,
        (
            Way(
                "/api/v1/integration", "runtime.services.integration.service:integration_of",
                again=("/api/v1/integration/workflow/create",),
            ),
        ),
        ("studio_bridge",),
    ),
    Service(
        "visual", "Visual builder", 8006, 8106,
        (Way("/api/v1/visual", "runtime.services.visual.app:visual"),),
    ),
    Service(
        "websocket", "WebSocket", 8009, 8109,
        (Way("/ws", "runtime.services.websocket.app:websocket_of"),),
        ("realtime_update", "ui_sync"),
    ),
)  # fmt: skip
"""Help, ports and the manual read the same rows. The longest beginning of a path counts."""


def is_repeated(start: str) -> bool:
    """Whether requests below what paths begin with are done once for each key that they send."""
    ways = [way for service in SERVICES for way in service.ways]
    return any(way.repeats for way in ways if way.start == (start or "/"))


def named(names: Sequence[str]) -> tuple[Service, ...]:
    """The services of these names, all when there are none. Raises NoSuchName."""
    known = {service.name: service for service in SERVICES}
    for name in names:
        if name not in known:
            raise NoSuchName(
                f"There is no service {name!r}.",
                cure=did_you_mean(name, known) or f"There are {', '.join(known)}.",
            )
    return tuple(known[name] for name in dict.fromkeys(names)) or SERVICES
