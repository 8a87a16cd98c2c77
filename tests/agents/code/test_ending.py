"""A program that used the sandbox ends as it should, however its last answer and its end race."""

import subprocess
import sys
import time

import pytest

from agents.code import ending
from agents.code.sandbox import Sandbox

# Children are forked from a program that has imported everything, so that hundreds are cheap.
# Each goes through the whole end of a program: what `os._exit` would skip is what is tried here.
CHILDREN = """
import asyncio, os, sys
from agents.code.sandbox import Sandbox

async def closed():
    async with Sandbox(workers=1) as sandbox:
        await sandbox.evaluate("1 + 1", {})

async def forgotten():
    await Sandbox(workers=1).evaluate("1 + 1", {})

way, count, at_once = globals()[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3])
ended, under_way = [], 0
for begun in range(count):
    if under_way == at_once:
        ended.append(os.waitstatus_to_exitcode(os.wait()[1]))
        under_way -= 1
    if not os.fork():
        asyncio.run(way())
        sys.exit()
    under_way += 1
ended += [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(under_way)]
print(len(ended), [code for code in ended if code])
"""


@pytest.mark.parametrize(("way", "count"), [("closed", 60), ("forgotten", 40)])
def test_no_program_is_aborted_at_its_end(way: str, count: int) -> None:
    words = [sys.executable, "-W", "error", "-c", CHILDREN, way, str(count), "3"]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=50, check=False)

    assert (ended.stdout, ended.stderr) == (f"{count} []\n", "")


async def test_threads_at_rest_are_not_waited_for() -> None:
    async with Sandbox(workers=1) as sandbox:
        await sandbox.evaluate("1 + 1", {})

    started = time.monotonic()
    ending.let_threads_leave()

    assert time.monotonic() - started < 5


def test_a_thread_that_never_rests_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ending, "_doings", lambda: None)

    started = time.monotonic()
    ending.let_threads_leave(0.05)

    assert time.monotonic() - started >= 0.05
