"""What is heavy is imported by those who use it: a runtime starts without any of it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("anthropic", "openai", "mcp", "keyring", "redis", "pydantic", "starlette", "httpx2",
         "fastavro", "google", "proto_schema_parser")  # fmt: skip


@pytest.mark.parametrize(
    "started",
    [
        "import runtime.compose, runtime.plugins; runtime.plugins.installed()",
        "import runtime.headless.commands.run",
        "import runtime.headless.commands.serve",
    ],
    ids=["runtime", "run", "serve"],
)
def test_nothing_heavy_is_imported_before_it_is_needed(started: str) -> None:
    ask = (
        f"{started}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    )

    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert set(done.stdout.split()) & set(HEAVY) == set()
