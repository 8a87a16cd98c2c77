"""A run is saved as a test, the flow is changed, the test says so, and the command line agrees."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.conftest import Start
from tests.desktop.driver import ROOT, Driver
from tests.desktop.test_template import run_with
from tests.desktop.waiting import until

HELLO = ROOT / "resources" / "templates" / "hello.flow.json"


def choose(studio: Driver, words: str) -> None:
    """Do something by the command palette."""
    studio.keys("ctrl+k")
    studio.wait_for_popup()
    studio.type(words)
    studio.keys("Return")


def see(studio: Driver, *texts: str) -> None:
    """See these cells in the list of tests."""
    table = studio.tree.wait_for("table", "Tests of the flow")
    until(lambda: {*texts} <= {cell.name for cell in table.walk()}, f"a list with {texts}")


def heddle_test(home: Path, file: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "main.py", "test", str(file)], cwd=ROOT, capture_output=True, text=True,
        env={"HEDDLE_HOME": str(home), "PATH": "/usr/bin"}, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


@pytest.mark.slow
def test_a_run_becomes_a_test_that_notices_what_is_changed(start: Start, tmp_path: Path) -> None:
    file = Path(shutil.copy(HELLO, tmp_path))
    tests = file.with_name("hello.tests.json")
    studio = start([file])
    studio.tree.wait_for("filler", "Canvas")
    studio.tree.wait_for("push button", "Runtime is ready")
    run_with(studio, "Ada")

    choose(studio, "Save run as test")
    name = studio.tree.wait_for("text", "Name of the test")
    until(lambda: name.is_("focused"), "the name having the keyboard")
    studio.keys("ctrl+a")
    studio.type("greets Ada")
    studio.keys("Return")
    see(studio, "greets Ada, Passed")
    kept: Any = json.loads(tests.read_text())
    assert kept["cases"]["greets Ada"]["expect"] == {"greeting": {"equals": "Hello, Ada!"}}
    assert heddle_test(studio.home, file)[0] == 0

    studio.tree.wait_for("page tab", "Outline").do("Press")
    studio.tree.wait_for("tree item", lambda name: name.startswith("Greet,")).do("Toggle")
    text = studio.tree.wait_for("text", "Text of Greet")
    studio.keys("ctrl+e", "Return")
    until(lambda: text.is_("focused"), "the keyboard being in the field")
    studio.keys("ctrl+End")
    studio.type(" Welcome")
    studio.keys("ctrl+shift+t")
    see(studio, "greets Ada, Failed")
    changes = studio.tree.wait_for("text", "What differs from what was expected")
    until(lambda: "+ Hello, Ada! Welcome" in changes.text, "the difference being shown")

    studio.tree.wait_for("push button", "Accept new result").do("Press")
    see(studio, "greets Ada, Passed")
    studio.keys("ctrl+s")
    until(lambda: "Welcome" in file.read_text(), "the flow being saved")
    code, said = heddle_test(studio.home, file)
    assert (code, "✓ greets Ada" in said) == (0, True)
