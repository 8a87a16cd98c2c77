"""The page on keeping databases in sync does what it says: its commands are run one by one."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from runtime.compose import RESOURCES
from tests.end_to_end.test_integration_api_page import lacking
from tests.servers.heddle import TOKEN, Heddle
from tests.servers.redis import RedisServer

PAGE = RESOURCES.parent / "docs/how_to/keep_databases_in_sync.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:\n?```json\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
END = "---- that was all of it"


@pytest.mark.parametrize("cache", ["redis", "memory"])
def test_every_command_of_the_page_is_answered_as_it_says(
    tmp_path: Path, empty_postgres_url: str, redis_server: RedisServer, cache: str
) -> None:
    steps = BLOCK.findall(PAGE.read_text())
    script = "".join(f"{command}echo; echo '{END}'\n" for command, _ in steps)
    outside = {"DATABASE_URL": empty_postgres_url}
    outside |= {"REDIS_URL": redis_server.url} if cache == "redis" else {}

    with Heddle(tmp_path, **outside) as server:
        variables = {**os.environ, **outside, "HEDDLE": server.address, "HEDDLE_TOKEN": TOKEN}
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", script], env=variables,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    assert done.returncode == 0, done.stderr
    said = done.stdout.split(END)
    assert len(steps) > 12
    for (command, shown), answer in zip(steps, said, strict=False):
        if shown:
            assert lacking(json.loads(shown), json.loads(answer)) == [], (command, answer)
    (flushed,) = [answer for (command, _), answer in zip(steps, said, strict=False)
                  if command.startswith("sync flush")]  # fmt: skip
    assert flushed.strip() == "null7"  # what flush gives, and the points
