"""A real Redis: in memory only, on its own port, with its own password, stopped at the end.

A test asks for `redis_server`. Without Redis a desk skips these tests and says why; a build
machine fails them, since there a skip would be a promise nobody checks.
"""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
import redis

START_SECONDS = 15.0
STOP_SECONDS = 10.0


class RedisServer:
    """One server, which keeps nothing: `stop()` and `start()` have it begin anew."""

    def __init__(self) -> None:
        found = shutil.which("redis-server")
        if found is None:
            raise FileNotFoundError("Redis is not installed; `make test` installs it on Debian")
        self._binary = found
        self._folder = tempfile.TemporaryDirectory(prefix="heddle-redis-")
        self._password = secrets.token_urlsafe(16)
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start, and return when it answers."""
        # Said on standard input, where the list of processes shows no password.
        settings = (
            f"bind 127.0.0.1\nport {self._port}\nrequirepass {self._password}\n"
            f'save ""\nappendonly no\ndir {self._folder.name}\nlogfile {self._log}\n'
        )
        self._process = subprocess.Popen(
            [self._binary, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        assert self._process.stdin is not None
        with self._process.stdin as configuration:
            configuration.write(settings.encode())
        self._wait_until_ready()

    def stop(self) -> None:
        """End it, and whoever is connected loses the line."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(STOP_SECONDS)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._folder.cleanup()

    @property
    def _log(self) -> Path:
        return Path(self._folder.name, "log")

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with (
                contextlib.suppress(redis.RedisError),
                contextlib.closing(redis.Redis.from_url(self.url)) as client,
            ):
                client.ping()
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"Redis did not start:\n{self._log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A server for this test alone, to be stopped and started."""
    try:
        server = RedisServer()
    except FileNotFoundError as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))
    with server:
        yield server
