"""A person sees in the real window how every agent is, and brings back a host that was down."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture
def port() -> Iterator[int]:
    """A port at which nobody answers."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]


@pytest.fixture
def file(tmp_path: Path, port: int) -> Path:
    """A flow that asks there again and again."""
    retry = {"attempts": 6, "delay": 0.05}
    block = {
        "kind": "http.get", "title": "Orders",
        "fields": {"url": f"http://127.0.0.1:{port}/orders"}, "settings": {"retry": retry},
    }  # fmt: skip
    made = tmp_path / "orders.flow.json"
    made.write_text(json.dumps({"heddle": 1, "name": "Orders", "blocks": {"get": block}}))
    return made


def run(studio: Driver) -> None:
    studio.tree.wait_for("push button", "Run").do("Press")


def guard(studio: Driver, port: int, state: str) -> str:
    """What is said of the guard of the host, once its breaker stands so."""
    begins = f"Guard of 127.0.0.1:{port}: {state}"
    names = until(
        lambda: [thing.name for thing in studio.tree.walk() if thing.name.startswith(begins)],
        f"a guard that is {state.lower()}",
    )
    return names[0]


def see(studio: Driver, *texts: str) -> None:
    """See these cells in the list of agents."""
    table = studio.tree.wait_for("table", "Agents")
    until(lambda: {*texts} <= {cell.name for cell in table.walk()}, f"a list with {texts}")


def test_every_agent_is_seen_and_a_breaker_that_opened_is_reset(
    start: Start, file: Path, port: int
) -> None:
    studio = start([file])
    studio.tree.wait_for("push button", "Runtime is ready")
    studio.tree.wait_for("push button", "Let it run").do("Press")
    until(lambda: not studio.tree.find("push button", "Let it run"), "the question going")
    run(studio)

    studio.tree.wait_for("push button", "Show agents").do("Press")
    see(studio, "HTTP", "Breakers: 1 open", "Files", "Databases", "Python sandbox", "Models")
    assert "5 of 5 failed" in guard(studio, port, "Open, tried again in")

    studio.tree.wait_for("push button", f"Try again now: 127.0.0.1:{port}").do("Press")
    guard(studio, port, "Closed")
    studio.tree.wait_for("push button", "Check deeply").do("Press")
    studio.tree.wait_for("label", "HTTP is well.")
