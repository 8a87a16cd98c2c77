"""What an earlier Heddle recorded is read by every later one, whatever became of the format."""
# ruff: noqa: ASYNC240 - a test may wait for its disk

import json
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from runtime.events import VERSION
from runtime.journal.schema import REVISION
from runtime.journal.sqlite import SQLiteJournal

HERE = Path(__file__).parent
RECORDINGS = sorted(HERE.glob("journal_*.sql"))


def test_the_newest_version_has_its_recording() -> None:
    """When this fails, you have made a new version: run tests/recordings/record.py."""
    assert HERE / f"journal_{REVISION}_events_{VERSION}.sql" in RECORDINGS


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
async def test_a_recorded_journal_is_read(recording: Path, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        connection.executescript(recording.read_text())
    connection.close()
    journal = SQLiteJournal(tmp_path / "journal.sqlite")

    await journal.open()
    events = await journal.read("small")
    row = await journal.run("small")
    flow = await journal.flow(row.flow)
    tasks = await journal.tasks("small")
    await journal.close()

    facts = json.loads(msgspec.json.encode(events))
    recorded = json.loads(recording.with_suffix(".json").read_text())
    assert [part(fact, of=old) for fact, old in zip(facts, recorded, strict=True)] == recorded
    assert (row.state, row.events) == ("succeeded", len(recorded))
    assert flow is not None
    assert [task.task for task in tasks] == ["parse", "fetch", "warn", "each[0]/post", "send"]


def part(fact: Any, of: dict[str, Any]) -> dict[str, Any]:
    """The fields that an event had when it was recorded: later ones may have come since."""
    return {name: fact.get(name) for name in of}
