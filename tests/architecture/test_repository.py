"""What no file of the repository may say, and what a wheel has to carry."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = ("main.py", "app/", "graph/", "agents/", "runtime/", "resources/")

# Each pattern is spelt so that it does not match itself.
FORBIDDEN = {
    "the host of a package registry": re.compile(
        r"p[y]pi\.org|p[y]thonhosted|p[y]thon\.org/simple|n[p]mjs\.|y[a]rnpkg\.com|c[r]ates\.io"
        r"|p[r]oxy\.golang|a[n]aconda\.org|m[a]ven\.org|r[u]bygems\.org|d[e]b\.debian"
    ),
    "the address of a package index": re.compile(
        r"--(extra-)?index-[u]rl|--find-[l]inks|/s[i]mple/|\"resolved\": *\"http"
    ),
    "a path of the machine it was written on": re.compile(
        r"(?<![A-Za-z0-9_])/(work|farm)/[a-z]|/tmp/h[e]ddle/"
    ),
}


def repository_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.split("\0") if name and ROOT.joinpath(name).is_file()]


def lines_of(names: list[str]) -> Iterator[tuple[str, str]]:
    """Every line of the text files among these, with its place."""
    for name in names:
        content = ROOT.joinpath(name).read_bytes()
        if b"\0" not in content:
            for number, line in enumerate(content.decode().splitlines(), 1):
                yield f"{name}:{number}", line


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    found = [place for place, line in lines_of(repository_files()) if FORBIDDEN[what].search(line)]

    assert found == []


def test_a_check_that_guards_the_design_is_never_silenced_without_a_reason() -> None:
    """Hidden imports, wide excepts, long branches and dangerous calls say why they stand there."""
    bare = re.compile(r"#\s*noqa(?!: )|#\s*noqa: ([A-Z0-9]+,? ?)*(PLC0415|BLE001|C901|S\d+)\s*$")
    shipped = [name for name in repository_files() if name.startswith(SHIPPED)]

    assert [place for place, line in lines_of(shipped) if bare.search(line)] == []


def test_the_wheel_carries_everything_that_is_shipped_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )

    [wheel] = tmp_path.glob("heddle_studio-*.whl")
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert carried == {name for name in repository_files() if name.startswith(SHIPPED)}
