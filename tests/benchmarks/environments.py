"""Peers' environments under .bench/: made from locked files, made again when a lock changes."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks.figure import Unavailable
from tests.benchmarks.race import ROOT

PEERS = ROOT / "tests" / "benchmarks" / "peers"
HOME = ROOT / ".bench"


def python_of(name: str) -> Path:
    """The interpreter of a peer's virtual environment, as locked in `peers/NAME.lock`.

    Raises Unavailable when it cannot be installed.
    """
    lock, home = PEERS / f"{name}.lock", HOME / name
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    def install() -> None:
        uv = tool("uv")
        perform([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(home)])
        into = ["--python", str(python), "--require-hashes", "-r", str(lock)]
        perform([uv, "pip", "install", "--quiet", *into])

    ready(home, [lock], sys.version, install)
    return python


def node_modules_of(name: str) -> Path:
    """The node_modules folder of a peer, as locked in `peers/NAME/package-lock.json`.

    Raises Unavailable when Node.js or npm is missing, or the peer cannot be installed.
    """
    home = HOME / name
    files = [PEERS / name / "package.json", PEERS / name / "package-lock.json"]

    def install() -> None:
        npm = tool("npm")
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for file in files:
            shutil.copy(file, home)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        perform([npm, "ci", "--prefix", str(home), *quiet])

    tool("node")
    ready(home, files, "", install)
    return home / "node_modules"


def ready(home: Path, locks: Sequence[Path], also: str, install: Callable[[], None]) -> None:
    """Install unless `home` bears the stamp of these very locks."""
    stamp = home / ".installed"
    content = b"".join(lock.read_bytes() for lock in locks) + also.encode()
    wanted = hashlib.sha256(content).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        HOME.mkdir(exist_ok=True)
        (HOME / ".gitignore").write_text("*\n")
        install()
        stamp.write_text(wanted)


def tool(name: str) -> str:
    """The path of a program, from our own environment or the search path."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name, path=beside) or shutil.which(name)
    if not found:
        raise Unavailable(f"{name} is not installed")
    return found


def perform(words: Sequence[str]) -> None:
    """Run an installer. Raises Unavailable with its last line if it fails."""
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Unavailable(f"{Path(words[0]).name}: {said[-1] if said else 'failed'}")
