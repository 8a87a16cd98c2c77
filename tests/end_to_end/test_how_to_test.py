"""The page on testing flows does what it says: its commands are run, its excerpts are true."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from runtime.compose import RESOURCES
from runtime.flow_tests.tests_file import suite_of, text_of_suite
from tests.runtime.headless.conftest import Heddle, heddle

__all__ = ["heddle"]

PAGE = RESOURCES.parent / "docs/how_to/test_a_flow.md"
EXAMPLE = PAGE.with_suffix("")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE.read_text()) if kind == language]


@pytest.fixture
def example(heddle: Heddle) -> Path:
    """The folder of the page, copied to where commands are given."""
    shutil.copytree(EXAMPLE, ".", dirs_exist_ok=True)
    return Path.cwd()


def test_every_command_of_the_page_does_what_it_is_there_for(heddle: Heddle, example: Path) -> None:
    shipped = Path("order.tests.json").read_text()
    run = ""
    lines = [line for text in blocks("sh") for line in text.splitlines()]
    for line in lines:
        words = shlex.split(line.replace("RUN", run))[1:]
        said = heddle(*words)
        assert said.code == 0, (line, said.out, said.err)
        if words[0] == "run":
            run = heddle("runs", "--json").lines[0]["run"]

    assert len(lines) == 7
    assert Path("order.tests.json").read_text() == shipped
    assert '<testsuites name="heddle test" tests="2"' in Path("results.xml").read_text()


def test_its_excerpts_are_those_of_the_file() -> None:
    kept = json.loads((EXAMPLE / "order.tests.json").read_text())

    case, properties = map(json.loads, blocks("json"))

    assert case == kept["cases"]["two lamps"]
    assert properties == kept["properties"]


def test_the_file_is_in_its_canonical_shape() -> None:
    text = (EXAMPLE / "order.tests.json").read_text()

    assert text_of_suite(suite_of(text.encode())) == text
