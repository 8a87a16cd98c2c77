"""The command line in this process, with a home and a folder of the test's own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from runtime.headless import main


class Said(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """The standard output as lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


Heddle = Callable[..., Said]


@pytest.fixture
def heddle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Heddle:
    """Call it with the words of a command line."""
    monkeypatch.setenv("HEDDLE_HOME", str(tmp_path / "home"))
    for name in ("DATABASE_URL", "HEDDLE_SERVER", "HEDDLE_TOKEN", "HEDDLE_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def call(*words: object) -> Said:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Said(code, *capsys.readouterr())

    return call


@pytest.fixture
def here(heddle: Heddle) -> Path:
    """The folder the commands are called in."""
    return Path.cwd()


def flow_file(path: Path, blocks: dict[str, Any], *links: str, **more: Any) -> Path:
    """Write a flow file by hand, as a person would."""
    flow = {"heddle": 1, "name": path.name.partition(".")[0], "blocks": blocks, "links": links}
    path.write_text(json.dumps(flow | more, indent=2))
    return path


GREETING: dict[str, Any] = {
    "who": {"kind": "flow.input", "fields": {"name": "who", "type": "text", "required": True}},
    "times": {"kind": "flow.input", "fields": {"name": "times", "type": "integer", "default": 1}},
    "greet": {"kind": "text.template", "fields": {"text": "Hello, {who}!"}},
    "out": {"kind": "flow.output", "fields": {"name": "greeting"}},
}
LINKS = ("who.value -> greet.who", "greet.value -> out.value")


@pytest.fixture
def greeting(here: Path) -> Path:
    """A flow that greets whom it is told to."""
    return flow_file(here / "greeting.flow.json", GREETING, *LINKS)


@pytest.fixture
def failing(here: Path) -> Path:
    """A flow that fails."""
    blocks = {"stop": {"kind": "logic.fail", "fields": {"message": "No more."}}}
    return flow_file(here / "failing.flow.json", blocks)
