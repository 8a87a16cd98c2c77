"""Runs and resumes a flow in children that a test may kill; imports are paid once.

Usage: forks.py JOURNAL FOLDER. Reads `start FLOW-FILE RUN`, `resume RUN` lines; answers each
with the child's pid. A child says `ended: EVENT` on its last line.
"""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import agents.http.agent  # noqa: F401  (loaded late otherwise, by every child)
from runtime.commands import ResumeRun
from runtime.compose import compose, granted
from runtime.flow_files import load
from runtime.plugins import installed
from runtime.settings import Settings

BLOCKS = installed()


async def drive(words: list[str], journal: str, folder: Path) -> None:
    settings = Settings(home=str(folder), database_url=journal)
    async with compose(settings, granted(folder), blocks=BLOCKS) as runtime:
        if words[0] == "start":
            flow = load(words[1], BLOCKS.catalog).flow
            run = await runtime.start(flow, run=words[2])
        else:
            run = (await runtime.obey(ResumeRun(words[1]))).run
        end = await runtime.ended(run)
    say(f"ended: {type(end).__name__}")


def say(words: str) -> None:
    """A whole line or nothing, whenever the kill comes and however the output is buffered."""
    os.write(sys.stdout.fileno(), f"{words}\n".encode())


def main() -> None:
    journal, folder = sys.argv[1], Path(sys.argv[2])
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            with contextlib.redirect_stderr(sys.stdout):
                try:
                    asyncio.run(drive(line.split(), journal, folder))
                except Exception as error:  # noqa: BLE001  (the test shows whatever it is)
                    say(f"ended: {type(error).__name__}: {error}")
            os._exit(0)
        say(f"pid: {pid}")
        # Not reaped: a kill that comes late has to find the dead child, not a stranger.
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        say("gone")


if __name__ == "__main__":
    main()
