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
from tests.desktop.machine import Machine, Picture
from tests.desktop.waiting import until

ROOT = Path(__file__).parents[2]

Box = tuple[int, int, int, int]


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
        machine.xdotool("windowfocus", "--sync", self.window)

    @property
    def pid(self) -> int:
        return self.process.pid

    def _alive(self) -> bool:
        assert self.process.poll() is None, f"The studio ended:\n{self.log.read_text()}"
        return True

    def _window(self) -> str:
        found = self.machine.xdotool("search", "--onlyvisible", "--pid", self.pid, "--name", ".")
        return found.split("\n")[0]

    # The hand.

    def keys(self, *keys: str) -> None:
        """Press keys one after the other, as `ctrl+n` or `Return`."""
        self.machine.xdotool("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
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

    # The eye.

    def picture(self, box: Box | None = None) -> Picture:
        """The screen, or a part of it."""
        whole = self.machine.picture()
        if box is None:
            return whole
        x, y, width, height = box
        return whole[y : y + height, x : x + width]

    def dots(self, colour: str, box: Box, least: int = 12) -> list[tuple[int, int]]:
        """The middles of the spots of a colour (#rrggbb) in a part of the screen, left to right."""
        wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
        hits = np.argwhere(np.abs(self.picture(box).astype(int) - wanted).max(axis=2) < 12)
        spots = list[list[tuple[int, int]]]()
        for y, x in sorted(map(tuple, hits), key=lambda hit: hit[1]):
            near = next((s for s in spots if max(abs(s[-1][0] - x), abs(s[0][1] - y)) < 8), None)
            (near.append if near else lambda hit: spots.append([hit]))((x, y))
        return [
            (box[0] + sum(x for x, _ in spot) // len(spot),
             box[1] + sum(y for _, y in spot) // len(spot))
            for spot in spots if len(spot) >= least
        ]  # fmt: skip

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
        return self.log.read_text(errors="replace").strip()
