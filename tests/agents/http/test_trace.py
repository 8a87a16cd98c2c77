"""What is told of an exchange: what was really sent and answered, without what opens a door."""

from typing import Any

import pytest

from agents.errors import Unavailable, Unreachable
from agents.http.blocks import download, get, pages, request
from tests.agents.conftest import Granting, Surroundings
from tests.agents.http.server import Sent, WebServer, json_answer


def told(context: Surroundings) -> list[dict[str, Any]]:
    assert {kind for kind, _ in context.traced} == {"http"}
    return [detail for _, detail in context.traced]


async def test_what_was_sent_and_answered_is_told(context: Surroundings, web: WebServer) -> None:
    web.on["/orders"] = json_answer({"id": 7}, status=201, X_Total="1")

    await request(web.url("/orders"), context, body={"item": "loom"}, headers={"X-Shop": "east"})

    (one,) = told(context)
    assert (one["request"]["method"], one["request"]["url"]) == ("POST", web.url("/orders"))
    assert ["X-Shop", "east"] in one["request"]["headers"]
    assert one["request"]["body"] == '{"item":"loom"}'
    assert (one["response"]["status"], one["response"]["reason"]) == (201, "Created")
    assert one["response"]["body"] == '{"id":7}'
    assert one["response"]["size"] == 8
    assert 0 < one["waited"] <= one["took"]
    assert one["error"] == ""


async def test_each_redirect_is_told(context: Surroundings, web: WebServer) -> None:
    web.on["/old"] = Sent(302, {"Location": "/new"})
    web.on["/new"] = Sent(200, {}, b"here")

    await get(web.url("/old"), context)

    assert [one["response"]["status"] for one in told(context)] == [302, 200]
    assert [one["request"]["url"] for one in told(context)] == [web.url("/old"), web.url("/new")]


async def test_what_opens_a_door_is_not_told(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = json_answer(
        {"access_token": "planted-1", "name": "Ada"}, Set_Cookie="s=planted-2"
    )

    await request(
        web.url("/"),
        context,
        query={"api_key": "planted-3", "page": "2"},
        headers={"Authorization": "Bearer planted-4", "X-Api-Key": "planted-5"},
        body={"password": "planted-6", "user": "ada"},
    )

    (one,) = told(context)
    assert "planted" not in repr(one)
    assert one["request"]["url"].endswith("?api_key=•••&page=2")
    assert '"user":"ada"' in one["request"]["body"]
    assert '"name":"Ada"' in one["response"]["body"]


async def test_a_form_hides_its_password(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = Sent(200)
    form = {"user": "ada", "password": "planted"}

    await request(web.url("/"), context, body=form, send_as="form")

    assert told(context)[0]["request"]["body"] == "user=ada&password=•••"


async def test_a_status_that_fails_is_told_with_what_was_said(
    context: Surroundings, web: WebServer
) -> None:
    web.on["/"] = Sent(503, {}, b"busy")

    with pytest.raises(Unavailable):
        await get(web.url("/"), context)

    (one,) = told(context)
    assert (one["response"]["status"], one["response"]["body"]) == (503, "busy")
    assert "503" in one["error"]


async def test_an_answer_that_never_comes_is_told_as_none(granting: Granting) -> None:
    context = granting()

    with pytest.raises(Unreachable):
        await get("http://127.0.0.1:9/", context)

    (one,) = told(context)
    assert one["response"] is None
    assert one["error"]


async def test_a_body_that_is_no_text_is_told_by_its_size(
    context: Surroundings, web: WebServer
) -> None:
    web.on["/"] = Sent(200, {"Content-Type": "image/png"}, b"\x89PNG\0\0")

    await get(web.url("/"), context)

    assert (told(context)[0]["response"]["body"], told(context)[0]["response"]["size"]) == (None, 6)


async def test_every_page_and_every_download_is_told(
    granting: Granting, web: WebServer, tmp_path: Any
) -> None:
    context = granting(writes=(str(tmp_path),))
    web.on["/list"] = json_answer([1, 2])
    web.on["/file"] = Sent(200, {}, b"x" * 10)

    assert [item async for item in pages(web.url("/list"), context)] == [1, 2]
    await download(web.url("/file"), "file", context)

    assert [one["request"]["url"] for one in told(context)] == [web.url("/list"), web.url("/file")]
