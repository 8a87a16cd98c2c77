"""The commands of the how-to page do what it says, against a server."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

from tests.agents.swarm.studio_bridge.conftest import ROOT, TOKEN, Process

PAGE = ROOT / "docs" / "how_to" / "work_with_roblox_studio.md"


async def test_what_the_page_says_can_be_done(process: Process, tmp_path: Path) -> None:
    examples = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    heddle = f'heddle() {{ "{sys.executable}" "{ROOT / "main.py"}" "$@"; }}\n'
    script = heddle + "set -e\n" + "echo\n".join(examples)
    environment = {**os.environ, "SERVER": process.address, "HEDDLE_TOKEN": TOKEN,
                   "HEDDLE_HOME": str(tmp_path / "here"), "PYTHONPATH": str(ROOT)}  # fmt: skip

    shell = await asyncio.create_subprocess_exec(
        "bash", "-c", script, cwd=tmp_path, env=environment, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await shell.communicate()

    code, *answers = [line for line in out.decode().splitlines() if line]
    told = [json.loads(line) for text in answers for line in text.replace("}{", "}\n{")
            .replace("]{", "]\n{").splitlines()]  # fmt: skip
    assert shell.returncode == 0
    assert (tmp_path / "Heddle.rbxmx").read_text("utf-8").startswith("<roblox")
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}", code)
    assert (tmp_path / "src" / ".heddle").is_dir()
    pushed, verified, history, rolled, logs, api = told
    assert [one["version"] for one in pushed] == [1, 1]
    assert sorted(verified["waiting"]) == [
        "ReplicatedStorage/Shared/Prices", "ServerScriptService/Round",
    ]  # fmt: skip
    assert [one["version"] for one in history] == [1]
    assert (rolled["version"], rolled["changed"]) == (1, False)
    assert logs["lines"] == []
    assert api["protocol"] == 1
