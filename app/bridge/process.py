"""The studio's own runtime: a child process that ends with the studio, however that ends."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
import psutil

import runtime
from graph.errors import HeddleError
from runtime.settings import Settings, variable_of

PATIENCE = 8.0
"""Seconds that it is given to leave its runs in good order."""

NICENESS = 5
"""The runtime stands back behind the window when there is more to do than processors."""

PROGRAM = Path(runtime.__file__).resolve().parent.parent / "main.py"
"""What is started: the same program as the studio's, with other words."""


class NotStarted(HeddleError):
    """The runtime can't be started here; the message has what it said last."""


class Place(NamedTuple):
    """Where a runtime is spoken to."""

    address: str
    token: str


class _Ready(msgspec.Struct):
    address: str
    token: str


class RuntimeProcess:
    """One child, once. Everything here blocks: it is called from threads beside the bridge's."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        self._over = False
        self._change = threading.Lock()

    def start(self) -> Place:
        """Start the child; gives where it is once it listens. Raises NotStarted."""
        with self._log() as log, self._change:
            if self._over:
                raise NotStarted("The runtime was told to end before it had begun.")
            child = self._child = _spawn(self._settings, log)
        assert child.stdout is not None, "it has been asked for"
        line = child.stdout.readline()
        if not line:
            raise self._not_started()
        with contextlib.suppress(psutil.Error):
            psutil.Process(child.pid).nice(_niceness())
        ready = msgspec.json.decode(line, type=_Ready)
        return Place(ready.address, ready.token)

    def wait(self) -> int | None:
        """Come back when the child has ended; gives its exit code."""
        child = self._child
        if child is None:
            return None
        code = child.wait()
        _sweep_up(child)
        return code

    @property
    def pid(self) -> int:
        """The child's process id, 0 when there is none."""
        return self._child.pid if self._child else 0

    def end(self) -> None:
        """Ask the child to end, and make it when it takes too long. None is started after that."""
        with self._change:
            self._over = True
            child, self._child = self._child, None
        if child is None:
            return
        if child.stdin:
            child.stdin.close()
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if child.stdout:
            child.stdout.close()
        _sweep_up(child)

    @property
    def log_file(self) -> Path:
        """What the child says to its standard error."""
        return self._settings.folder / "logs" / "runtime.log"

    def _log(self) -> IO[bytes]:
        try:
            self.log_file.parent.mkdir(parents=True, exist_ok=True)
            return self.log_file.open("wb")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise NotStarted(
                f"The runtime can't be started: {self.log_file} can't be written: {reason}.",
                cure="Make room there, or name another folder as HEDDLE_HOME.",
            ) from error

    def _not_started(self) -> NotStarted:
        self.end()
        said = self.log_file.read_text(errors="replace").strip().splitlines()
        last = said[-1] if said else "it said nothing"
        return NotStarted(
            f"The runtime can't be started: {last}", cure=f"{self.log_file} says more."
        )


def _spawn(settings: Settings, log: IO[bytes]) -> subprocess.Popen[bytes]:
    scratch = scratch_folder(settings)
    scratch.mkdir(parents=True, exist_ok=True)
    words = ["serve", "--steady", "--json", "--while-stdin", "--any-folder",
             "--recover-asking"]  # fmt: skip
    own = variables(settings) | {
        "HEDDLE_TOKEN": secrets.token_urlsafe(32), "HEDDLE_HOME": str(settings.folder),
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), *words, "--folder", str(scratch)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env={**os.environ, **own},
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def variables(settings: Settings) -> dict[str, str]:
    """What says the same settings to the child, as far as they aren't what they are by default."""
    plain = Settings()
    values = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    return {
        variable_of(name): str(value)
        for name, value in values.items()
        if value != getattr(plain, name)
    }


def scratch_folder(settings: Settings) -> Path:
    """Where flows run that are in no file yet."""
    return settings.folder / "unsaved"


def _niceness() -> int:
    if sys.platform == "win32":
        return int(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    return NICENESS


def _sweep_up(child: "subprocess.Popen[bytes]") -> None:
    """End what the child had started and could not end itself."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
