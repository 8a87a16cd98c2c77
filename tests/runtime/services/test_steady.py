"""A home has the same port each time, as long as nobody else has it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.swarm.studio_bridge.plugin import FOLDER
from runtime.services.server import CannotListen, Listening
from runtime.services.steady import FIRST, PORTS, at_steady_port

KNOWN = 20_000


class Ports:
    """The ports of a machine, of which some are taken; what is listened at is a free one."""

    def __init__(self, *taken: int) -> None:
        self.taken = set(taken)
        self.asked = list[int]()
        self.open = contextlib.ExitStack()

    def __call__(self, port: int) -> Listening:
        self.asked.append(port)
        if port in self.taken:
            raise CannotListen(f"{port} is taken.")
        made = self.open.enter_context(_listening())
        made.port = port or KNOWN
        self.taken.add(made.port)
        return made


@contextlib.contextmanager
def _listening() -> Iterator[Listening]:
    made = Listening("127.0.0.1", 0)
    with made.socket:
        yield made


@pytest.fixture
def ports() -> Iterator[Ports]:
    made = Ports()
    with made.open:
        yield made


def test_a_new_home_has_the_first_port_and_keeps_it(tmp_path: Path, ports: Ports) -> None:
    first = at_steady_port(tmp_path / "home", ports)
    second = at_steady_port(tmp_path / "home", ports)
    ports.taken.clear()
    again = at_steady_port(tmp_path / "home", ports)

    assert [first.port, second.port, again.port] == [FIRST, FIRST + 1, FIRST]


def test_who_came_second_at_first_keeps_its_port_as_well(tmp_path: Path, ports: Ports) -> None:
    at_steady_port(tmp_path / "one", ports)
    at_steady_port(tmp_path / "two", ports)
    ports.taken.clear()

    assert at_steady_port(tmp_path / "two", ports).port == FIRST + 1


def test_where_all_are_taken_any_port_will_do(tmp_path: Path, ports: Ports) -> None:
    ports.taken = set(range(FIRST, FIRST + PORTS))

    assert at_steady_port(tmp_path, ports).port == KNOWN
    assert ports.asked[-1] == 0


@pytest.mark.parametrize("noted", ["", "8", "-1", "99999", "eight", "8010 8011"])
def test_what_is_no_port_is_not_asked_for(tmp_path: Path, ports: Ports, noted: str) -> None:
    (tmp_path / "port").write_text(noted)
    ports.taken = {8}

    assert at_steady_port(tmp_path, ports).port == FIRST


def test_a_home_that_cannot_be_written_has_a_port_all_the_same(
    tmp_path: Path, ports: Ports
) -> None:
    (tmp_path / "home").write_text("in the way")

    assert at_steady_port(tmp_path / "home", ports).port == FIRST


def test_a_machine_that_cannot_listen_says_so(tmp_path: Path, ports: Ports) -> None:
    ports.taken = {0, *range(FIRST, FIRST + PORTS)}

    with pytest.raises(CannotListen):
        at_steady_port(tmp_path, ports)


def test_the_plugin_speaks_to_the_first_port() -> None:
    assert f'"http://127.0.0.1:{FIRST}"' in (FOLDER / "Protocol.luau").read_text("utf-8")
