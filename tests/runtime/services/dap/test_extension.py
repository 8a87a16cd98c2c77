"""The extension for VS Code says what the adapter understands, and the page about it too."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from runtime.headless.app import heddle
from runtime.services.dap.capabilities import CAPABILITIES
from runtime.services.dap.shapes import Attach, Launch
from runtime.services.dap.typed import COMMANDS
from tests.runtime.services.dap.protocol import SCHEMA

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs/how_to/debug_in_an_editor.md").read_text()


@pytest.fixture
def debugger(tmp_path: Path) -> Any:
    """What the written extension says of the debugger."""
    done = CliRunner().invoke(heddle, ["dap", "--write-extension", str(tmp_path / "h.vsix")])
    assert done.exit_code == 0
    with zipfile.ZipFile(tmp_path / "h.vsix") as written:
        about = json.loads(written.read("extension/package.json"))
        assert json.loads(written.read("extension/flow.schema.json"))["title"]
    return about["contributes"]["debuggers"][0]


def test_it_starts_the_program_that_wrote_it(debugger: Any) -> None:
    assert Path(debugger["runtime"]).name == "heddle"
    assert debugger["args"] == ["dap"]


@pytest.mark.parametrize(("request_", "shape"), [("launch", Launch), ("attach", Attach)])
def test_it_offers_what_can_be_said(debugger: Any, request_: str, shape: Any) -> None:
    offered = debugger["configurationAttributes"][request_]["properties"]
    understood = {field.encode_name for field in msgspec.structs.fields(shape)}

    assert set(offered) == understood - {"program", "noDebug"}  # which editors say by themselves


def test_the_page_shows_what_is_understood() -> None:
    [launch] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)

    for one in json.loads(launch)["configurations"]:
        kind = Launch if one["request"] == "launch" else Attach
        known = {field.encode_name for field in msgspec.structs.fields(kind)}
        assert set(one) - {"name", "type", "request"} <= known


def test_the_page_names_every_command_of_the_console() -> None:
    assert [name for name in COMMANDS if f"`{name}" not in PAGE and name != ":help"] == []


def test_only_capabilities_that_the_protocol_knows_are_claimed() -> None:
    assert set(CAPABILITIES) <= set(SCHEMA["definitions"]["Capabilities"]["properties"])
