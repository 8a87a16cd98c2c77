"""Takes the pictures of the README from the running studio: `python -m tests.screenshots`.

Starts an X server of its own, opens the window there, runs a template, and photographs the screen.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.theme import RESOURCES, Choice

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTH, HEIGHT = 1600, 1000
TEMPLATE = RESOURCES / "templates" / "triage_github_issues.flow.json"
SHOWN_BLOCK = "report"
"""The block whose fields are in the picture of the inspector."""
STOPPED_AT, STOPPED_IF = "each/classify", "delivery['action'] == 'reopened'"
"""The block before which the run stands still in the picture of the debugger, and when."""
SHOWN_TEMPLATE = "api_to_database"
"""The template that is looked at in the picture of the library."""
SHOWN_PART = ("each", "sorted", "counts", "issues", "save_table", "report", "counts_out")
"""The blocks that fill the picture of the canvas."""
THEMES: tuple[Choice, ...] = ("dark", "light")
LONGEST = 60.0
"""Seconds until a picture that doesn't come is given up."""


@contextmanager
def screen() -> Iterator[str]:
    """An X server that ends with the block; gives the name of its display."""
    read, write = os.pipe()
    size = f"{WIDTH}x{HEIGHT}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    try:
        with os.fdopen(read) as told:
            number = told.readline().strip()
        if not number:
            raise SystemExit("No X server: install Debian's xvfb.")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


def take(folder: Path) -> None:
    """Take every picture, each theme in a studio of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    with screen() as display:
        for theme in THEMES:
            with tempfile.TemporaryDirectory() as home:
                subprocess.run(
                    [sys.executable, "-m", "tests.screenshots", theme, str(folder)],
                    env=os.environ | {
                        "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "HEDDLE_HOME": home,
                        "QT_SCALE_FACTOR": "1",
                    },
                    check=True, timeout=4 * LONGEST,
                )  # fmt: skip


def photograph(theme: Choice, folder: Path) -> None:
    """Open the studio on this display and take its pictures in a theme."""
    from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer

    from app.docks.templates import Templates
    from app.editor.choice_popup import ChoicePopup
    from app.start import application, build
    from app.welcome.template_card import TemplateCard
    from runtime.breakpoints import Breakpoint
    from runtime.settings import settings_from

    application()
    window = build(settings_from())
    studio = window.studio
    studio.theme.choose(theme)
    window.setGeometry(0, 0, WIDTH, HEIGHT)
    window.show()
    window.activateWindow()
    studio.bridge.start()

    def until(true: Callable[[], object], what: str) -> None:
        end = time.monotonic() + LONGEST
        while not true():
            turn = QEventLoop()
            QTimer.singleShot(20, turn.quit)
            turn.exec()  # a real loop: only that ends what was left to be deleted later
            if time.monotonic() > end:
                raise SystemExit(f"{what} didn't come.")

    def still() -> None:
        """Let everything settle that moves or comes a little later."""
        end = time.monotonic() + 1.0
        until(lambda: time.monotonic() > end, "A second")

    def save(name: str) -> None:
        still()
        whole = window.screen().grabWindow(0, 0, 0, WIDTH, HEIGHT).toImage()
        _in_few_colours(whole).save(str(folder / f"{name}_{theme}.png"), "PNG", 0)

    try:
        until(lambda: window.findChild(TemplateCard), "The welcome page")
        save("welcome")
        studio.template_wanted.emit(TEMPLATE)
        bench = studio.workspace.current
        assert bench is not None
        still()
        studio.runs.start(bench, {})
        until(lambda: bench.run and bench.run.is_over, "The end of the run")
        bench.select(SHOWN_PART)
        studio.actions["view.fit_selection"].trigger()
        bench.select(())
        save("studio")
        bench.go_to(SHOWN_BLOCK)
        save("inspector")
        studio.actions["go.palette"].trigger()
        popup = window.findChild(ChoicePopup)
        assert popup is not None
        popup.field.setText("sa")
        popup.move(window.mapToGlobal(QPoint((WIDTH - popup.width()) // 2, 96)))
        save("palette")
        popup.close()
        point = Breakpoint("p", STOPPED_AT, condition=STOPPED_IF)
        studio.runs.breakpoints.put(bench, point)
        studio.runs.start(bench, {})
        until(lambda: bench.live and bench.live.view.held, "The breakpoint")
        still()
        studio.actions["view.fit"].trigger()
        save("debugger")
        studio.runs.breakpoints.remove_all(bench)
        studio.actions["run.continue"].trigger()
        until(lambda: bench.live and bench.live.is_over, "The end of the run")
        bench.show_level(())
        studio.actions["view.fit"].trigger()
        window.docks.bring_up("timeline")
        save("timeline")
        library = window.findChild(Templates)
        assert library is not None
        window.docks.bring_up("templates")
        window.resizeDocks([window.docks["templates"]], [560], Qt.Orientation.Horizontal)
        until(lambda: library.cards, "The library")
        library.gallery.go_to(library.model.row_of(SHOWN_TEMPLATE))
        save("library")
    finally:
        studio.bridge.close()


def _in_few_colours(picture: "QImage") -> "QImage":
    """The picture in 256 of its colours, each other one as the nearest of them: a third of the
    size. The commonest are kept, and one of every shade that only an icon has."""
    import numpy as np
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    colours, counts = np.unique(np.frombuffer(plain.constBits(), np.uint32), return_counts=True)
    commonest: list[int] = colours[np.argsort(-counts)].tolist()
    kept = dict.fromkeys(commonest[:96])
    shades = {colour & 0xE0E0E0: colour for colour in reversed(commonest)}
    kept |= dict.fromkeys([*shades.values(), *commonest][: 256 - len(kept)])
    flags = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return plain.convertToFormat(QImage.Format.Format_Indexed8, list(kept), flags)


if __name__ == "__main__":
    match sys.argv[1:]:
        case [("dark" | "light") as chosen, into]:
            photograph(chosen, Path(into))
        case [into]:
            take(Path(into))
        case _:
            take(FOLDER)
