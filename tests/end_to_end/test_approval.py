"""An approval in the middle, with real processes: killed while it waits, answered afterwards."""

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.file_format import write
from graph.flow import Block, Flow
from tests.desktop.waiting import until

ROOT = Path(__file__).parents[2]
FLOW = Flow.of(
    [
        Block("letter", "text.template", {"text": "Dear all"}),
        Block("ask", "approval.ask", {"title": "Send it?", "people": ["Ann"]}),
        Block("yes", "flow.output", {"name": "yes"}),
        Block("no", "flow.output", {"name": "no"}),
    ],
    [
        ("letter.value", "ask.shows"), ("ask.approved", "yes.value"),
        ("ask.refused", "no.value"),
    ],
    name="Letter",
)  # fmt: skip


def sending(hook: str) -> Flow:
    """A letter that is asked about by a message with a link."""
    return Flow.of(
        [
            Block("link", "approval.link"),
            Block("post", "http.request", {"url": hook}),
            Block("ask", "approval.ask", {"title": "Send it?"}),
            Block("yes", "flow.output", {"name": "yes"}),
        ],
        [
            ("link.value", "post.body"), ("link.value", "ask.link"), ("post.status", "ask.sent"),
            ("ask.approved", "yes.value"),
        ],
        name="By message",
    )  # fmt: skip


class Hook:
    """Where a chat takes messages; `received` has them as they come."""

    def __init__(self) -> None:
        received: queue.SimpleQueue[str] = queue.SimpleQueue()

        class Take(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing is said."""

        self.received = received
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/messages"


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    serving = threading.Thread(target=made.server.serve_forever)
    serving.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    serving.join()


class Server:
    """`heddle serve` in a home, as a user has it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        self.process = process
        self.port = said["address"].rpartition(":")[2]
        self.client = httpx.Client(
            base_url=said["address"], headers={"Authorization": f"Bearer {said['token']}"}
        )

    def asked(self, count: int) -> list[dict[str, Any]]:
        """What is asked, once it is so much."""

        def found() -> list[dict[str, Any]]:
            questions = self.client.get("/inbox").json()["questions"]
            return questions if len(questions) == count else []

        return until(found, f"{count} questions")

    def ended(self, run: str) -> dict[str, Any]:
        row = until(lambda: (r := self.client.get(f"/runs/{run}").json())["ended"] and r, "the end")
        assert isinstance(row, dict)
        return row


def heddle(home: Path, *words: str) -> list[str]:
    return [sys.executable, str(ROOT / "main.py"), *words]


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HEDDLE_HOME": str(home), "PYTHONPATH": str(ROOT)}


@contextmanager
def served(home: Path, *more: str) -> Iterator[Server]:
    process = subprocess.Popen(
        heddle(home, "serve", "--json", *(more or ("--port", "0"))),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=home,
        env=environment(home),
    )  # fmt: skip
    try:
        server = Server(process)
        with server.client:
            yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def start(server: Server, wanted: Flow) -> str:
    flow = server.client.post("/commands", json={"command": "store_flow", "text": write(wanted)})
    command = {"command": "start_run", "flow": flow.json()["flow"]}
    run = server.client.post("/commands", json=command).json()["run"]
    assert isinstance(run, str)
    return run


def test_runs_killed_while_they_wait_go_on_with_their_answers(hook: Hook, tmp_path: Path) -> None:
    with served(tmp_path) as server:
        runs = {"api": start(server, FLOW), "link": start(server, FLOW)}
        runs["sent link"] = start(server, sending(hook.url))
        asked = {one["run"]: one for one in server.asked(3)}
        assert set(asked) == set(runs.values())
        server.process.kill()
        server.process.wait()

    with served(tmp_path, "--port", server.port, "--recover") as server:
        asked = {one["run"]: one for one in server.asked(3)}
        given: Any = {"values": {"approved": True}, "by": "Ann"}
        form = {"by": "Ann", "f.approved": "true"}
        run = runs["api"]
        replies = [
            server.client.post(f"/inbox/{run}/{asked[run]['task']}", json=given),
            httpx.post(asked[runs["link"]]["link"], data=form),
            httpx.post(hook.received.get(timeout=20), data=form),
        ]
        assert [reply.status_code for reply in replies] == [200, 200, 200]
        ways = {way: answered(server, run) for way, run in runs.items()}

    assert ways == {"api": ("Ann", "api"), "link": ("Ann", "link"), "sent link": ("Ann", "link")}


def answered(server: Server, run: str) -> tuple[str, str]:
    """By whom and by which way a run was answered, the one time that it asked."""
    assert server.ended(run)["state"] == "succeeded"
    events = server.client.get(f"/runs/{run}/events").json()
    kinds = [event["event"] for event in events]
    assert kinds.count("task_asked") == kinds.count("task_answered") == 1
    (record,) = events[-1]["outputs"].values()
    return record["by"], record["through"]


def test_in_a_terminal_a_run_says_how_to_answer_and_goes_on_with_it(tmp_path: Path) -> None:
    file = tmp_path / "letter.flow.json"
    file.write_text(write(FLOW))

    def said(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            heddle(tmp_path, *words), capture_output=True, text=True, check=False, cwd=tmp_path,
            env=environment(tmp_path), stdin=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip

    waiting = said("run", str(file))
    assert waiting.returncode == 3
    assert "heddle answer" in waiting.stderr

    run = re.search(r"heddle answer (\w+)", waiting.stderr)
    assert run is not None
    done = said("answer", run[1], "--no", "--comment", "not yet", "--by", "Bob")
    assert done.returncode == 0
    assert "not yet" in done.stdout
