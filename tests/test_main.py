"""The front end that is chosen: the studio where there is a screen, the command line elsewhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def heddle(*words: str) -> subprocess.CompletedProcess[str]:
    """What the program says where there is no screen."""
    return subprocess.run(
        [sys.executable, ROOT / "main.py", *words],
        env={name: value for name, value in os.environ.items() if name not in SCREENS},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_without_a_screen_the_studio_says_what_to_do_instead() -> None:
    done = heddle("studio", "some.flow.json")

    assert done.returncode == 2
    assert "no screen" in done.stderr
    assert "heddle run FILE" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_without_a_screen_and_without_words_the_commands_are_listed() -> None:
    done = heddle()

    assert done.returncode == 0
    assert "studio" in done.stdout
    assert "validate" in done.stdout


def test_the_studio_explains_itself() -> None:
    assert "heddle studio [FILE]" in heddle("studio", "--help").stdout


def test_other_words_are_commands() -> None:
    assert "text.template" in heddle("blocks").stdout
