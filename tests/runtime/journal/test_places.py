"""Which journal an address means."""

from pathlib import Path

import pytest

from runtime.journal.contract import JournalError
from runtime.journal.memory import MemoryJournal
from runtime.journal.places import default_file, journal_at, open_journal
from runtime.journal.postgres import PostgresJournal
from runtime.journal.sqlite import SQLiteJournal


@pytest.mark.parametrize("place", ["memory:", "memory://"])
def test_memory(place: str) -> None:
    assert isinstance(journal_at(place), MemoryJournal)


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("sqlite:////data/runs.db", "/data/runs.db"),
        ("sqlite:///runs.db", "runs.db"),
        ("runs.db", "runs.db"),
        ("~/runs.db", "~/runs.db"),
        ("sqlite:///~/runs.db", "~/runs.db"),
        (Path("some/runs.db"), "some/runs.db"),
        ("memory", "memory"),
    ],
)
def test_a_file(place: str | Path, path: str) -> None:
    journal = journal_at(place)

    assert isinstance(journal, SQLiteJournal)
    assert journal.path == Path(path).expanduser().absolute()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server(scheme: str) -> None:
    assert isinstance(journal_at(f"{scheme}://user:word@host/db"), PostgresJournal)


@pytest.mark.parametrize(
    "place", ["mysql://host/db", "http://host", "sqlite:runs.db", "sqlite:///"]
)
def test_what_can_be_no_journal_is_refused_with_the_cure(place: str) -> None:
    with pytest.raises(JournalError, match=r"sqlite:///PATH"):
        journal_at(place)


async def test_without_a_place_it_is_in_the_users_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))

    journal = await open_journal()
    await journal.close()

    assert default_file().is_file()
    assert tmp_path in default_file().parents
