"""Makes the sample of a new version, once, when there is one: python -m tests.recordings.record"""
# ruff: noqa: ASYNC240 - nothing else goes on meanwhile

import asyncio
import sqlite3
import sys
import tempfile
from pathlib import Path

import msgspec

from runtime.events import VERSION
from runtime.journal import packing
from runtime.journal.schema import REVISION
from runtime.journal.sqlite import SQLiteJournal
from tests.runtime.journal.small_run import small_run

HERE = Path(__file__).parent


async def record(dump: Path, events: Path) -> None:
    """Write a small journal as SQL, and as JSON what stands in it."""
    packing.LARGE = 200  # so that a sample with blobs in it stays small
    with tempfile.TemporaryDirectory() as folder:
        journal = SQLiteJournal(Path(folder, "journal.sqlite"))
        await journal.open()
        run = small_run()
        for batch in (run[:1], run[1:8], run[8:]):
            journal.append(batch)
        await journal.keep_flow("f" * 64, "Triage", "{}")
        await journal.close()
        connection = sqlite3.connect(journal.path)
        dump.write_text("\n".join(connection.iterdump()) + "\n")
        connection.close()
    events.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n")


if __name__ == "__main__":
    name = f"journal_{REVISION}_events_{VERSION}"
    if (HERE / f"{name}.sql").exists():
        sys.exit(f"{name}.sql is recorded already, and recordings are never changed.")
    asyncio.run(record(HERE / f"{name}.sql", HERE / f"{name}.json"))
