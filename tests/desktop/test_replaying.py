"""A run is taken up again from a block that was changed, and nobody is asked or paid twice."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from graph.file_format import read, write
from runtime.commands import StartRun, StoreFlow
from runtime.events import RunFailed
from runtime.remote import RemoteRuntime
from tests.desktop.conftest import Start
from tests.desktop.driver import ROOT, Driver
from tests.desktop.test_flow_tests import choose
from tests.desktop.waiting import until

pytestmark = pytest.mark.slow


class Model(BaseHTTPRequestHandler):
    """Answers as a model's API does, and counts how often it is asked."""

    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = json.dumps({
            "model": "small", "usage": {"total_tokens": 42},
            "choices": [{"message": {"role": "assistant", "content": "forty-two"}}],
        }).encode()  # fmt: skip
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def model() -> Iterator[str]:
    Model.asked = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/chat/completions"
    server.shutdown()
    server.server_close()
    serving.join()


def flow(model: str, path: str) -> dict[str, Any]:
    return {
        "heddle": 1, "name": "Answers",
        "blocks": {
            "ask": {"kind": "http.request", "fields": {"url": model, "body": {"ask": "how many?"}},
                    "title": "Ask"},
            "pick": {"kind": "data.pick", "fields": {"path": path}, "title": "Choose"},
            "say": {"kind": "text.template", "fields": {"text": "It is {answer}"}, "title": "Say"},
            "out": {"kind": "flow.output"},
        },
        "links": ["ask.body -> pick.value", "pick.value -> say.answer", "say.value -> out.value"],
    }  # fmt: skip


def go_to(studio: Driver, title: str) -> None:
    """Select a block in the outline."""
    studio.tree.wait_for("page tab", "Outline").do("Press")
    studio.tree.wait_for("tree item", lambda name: name.startswith(f"{title},")).do("Toggle")


def rewrite(studio: Driver, field: str, text: str) -> None:
    """Write another text into a field of the selected block."""
    box = studio.tree.wait_for("text", field)
    studio.click_on(box)
    until(lambda: box.is_("focused"), "the keyboard being in the field")
    studio.keys("ctrl+a")
    studio.type(text)
    until(lambda: box.text == text, "the field holding what was typed")
    studio.keys("F6")


def see_result(studio: Driver, text: str) -> None:
    shown = studio.tree.wait_for("text", "Result as text")
    until(lambda: shown.text.strip() == text, f"the result {text!r}")


def test_a_changed_block_runs_again_and_the_model_isnt_asked_twice(
    start: Start, tmp_path: Path, model: str
) -> None:
    file = tmp_path / "answers.flow.json"
    file.write_text(json.dumps(flow(model, "choices[0].message.content")))
    studio = start([file])
    studio.tree.wait_for("push button", "Let it run").do("Press")
    until(lambda: not studio.tree.find("push button", "Let it run"), "the question going")
    studio.tree.wait_for("filler", "Canvas")
    studio.tree.wait_for("push button", "Runtime is ready")
    studio.keys("F5")
    see_result(studio, "It is forty-two")
    assert Model.asked == 1

    go_to(studio, "Say")
    rewrite(studio, "Text of Say", "So {answer}")
    canvas = studio.tree.wait_for("filler", "Canvas")
    until(lambda: "out of date" in canvas.description, "what follows being out of date")
    studio.keys("shift+F5")

    studio.tree.wait_for("label", lambda name: "“Say” is the first to differ" in name)
    go_to(studio, "Output")
    see_result(studio, "So forty-two")
    assert Model.asked == 1


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """The address and token of a runtime elsewhere."""
    process = subprocess.Popen(
        [sys.executable, "main.py", "serve", "--port", "0", "--json"], cwd=ROOT,
        env=os.environ | {"HEDDLE_HOME": str(folder)}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield ready["address"], ready["token"]
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout:
            process.stdout.close()


async def fail_there(address: str, token: str, flow: dict[str, Any]) -> None:
    async with RemoteRuntime(address, token) as runtime:
        stored = await runtime.obey(StoreFlow(write(read(json.dumps(flow)))))
        run = (await runtime.obey(StartRun(stored.flow))).run
        events = [event async for batch in runtime.follow(run) for event in batch]
    assert isinstance(events[-1], RunFailed)


def test_a_run_that_failed_on_a_server_is_taken_up_where_it_failed(
    start: Start, tmp_path: Path, model: str
) -> None:
    with served(tmp_path / "server") as (address, token):
        asyncio.run(fail_there(address, token, flow(model, "choices[0].missing.content")))
        assert Model.asked == 1
        studio = start()
        studio.tree.wait_for("push button", "Runtime is ready")
        choose(studio, "Connect runtime")
        where = studio.tree.wait_for("text", "Address")
        until(lambda: where.is_("focused"), "the address having the keyboard")
        studio.type(address)
        studio.keys("Tab")
        studio.type(token)
        studio.keys("Return")
        studio.tree.wait_for("push button", "New flow").do("Press")
        studio.tree.wait_for("page tab", "History").do("Press")
        runs = studio.tree.wait_for("table", "Past runs")
        failed = until(
            lambda: next((cell for cell in runs.walk() if cell.name.startswith("Answers")), None),
            "the failed run",
        )

        studio.click_on(failed, times=2)
        go_to(studio, "Choose")
        studio.tree.wait_for("label", lambda name: "missing" in name)
        rewrite(studio, "Path of Choose", "choices[0].message.content")
        studio.keys("shift+F5")

        go_to(studio, "Output")
        see_result(studio, "It is forty-two")
        assert Model.asked == 1
