"""The real studio in a real window, with a hand on its keyboard and mouse."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil

from tests.desktop.accessible import Bus, Thing
from tests.desktop.machine import HEIGHT, WIDTH, Machine, Picture
from tests.desktop.waiting import until

ROOT = Path(__file__).parents[2]

Box = tuple[int, int, int, int]

ASKED_TOO_LATE = (
    "qt.accessibility.atspi: Could not find accessible on path",
    "qt.accessibility.atspi: Accessible invalid:",
)
"""What Qt says when we ask about an object that has just gone."""


class Driver:
    """Starts `python main.py studio` at once; `tree` is what a screen reader sees of it."""

    def __init__(self, machine: Machine, bus: Bus, home: Path, files: Sequence[Path] = ()) -> None:
        self.machine, self.home = machine, home
        home.mkdir(parents=True, exist_ok=True)
        self.log = home.with_name(f"{home.name}.{os.urandom(3).hex()}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-X", "faulthandler", "main.py", "studio", *map(str, files)],
                cwd=ROOT, env={**machine.environment, "HEDDLE_HOME": str(home)},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.tree: Thing = until(lambda: self._alive() and bus.application(self.pid),
                                 "the start of the studio")  # fmt: skip
        self.window = until(self._window, "the window")
        machine.xdotool("mousemove", WIDTH - 1, HEIGHT - 1)
        until(self._is_active, "the window having the keyboard")

    @property
    def pid(self) -> int:
        return self.process.pid

    def _alive(self) -> bool:
        assert self.process.poll() is None, f"The studio ended:\n{self.log.read_text()}"
        return True

    def _window(self) -> str:
        return self._windows("--name", "Heddle")[0]

    def _windows(self, *which: str) -> list[str]:
        words = ("search", "--all", "--onlyvisible", "--pid", self.pid, *which)
        return self.machine.xdotool(*words).split("\n")

    def _take_keyboard(self) -> None:
        """A dialog that has gone takes the keyboard with it when nobody manages windows."""
        until(self._has_keyboard, "the window having the keyboard again")

    def _has_keyboard(self) -> bool:
        if self.machine.xdotool("getwindowfocus") in self._windows():
            return True
        self.machine.xdotool("windowfocus", self.window)
        return False

    def _is_active(self) -> bool:
        """Without a window manager nobody but us gives the window the keyboard."""
        self.machine.xdotool("windowfocus", self.window)
        frames = [thing for thing in self.tree.children if thing.role == "frame"]
        return bool(frames) and frames[0].is_("active")

    def wait_for_popup(self, over: int = 1) -> None:
        """Wait until something has opened over so many windows; no screen reader lists it."""
        until(lambda: len(self._windows()) > over, "a popup")

    def wait_for_no_popup(self, over: int = 1) -> None:
        """Wait until only so many windows are there: until then keys are the popup's."""
        until(lambda: len(self._windows()) == over, "the popup going")

    # The hand.

    def keys(self, *keys: str) -> None:
        """Press keys one after the other, as `ctrl+n` or `Return`."""
        self._take_keyboard()
        self.machine.xdotool("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._take_keyboard()
        self.machine.xdotool("type", "--delay", 15, text)

    def click(self, x: int, y: int, button: int = 1, times: int = 1) -> None:
        """Click at a place of the screen."""
        again = ("--repeat", times, "--delay", 60)
        self.machine.xdotool("mousemove", "--sync", x, y, "click", *again, button)

    def click_on(self, thing: Thing, times: int = 1) -> None:
        """Click in the middle of something."""
        x, y, width, height = thing.box
        self.click(x + width // 2, y + height // 2, times=times)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press at one place, move over to another, let go."""
        x, y = start
        steps = [(x + (end[0] - x) * part // 8, y + (end[1] - y) * part // 8)
                 for part in range(1, 9)]  # fmt: skip
        way = [word for step in steps for word in ("mousemove", "--sync", *step, "sleep", "0.02")]
        self.machine.xdotool("mousemove", "--sync", x, y, "mousedown", 1, *way, "mouseup", 1)

    def bring_up(self, dock: str) -> None:
        """Bring up a dock by the command palette, as its tab needn't be there."""
        self.keys("ctrl+k")
        self.wait_for_popup()
        self.type(dock)
        self.keys("Return")
        self.tree.wait_for("page tab", dock)

    # The eye.

    def picture(self, box: Box | None = None) -> Picture:
        """The screen, or a part of it."""
        whole = self.machine.picture()
        if box is None:
            return whole
        x, y, width, height = box
        return whole[y : y + height, x : x + width]

    def dots(self, colour: str, box: Box) -> list[tuple[int, int]]:
        """The middles of the dots of a colour (#rrggbb) in a part of the screen, left to right."""
        wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
        alike = np.abs(self.picture(box).astype(int) - wanted).max(axis=2) < 12
        left = {(int(x), int(y)) for y, x in np.argwhere(alike)}
        found = list[tuple[int, int]]()
        while left:
            spot = _spot(left)
            xs, ys = [x for x, _ in spot], [y for _, y in spot]
            if all(5 <= max(side) - min(side) <= 14 for side in (xs, ys)):
                found.append((box[0] + (min(xs) + max(xs)) // 2, box[1] + (min(ys) + max(ys)) // 2))
        return sorted(found)

    # The end.

    def kill(self) -> None:
        """End it the way a crash does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def quit(self) -> int:
        """Close it by its own action; gives the exit code."""
        self.keys("ctrl+q")
        return self.process.wait(20)

    def end(self) -> None:
        """End it and all it started, whatever state that is in."""
        family = self.children()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()
        for child in family:
            if child.is_running():
                child.kill()

    def children(self) -> list[psutil.Process]:
        """The processes it started."""
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def complaints(self) -> str:
        """What it wrote to its standard streams: nothing when all is well."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(line for line in lines if not line.startswith(ASKED_TOO_LATE))


def _spot(left: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Some pixel and all that hang together with it, taken out of those that are left."""
    spot = [left.pop()]
    for x, y in spot:
        near = {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} & left
        left -= near
        spot += near
    return spot
