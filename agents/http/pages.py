"""Where the next page is: in the Link header, behind a cursor, or one number further."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, NamedTuple

import httpx
import msgspec

from agents.errors import Rejected
from agents.http.agent import HttpAgent, harmless, same_origin, url_of
from agents.http.body import body_of
from agents.http.exchange import Paging, Reply, Request
from agents.http.trace import Tell
from graph.paths import MISSING, find, look_up, read_path

_PARAMETERS: dict[Paging, str] = {"link": "", "cursor": "cursor", "page": "page"}


class Step(NamedTuple):
    """What leads to a page: its address ("" for the first one's), and what the query needs."""

    url: str
    query: Mapping[str, Any]


class Pages(NamedTuple):
    """How an interface splits a list into pages.

    `items` and `cursor` are paths in an answer (see `graph.paths`), `items` "" for all of it;
    `parameter` is the part of the query that takes the cursor or the number.
    """

    paging: Paging
    items: str
    cursor: str
    parameter: str
    first_page: int

    def first(self) -> Step:
        """What the first page takes."""
        named = {self._parameter: self.first_page} if self.paging == "page" else {}
        return Step("", named)

    def items_in(self, body: Any) -> Sequence[Any]:
        """The items of a page. Raises BadInput when `items` leads nowhere, Rejected to no list."""
        found = look_up(body, read_path(self.items)) if self.items else body
        if not isinstance(found, list):
            where = f"at {self.items!r}" if self.items else "itself"
            raise Rejected(
                f"The answer is no list {where}.", cure="Say in `items` where its list is."
            )
        return found

    def after(self, reply: Reply, body: Any, number: int) -> Step | None:
        """What the page after the `number`th (from 1) takes, None when that was the last."""
        match self.paging:
            case "link":
                link = reply.links.get("next", "")
                return Step(link, {}) if link else None
            case "page":
                more = bool(self.items_in(body))
                return Step("", {self._parameter: self.first_page + number}) if more else None
            case "cursor":
                return self._behind(find(body, read_path(self.cursor)))

    def _behind(self, cursor: Any) -> Step | None:
        if cursor is MISSING or cursor in (None, "", False):
            return None
        if isinstance(cursor, str) and cursor.startswith(("http://", "https://", "/")):
            return Step(cursor, {})
        return Step("", {self._parameter: cursor})

    @property
    def _parameter(self) -> str:
        return self.parameter or _PARAMETERS[self.paging]


async def each_page(
    agent: HttpAgent,
    split: Pages,
    first: Request,
    *,
    size_limit: int,
    page_limit: int,
    trace: Tell | None = None,
) -> AsyncGenerator[Sequence[Any], None]:
    """The items of one page after the other, from the one that `first` asks for.

    A page at another origin is asked for without the headers that may open a door. Raises
    AgentError; Rejected when pages go round or are more than `page_limit`.
    """
    start = url_of(first.url, first.query)
    step: Step | None = split.first()
    for number in range(1, page_limit + 1):
        assert step is not None
        url = _joined(start, step)
        headers = first.headers if same_origin(start, url) else harmless(first.headers)
        asked = msgspec.structs.replace(first, url=str(url), query={}, headers=headers)
        reply = await agent.send(asked, size_limit=size_limit, trace=trace)
        body = body_of(reply.content, reply.content_type, "json", f"Page {number}")
        yield split.items_in(body)
        step = split.after(reply, body, number)
        if step is None:
            return
        if _joined(start, step) == url:
            raise Rejected(f"Page {number} says that it is followed by itself.")
    raise too_many("pages", page_limit)


def too_many(what: str, limit: int) -> Rejected:
    """The error of a list that doesn't end within its bound."""
    return Rejected(
        f"There are more than {limit:,} {what}.",
        cure=f"Raise `{what[:-1]}_limit`, or set `take`.",
    )


def _joined(start: httpx.URL, step: Step) -> httpx.URL:
    url = start.join(step.url) if step.url else start
    return url.copy_merge_params(dict(step.query)) if step.query else url
