"""The peers on Node that make installs from `locks/peers`, or a word why a test can't have them."""

import os
import sys
from pathlib import Path

import pytest

NODE = Path(sys.executable).with_name("node")
MODULES = Path(sys.prefix, "peers", "node_modules")


def peer_or_skip(name: str) -> Path:
    """The folder of a package. Without it a desk skips the test, and a build machine fails it."""
    folder = MODULES / name
    if not folder.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            f"{name} is not installed; `make test` installs it once {sys.prefix}/.dev is removed"
        )
    return folder
