"""The page on workflows does what it says: its commands are run."""

import re
import shlex
from pathlib import Path

from runtime.compose import RESOURCES
from tests.runtime.headless.conftest import Heddle, heddle

__all__ = ["heddle"]

PAGE = RESOURCES.parent / "docs/how_to/run_workflows_across_platforms.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_command_of_the_page_does_what_it_is_there_for(heddle: Heddle) -> None:
    lines = [line for text in BLOCK.findall(PAGE.read_text()) for line in text.splitlines()]

    for line in lines:
        said = heddle(*shlex.split(line)[1:])
        assert said.code == 0, (line, said.out, said.err)

    assert Path("users.db").exists()


def test_the_steps_that_the_page_names_are_those_of_the_templates() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.read_text(), re.MULTILINE)

    assert len(rows) == 3
    for name, steps in rows:
        text = (RESOURCES / "templates" / f"{name}.flow.json").read_text()
        assert all(f'"{step}": {{' in text for step in steps.split(" → "))
