"""What a model was paid for is never asked again: not by a replay, nor after `kill -9`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.connections.connections import Connections
from runtime.connections.contents import Draft
from runtime.plugins import installed
from tests.servers.models import Models, Said

ROOT = Path(__file__).parents[2]
MODEL = "local/scripted-large"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")


class Home:
    """A folder with a flow of two chats, one after the other, and a connection to the models."""

    def __init__(self, folder: Path, models: Models) -> None:
        self.folder = folder
        self.begun: list[subprocess.Popen[str]] = []
        book = Connections(folder / "home", installed().connectable, prefer="vault")
        fields = {"base_url": models.url}
        book.put(Draft(name="local", kind="openai_compatible", fields=fields))
        book.agree("local", fields)
        blocks = {
            "first": {"kind": "ai.chat", "fields": {"prompt": "One", "model": MODEL}},
            "second": {"kind": "ai.chat", "fields": {"prompt": "Two: {text}", "model": MODEL}},
            "out": {"kind": "flow.output"},
        }
        links = ["first.text -> second.text", "second.text -> out.value"]
        flow = {"heddle": 1, "name": "chats", "blocks": blocks, "links": links}
        (folder / "chats.flow.json").write_text(json.dumps(flow))

    def begin(self, *words: str) -> subprocess.Popen[str]:
        environment = {
            **os.environ, "HEDDLE_HOME": str(self.folder / "home"), "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.begun.append(
            subprocess.Popen(
                [sys.executable, str(ROOT / "main.py"), *words], cwd=self.folder, text=True,
                env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
        )  # fmt: skip
        return self.begun[-1]

    def heddle(self, *words: str) -> list[dict[str, Any]]:
        """The events that a command tells of, which succeeds."""
        process = self.begin(*words, "--json")
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def home(tmp_path: Path, models: Models) -> Iterator[Home]:
    made = Home(tmp_path, models)
    yield made
    for process in made.begun:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_a_replay_asks_nothing(home: Home, models: Models) -> None:
    models.then(Said("uno"), Said("dos"))
    told = home.heddle("run", "chats.flow.json")
    run = told[-1]["run"]

    again = home.heddle("replay", run)

    assert again[-1]["event"] == "run_succeeded"
    assert again[-1]["outputs"] == {"result": "dos"}
    assert len(models.asked) == 2


def test_after_a_kill_only_what_was_being_asked_is_asked_again(home: Home, models: Models) -> None:
    models.then(Said("uno"), Said("never heard", held=True))
    process = home.begin("run", "chats.flow.json", "--json")
    models.wait(lambda: len(models.asked) == 2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    models.release()
    models.then(Said("dos"))

    (left,) = home.heddle("runs")
    told = home.heddle("resume", left["run"])

    assert told[-1]["event"] == "run_succeeded"
    prompts = [request.body["messages"][-1]["content"] for request in models.asked]
    assert prompts == ["One", "Two: uno", "Two: uno"]
