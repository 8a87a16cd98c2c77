"""One screen and bus for all journeys; a studio with a home of its own for each."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.desktop.accessible import Bus
from tests.desktop.driver import Driver
from tests.desktop.machine import Machine, machine_or_skip

Start = Callable[..., Driver]


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine_or_skip(tmp_path_factory.mktemp("machine")) as machine:
        yield machine


@pytest.fixture(scope="session")
def bus(machine: Machine) -> Iterator[Bus]:
    bus = Bus(machine.environment["DBUS_SESSION_BUS_ADDRESS"])
    yield bus
    bus.close()


@pytest.fixture
def start(
    machine: Machine, bus: Bus, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Start]:
    """Start the studio: `start(files)`; a second start finds what the first left behind."""
    drivers = list[Driver]()

    def begin(files: Sequence[Path] = ()) -> Driver:
        drivers.append(Driver(machine, bus, tmp_path / "home", files))
        return drivers[-1]

    yield begin
    for driver in drivers:
        driver.end()
    said = "\n".join(driver.complaints() for driver in drivers).strip()
    assert not said, f"The studio complained:\n{said}"
