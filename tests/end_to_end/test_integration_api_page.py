"""The page on the integration API does what it says: its commands are run, its answers are true."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from runtime.compose import RESOURCES
from tests.servers.heddle import TOKEN, Heddle

PAGE = RESOURCES.parent / "docs/how_to/use_the_integration_api.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:```json\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
PREFIX = "/api/v1/integration"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("page")) as made:
        yield made


def test_every_command_of_the_page_is_answered_as_it_says(server: Heddle) -> None:
    workflow = ""
    for command, shown in BLOCK.findall(PAGE.read_text()):
        wanted = json.loads(shown) if shown else None
        said = ran(server, command, workflow)
        if wanted is not None and wanted.get("progress") == 1.0:
            while json.loads(said)["status"] == "running":
                time.sleep(0.05)
                said = ran(server, command, workflow)
        if wanted is not None:
            answer = json.loads(said)
            assert lacking(wanted, answer) == [], (command, said)
            workflow = answer.get("workflow_id", workflow)
    assert workflow


def ran(server: Heddle, command: str, workflow: str) -> str:
    hub = f"{server.address}{PREFIX}"
    variables = {**os.environ, "TOKEN": TOKEN, "HUB": hub, "WORKFLOW": workflow}
    words = ["bash", "-eu", "-c", command.replace("curl -s", "curl -sS --fail-with-body")]
    done = subprocess.run(
        words, env=variables, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


MADE_UP = re.compile(r"(wf|sync|event)_\w+|\d{4}-\d\d-\d\dT.*Z|[0-9a-f]{16,}|…|pending|running")
"""Texts that are others each time."""


def lacking(shown: Any, said: Any, place: str = "") -> list[str]:
    """What an answer that is shown holds, and one that was given doesn't."""
    match shown:
        case Mapping():
            if not isinstance(said, Mapping):
                return [f"{place}: {said!r} is no record"]
            found = [f"{place}/{key}: missing" for key in shown if key not in said]
            both = [key for key in shown if key in said]
            return [*found, *(x for k in both for x in lacking(shown[k], said[k], f"{place}/{k}"))]
        case list() if shown and isinstance(shown[0], Mapping):
            if len(said) < len(shown):
                return [f"{place}: too few"]
            return [x for n, one in enumerate(shown) for x in lacking(one, said[n], f"{place}/{n}")]
        case str() if not MADE_UP.fullmatch(shown) and not place.endswith("current_step"):
            return [] if shown == said else [f"{place}: {said!r}"]
        case bool() | list():
            return [] if shown == said else [f"{place}: {said!r}"]
    return []
