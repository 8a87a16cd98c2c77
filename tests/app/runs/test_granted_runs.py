"""A run reaches what its flow names and what a person allows, and nothing else."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pytestqt.qtbot import QtBot

from app.notices import Notice
from app.start import build
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.edits import SetField
from graph.file_format import write
from graph.flow import Block, Flow
from graph.spec import Needs
from runtime.settings import Settings

LONG = 30_000


class Elsewhere(BaseHTTPRequestHandler):
    """Sends who asks for it by number to itself by name."""

    def do_GET(self) -> None:
        host, port = str(self.headers["Host"]).split(":")
        if host == "localhost":
            self.send_response(200)
        else:
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{port}/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def window(home: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    made = build(Settings(home=str(home)))
    qtbot.addWidget(made)
    yield made
    made.studio.bridge.close()


def run(window: MainWindow, bench: Workbench, qtbot: QtBot, action: str = "run.start") -> str:
    """Run the flow; gives how it ended."""
    before = bench.run
    window.studio.actions.refresh()
    window.studio.actions[action].trigger()
    qtbot.waitUntil(
        lambda: bench.run is not None and bench.run is not before and bench.run.is_over,
        timeout=LONG,
    )
    assert bench.run is not None
    return bench.run.view.state


def test_a_redirect_to_another_host_is_refused_in_words_and_can_be_allowed(
    window: MainWindow, port: int, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "get.flow.json"
    get = Block("get", "http.get", {"url": f"http://127.0.0.1:{port}/"})
    file.write_text(write(Flow.of([get])))
    window.studio.open_wanted.emit(file)
    bench = window.studio.workspace.current
    assert bench is not None
    bench.trust()
    told: list[Notice] = []
    window.studio.notices.told.connect(told.append)

    assert run(window, bench, qtbot) == "failed"
    qtbot.waitUntil(lambda: bool(told))
    assert "may not reach localhost" in told[-1].text
    assert "allow localhost under File → What the flow may touch" in told[-1].text
    assert [offer.title for offer in told[-1].offers] == ["Go to block", "What it may touch…"]

    bench.allow(Needs(hosts=("localhost",)))
    assert run(window, bench, qtbot) == "succeeded"


def test_running_from_a_block_reaches_what_the_flow_names_now(
    window: MainWindow, port: int, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "get.flow.json"
    file.write_text(write(Flow.of([Block("get", "http.get", {"url": "http://127.0.0.1:1/"})])))
    window.studio.open_wanted.emit(file)
    bench = window.studio.workspace.current
    assert bench is not None
    bench.trust()
    assert run(window, bench, qtbot) == "failed"
    bench.do(SetField("get", "url", f"http://localhost:{port}/"))
    bench.select(["get"])

    assert run(window, bench, qtbot, "run.from_here") == "succeeded"


def test_a_flow_reads_a_file_that_it_names_anywhere_and_no_other(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    data, flows = tmp_path / "data", tmp_path / "flows"
    data.mkdir()
    flows.mkdir()
    (data / "in.txt").write_text("hello")
    flow = Flow.of([Block("load", "files.read", {"path": str(data / "in.txt")})])
    (flows / "load.flow.json").write_text(write(flow))
    window.studio.open_wanted.emit(flows / "load.flow.json")
    bench = window.studio.workspace.current
    assert bench is not None
    bench.trust()

    assert run(window, bench, qtbot) == "succeeded"
