"""The page on endpoints does what it says: its commands are run, its answers are true."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from runtime.compose import RESOURCES
from tests.end_to_end.test_integration_api_page import lacking
from tests.servers.heddle import TOKEN, Heddle

ROOT = RESOURCES.parent
PAGE = ROOT / "docs/how_to/serve_endpoints.md"
BLOCK = re.compile(
    r"^```sh\n(.*?)^```\n(?:\n?```(json|http)\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL
)
END = "---- that was all of it"


def test_every_command_of_the_page_is_answered_as_it_says(tmp_path: Path) -> None:
    steps = BLOCK.findall(PAGE.read_text())
    script = f'heddle() {{ "{sys.executable}" main.py "$@"; }}\n' + "".join(
        f"{command}echo; echo '{END}'\n" for command, _, _ in steps
    )

    with Heddle(tmp_path) as server:
        variables = {
            **os.environ, "HEDDLE": server.address, "HEDDLE_TOKEN": TOKEN,
            "HEDDLE_HOME": str(tmp_path),
        }  # fmt: skip
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", script], env=variables, cwd=ROOT,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    assert done.returncode == 0, done.stderr
    said = done.stdout.split(END)
    assert len(steps) > 12
    for (command, kind, shown), answer in zip(steps, said, strict=False):
        if kind == "json":
            assert lacking(json.loads(shown), json.loads(answer)) == [], (command, answer)
        for line in shown.splitlines() if kind == "http" else ():
            assert line.removesuffix("…") in answer, (command, answer)
