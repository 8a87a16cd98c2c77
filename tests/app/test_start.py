"""Starting the studio: what is there at once, and what comes later."""

import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.warming import Warming

HEAVY = ("NodeGraphQt", "numpy", "httpx", "websockets", "sqlalchemy", "litestar", "jsonschema",
         "markdown_it", "pyqtgraph", "pydantic_monty")  # fmt: skip

SHOW = f"""
import sys
from app.start import application, build
from runtime.settings import Settings

app = application()
window = build(Settings(home=sys.argv[1]))
window.seen.connect(app.quit)
window.show()
app.exec()
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_the_welcome_page_is_seen_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", SHOW, str(tmp_path)], capture_output=True, text=True, timeout=50
    )

    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.split() == []


def test_what_comes_later_comes_by_itself(window: MainWindow, qtbot: QtBot) -> None:
    Warming(window.studio, window.complete).begin()

    qtbot.waitUntil(lambda: "installed" in vars(window.studio))
    qtbot.waitUntil(lambda: "app.editor.page" in sys.modules)
    qtbot.waitUntil(lambda: "arrange.layout" in window.studio.actions.bound_ids())
