"""What the parts of the auth service have in common."""

from typing import Annotated, ClassVar

from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from runtime.access.access import Access
from runtime.access.people import By
from runtime.access.principal import Principal
from runtime.services.recording import noted_by_itself, whence
from runtime.services.refusals import ServiceError
from runtime.services.roles import Connection, NotAllowed, principal_of


class NeedsLogin(ServiceError):
    """An API key works with flows; people, keys and tenants are seen to by people."""

    status: ClassVar[int] = 403


Doors = NamedDependency[SkipValidation[Access]]

Whose = Annotated[
    str,
    QueryParameter(
        name="tenant", max_length=100, description="For admins of the house: which tenant's."
    ),
]


def by(connection: Connection) -> By:
    """Who changes something; it is noted where it is done."""
    noted_by_itself(connection)
    return By(principal_of(connection), whence(connection))


def tenant_of(principal: Principal, asked: str) -> str:
    """Whose users are meant: those of one's own tenant; only the house sees to others'.

    Raises NotAllowed.
    """
    if asked in ("", principal.tenant):
        return principal.tenant
    if principal.tenant:
        raise NotAllowed("Another tenant's users are nobody's business.")
    return asked


def refuse_key(principal: Principal) -> None:
    """Raises NeedsLogin for who came in by an API key: whoever stole one must neither open
    another way in nor shut anybody out.
    """
    if principal.proof == "key":
        raise NeedsLogin(
            "This takes somebody who logged in: an API key can't do it.",
            cure="Log in, and send the access token instead.",
        )
