"""Chooses a front end: the studio, or a headless command."""

import os
import sys
from collections.abc import Sequence

from runtime.headless import main as headless
from runtime.headless.exits import DONE, UNUSABLE

USAGE = """Usage: heddle studio [FILE]...

  Open the studio, with these flows.
"""
NO_SCREEN = """There is no screen here, so the studio can't open.
`heddle run FILE` runs a flow without it; `heddle --help` lists what else there is."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says (the process's own when not given); gives the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words and words[0] != "studio":
        return headless(words)
    if words[1:] in (["-h"], ["--help"]):
        sys.stdout.write(USAGE)
        return DONE
    if not has_screen():
        if not words:
            return headless(["--help"])
        sys.stderr.write(NO_SCREEN + "\n")
        return UNUSABLE
    return _studio(words[1:])


def has_screen() -> bool:
    """Whether a window could be shown."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _studio(files: Sequence[str]) -> int:
    from app.start import main as start  # noqa: PLC0415 - commands do without Qt

    return start(files)


if __name__ == "__main__":
    sys.exit(main())
