"""A real PostgreSQL: its own data, its own port, its own password, stopped at the end.

A test that only stores asks for `postgres_url` (one database for the whole run) or for
`empty_postgres_url` (one for itself). A test that lets the database fail asks for `own_postgres`,
a server nobody else notices when it stops and starts.

Without PostgreSQL a desk skips these tests and says why; a build machine fails them, since there
a skip would be a promise nobody checks.
"""

import contextlib
import itertools
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psycopg
import pytest

START_SECONDS = 30.0
STOP_SECONDS = 15.0


class PostgresServer:
    """One cluster in a temporary folder; fsync stays on, since durability is what we measure."""

    def __init__(self) -> None:
        self._binaries = installed_binaries()
        # PostgreSQL refuses to run as root; then it runs as the account Debian made for it.
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = tempfile.TemporaryDirectory(prefix="heddle-postgres-")
        self._data = Path(self._folder.name, "data")
        self._password = secrets.token_urlsafe(16)
        self._port = _free_port()
        self._databases = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self._port}/{database}"

    def new_database(self) -> str:
        """Create an empty database and return its address."""
        name = f"heddle_{next(self._databases)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def start(self) -> None:
        """Start on the data as it stands and return when connections are accepted."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self._port,
            "unix_socket_directories": "",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                group=self._user,
                extra_groups=[] if self._user else None,
            )
        self._wait_until_ready()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT breaks connections off, SIGQUIT is the crash it recovers from."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(STOP_SECONDS)
        self._process = None

    def __enter__(self) -> Self:
        self._make_cluster()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._folder.cleanup()

    @property
    def _log(self) -> Path:
        return Path(self._folder.name, "log")

    def _make_cluster(self) -> None:
        password_file = Path(self._folder.name, "password")
        password_file.write_text(self._password)
        if self._user:
            for path in (Path(self._folder.name), password_file):
                shutil.chown(path, self._user, self._user)
        done = subprocess.run(
            [
                self._binaries / "initdb",
                "--username=postgres",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                self._data,
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stderr}")

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url(), connect_timeout=2).close()
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}")


def installed_binaries() -> Path:
    """The folder of the newest PostgreSQL here, Debian's layout first, then the PATH."""
    newest_first = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda initdb: int(initdb.parts[-3]),
        reverse=True,
    )
    on_path = shutil.which("initdb")
    found = [*newest_first, *([Path(on_path)] if on_path else [])]
    if not found:
        raise FileNotFoundError("PostgreSQL is not installed; `make test` installs it on Debian")
    return found[0].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def server_or_skip() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except FileNotFoundError as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))
    with server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server the whole test run shares."""
    with server_or_skip() as server:
        yield server


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server for this test alone, to be stopped and started: `stop()`, `start()`."""
    with server_or_skip() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """The address of a database that this test run shares."""
    return postgres_server.new_database()


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> str:
    """The address of an empty database, for this test alone."""
    return postgres_server.new_database()
