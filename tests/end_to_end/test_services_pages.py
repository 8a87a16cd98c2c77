"""The pages on services and their APIs do what they say: commands are run, answers are true."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from runtime.compose import RESOURCES
from tests.servers.heddle import ROOT, TOKEN, Heddle

PAGES = RESOURCES.parent / "docs/how_to"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:```json\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
NEXT = "-- next --"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heddle]:
    with Heddle(tmp_path_factory.mktemp("pages")) as made:
        yield made


@pytest.mark.parametrize("page", ["run_as_services", "use_the_apis"])
def test_every_command_of_the_page_is_answered_as_it_says(server: Heddle, page: str) -> None:
    blocks = BLOCK.findall((PAGES / f"{page}.md").read_text())

    answers = ran(server, [command for command, _ in blocks])

    assert len(answers) == len(blocks) > 3
    for (command, shown), said in zip(blocks, answers, strict=True):
        if shown:
            answer = json.loads(said.strip().splitlines()[-1])
            assert lacking(json.loads(shown), answer) == [], (command, said)
        else:
            assert said.strip(), command


def ran(server: Heddle, commands: list[str]) -> list[str]:
    """What each command says, all in one shell, which keeps its variables."""
    heddle = f'heddle() {{ {sys.executable} {ROOT / "main.py"} "$@"; }}\n'
    each = f"\necho; echo '{NEXT}'\n".join(commands)
    script = heddle + each.replace("curl -s", "curl -sS --fail-with-body")
    variables = {
        **os.environ, "TOKEN": TOKEN, "AT": server.address, "HEDDLE_HOME": str(server.home),
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        env=variables, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout.split(NEXT)


def lacking(shown: Any, said: Any, place: str = "") -> list[str]:
    """What an answer that is shown holds, and one that was given doesn't; … stands for any."""
    match shown:
        case "…":
            return []
        case Mapping() if isinstance(said, Mapping):
            missing = [f"{place}/{key}" for key in shown if key not in said]
            both = [key for key in shown if key in said]
            return missing + [x for k in both for x in lacking(shown[k], said[k], f"{place}/{k}")]
        case list() if isinstance(said, list) and len(said) >= len(shown):
            return [x for n, one in enumerate(shown) for x in lacking(one, said[n], f"{place}/{n}")]
    return [] if shown == said else [f"{place}: {said!r}"]


@pytest.mark.parametrize("page", ["run_as_services", "use_the_apis"])
def test_every_page_that_is_linked_is_there(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (PAGES / f"{page}.md").read_text())

    assert [link for link in links if not Path(PAGES, link).exists()] == []
