"""What is imported is declared, what is declared is imported, and the locks name no address."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OURS = {"main", "app", "graph", "agents", "runtime"}

# Needed without an import of ours: zoneinfo reads the time zones of `tzdata` where the system
# has none, and uvicorn reads requests by `httptools`, which it doesn't ask for itself.
FOR_OTHERS = {"httptools", "tzdata"}

# What is declared under a name that itself holds no code.
GATHERED = {"pydantic-monty-client": "pydantic-monty"}


def declared() -> set[str]:
    return {re.split(r"[^\w.-]", line)[0] for line in PROJECT["dependencies"]}


def imported() -> set[str]:
    """The distributions behind every import in the shipped code, wherever it stands."""
    sources = [ROOT / "main.py", *(path for name in OURS for path in (ROOT / name).rglob("*.py"))]
    modules = {
        name.partition(".")[0]
        for source in sources
        for statement in ast.walk(ast.parse(source.read_text()))
        for name in _modules(statement)
    }
    providers = packages_distributions()
    foreign = modules - OURS - set(sys.stdlib_module_names)
    names = {providers[module][0].lower().replace("_", "-") for module in foreign}
    return {GATHERED.get(name, name) for name in names}


def _modules(statement: ast.AST) -> list[str]:
    match statement:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module)):
            return [module]
    return []


def test_every_import_is_declared() -> None:
    assert imported() <= declared()


def test_everything_declared_is_needed() -> None:
    assert declared() - FOR_OTHERS <= imported()


@pytest.mark.parametrize("lock", sorted(ROOT.glob("locks/*.txt")), ids=lambda lock: lock.stem)
def test_a_lock_pins_every_distribution_with_its_hashes(lock: Path) -> None:
    entries = lock.read_text().replace("\\\n", " ").splitlines()
    pins = [entry for entry in entries if not entry.strip().startswith("#")]

    assert pins
    assert [pin for pin in pins if not re.match(r"[\w-]+==\S+ .*--hash=sha256:\w{64}", pin)] == []
    assert "://" not in lock.read_text()
