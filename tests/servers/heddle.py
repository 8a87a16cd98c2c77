"""A real `heddle serve` in a process of its own, in a home of the test's."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

import httpx

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
TOKEN = "a-token-of-the-test"


class Heddle:
    """Serves some services, or all at one port; begun anew it is where it was."""

    def __init__(self, home: Path, *words: str, **variables: str) -> None:
        self.home = home
        self._words = words
        self._variables = variables
        self._process: subprocess.Popen[str] | None = None
        self._port = 0
        self.address = ""
        self.services: dict[str, str] = {}

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, *more: str) -> None:
        """Begin, at the same port as before, and come back once requests are let in."""
        command = [sys.executable, str(ROOT / "main.py"), "serve", *self._words]
        command += ["--json", "--port", str(self._port), *more]
        self.home.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            command, cwd=self.home, env=self.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        late = threading.Timer(START_SECONDS, self._process.kill)
        late.start()
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        late.cancel()
        assert line, "heddle serve did not start"
        ready = json.loads(line)
        self.address, self.services = ready["address"], ready.get("services", {})
        self._port = int(self.address.rpartition(":")[2]) if len(self.services) < 2 else 0

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as a person does."""
        self._end(signal.SIGTERM)

    def client(self, service: str = "", token: str = TOKEN) -> httpx.AsyncClient:
        """A client of a service that knows the token."""
        headers = {"Authorization": f"Bearer {token}"}
        address = self.services[service] if service else self.address
        return httpx.AsyncClient(base_url=address, headers=headers, timeout=30)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the process, for commands that are to have the same home."""
        own = {"HEDDLE_HOME": str(self.home), "HEDDLE_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}
        return {**os.environ, **own, **self._variables}

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
        self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
