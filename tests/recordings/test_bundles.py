"""What an earlier Heddle put into a bundle is opened by every later one."""

from pathlib import Path

import pytest

from runtime.bundle.bringing import bring_in
from runtime.bundle.contents import FORMAT
from runtime.bundle.reading import content_of, unpacked
from runtime.events import VERSION
from runtime.journal.memory import MemoryJournal

HERE = Path(__file__).parent
RECORDINGS = sorted(HERE.glob("bundle_*.run"))


def test_the_newest_version_has_its_recording() -> None:
    """When this fails, you have made a new version: export a run, and keep its file here."""
    assert HERE / f"bundle_{FORMAT}_events_{VERSION}.run" in RECORDINGS


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
async def test_a_recorded_bundle_is_opened(recording: Path) -> None:
    journal = MemoryJournal()

    run = await bring_in(journal, unpacked(content_of(recording)), lambda: "fresh")

    row = await journal.run(run)
    tasks = [task.task for task in await journal.tasks(run)]
    assert (row.run, row.name, row.state) == ("small", "Triage", "succeeded")
    assert row.origin.startswith("a bundle made on 2027-01-15")
    assert tasks == ["parse", "fetch", "warn", "each[0]/post", "send"]
    assert await journal.flow(row.flow) is not None
