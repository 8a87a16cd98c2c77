import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from app.dialogs.connect import ConnectSheet, connect
from app.document import Document
from app.notices import Notice
from app.start import build
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.flow import Block, Flow
from runtime.settings import Settings
from tests.app.flows import CATALOG, template

LONG = 40_000

pytestmark = pytest.mark.slow

SLOW = Flow.of(
    [
        Block("word", "flow.constant", {"value": "kept"}),
        Block("first", "logic.wait", {"seconds": 0.1}),
        Block("second", "logic.wait", {"seconds": 2}),
        Block("out", "flow.output", {"name": "word"}),
    ],
    [("word.value", "first.value"), ("first.value", "second.value"), ("second.value", "out.value")],
    name="Slow",
)


@pytest.fixture(scope="module")
def window(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """The whole window, with a runtime of its own."""
    window = build(Settings(home=str(tmp_path_factory.mktemp("home"))))
    yield window
    window.studio.bridge.close()
    window.close()
    window.deleteLater()


@pytest.fixture
def told(window: MainWindow) -> Iterator[list[Notice]]:
    heard: list[Notice] = []
    window.studio.notices.told.connect(heard.append)
    yield heard
    window.studio.notices.told.disconnect(heard.append)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_killed_runtime_is_told_of_restarted_and_its_run_resumed(
    window: MainWindow, told: list[Notice], qtbot: QtBot
) -> None:
    studio = window.studio
    bench = Workbench(Document(SLOW), CATALOG)
    studio.workspace.add(bench)
    studio.runs.start(bench, {})
    qtbot.waitUntil(
        lambda: bench.run is not None and "second" in bench.run.view.blocks, timeout=LONG
    )

    os.kill(studio.bridge.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: bool(told), timeout=LONG)

    assert bench.run is not None
    assert bench.run.view.state == "interrupted"
    assert studio.bridge.state == "lost"
    assert [offer.title for offer in told[-1].offers] == ["Restart", "Resume the run"]

    told[-1].offers[1].do()
    qtbot.waitUntil(lambda: bench.run is not None and bench.run.is_over, timeout=LONG)

    assert studio.bridge.state == "ready"
    assert bench.run.view.outputs == {"word": "kept"}
    assert bench.run.view.recovered == 1
    assert bench.run.view.blocks["first"].finished == 1
    studio.workspace.remove(bench)


def test_another_runtime_is_tried_out_and_then_used_and_left_again(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    studio = window.studio
    elsewhere = subprocess.Popen(
        [sys.executable, "main.py", "serve", "--port", "0", "--json", "--memory"],
        stdout=subprocess.PIPE,
        env={**os.environ, "HEDDLE_HOME": str(tmp_path)},
    )
    assert elsewhere.stdout is not None
    try:
        place = msgspec.json.decode(elsewhere.stdout.readline())
        sheet = connect(studio)
        sheet.address.setText(place["address"])
        sheet.token.setText("wrong")
        sheet.press("Connect")
        qtbot.waitUntil(lambda: sheet.told.property("role") == "error", timeout=LONG)

        assert studio.bridge.address == ""

        sheet.token.setText(place["token"])
        sheet.press("Connect")
        qtbot.waitUntil(lambda: studio.bridge.state == "elsewhere", timeout=LONG)

        assert studio.bridge.pid == 0
        assert studio.preferences.text("runtime/address") == place["address"]

        bench = Workbench(Document(template("hello")), CATALOG)
        studio.workspace.add(bench)
        studio.runs.start(bench, {"name": "Eve"})
        qtbot.waitUntil(lambda: bench.run is not None and bench.run.is_over, timeout=LONG)

        assert bench.run is not None
        assert bench.run.view.outputs == {"greeting": "Hello, Eve!"}
        studio.workspace.remove(bench)

        connect(studio).press("Back to this machine")
        qtbot.waitUntil(lambda: studio.bridge.state == "ready", timeout=LONG)

        assert studio.bridge.address == ""
    finally:
        elsewhere.terminate()
        elsewhere.wait(10)
        elsewhere.stdout.close()
    for sheet in window.findChildren(ConnectSheet):
        sheet.close()


def test_a_run_that_was_left_is_offered_when_the_studio_opens_again(
    window: MainWindow, qtbot: QtBot
) -> None:
    bench = Workbench(Document(SLOW), CATALOG)
    window.studio.workspace.add(bench)
    window.studio.runs.start(bench, {})
    qtbot.waitUntil(
        lambda: bench.run is not None and "second" in bench.run.view.blocks, timeout=LONG
    )
    window.studio.workspace.remove(bench)
    window.studio.bridge.close()

    again = build(window.studio.settings)
    qtbot.addWidget(again)
    heard: list[Notice] = []
    again.studio.notices.told.connect(heard.append)
    again.studio.bridge.start()
    qtbot.waitUntil(lambda: bool(heard), timeout=LONG)

    assert heard[0].text == "A run of “Slow” was interrupted."

    heard[0].offers[0].do()
    studio = again.studio
    qtbot.waitUntil(
        lambda: (
            studio.workspace.current is not None
            and studio.workspace.current.run is not None
            and studio.workspace.current.run.is_over
        ),
        timeout=LONG,
    )

    assert studio.workspace.current is not None
    assert studio.workspace.current.run is not None
    assert studio.workspace.current.run.view.outputs == {"word": "kept"}
    studio.bridge.close()
