"""Asking and sending: what goes out, what comes back, what is refused."""

import asyncio
import gzip
import time
import zlib

import pytest

from agents.errors import (
    AgentError,
    NotGranted,
    Refused,
    Rejected,
    Throttled,
    Unavailable,
    Unreachable,
)
from agents.http.blocks import get, request
from graph.errors import BadInput
from tests.agents.conftest import Granting, Surroundings
from tests.agents.http.server import Received, Sent, WebServer, json_answer


async def test_json_comes_back_as_a_value(context: Surroundings, web: WebServer) -> None:
    web.on["/orders"] = json_answer([{"id": 1}], X_Total="1")

    answer = await get(web.url("/orders"), context)

    assert answer.body == [{"id": 1}]
    assert answer.status == 200
    assert answer.headers["x-total"] == "1"
    assert answer.url == web.url("/orders")


@pytest.mark.parametrize(
    ("content_type", "content", "value"),
    [
        ("application/problem+json; charset=utf-8", b'{"a": 1}', {"a": 1}),
        ("text/html", "grün".encode(), "grün"),
        ("text/plain; charset=latin-1", "grün".encode("latin-1"), "grün"),
        ("image/svg+xml", b"<svg/>", "<svg/>"),
        ("image/png", b"\x89PNG", b"\x89PNG"),
        ("", b"\x00", b"\x00"),
        ("application/json", b"", None),
    ],
)
async def test_a_body_is_what_its_type_says(
    context: Surroundings, web: WebServer, content_type: str, content: bytes, value: object
) -> None:
    web.on["/"] = Sent(200, {"Content-Type": content_type}, content)

    answer = await get(web.url(), context)

    assert answer.body == value


async def test_a_body_can_be_read_against_its_type(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = Sent(200, {"Content-Type": "text/plain"}, b"[1]")

    parsed = await get(web.url(), context, read_as="json")
    raw = await get(web.url(), context, read_as="bytes")

    assert (parsed.body, raw.body) == ([1], b"[1]")


async def test_broken_json_is_named_with_its_place(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = Sent(200, {"Content-Type": "application/json"}, b'{"a": 1,\n "b" 2}')

    with pytest.raises(BadInput, match=r"The answer: This is no JSON: .* line 2, column 6"):
        await get(web.url(), context)


async def test_the_query_is_added_to_the_address(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = Sent()

    await get(web.url("/?a=1"), context, query={"b": ["x y", 2], "c": True, "left_out": None})

    assert web.received[0].query == "a=1&b=x+y&b=2&c=true"


@pytest.mark.parametrize(
    ("body", "send_as", "content", "content_type"),
    [
        ({"a": [1]}, "auto", b'{"a":[1]}', "application/json"),
        ("hello", "auto", b"hello", "text/plain; charset=utf-8"),
        ("hello", "json", b'"hello"', "application/json"),
        (b"\x00\x01", "auto", b"\x00\x01", "application/octet-stream"),
        ({"a": [1, "&"], "b": None}, "form", b"a=1&a=%26", "application/x-www-form-urlencoded"),
        ({"a": True}, "form", b"a=true", "application/x-www-form-urlencoded"),
        ({"a": 1}, "text", b'{"a": 1}', "text/plain; charset=utf-8"),
    ],
)
async def test_a_body_goes_out_as_its_kind(
    context: Surroundings,
    web: WebServer,
    body: object,
    send_as: str,
    content: bytes,
    content_type: str,
) -> None:
    web.on["/"] = Sent()

    await request(web.url(), context, body=body, send_as=send_as)  # type: ignore[arg-type]

    assert web.received[0].body == content
    assert web.received[0].headers["content-type"] == content_type


async def test_every_method_is_sent_as_such(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = Sent()
    methods = ["POST", "PUT", "PATCH", "DELETE", "GET", "HEAD", "OPTIONS"]

    for method in methods:
        await request(web.url(), context, method=method)  # type: ignore[arg-type]

    assert [received.method for received in web.received] == methods


async def test_head_gives_headers_without_a_body(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = Sent(200, {"Content-Type": "text/plain"}, b"x" * 100)

    answer = await get(web.url(), context, method="HEAD", size_limit=10)

    assert answer.headers["content-length"] == "100"
    assert answer.body == ""


async def test_every_attempt_carries_the_same_key(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = Sent()

    await request(web.url(), context)
    await request(web.url(), context)
    await request(web.url(), context, headers={"idempotency-key": "mine"})
    await request(web.url(), context, idempotency_key=False)

    keys = [received.headers.get("idempotency-key") for received in web.received]
    assert keys == [context.key, context.key, "mine", None]


async def test_connections_are_used_again(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = Sent(200, {}, b"x")

    for _ in range(5):
        await get(web.url(), context)

    assert web.connections == 1


async def test_no_cookie_is_kept(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = Sent(200, {"Set-Cookie": "session=somebody"}, b"")

    await get(web.url(), context)
    await get(web.url(), context)

    assert "cookie" not in web.received[1].headers


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Rejected),
        (401, Refused),
        (403, Refused),
        (404, Rejected),
        (408, Unavailable),
        (429, Throttled),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
async def test_a_status_becomes_the_error_it_means(
    context: Surroundings, web: WebServer, status: int, error: type[AgentError]
) -> None:
    web.on["/a"] = Sent(status, {}, b"so it\n goes")

    with pytest.raises(error) as caught:
        await get(web.url("/a?key=hidden"), context)

    assert type(caught.value) is error
    assert f"GET {web.url('/a')}: {status} " in str(caught.value)
    assert "so it goes" in str(caught.value)
    assert "hidden" not in str(caught.value)


async def test_a_status_can_be_looked_at_instead(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = json_answer({"why": "gone"}, 410)

    answer = await get(web.url(), context, fail_on_status=False)

    assert (answer.status, answer.body) == (410, {"why": "gone"})


@pytest.mark.parametrize("status", [429, 503, 403])
async def test_the_wait_asked_for_is_passed_on(
    context: Surroundings, web: WebServer, status: int
) -> None:
    web.on["/"] = Sent(status, {"Retry-After": "7"})

    with pytest.raises(AgentError) as caught:
        await get(web.url(), context)

    assert caught.value.wait == 7.0
    assert caught.value.retryable


async def test_a_wait_may_be_a_date(context: Surroundings, web: WebServer) -> None:
    later = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 60))
    web.on["/"] = Sent(429, {"Retry-After": later})

    with pytest.raises(Throttled) as caught:
        await get(web.url(), context)

    assert caught.value.wait == pytest.approx(60, abs=3)


async def test_an_answer_that_takes_too_long_is_given_up(
    context: Surroundings, web: WebServer
) -> None:
    async def never(_: Received) -> Sent:
        await asyncio.sleep(60)
        return Sent()

    web.on["/"] = never

    with pytest.raises(Unreachable, match=r"no complete answer within 0\.1 s") as caught:
        await get(web.url(), context, time_limit=0.1)

    assert caught.value.retryable


async def test_a_port_nobody_listens_on_is_unreachable(
    context: Surroundings, unused_tcp_port: int
) -> None:
    with pytest.raises(Unreachable, match="no connection"):
        await get(f"http://127.0.0.1:{unused_tcp_port}/", context)


async def test_an_unknown_host_is_unreachable(context: Surroundings) -> None:
    with pytest.raises(Unreachable, match=r"No address is known for nowhere\.invalid"):
        await get("http://nowhere.invalid/", context)


async def test_an_answer_that_breaks_off_is_no_answer(
    context: Surroundings, web: WebServer
) -> None:
    web.on["/"] = Sent(200, {}, b"x" * 1000, cut=500)

    with pytest.raises(Unreachable):
        await get(web.url(), context)


async def test_a_cancelled_request_ends_at_once(context: Surroundings, web: WebServer) -> None:
    arrived = asyncio.Event()

    async def never(_: Received) -> Sent:
        arrived.set()
        await asyncio.sleep(60)
        return Sent()

    web.on["/"] = never
    asking = asyncio.create_task(get(web.url(), context))
    await arrived.wait()

    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asking, 1)


async def test_an_answer_too_large_is_refused(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = Sent(200, {}, b"x" * 1001)

    with pytest.raises(Rejected, match="larger than 1,000 bytes"):
        await get(web.url(), context, size_limit=1000)


@pytest.mark.parametrize("packing", ["gzip", "deflate", "bare"])
async def test_packed_answers_are_unpacked(
    context: Surroundings, web: WebServer, packing: str
) -> None:
    plain = b"heddle " * 50_000
    packed = {
        "gzip": gzip.compress(plain),
        "deflate": zlib.compress(plain),
        "bare": zlib.compress(plain)[2:-4],
    }
    named = {"Content-Encoding": "gzip" if packing == "gzip" else "deflate"}
    web.on["/"] = Sent(200, named, packed[packing])

    answer = await get(web.url(), context, read_as="bytes")

    assert answer.body == plain


async def test_a_packed_bomb_is_stopped_by_its_unpacked_size(
    context: Surroundings, web: WebServer
) -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    web.on["/"] = Sent(200, {"Content-Encoding": "gzip"}, bomb)
    web.on["/twice"] = Sent(200, {"Content-Encoding": "gzip, gzip"}, gzip.compress(bomb))

    with pytest.raises(Rejected, match="larger than 1,000,000 bytes"):
        await get(web.url(), context, size_limit=1_000_000)
    with pytest.raises(Rejected, match="not asked for"):
        await get(web.url("/twice"), context)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("file:///etc/passwd", "starts with file:"),
        ("example.org", "no scheme"),
        ("http://", "Write https://host/path"),
        ("http://[broken", "can't be read"),
        ("https://user:hidden@exa mple:port/", "can't be read"),
    ],
)
async def test_what_is_no_address_is_said_without_quoting_it(
    context: Surroundings, url: str, message: str
) -> None:
    with pytest.raises(BadInput, match=message) as caught:
        await get(url, context)

    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "other"},
        {"Content-Length": "3"},
        {"X-A": "two\r\nlines"},
        {"X-A": "grün"},
        {"X\n": "a"},
    ],
)
async def test_headers_that_break_a_message_are_refused(
    context: Surroundings, web: WebServer, headers: dict[str, str]
) -> None:
    web.on["/"] = Sent()

    with pytest.raises(BadInput, match="header"):
        await get(web.url(), context, headers=headers)

    assert web.received == []


async def test_only_granted_hosts_are_asked(granting: Granting, web: WebServer) -> None:
    web.on["/"] = Sent(200, {}, b"")
    context = granting(hosts=("localhost",))

    await get(web.url(host="localhost"), context)
    with pytest.raises(NotGranted, match=r"may not reach 127\.0\.0\.1.*--allow-host 127\.0\.0\.1"):
        await get(web.url(), context)

    assert len(web.received) == 1
