"""Every import contract holds, and every one is proven by an import that breaks it."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract["name"] for contract in LINTER["contracts"]}


class Offence(NamedTuple):
    """An import that nobody may write, put at the end of a module."""

    contract: str
    module: str
    line: str


OFFENCES = [
    Offence("layers", "graph.flow", "import agents.errors"),
    Offence("no-qt", "runtime.commands", "import PySide6.QtCore"),
    Offence("shipped", "agents.errors", "from tests.servers import postgres"),
    Offence("pure-graph", "graph.values", "def now():\n    import time"),
    Offence("inside-graph", "graph.edits.edit", "import graph.catalog"),
    Offence("agents-independent", "agents.code.errors", "import agents.http.agent"),
    Offence("agents-by-contract", "runtime.runtime", "from agents.http.agent import HttpAgent"),
    Offence("deciding-core", "runtime.engine.decide", "from time import monotonic"),
    Offence("inside-runtime", "runtime.changes", "import runtime.flow_files"),
    Offence("journal-by-contract", "runtime.engine.hub", "import runtime.journal.sqlite"),
    Offence("only-services-serve", "runtime.remote", "import litestar"),
    Offence("canvas-alone", "app.workbench", "import NodeGraphQt"),
    Offence("bridge-alone", "app.workbench", "import runtime.remote"),
    Offence("qt-free", "app.presenters.live_run", "import PySide6.QtCore"),
    Offence("acyclic", "runtime.engine.state", "import runtime.engine.evolve"),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of what the contracts speak of, to be damaged."""
    only_code = shutil.ignore_patterns("__pycache__")
    for package in LINTER["root_packages"]:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=only_code)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_keeps_its_contracts(house: Path) -> None:
    assert broken_contracts(house) == set()


@pytest.mark.parametrize("offence", OFFENCES, ids=lambda offence: offence.contract)
def test_a_contract_bites(house: Path, offence: Offence) -> None:
    with source_of(house, offence.module).open("a") as source:
        source.write(f"\n{offence.line}\n")

    assert broken_contracts(house) == {offence.contract}


def test_no_contract_goes_unproven() -> None:
    assert {offence.contract for offence in OFFENCES} == set(CONTRACTS)


def broken_contracts(house: Path) -> set[str]:
    """The ids of the contracts that lint-imports reports as broken in this folder."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache", "--no-logo"],
        cwd=house,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": str(house)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)", done.stdout, re.MULTILINE))
    assert verdicts.keys() == set(CONTRACTS.values()), done.stdout + done.stderr
    return {contract for contract, name in CONTRACTS.items() if verdicts[name] == "BROKEN"}


def source_of(house: Path, module: str) -> Path:
    path = house.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
