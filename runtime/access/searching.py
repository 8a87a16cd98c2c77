"""Reading the trail: searched page by page, and folded into who did how much."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from agents.tables import Tables
from runtime.access.activity import Activity
from runtime.access.deeds import Entry, Outcome
from runtime.access.tables import rows
from runtime.access.trail import AT_A_TIME, entry_of

if TYPE_CHECKING:
    import sqlalchemy as sa


class Wanted(msgspec.Struct, frozen=True):
    """Which entries are looked for: "" and None leave a thing open.

    `text` stands anywhere in who, what, target or detail, whatever its case; `since` and `until`
    are seconds since the epoch; `tenant` None means all of them.
    """

    tenant: str | None = None
    who: str = ""
    what: str = ""
    outcome: Outcome | None = None
    text: str = ""
    since: float | None = None
    until: float | None = None


class Reading:
    """Answers questions about the trail. Every method raises Unavailable."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def entries(
        self, wanted: Wanted, before: int | None = None, limit: int = 100
    ) -> Sequence[Entry]:
        """Entries, the newest first; those before a seq."""
        return await self._tables.do(lambda one: _entries(one, wanted, before, limit))

    async def activity(self, wanted: Wanted) -> Activity:
        """All such entries, folded into what each of them who did something did."""
        activity, before = Activity(), None
        while entries := await self.entries(wanted, before, AT_A_TIME):
            before = entries[-1].seq
            for entry in entries:
                activity.add(entry)
        return activity


def _entries(
    connection: "sa.Connection", wanted: Wanted, before: int | None, limit: int
) -> list[Entry]:
    conditions, values = ["1 = 1"], dict[str, Any]()
    for condition, value in _conditions(wanted, before):
        conditions.append(condition)
        values |= value
    statement = (
        f"SELECT * FROM heddle_trail WHERE {' AND '.join(conditions)} "
        "ORDER BY seq DESC LIMIT :limit"
    )
    return [entry_of(one) for one in rows(connection, statement, limit=limit, **values)]


def _conditions(wanted: Wanted, before: int | None) -> Iterator[tuple[str, dict[str, Any]]]:
    if wanted.tenant is not None:
        yield "tenant = :tenant", {"tenant": wanted.tenant}
    if wanted.who:
        yield "who = :who", {"who": wanted.who}
    if wanted.what:
        yield "what = :what", {"what": wanted.what}
    if wanted.outcome:
        yield "outcome = :outcome", {"outcome": wanted.outcome}
    if wanted.since is not None:
        yield "at >= :since", {"since": wanted.since}
    if wanted.until is not None:
        yield "at < :until", {"until": wanted.until}
    if before is not None:
        yield "seq < :before", {"before": before}
    if wanted.text:
        said = "lower(who || ' ' || what || ' ' || target || ' ' || detail)"
        yield f"{said} LIKE :text ESCAPE '!'", {"text": f"%{_literally(wanted.text.lower())}%"}


def _literally(text: str) -> str:
    """The text as a pattern that means nothing but itself."""
    for special in "!%_":
        text = text.replace(special, f"!{special}")
    return text
