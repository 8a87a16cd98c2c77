"""Choosing the peers' versions anew: `python -m tests.benchmarks --lock`.

A lock holds versions and hashes, and no address: where packages come from is the installer's
business.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.environments import PEERS, perform, tool

REQUIREMENTS = {
    "langgraph": ("langgraph", "langgraph-checkpoint-sqlite"),
    "hamilton": ("apache-hamilton",),
    "burr": ("apache-burr[tracking]",),  # its parallelism imports its tracking
    "haystack": ("haystack-ai",),
    "purgatory": ("purgatory", "tenacity"),
    "langchain": ("langchain-openai",),
}
UV_OPTIONS = (
    "--quiet --upgrade --universal --python-version 3.11 --generate-hashes"
    " --no-header --no-annotate --no-emit-index-url"
)
NPM_OPTIONS = "--package-lock-only --omit-lockfile-registry-resolved --ignore-scripts"
LEFT_OUT = ("resolved", "funding", "deprecated")


def lock_all() -> None:
    """Write every peer's lock file. Raises Unavailable when an installer is missing or fails."""
    for name, wanted in REQUIREMENTS.items():
        lock_python(PEERS / f"{name}.lock", wanted)
    lock_node(PEERS / "node_red")


def lock_python(lock: Path, wanted: tuple[str, ...]) -> None:
    with TemporaryDirectory() as folder:
        asked = Path(folder) / "requirements.in"
        asked.write_text("\n".join(wanted))
        words = [tool("uv"), "pip", "compile", str(asked), "--output-file", str(lock)]
        perform([*words, *UV_OPTIONS.split()])


def lock_node(folder: Path) -> None:
    perform([tool("npm"), "install", "--prefix", str(folder), *NPM_OPTIONS.split()])
    lock = folder / "package-lock.json"
    content: dict[str, Any] = json.loads(lock.read_text())
    for entry in content["packages"].values():
        for name in LEFT_OUT:
            entry.pop(name, None)
    lock.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
