"""A sandbox for every test, with limits that are soon reached."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.code.sandbox import Limits, Sandbox

LIMITS = Limits(seconds=1.0, memory_bytes=64_000_000, output_bytes=10_000, value_bytes=1_000_000)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Two interpreters."""
    async with Sandbox(LIMITS, workers=2) as made:
        yield made


@pytest.fixture
async def single() -> AsyncIterator[Sandbox]:
    """One interpreter, so that every call follows in the tracks of the one before."""
    async with Sandbox(LIMITS, workers=1) as made:
        yield made


def interpreters() -> set[int]:
    """The process ids of the interpreters that this process has started and that are alive."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, fields = status.read_text().rsplit(")", 1)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        state, parent = fields.split()[:2]
        if int(parent) == os.getpid() and name.endswith("(monty") and state != "Z":
            found.add(int(status.parent.name))
    return found
