"""What flows can do over HTTP: get, request, go through pages, download."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from agents.http.body import ReadBodyAs, SendAs, body_of, content_of
from agents.http.connections import HTTP, with_credentials
from agents.http.exchange import REDIRECTS, Downloaded, Paging, Reply, Request
from agents.http.usage import usage_of
from graph.block import block
from graph.blocks.checks import readable
from graph.connections import Connection
from graph.context import Context
from graph.errors import BadInput
from graph.paths import read_path
from graph.spec import Look, Needs

if TYPE_CHECKING:
    from agents.http.agent import HttpAgent
    from agents.http.trace import Tell

MEGABYTE = 1024 * 1024
_EMPTY: Mapping[str, Any] = {}

Url = Annotated[str, "The address, starting with https:// or http://.", Look("url")]
Query = Annotated[
    Mapping[str, Any],
    "Added to the address after `?`; a list repeats its name, nothing leaves it out.",
    Look("mapping"),
]
Headers = Annotated[Mapping[str, str], "Sent along; a value may be a secret.", Look("mapping")]
Access = Annotated[
    Connection | None, "What lets you in there, sent to its host alone.", Look(kinds=(HTTP,))
]
ReadAs = Annotated[ReadBodyAs, "What the answer is taken to be; `auto` goes by its content type."]
FailOnStatus = Annotated[
    bool, "Whether a status of 400 and above fails the block; if not, look at `status`."
]
FollowRedirects = Annotated[bool, "Whether to go where the server points instead.", Look(more=True)]
TimeLimit = Annotated[float, "Seconds for the whole answer to arrive.", Look(more=True)]
SizeLimit = Annotated[int, "The most bytes an answer may have, once unpacked.", Look(more=True)]


class Answer(NamedTuple):
    """What came back."""

    body: Annotated[Any, "JSON as a value, else text or bytes."]
    status: Annotated[int, "200 means it went well."]
    headers: Annotated[dict[str, str], "Their names in small letters."]
    url: Annotated[str, "Where the answer came from, after redirects."]


def readable_url(url: str) -> None:
    """Raises BadInput for an address that can't be one, whatever was granted."""
    from agents.http.agent import url_of  # noqa: PLC0415 - see _agent

    url_of(url)


def needs(fields: Mapping[str, Any]) -> Needs:
    """The host the address names; any host when only the run will tell."""
    return Needs(hosts=(_host(fields.get("url")),))


def download_needs(fields: Mapping[str, Any]) -> Needs:
    """The host, and the file that is written."""
    path = fields.get("path")
    return needs(fields) | Needs(writes=(path if isinstance(path, str) else "*",))


check = readable(url=readable_url, items=read_path, cursor=read_path)
"""An address or a path that can't be read, found before anything runs."""


@block(
    "http.get",
    title="HTTP get",
    icon="mdi6.web",
    agent="http",
    effect="read",
    needs=needs,
    check=check,
    search=("api", "rest", "fetch", "web", "url", "json", "curl"),
)
async def get(
    url: Url,
    context: Context,
    query: Query = _EMPTY,
    headers: Headers = _EMPTY,
    connection: Access = None,
    read_as: ReadAs = "auto",
    fail_on_status: FailOnStatus = True,
    method: Annotated[
        Literal["GET", "HEAD"], "HEAD asks for status and headers only.", Look("choice", more=True)
    ] = "GET",
    follow_redirects: FollowRedirects = True,
    time_limit: TimeLimit = 30.0,
    size_limit: SizeLimit = 32 * MEGABYTE,
) -> Answer:
    """Look something up at a web address.

    It changes nothing there, so it may be done again at any time.
    """
    request = Request(
        method=method,
        url=url,
        query=query,
        headers=with_credentials(connection, url, headers),
        time_limit=time_limit,
        redirects=REDIRECTS if follow_redirects else 0,
    )
    agent = await _agent(context)
    reply = await agent.send(
        request, size_limit=size_limit, fail_on_status=fail_on_status, trace=_traced(context)
    )
    return _answer(reply, read_as)


@block(
    "http.request",
    title="HTTP request",
    icon="mdi6.cloud-upload-outline",
    agent="http",
    effect="write",
    repeatable=True,
    needs=needs,
    check=check,
    search=("api", "rest", "post", "put", "patch", "delete", "webhook", "send", "curl"),
)
async def request(
    url: Url,
    context: Context,
    method: Annotated[
        Literal["POST", "PUT", "PATCH", "DELETE", "GET", "HEAD", "OPTIONS"],
        "What to do at the address.",
    ] = "POST",
    query: Query = _EMPTY,
    headers: Headers = _EMPTY,
    connection: Access = None,
    body: Annotated[Any, "What is sent; nothing when left out.", Look("json")] = None,
    send_as: Annotated[
        SendAs, "How the body is sent; `auto`: text and bytes as they are, anything else as JSON."
    ] = "auto",
    read_as: ReadAs = "auto",
    fail_on_status: FailOnStatus = True,
    idempotency_key: Annotated[
        bool,
        "Whether to send an `Idempotency-Key`: the same for every attempt, so that a server that "
        "knows it acts once. For one that doesn't, set `repeatable` to no in the settings.",
        Look(more=True),
    ] = True,
    follow_redirects: FollowRedirects = True,
    time_limit: TimeLimit = 30.0,
    size_limit: SizeLimit = 32 * MEGABYTE,
) -> Answer:
    """Send something to a web address, by any method.

    A request that was interrupted by a crash is sent again with the same key. Of an answer that
    says how many tokens it used, as those of models do, that is counted.
    """
    content = content_of(body, send_as)
    added = {"Content-Type": content.type} if content.type else {}
    if idempotency_key:
        added["Idempotency-Key"] = context.key
    made = Request(
        method=method,
        url=url,
        query=query,
        headers=_with_defaults(with_credentials(connection, url, headers), added),
        content=content.content,
        time_limit=time_limit,
        redirects=REDIRECTS if follow_redirects else 0,
    )
    agent = await _agent(context)
    reply = await agent.send(
        made, size_limit=size_limit, fail_on_status=fail_on_status, trace=_traced(context)
    )
    answer = _answer(reply, read_as)
    if used := usage_of(answer.body):
        context.spend(tokens=used.tokens, cost=used.cost, model=used.model)
    return answer


@block(
    "http.pages",
    title="HTTP pages",
    icon="mdi6.book-open-page-variant-outline",
    output="items",
    agent="http",
    effect="read",
    needs=needs,
    check=check,
    search=("api", "rest", "paging", "pagination", "cursor", "list", "all"),
)
async def pages(
    url: Url,
    context: Context,
    paging: Annotated[
        Paging,
        "How the next page is found: `link`: the Link header; `cursor`: a field of the answer "
        "(a cursor or an address); `page`: counting, until a page is empty.",
    ] = "link",
    items: Annotated[
        str, "Where in an answer its list is, such as `data.items`; the answer itself if empty."
    ] = "",
    cursor: Annotated[
        str, "Where in an answer the cursor is, such as `meta.next` or `pages[0].next`."
    ] = "next",
    parameter: Annotated[
        str, "What takes the cursor or number in the query; `cursor` or `page` if empty."
    ] = "",
    first_page: Annotated[int, "The number of the first page.", Look(more=True)] = 1,
    query: Query = _EMPTY,
    headers: Headers = _EMPTY,
    connection: Access = None,
    take: Annotated[int, "Stop after that many items; 0 for all."] = 0,
    page_limit: Annotated[int, "The most pages; one more is an error.", Look(more=True)] = 1000,
    item_limit: Annotated[int, "The most items; one more is an error.", Look(more=True)] = 100_000,
    time_limit: TimeLimit = 30.0,
    size_limit: SizeLimit = 32 * MEGABYTE,
) -> AsyncIterator[Any]:
    """Go through a list that comes in pages, item by item."""
    from agents.http.pages import Pages, each_page, too_many  # noqa: PLC0415 - see _agent

    agent = await _agent(context)
    split = Pages(paging, items, cursor, parameter, first_page)
    sent = with_credentials(connection, url, headers)
    first = Request(url=url, query=query, headers=sent, time_limit=time_limit)
    given = 0
    limits = {"size_limit": size_limit, "page_limit": page_limit}
    walk = each_page(agent, split, first, **limits, trace=_traced(context))
    async with contextlib.aclosing(walk):
        async for page in walk:
            for item in page:
                if given == item_limit:
                    raise too_many("items", item_limit)
                yield item
                given += 1
                if given == take:
                    return


@block(
    "http.download",
    title="HTTP download",
    icon="mdi6.download-outline",
    agent="http",
    effect="write",
    repeatable=True,
    needs=download_needs,
    check=check,
    search=("file", "save", "fetch", "stream", "wget", "curl"),
)
async def download(
    url: Url,
    path: Annotated[str, "The file to write, in a granted folder; replaced.", Look("file")],
    context: Context,
    query: Query = _EMPTY,
    headers: Headers = _EMPTY,
    connection: Access = None,
    time_limit: Annotated[float, "Seconds for the whole file to arrive.", Look(more=True)] = 600.0,
    size_limit: Annotated[int, "The most bytes it may have.", Look(more=True)] = 1024 * MEGABYTE,
) -> Downloaded:
    """Fetch a file, however large; it appears once it is complete."""
    agent = await _agent(context)
    sent = with_credentials(connection, url, headers)
    return await agent.download(
        Request(url=url, query=query, headers=sent, time_limit=time_limit),
        path,
        size_limit=size_limit,
        tell=lambda done, total: context.progress(done, total, path),
        trace=_traced(context),
    )


def _answer(reply: Reply, read_as: ReadBodyAs) -> Answer:
    body = body_of(reply.content, reply.content_type, read_as, "The answer")
    return Answer(body, reply.status, dict(reply.headers), reply.url)


def _with_defaults(headers: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """What the flow sets itself stays, however it writes the name."""
    given = {name.lower() for name in headers}
    return {n: v for n, v in added.items() if n.lower() not in given} | dict(headers)


def _host(url: Any) -> str:
    """The host (and port, if it says one) of an address that stands in the flow."""
    from agents.http.agent import url_of  # noqa: PLC0415 - see _agent

    if not isinstance(url, str):
        return "*"
    try:
        return url_of(url).netloc.decode()
    except BadInput:
        return "*"


def _traced(context: Context) -> "Tell":
    """Tells the run what passed over HTTP."""
    return partial(context.trace, "http")


async def _agent(context: Context) -> "HttpAgent":
    # 0.3 s of httpx that only a flow which speaks HTTP need spend.
    from agents.http.agent import HttpAgent  # noqa: PLC0415 - see above

    return await context.agent(HttpAgent)
