"""What the services of one process have in common, and how an app of one is made."""

import contextlib
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from litestar import Litestar, Request, get
from litestar.config.cors import CORSConfig
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from agents.contract import Grants
from graph.file_format.syntax import LIMIT
from runtime.access.access import Access
from runtime.links import Links
from runtime.runtime import Runtime
from runtime.services.described import openapi_of
from runtime.services.idempotency import Keys
from runtime.services.refusals import HANDLERS
from runtime.services.registry.reached import Reached, reached
from runtime.services.registry.registry import Registry
from runtime.services.registry.shapes import Entry
from runtime.services.roles import ByRole, Roles, principal_of
from runtime.settings import Settings

LARGEST = LIMIT + LIMIT // 4
"""Bytes a request may have: the longest flow there may be, quoted in JSON."""


class House(msgspec.Struct, frozen=True):
    """One runtime and what its services share.

    What a request asks to be granted can only be less than `grants`. `origins` are other servers'
    pages that may speak to this one, `links` signs links to questions, `access` knows those who
    don't give the server's own token, and keeps the trail of what everybody does. What is opened
    on the way is closed `at_end`. `came_by` is where a tenant reaches its house, "" for
    the house of no tenant.
    """

    runtime: Runtime
    grants: Grants
    settings: Settings
    registry: Registry
    keys: Keys
    at_end: contextlib.ExitStack
    origins: tuple[str, ...] = ()
    links: Links | None = None
    access: Access | None = None
    came_by: str = ""


Home = NamedDependency[SkipValidation[House]]


class Health(msgspec.Struct, frozen=True):
    """How a service is; `detail` says what is wrong, `owner` drives its runs.

    Tenants are told how it is, and neither of the others, which are of the house's machines.
    """

    service: str
    status: Literal["ok", "degraded"]
    owner: str
    version: str
    detail: str = ""


def app_of(
    house: House, name: str, title: str, tables: Sequence[ByRole], *, prefix: str, **given: Any
) -> Litestar:
    """The app of a service: its handlers below `prefix`, with health and OpenAPI there.

    What is `given` its handlers get by name.

    Whoever may speak to it at all is a guard's business; what they may do their role says.
    """

    @get("/health", operation_id=f"{name}_health", sync_to_thread=False)
    def health() -> Health:
        """How the service is."""
        return health_of(house, name)

    return litestar_of(house, title, [ByRole(viewer=(health,)), *tables], prefix=prefix, **given)


def litestar_of(
    house: House, title: str, tables: Sequence[ByRole], *, prefix: str, **given: Any
) -> Litestar:
    """An app as every one here is made."""
    roles = Roles(tables)
    return Litestar(
        roles.handlers,
        path=prefix or None,
        guards=[roles],
        dependencies={
            name: _provided(one)
            for name, one in {
                "house": house,
                "runtime": house.runtime,
                "grants": house.grants,
                **given,
            }.items()
        },
        exception_handlers=HANDLERS,
        cors_config=CORSConfig(list(house.origins), allow_headers=["*"]) if house.origins else None,
        request_max_body_size=LARGEST,
        logging_config=None,
        openapi_config=openapi_of(title, prefix),
    )


def _provided(value: Any) -> Provide:
    return Provide(lambda: value, sync_to_thread=False, use_cache=True)


def health_of(house: House, name: str) -> Health:
    """How a service of this process is, as it last looked."""
    here = house.registry.here
    status: Literal["ok", "degraded"] = "degraded" if here.detail else "ok"
    if house.came_by:
        return Health(name, status, house.runtime.owner, here.version)
    return Health(name, status, here.owner, here.version, here.detail)


@get("/services")
async def services(request: Request[Any, Any, Any], house: Home) -> list[Entry] | list[Reached]:
    """Every service that runs, here and elsewhere, and how it is.

    Tenants are told where they reach each, and not which processes of which machines serve.
    """
    found = await house.registry.services()
    if not principal_of(request).tenant:
        return found
    return reached(found, str(request.base_url))
