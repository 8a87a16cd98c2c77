"""The page on letting people in does what it says: its commands are run, its answers are true."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.compose import RESOURCES
from tests.end_to_end.test_integration_api_page import BLOCK, lacking
from tests.servers.heddle import ROOT, TOKEN, Heddle

PAGE = RESOURCES.parent / "docs/how_to/let_people_in.md"
TAKEN = {"ACCESS": "access_token", "REFRESH": "refresh_token", "KEY": "key"}
"""What the commands after an answer call what it said."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("people")) as made:
        yield made


def test_every_command_of_the_page_is_answered_as_it_says(server: Heddle, tmp_path: Path) -> None:
    known = variables(server, tmp_path)
    answers = 0
    for command, shown in BLOCK.findall(PAGE.read_text()):
        said = ran(command, known)
        if not shown:
            continue
        answer: dict[str, Any] = json.loads(said)
        assert lacking(without_secrets(json.loads(shown)), answer) == [], (command, said)
        known |= {name: answer[field] for name, field in TAKEN.items() if field in answer}
        answers += 1

    assert answers > 8


def test_every_path_it_names_is_there(server: Heddle, tmp_path: Path) -> None:
    known = variables(server, tmp_path)
    described = json.loads(
        ran('curl -s -H "Authorization: Bearer $TOKEN" $AUTH/schema/openapi.json', known)
    )
    paths = {re.sub(r"\{\w+\}", "ID", path) for path in described["paths"]}

    named = set(re.findall(r"\$AUTH(/[a-z-]+(?:/[a-zA-Z]+)?)", PAGE.read_text()))

    assert {f"/api/v1/auth{path}".replace("/users/ben", "/users/ID") for path in named} <= paths


def variables(server: Heddle, folder: Path) -> dict[str, str]:
    """What the shell knows: where the server is, and `heddle` as a command."""
    program = folder / "heddle"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "main.py"}" "$@"\n')
    program.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HEDDLE_HOME": str(server.home),
        "AUTH": f"{server.address}/api/v1/auth",
        "TOKEN": TOKEN,
    }


def ran(command: str, known: dict[str, str]) -> str:
    words = ["bash", "-eu", "-o", "pipefail", "-c",
             command.replace("curl -s", "curl -sS --fail-with-body")]  # fmt: skip
    done = subprocess.run(
        words, env=known, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


def without_secrets(shown: dict[str, Any]) -> dict[str, Any]:
    """What an answer shows without what is another each time."""
    return {
        name: without_secrets(value) if isinstance(value, dict) else value
        for name, value in shown.items()
        if value != "…"
    }
