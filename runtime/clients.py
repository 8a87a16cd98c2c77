"""What other programs are told to use flows as tools: the command that offers them, as they want it."""  # noqa: E501

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

NAME = "heddle"
"""What the server is called in the configuration of a client."""


def program() -> list[str]:
    """What starts Heddle's command line, from anywhere."""
    beside = Path(sys.executable).with_name("heddle")
    if beside.exists():
        return [str(beside)]
    if found := shutil.which("heddle"):
        return [found]
    main = Path(__file__).resolve().parent.parent / "main.py"
    return [sys.executable, str(main)]


def offering(places: Sequence[Path], program: Sequence[str]) -> list[str]:
    """The command that offers the flows in these files and folders."""
    return [*program, "mcp", *(str(place.resolve()) for place in places)]


def client_config(places: Sequence[Path], program: Sequence[str]) -> str:
    """The same as the JSON that clients such as Claude Desktop and Claude Code read."""
    command, *arguments = offering(places, program)
    return json.dumps({"mcpServers": {NAME: {"command": command, "args": arguments}}}, indent=2)
