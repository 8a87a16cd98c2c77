"""One screen and bus for all journeys; a studio with a home of its own for each."""

from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

import pytest

from tests.desktop.accessible import Bus
from tests.desktop.driver import Driver
from tests.desktop.machine import Machine, machine_or_skip, saved

Start = Callable[..., Driver]

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a journey failed, so that its screen is kept."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


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
    """Start the studio: `start(files)`; a second start finds what the first left behind.

    With another `home` it is a studio on another machine.
    """
    drivers = list[Driver]()

    def begin(files: Sequence[Path] = (), home: str = "home") -> Driver:
        drivers.append(Driver(machine, bus, tmp_path / home, files))
        return drivers[-1]

    yield begin
    if request.node.stash.get(FAILED, False):
        saved(machine.picture(), tmp_path / "screen.png")
        print(f"The screen as it was: {tmp_path / 'screen.png'}")
    for driver in drivers:
        driver.end()
    said = "\n".join(driver.complaints() for driver in drivers).strip()
    assert not said, f"The studio complained:\n{said}"
