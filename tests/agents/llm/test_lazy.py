"""A runtime without models doesn't wait for what speaks to them to be loaded."""

import subprocess
import sys

HEAVY = ("anthropic", "openai", "httpx2", "pydantic.main")


def test_a_runtime_with_all_its_blocks_and_connections_loads_no_sdk() -> None:
    program = (
        "import sys, runtime.compose, runtime.plugins\n"
        "runtime.plugins.installed()\n"
        "import agents.llm.agent, agents.llm.asking, agents.llm.connections\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
