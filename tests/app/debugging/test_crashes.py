"""A run that stands still outlives the studio and the runtime that it stands in."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from app.bridge.process import Place
from app.document import Document
from app.notices import Notice
from app.start import build
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.file_format import write
from graph.flow import Block, Flow
from runtime.settings import Settings
from tests.app.flows import CATALOG

LONG = 40_000
ROOT = Path(__file__).parents[3]

FLOW = Flow.of(
    [
        Block("word", "flow.constant", {"value": "kept"}),
        Block("loud", "text.case", {"style": "upper"}),
        Block("out", "flow.output", {"name": "word"}),
    ],
    [("word.value", "loud.text"), ("loud.value", "out.value")],
    name="Kept",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them"),
]


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The whole window, with a runtime of its own."""
    window = build(Settings(home=str(tmp_path / "home")))
    yield window
    window.studio.bridge.close()
    window.close()
    window.deleteLater()


@pytest.fixture
def told(window: MainWindow) -> list[Notice]:
    heard: list[Notice] = []
    window.studio.notices.told.connect(heard.append)
    return heard


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Place]:
    """A runtime that is nobody's child."""
    process = subprocess.Popen(
        [sys.executable, "main.py", "serve", "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        env={**os.environ, "HEDDLE_HOME": str(tmp_path / "served")},
    )
    assert process.stdout is not None
    said = msgspec.json.decode(process.stdout.readline())
    yield Place(said["address"], said["token"])
    process.terminate()
    process.wait(20)
    process.stdout.close()


def stands_before(bench: Workbench, task: str) -> bool:
    return bench.live is not None and bench.live.goes_on and list(bench.live.view.held) == [task]


def has_recovered(bench: Workbench) -> bool:
    return bench.live is not None and bench.live.view.recovered == 1


def is_over(bench: Workbench) -> bool:
    return bench.live is not None and bench.live.is_over


def test_a_killed_runtime_comes_back_with_the_run_standing_where_it_stood(
    window: MainWindow, told: list[Notice], qtbot: QtBot
) -> None:
    studio = window.studio
    bench = Workbench(Document(FLOW), CATALOG)
    studio.workspace.add(bench)
    studio.runs.breakpoints.toggle(bench, "loud")
    studio.runs.start(bench, {})
    qtbot.waitUntil(lambda: stands_before(bench, "loud"), timeout=LONG)

    os.kill(studio.bridge.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: bool(told), timeout=LONG)
    assert not studio.runs.standing.stands(bench)

    told[-1].offers[1].do()
    qtbot.waitUntil(lambda: has_recovered(bench), timeout=LONG)
    assert stands_before(bench, "loud")
    assert bench.live is not None
    assert studio.runs.standing.stands(bench)
    assert studio.runs.standing.is_mine(bench)
    assert [p.block for p in studio.runs.breakpoints.of(bench)] == ["loud"]

    studio.runs.debugging.change_inputs(bench.live.run, "loud", {"text": "changed"})
    studio.runs.debugging.continue_(bench.live.run)
    qtbot.waitUntil(lambda: is_over(bench), timeout=LONG)
    assert bench.live.view.outputs == {"word": "CHANGED"}


def test_a_run_whose_studio_was_killed_stands_until_another_studio_takes_the_wheel(
    window: MainWindow, told: list[Notice], served: Place, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "kept.flow.json"
    file.write_text(write(FLOW))
    first = subprocess.Popen(
        [sys.executable, "-m", "tests.app.debugging.studio_that_dies", str(tmp_path / "first"),
         served.address, served.token, str(file), "loud"],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert first.stdout is not None
    assert first.stdout.readline().strip() == "loud"
    steered_by = first.stdout.readline().strip()
    first.send_signal(signal.SIGKILL)
    first.wait(20)
    first.stdout.close()

    studio = window.studio
    studio.bridge.connect_to(served)
    qtbot.waitUntil(lambda: any("stands still" in notice.text for notice in told), timeout=LONG)
    told[-1].offers[0].do()
    qtbot.waitUntil(lambda: studio.workspace.current is not None, timeout=LONG)
    bench = studio.workspace.current
    assert bench is not None
    qtbot.waitUntil(lambda: stands_before(bench, "loud"), timeout=LONG)

    assert bench.live is not None
    assert bench.live.view.wheel == steered_by
    studio.actions.refresh()
    if not studio.runs.standing.is_mine(bench):  # it took the name that the dead one had
        studio.actions["debug.wheel"].trigger()
        qtbot.waitUntil(lambda: studio.runs.standing.is_mine(bench), timeout=LONG)
    studio.runs.debugging.continue_(bench.live.run)
    qtbot.waitUntil(lambda: is_over(bench), timeout=LONG)
    assert bench.live.view.outputs == {"word": "KEPT"}
