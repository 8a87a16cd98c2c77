"""What everybody did, over HTTP, for admins: searched, counted, and verified."""

from typing import Annotated, Any, Literal

from litestar import Request, get
from litestar.params import FromQuery, QueryParameter

from runtime.access.activity import Doer
from runtime.access.deeds import Entry
from runtime.access.searching import Wanted
from runtime.access.trail import Verdict
from runtime.services.auth.shared import Doors, Whose, tenant_of
from runtime.services.paging import Cursor, Limit, Page, cursor_of, number_after
from runtime.services.roles import ByRole, NotAllowed, principal_of

Text = Annotated[str, QueryParameter(max_length=200)]
DAYS = 30 * 86_400.0
"""Seconds that are counted when nobody says since when."""


@get("/audit")
async def audit(
    request: Request[Any, Any, Any],
    access: Doors,
    whose: Whose = "",
    who: Text = "",
    what: Text = "",
    outcome: FromQuery[Literal["done", "refused", "failed"] | None] = None,
    text: Text = "",
    since: FromQuery[float | None] = None,
    until: FromQuery[float | None] = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[Entry]:
    """What was done, the newest first. From the house, `tenant=*` means everybody's."""
    tenant = _tenant(request, whose)
    wanted = Wanted(tenant, who, what, outcome, text, since, until)
    found = await access.reading.entries(wanted, number_after(cursor), limit)
    return Page(found, cursor_of(found[-1].seq) if len(found) == limit else "")


@get("/audit/activity")
async def activity(
    request: Request[Any, Any, Any],
    access: Doors,
    whose: Whose = "",
    since: FromQuery[float | None] = None,
) -> list[Doer]:
    """How much everybody did, who did something last first; of the last 30 days by default."""
    start = access.now() - DAYS if since is None else since
    found = await access.reading.activity(Wanted(_tenant(request, whose), since=start))
    return found.newest_first()


@get("/audit/verify")
async def verify(request: Request[Any, Any, Any], access: Doors) -> Verdict:
    """Follow the chain of all that was noted: whether anything was changed afterwards."""
    if principal_of(request).tenant:
        raise NotAllowed("The trail is that of the whole house.")
    return await access.trail.verify()


def _tenant(request: Request[Any, Any, Any], whose: str) -> str | None:
    who = principal_of(request)
    return None if whose == "*" and not who.tenant else tenant_of(who, whose)


AUDIT = ByRole(admin=(audit, activity, verify))
