"""Where requests may go: redirects, disguised addresses, names that change their mind."""

import asyncio
import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agents.contract import Grants
from agents.errors import NotGranted, Refused, Rejected
from agents.hosts import allow, is_forbidden
from agents.http.blocks import get, request
from tests.agents.conftest import Granting, Surroundings
from tests.agents.http.server import Sent, WebServer


def redirect(to: str, status: int = 302) -> Sent:
    return Sent(status, {"Location": to})


class NameServer:
    """Stands in for DNS: gives the addresses it was told, one answer after the other."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def getaddrinfo(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        addresses = self.answers.pop(0).split()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]


async def test_a_redirect_is_followed(context: Surroundings, web: WebServer) -> None:
    web.on["/old"] = redirect("/new")
    web.on["/new"] = Sent(200, {"Content-Type": "text/plain"}, b"here")

    answer = await get(web.url("/old"), context)

    assert (answer.body, answer.url) == ("here", web.url("/new"))


async def test_a_redirect_can_be_looked_at_instead(context: Surroundings, web: WebServer) -> None:
    web.on["/old"] = redirect("/new")

    answer = await get(web.url("/old"), context, follow_redirects=False)

    assert (answer.status, answer.headers["location"]) == (302, "/new")


async def test_redirects_that_go_round_end(context: Surroundings, web: WebServer) -> None:
    web.on["/"] = redirect("/")

    with pytest.raises(Rejected, match="redirected more than 10 times"):
        await get(web.url(), context)

    assert len(web.received) == 11


async def test_a_body_goes_along_where_the_status_says_so(
    context: Surroundings, web: WebServer
) -> None:
    web.on["/kept"] = redirect("/new", 307)
    web.on["/dropped"] = redirect("/new", 303)
    web.on["/new"] = Sent()

    await request(web.url("/kept"), context, body="hello")
    await request(web.url("/dropped"), context, body="hello")

    got = [(r.method, r.body) for r in web.received if r.path == "/new"]
    assert got == [("POST", b"hello"), ("GET", b"")]


async def test_another_origin_never_sees_what_may_open_a_door(
    context: Surroundings, web: WebServer
) -> None:
    async with WebServer() as other:
        web.on["/same"] = redirect("/other")
        web.on["/other"] = redirect(other.url("/"))
        other.on["/"] = Sent()
        keys = {"Authorization": "Bearer k", "X-Api-Key": "k", "Cookie": "k", "Accept": "a/b"}

        await get(web.url("/same"), context, headers=keys)

    assert web.received[1].headers["x-api-key"] == "k"
    headers = other.received[0].headers
    assert not {"authorization", "x-api-key", "cookie"} & set(headers)
    assert headers["accept"] == "a/b"


async def test_every_hop_must_be_granted(granting: Granting, web: WebServer) -> None:
    async with WebServer() as other:
        context = granting(hosts=(f"127.0.0.1:{web.port}",))
        web.on["/"] = redirect(other.url("/"))

        with pytest.raises(NotGranted, match=r"may not reach 127\.0\.0\.1"):
            await get(web.url(), context)

        assert other.received == []


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "169.254.43518",
        "[::ffff:169.254.169.254]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[64:ff9b::a9fe:a9fe]",
        "100.100.100.200",
        "168.63.129.16",
    ],
)
async def test_metadata_is_out_of_reach_in_every_disguise(context: Surroundings, host: str) -> None:
    with pytest.raises(NotGranted, match="that no flow may reach"):
        await get(f"http://{host}/latest/meta-data", context, time_limit=2.0)


async def test_a_redirect_to_metadata_is_not_followed(
    context: Surroundings, web: WebServer
) -> None:
    web.on["/"] = redirect("http://169.254.169.254/latest/meta-data")

    with pytest.raises(NotGranted, match="that no flow may reach"):
        await get(web.url(), context)


async def test_a_name_for_metadata_is_out_of_reach(
    context: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = NameServer("169.254.169.254")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", names.getaddrinfo)

    with pytest.raises(NotGranted, match=r"friendly\.example is 169\.254\.169\.254"):
        await get("http://friendly.example/", context)


async def test_a_name_is_asked_for_once_so_it_cannot_change_its_mind(
    context: Surroundings, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.on["/"] = Sent(200, {"Content-Type": "text/plain"}, b"checked")
    names = NameServer("127.0.0.1", "169.254.169.254")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", names.getaddrinfo)

    answer = await get(web.url(host="changing.example"), context)

    assert answer.body == "checked"
    assert web.received[0].headers["host"] == f"changing.example:{web.port}"
    assert names.asked == ["changing.example"]


async def test_the_next_address_is_tried_when_one_does_not_answer(
    context: Surroundings, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.on["/"] = Sent(200, {"Content-Type": "text/plain"}, b"second")
    names = NameServer("127.0.0.2 127.0.0.1")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", names.getaddrinfo)

    answer = await get(web.url(host="two.example"), context)

    assert answer.body == "second"


async def test_one_forbidden_address_among_others_is_enough(
    context: Surroundings, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = NameServer("127.0.0.1 169.254.169.254")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", names.getaddrinfo)

    with pytest.raises(NotGranted):
        await get(web.url(host="two.example"), context)

    assert web.received == []


def test_ordinary_addresses_are_no_metadata() -> None:
    ordinary = ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "8.8.8.8", "2001:4860:4860::8888"]

    assert not any(is_forbidden(address) for address in ordinary)


@pytest.mark.parametrize(
    ("entry", "host", "port", "passes"),
    [
        ("*", "any.example", 80, True),
        ("api.example.org", "API.example.org.", 443, True),
        ("api.example.org", "evil-api.example.org", 443, False),
        ("*.example.org", "a.b.example.org", 443, True),
        ("*.example.org", "example.org", 443, False),
        ("*.example.org", "evilexample.org", 443, False),
        ("example.org:8080", "example.org", 8080, True),
        ("example.org:8080", "example.org", 80, False),
        ("::1", "::1", 80, True),
        ("[::1]:81", "::1", 80, False),
        ("grün.example", "xn--grn-ioa.example", 80, True),
    ],
)
def test_a_granted_host_is_meant_as_it_is_written(
    entry: str, host: str, port: int, passes: bool
) -> None:
    grants = Grants(folder="/", hosts=(entry,))

    try:
        allow(grants, host, port)
        passed = True
    except NotGranted:
        passed = False

    assert passed is passes


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate that `localhost` has made for itself, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate, and is not installed")
    made, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    words = ["req", "-x509", "-nodes", "-days", "1", "-newkey", "ec"]
    curve = ["-pkeyopt", "ec_paramgen_curve:prime256v1"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        [openssl, *words, *curve, *names, "-keyout", key, "-out", made],
        check=True,
        capture_output=True,
    )
    return made, key


async def test_a_certificate_is_checked_against_the_name_not_the_address(
    granting: Granting, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trust.load_cert_chain(*certificate)
    async with WebServer(trust) as web:
        web.on["/"] = Sent(200, {"Content-Type": "text/plain"}, b"safe")

        with pytest.raises(Refused, match="certificate is not to be trusted"):
            await get(web.url(host="localhost"), granting())
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        context = granting()
        answer = await get(web.url(host="localhost"), context)
        with pytest.raises(Refused, match="certificate is not to be trusted"):
            await get(web.url(host="127.0.0.1"), context)

    assert answer.body == "safe"
