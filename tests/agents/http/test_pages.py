"""Lists that come in pages, by each of the three ways the web has for it."""

from typing import Any
from urllib.parse import parse_qs

import pytest

from agents.errors import Rejected
from agents.http.blocks import pages
from graph.errors import BadInput
from tests.agents.conftest import Surroundings
from tests.agents.http.server import Received, Sent, WebServer, json_answer

ITEMS = [{"id": number} for number in range(7)]


def asked(request: Received, name: str, default: str) -> str:
    return parse_qs(request.query).get(name, [default])[0]


def linked(web: WebServer, path: str = "/items") -> None:
    def answer(request: Received) -> Sent:
        start = int(asked(request, "from", "0"))
        more = start + 3 < len(ITEMS)
        link = {"Link": f'<{path}?from={start + 3}&size=3>; rel="next", </>; rel="first"'}
        return json_answer(ITEMS[start : start + 3], **(link if more else {}))

    web.on[path] = answer


async def all_of(stream: Any) -> list[Any]:
    return [item async for item in stream]


async def test_the_link_header_leads_on(context: Surroundings, web: WebServer) -> None:
    linked(web)

    items = await all_of(pages(web.url("/items"), context, query={"size": 3}))

    assert items == ITEMS
    assert [r.query for r in web.received] == ["size=3", "from=3&size=3", "from=6&size=3"]


async def test_a_cursor_leads_on(context: Surroundings, web: WebServer) -> None:
    def answer(request: Received) -> Sent:
        start = int(asked(request, "after", "0"))
        following = str(start + 3) if start + 3 < len(ITEMS) else None
        return json_answer(
            {"data": {"items": ITEMS[start : start + 3]}, "meta": [{"next": following}]}
        )

    web.on["/items"] = answer

    items = await all_of(
        pages(
            web.url("/items"),
            context,
            paging="cursor",
            items="data.items",
            cursor="meta[0].next",
            parameter="after",
        )
    )

    assert items == ITEMS


async def test_a_cursor_may_be_an_address(context: Surroundings, web: WebServer) -> None:
    web.on["/1"] = json_answer({"items": [1], "next": web.url("/2")})
    web.on["/2"] = json_answer({"items": [2], "next": "/3"})
    web.on["/3"] = json_answer({"items": [3], "next": ""})

    items = await all_of(pages(web.url("/1"), context, paging="cursor", items="items"))

    assert items == [1, 2, 3]


async def test_numbers_are_counted_until_a_page_is_empty(
    context: Surroundings, web: WebServer
) -> None:
    def answer(request: Received) -> Sent:
        start = int(asked(request, "page", "?")) * 3
        return json_answer(ITEMS[start : start + 3])

    web.on["/items"] = answer

    items = await all_of(pages(web.url("/items"), context, paging="page", first_page=0))

    assert items == ITEMS
    assert [r.query for r in web.received] == ["page=0", "page=1", "page=2", "page=3"]


async def test_no_more_is_asked_for_than_is_taken(context: Surroundings, web: WebServer) -> None:
    linked(web)

    items = await all_of(pages(web.url("/items"), context, take=3))

    assert items == ITEMS[:3]
    assert len(web.received) == 1


async def test_a_list_without_end_is_an_error(context: Surroundings, web: WebServer) -> None:
    web.on["/items"] = json_answer([1, 2])

    with pytest.raises(Rejected, match="more than 4 pages"):
        await all_of(pages(web.url("/items"), context, paging="page", page_limit=4))
    with pytest.raises(Rejected, match="more than 5 items"):
        await all_of(pages(web.url("/items"), context, paging="page", item_limit=5))


async def test_a_page_that_leads_to_itself_is_an_error(
    context: Surroundings, web: WebServer
) -> None:
    web.on["/items"] = json_answer([1], Link='</items>; rel="next"')

    with pytest.raises(Rejected, match="Page 1 says that it is followed by itself"):
        await all_of(pages(web.url("/items"), context))


async def test_an_answer_without_the_list_is_an_error(
    context: Surroundings, web: WebServer
) -> None:
    web.on["/items"] = json_answer({"data": {}})

    with pytest.raises(BadInput, match="no 'items' in 'data'"):
        await all_of(pages(web.url("/items"), context, items="data.items"))
    with pytest.raises(Rejected, match=r"no list itself.*Say in `items`"):
        await all_of(pages(web.url("/items"), context))


async def test_a_next_page_elsewhere_gets_no_keys(context: Surroundings, web: WebServer) -> None:
    async with WebServer() as other:
        web.on["/items"] = json_answer([1], Link=f'<{other.url("/items")}>; rel="next"')
        other.on["/items"] = json_answer([2])

        items = await all_of(
            pages(web.url("/items"), context, headers={"X-Api-Key": "k", "Accept": "a/b"})
        )

    assert items == [1, 2]
    assert web.received[0].headers["x-api-key"] == "k"
    assert "x-api-key" not in other.received[0].headers
    assert other.received[0].headers["accept"] == "a/b"
