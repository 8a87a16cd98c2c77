"""Every template runs, and exported as Python gives the same."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graph.compile.codegen import python_of
from runtime.compose import RESOURCES, compose, granted
from runtime.events import RunFailed, RunSucceeded
from runtime.flow_files import load
from runtime.plugins import installed
from runtime.settings import Settings

ROOT = RESOURCES.parent
TEMPLATES = sorted((RESOURCES / "templates").glob("*.flow.json"))
OFFLINE = [path for path in TEMPLATES if path.name != "get_a_page.flow.json"]
CATALOG = installed().catalog


def name_of(path: Path) -> str:
    return path.name.removesuffix(".flow.json")


async def outputs_of(path: Path, folder: Path, **inputs: Any) -> dict[str, Any]:
    flow = load(path, CATALOG).flow
    settings = Settings(home=str(folder))
    async with compose(settings, granted(folder), place="memory:") as runtime:
        run = await runtime.start(flow, inputs)
        end = await runtime.ended(run)
    assert isinstance(end, RunSucceeded), end
    return end.outputs


def exported_outputs(path: Path, folder: Path, *inputs: str) -> dict[str, Any]:
    program = folder / f"{name_of(path)}.py"
    program.write_text(python_of(load(path, CATALOG).flow, CATALOG))
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program), *inputs],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outputs: dict[str, Any] = json.loads(done.stdout)
    return outputs


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_says_what_it_is(path: Path) -> None:
    flow = load(path, CATALOG).flow

    assert flow.name
    assert flow.description
    assert set(flow.view.positions) == set(flow.blocks)


@pytest.mark.parametrize("path", OFFLINE, ids=name_of)
async def test_a_template_gives_the_same_exported_as_python(path: Path, tmp_path: Path) -> None:
    ran, exported = tmp_path / "ran", tmp_path / "exported"
    ran.mkdir()
    exported.mkdir()

    outputs = await outputs_of(path, ran)

    assert outputs
    assert exported_outputs(path, exported) == json.loads(json.dumps(outputs))
    assert files_in(ran) <= files_in(exported)


def files_in(folder: Path) -> set[tuple[str, bytes]]:
    """Text files and what they hold; a database's bytes depend on when it was written."""
    return {
        (str(path.relative_to(folder)), path.read_bytes())
        for path in folder.rglob("*")
        if path.suffix in (".md", ".csv")
    }


async def test_the_sample_leaves_a_report_and_a_table(tmp_path: Path) -> None:
    await outputs_of(RESOURCES / "templates/triage_github_issues.flow.json", tmp_path)

    report = (tmp_path / "triage/report.md").read_text()
    assert "28 deliveries about 3 issues" in report
    assert (tmp_path / "triage/issues.db").stat().st_size > 0


async def test_the_other_way_is_taken_too(tmp_path: Path) -> None:
    path = RESOURCES / "templates/choose_a_way.flow.json"

    small = await outputs_of(path, tmp_path, amount=5)

    assert small == {"answer": "5 is accepted."}
    assert exported_outputs(path, tmp_path, "amount=5") == small


async def test_a_flow_that_refuses_its_input_fails_with_its_own_words(tmp_path: Path) -> None:
    flow = load(RESOURCES / "templates/refuse_bad_orders.flow.json", CATALOG).flow
    settings = Settings(home=str(tmp_path))
    async with compose(settings, granted(tmp_path), place="memory:") as runtime:
        end = await runtime.ended(await runtime.start(flow, {"quantity": 0}))

    assert isinstance(end, RunFailed)
    assert end.failure.message == "0 can't be ordered: order one or more."
