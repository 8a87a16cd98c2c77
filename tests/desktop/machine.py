"""A screen and a session bus that nobody else sees, begun and ended by us."""

import contextlib
import os
import shutil
import signal
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QImage

NEEDED = {"Xvfb": "xvfb", "xdotool": "xdotool", "dbus-daemon": "dbus"}
"""Programs, and the Debian packages that have them."""
SPEAKER = "/usr/share/dbus-1/services/org.a11y.Bus.service"

WIDTH, HEIGHT = 1440, 900
Picture = npt.NDArray[np.uint8]
"""Rows of pixels of red, green and blue."""


class Machine:
    """`environment` is for the programs that are to run on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = list[subprocess.Popen[bytes]]()
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        self.environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("QT_", "HEDDLE_", "DBUS_", "WAYLAND_", "XDG_", "DISPLAY"))
        }  # fmt: skip
        self.environment |= {
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "NO_AT_BRIDGE": "0",
            "LC_ALL": "C.UTF-8",
        }

    def start(self) -> None:
        """Have a screen and a bus."""
        picture = ("-fbdir", str(self._folder))  # the screen as a file, so that we see it
        number = self._started(
            ["Xvfb", "-displayfd", "{fd}", "-screen", "0", f"{WIDTH}x{HEIGHT}x24",
             "-nolisten", "tcp", "-noreset", *picture]
        )  # fmt: skip
        self.environment["DISPLAY"] = f":{number}"
        address = self._started(["dbus-daemon", "--session", "--nofork", "--print-address={fd}"])
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address

    def stop(self) -> None:
        """End what was started, and what that started."""
        for process in reversed(self._running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def picture(self) -> Picture:
        """What is on the screen."""
        raw = (self._folder / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", raw[:100])
        size, width, height, line, colours = (header[i] for i in (0, 4, 5, 12, 19))
        start = size + colours * 12
        rows = np.frombuffer(raw, np.uint8, line * height, start).reshape(height, line // 4, 4)
        return np.ascontiguousarray(rows[:, :width, 2::-1])

    def xdotool(self, *words: str | int) -> str:
        """Do as a hand would; gives what xdotool says."""
        done = subprocess.run(
            ["xdotool", *map(str, words)],
            env=self.environment, capture_output=True, text=True, timeout=20,
        )  # fmt: skip
        return done.stdout.strip()

    def _started(self, command: list[str]) -> str:
        """Start a program that writes one line into {fd} when it is ready; gives the line."""
        reading, writing = os.pipe()
        with open(reading) as answer:
            words = [word.replace("{fd}", str(writing)) for word in command]
            with (self._folder / f"{command[0]}.log").open("wb") as log:
                process = subprocess.Popen(
                    words, env=self.environment, pass_fds=(writing,),
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
            os.close(writing)
            self._running.append(process)
            line = answer.readline().strip()
        if not line:
            raise RuntimeError(f"{command[0]} did not start, see {self._folder}.")
        return line


def saved(picture: Picture, file: Path) -> None:
    """Write a picture into a PNG file."""
    height, width, _ = picture.shape
    pixels = np.ascontiguousarray(picture).tobytes()
    QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888).save(str(file))


def missing() -> list[str]:
    """The packages that a real window needs and that aren't there."""
    lacking = [package for program, package in NEEDED.items() if not shutil.which(program)]
    return lacking if Path(SPEAKER).exists() else [*lacking, "at-spi2-core"]


@contextlib.contextmanager
def machine_or_skip(folder: Path) -> Iterator[Machine]:
    """A machine; without its packages a desk skips, and a build machine fails."""
    if lacking := missing():
        why = f"A real window needs the packages {', '.join(lacking)}; `make test` installs them"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    machine = Machine(folder)
    try:
        machine.start()
        yield machine
    finally:
        machine.stop()
