"""Whose process is dead loses its runs at once; whose may be alive keeps them for the lease."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from runtime.ownership import is_gone, new_owner


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        yield child
        child.kill()


def owned_by(process: subprocess.Popen[bytes], host: str = socket.gethostname()) -> str:
    return f"{host}:{process.pid}:word"


def test_a_process_at_work_is_not_gone(process: subprocess.Popen[bytes]) -> None:
    assert not is_gone(owned_by(process))
    assert not is_gone(new_owner())


def test_a_killed_process_is_gone_before_its_parent_takes_note(
    process: subprocess.Popen[bytes],
) -> None:
    process.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 5
    while not is_gone(owned_by(process)) and time.monotonic() < deadline:
        time.sleep(0.005)

    assert is_gone(owned_by(process))
    assert process.returncode is None


def test_nothing_is_known_of_a_process_on_another_host(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()

    assert is_gone(owned_by(process))
    assert not is_gone(owned_by(process, host="elsewhere"))
