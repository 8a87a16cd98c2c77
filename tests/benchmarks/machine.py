"""What the figures were measured on: processor, memory, system and versions."""

import importlib.metadata
import json
import os
import platform
import re
import sqlite3
import subprocess
from pathlib import Path

from tests.benchmarks.environments import PEERS, tool
from tests.benchmarks.figure import Unavailable

PACKAGES = ("msgspec", "sqlalchemy", "psycopg", "pydantic-monty", "websockets", "uvicorn", "uvloop")
"""Of our own environment, those whose version can move a figure."""


def described() -> dict[str, str]:
    """Each fact by its name, in the order in which a reader wants them."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "Processor": f"{processor()}, {os.cpu_count()} cores",
        "Memory": f"{memory:.0f} GiB",
        "Load": f"{os.getloadavg()[2]:.1f} on average towards the end, of which ours is about 1",
        "System": f"{platform.system()} {platform.release()} ({platform.machine()})",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": version_of("postgres"),
        "Node.js": version_of("node"),
        "Libraries": ", ".join(f"{name} {installed(name)}" for name in PACKAGES),
        "Peers": ", ".join(f"{name} {version}" for name, version in peers().items()),
    }


def processor() -> str:
    """The processor's name, as the kernel knows it."""
    info = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*: (.+)", info.read_text()) if info.exists() else None
    return named[1] if named else platform.processor() or platform.machine()


def installed(package: str) -> str:
    """The version of a package here."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def version_of(program: str) -> str:
    """What a program answers to --version."""
    try:
        words = [tool(program), "--version"]
    except Unavailable:
        return "not installed"
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    number = re.search(r"\d+(\.\d+)+", said)
    return number[0] if number else "unknown"


def peers() -> dict[str, str]:
    """The peers' locked versions."""
    names = {"langgraph": "langgraph", "apache-hamilton": "hamilton", "apache-burr": "burr"}
    names |= {"haystack-ai": "haystack", "langchain-openai": "langchain"}
    names |= {"purgatory": "purgatory", "tenacity": "purgatory"}
    locked = {package: pinned(PEERS / f"{lock}.lock", package) for package, lock in names.items()}
    node_red = json.loads((PEERS / "node_red" / "package.json").read_text())
    dependencies: dict[str, str] = node_red["dependencies"]
    return locked | dependencies


def pinned(lock: Path, package: str) -> str:
    """A package's version in a lock file."""
    line = re.search(rf"^{re.escape(package)}==(\S+)", lock.read_text(), re.MULTILINE)
    return line[1] if line else "unknown"
