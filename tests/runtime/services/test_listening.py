"""Where a server listens, and where its own user finds it."""

import os
import stat
from pathlib import Path

import pytest

from runtime.services.server import CannotListen, Listening, is_loopback
from runtime.services.whereabouts import Whereabouts, announced, whereabouts


def test_a_port_that_is_taken_is_named() -> None:
    taken = Listening("127.0.0.1", 0)

    with pytest.raises(CannotListen, match=str(taken.port)):
        Listening("127.0.0.1", taken.port)
    taken.socket.close()


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.9.9.9", True),
     ("0.0.0.0", False), ("::", False), ("192.168.1.2", False), ("example.org", False)],
)  # fmt: skip
def test_only_the_loopback_is_private(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_a_server_for_everybody_can_be_reached_here_too() -> None:
    listening = Listening("0.0.0.0", 0, ["studio.example"])

    assert listening.address == f"http://127.0.0.1:{listening.port}"
    assert f"studio.example:{listening.port}" in listening.hosts
    listening.socket.close()


def test_whereabouts_are_for_the_user_alone_and_gone_with_the_server(tmp_path: Path) -> None:
    here = Whereabouts("http://127.0.0.1:1", "secret", "host:1:a/b")

    with announced(tmp_path, here):
        (file,) = (tmp_path / "servers").iterdir()
        assert whereabouts(tmp_path, here.owner) == here
        assert whereabouts(tmp_path, "host:1:a_b") is None
        if os.name == "posix":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600

    assert whereabouts(tmp_path, here.owner) is None
