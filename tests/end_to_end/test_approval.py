"""An approval in the middle, with real processes: killed while it waits, answered afterwards."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


class Server:
    """`heddle serve` in a home, as a user has it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        self.process = process
        self.client = httpx.Client(
            base_url=said["address"], headers={"Authorization": f"Bearer {said['token']}"}
        )

    def asked(self) -> dict[str, Any]:
        """The one thing that is asked, once it is."""
        (found,) = until(lambda: self.client.get("/inbox").json()["questions"], "a question")
        assert isinstance(found, dict)
        return found

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
        heddle(home, "serve", "--port", "0", "--json", *more),
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


def start(server: Server) -> str:
    flow = server.client.post("/commands", json={"command": "store_flow", "text": write(FLOW)})
    command = {"command": "start_run", "flow": flow.json()["flow"]}
    run = server.client.post("/commands", json=command).json()["run"]
    assert isinstance(run, str)
    return run


@pytest.mark.parametrize("way", ["api", "link"])
def test_a_run_killed_while_it_waits_goes_on_with_the_answer(way: str, tmp_path: Path) -> None:
    with served(tmp_path) as server:
        run = start(server)
        assert server.asked()["run"] == run
        server.process.kill()
        server.process.wait()

    with served(tmp_path, "--recover") as server:
        asked = server.asked()
        if way == "api":
            given: Any = {"values": {"approved": True}, "by": "Ann"}
            reply = server.client.post(f"/inbox/{run}/{asked['task']}", json=given)
        else:
            form = {"by": "Ann", "f.approved": "true"}
            reply = httpx.post(asked["link"], data=form)
        assert reply.status_code == 200
        assert server.ended(run)["state"] == "succeeded"
        events = server.client.get(f"/runs/{run}/events").json()

    kinds = [event["event"] for event in events]
    assert kinds.count("task_asked") == kinds.count("task_answered") == 1
    (record,) = events[-1]["outputs"].values()
    assert (record["by"], record["through"]) == ("Ann", way)


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

    (asked,) = json.loads(said("inbox", "--json").stdout)["questions"]
    wrong = said("answer", asked["run"], "--set", "aproved=true")
    assert wrong.returncode == 2
    assert "approved" in wrong.stderr
    done = said("answer", asked["run"], "--no", "--comment", "not yet", "--by", "Bob")
    assert done.returncode == 0
    assert "not yet" in done.stdout

    again = said("answer", asked["run"], "--yes")
    assert again.returncode == 2
    assert "answered by Bob" in again.stderr
