"""Which ports a process listens on, and which service is let in where."""

from pathlib import Path

import pytest

from runtime.services import doors as module
from runtime.services.doors import OnePort, Wish, addresses, close, doors, main_door
from runtime.services.front import is_below
from runtime.services.offered import SERVICES, NoSuchName, named
from runtime.services.server import CannotListen, Listening
from tests.servers.heddle import Heddle


def wish(port: int | None = 0, *, production: bool = False, public: str = "") -> Wish:
    return Wish("127.0.0.1", port, production, (), public)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports that are asked for, whatever is free here."""
    ports = list[int]()

    def listening(host: str, port: int, names: object = (), *, public: str = "") -> Listening:
        ports.append(port)
        return Listening(host, 0, public=public)

    monkeypatch.setattr(module, "Listening", listening)
    return ports


def test_without_names_all_services_are_at_one_port() -> None:
    made = doors((), wish())
    close(made)

    assert [door.services for door in made] == [SERVICES]
    assert len(set(addresses(made).values())) == 1
    assert main_door(made) is made[0]


def test_named_services_have_a_port_each() -> None:
    made = doors(("visual", "designer"), wish())
    close(made)

    assert addresses(made).keys() == {"visual", "designer"}
    assert len(set(addresses(made).values())) == 2
    assert main_door(made) is None


@pytest.mark.parametrize(
    ("names", "production", "ports"),
    [((), False, [8004]), ((), True, [8104]), (("designer", "visual"), False, [8002, 8006]),
     (("websocket", "gateway"), True, [8109, 8000])],
)  # fmt: skip
def test_ports_are_those_of_the_table(
    asked: list[int], names: tuple[str, ...], production: bool, ports: list[int]
) -> None:
    close(doors(names, wish(None, production=production)))

    assert asked == ports


def test_no_two_services_have_the_same_port() -> None:
    for ports in ([one.port for one in SERVICES], [one.production for one in SERVICES]):
        assert len(set(ports)) == len(ports)


def test_a_service_that_there_is_not_is_named_with_what_was_meant() -> None:
    with pytest.raises(NoSuchName, match="visual") as error:
        named(["visaul"])

    assert "visual" in error.value.cure


def test_several_services_do_not_share_a_port_of_ones_own_choice() -> None:
    with pytest.raises(OnePort, match="2 services"):
        doors(("visual", "designer"), wish(9))


def test_when_one_port_is_taken_the_others_are_let_go() -> None:
    taken = Listening("127.0.0.1", 0)
    try:
        with pytest.raises(CannotListen):
            doors(("visual",), wish(taken.port))
    finally:
        taken.socket.close()


def test_a_public_address_counts_for_what_is_at_one_port() -> None:
    made = doors((), wish(public="https://heddle.example"))
    close(made)

    assert set(addresses(made, "https://heddle.example").values()) == {"https://heddle.example"}


@pytest.mark.parametrize(
    ("path", "start", "below"),
    [("/ws", "/ws", True), ("/ws/", "/ws", True), ("/wsx", "/ws", False), ("/a/b", "/a", True),
     ("/anything", "/", True), ("/", "/ws", False)],
)  # fmt: skip
def test_a_path_is_below_another_or_is_not(path: str, start: str, below: bool) -> None:
    assert is_below(path, start) is below


async def test_a_port_answers_only_for_its_own_service_and_for_who_is_there(
    tmp_path: Path,
) -> None:
    with Heddle(tmp_path, "visual", "designer") as server:
        async with server.client("visual") as client:
            health = (await client.get("/health")).json()
            listed = (await client.get("/services")).json()
            other = await client.get("/api/v1/designer/agents")
            control = await client.get("/runs")

    assert [one["service"] for one in health] == ["visual"]
    assert {one["service"]: one["address"] for one in listed} == server.services
    assert (other.status_code, control.status_code) == (404, 404)
    assert other.headers["content-type"] == "application/problem+json"
