"""A flow runs to its end in a process where nothing may touch Qt."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = "resources/templates/triage_github_issues.flow.json"

# Put on the path as `sitecustomize`, it guards the children of the process as well. What it
# raises is no ImportError, so that no `try: import PySide6` can swallow it.
GUARD = """
import sys

class NoScreen:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6", "NodeGraphQt", "Qt", "pyqtgraph"}:
            raise RuntimeError(f"{name} was imported where there is no screen")

sys.meta_path.insert(0, NoScreen())
"""


@pytest.fixture
def screenless(tmp_path: Path) -> dict[str, str]:
    """The environment of a process in which an import of Qt raises."""
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    return {**os.environ, "PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}


def test_the_sample_flow_runs_without_a_screen(screenless: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", "run", ROOT / SAMPLE, "--json"],
        cwd=tmp_path,
        env=screenless,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["event"] == "run_succeeded"


@pytest.mark.parametrize("module", ["PySide6.QtCore", "NodeGraphQt", "pyqtgraph"])
def test_the_guard_bites(screenless: dict[str, str], module: str) -> None:
    attempt = f"try: import {module}\nexcept ImportError: pass"

    done = subprocess.run(
        [sys.executable, "-c", attempt],
        env=screenless,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "was imported where there is no screen" in done.stderr
