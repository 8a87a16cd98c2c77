"""Nothing that the studio began outlives it: no thread, no process."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from operator import eq
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from app.bridge.bridge import Bridge
from app.bridge.process import NotStarted, RuntimeProcess
from app.start import build
from runtime.settings import Settings
from tests.app.flows import template

LONG = 20_000

FORGETFUL = """
import sys
from PySide6.QtWidgets import QApplication
from app.bridge.bridge import Bridge
from runtime.settings import Settings

app = QApplication([])
bridge = Bridge(Settings(home=sys.argv[1], database_url="memory:"))
bridge.look(lambda journal: journal.runs(), lambda _: app.quit())
app.exec()
print(bridge.pid)
"""


def settings(home: Path) -> Settings:
    return Settings(home=str(home), database_url="memory:")


def begin(qtbot: QtBot, bridge: Bridge) -> None:
    ready = partial(eq, "ready")
    with qtbot.waitSignal(bridge.state_changed, timeout=LONG, check_params_cb=ready):
        bridge.start()


def destroy(what: QObject) -> None:
    what.deleteLater()
    QCoreApplication.sendPostedEvents(what, QEvent.Type.DeferredDelete.value)


def comes(condition: Callable[[], bool]) -> bool:
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_closed_studio_leaves_no_thread_and_no_process(qtbot: QtBot, home: Path) -> None:
    threads = set(threading.enumerate())
    window = build(settings(home))
    studio = window.studio
    studio.flow_wanted.emit(template("hello"))
    begin(qtbot, studio.bridge)
    child = psutil.Process(studio.bridge.pid)

    window.close()
    studio.bridge.close()
    destroy(window)

    assert not child.is_running()
    assert comes(lambda: set(threading.enumerate()) <= threads)


def test_a_closed_bridge_starts_nothing_more(qtbot: QtBot, home: Path) -> None:
    bridge = Bridge(settings(home))
    bridge.close()
    bridge.look(lambda journal: journal.runs(), lambda _: None)

    assert bridge.pid == 0
    assert "bridge" not in {thread.name for thread in threading.enumerate()}
    bridge.deleteLater()


def test_a_bridge_that_is_destroyed_unclosed_ends_its_runtime(qtbot: QtBot, home: Path) -> None:
    bridge = Bridge(settings(home))
    begin(qtbot, bridge)
    child = psutil.Process(bridge.pid)

    destroy(bridge)

    assert comes(lambda: not child.is_running())


def test_an_end_before_the_child_is_there_keeps_it_from_coming(home: Path) -> None:
    process = RuntimeProcess(settings(home))
    process.end()

    with pytest.raises(NotStarted):
        process.start()

    assert process.pid == 0


def test_a_program_that_forgot_its_bridge_ends_and_so_does_the_runtime(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORGETFUL, str(home)], capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stderr
    runtime = int(done.stdout)
    assert comes(lambda: not psutil.pid_exists(runtime))
